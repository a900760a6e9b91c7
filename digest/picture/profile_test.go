package picture

import (
	"encoding/binary"
	"image/color"
	"math"
	"testing"
)

// iccProfile makes one of RGB with these primaries (XYZ under D50) and a curve, or of grey.
func iccProfile(space string, primaries [3][3]float64, curve []byte) []byte {
	tags := map[string][]byte{}
	order := []string{"kTRC"}
	if space == "RGB " {
		order = []string{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"}
		for i, p := range primaries {
			xyz := []byte("XYZ \x00\x00\x00\x00")
			for _, v := range p {
				xyz = binary.BigEndian.AppendUint32(xyz, uint32(int32(math.Round(v*65536))))
			}
			tags[order[i]] = xyz
		}
	}
	head := make([]byte, 128)
	copy(head[16:], space)
	copy(head[36:], "acsp")
	out := binary.BigEndian.AppendUint32(head, uint32(len(order)))
	var body []byte
	from := len(out) + 12*len(order)
	for _, name := range order {
		tag := tags[name]
		if tag == nil {
			tag = curve
		}
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, uint32(from+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tag)))
		body = append(body, tag...)
	}
	return append(out, body...)
}

var (
	displayP3 = [3][3]float64{{0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}}
	adobeRGB  = [3][3]float64{{0.60974, 0.31111, 0.01947}, {0.20528, 0.62567, 0.06087}, {0.14919, 0.06322, 0.74457}}
	sRGBD50   = [3][3]float64{{0.43607, 0.22249, 0.01392}, {0.38515, 0.71687, 0.09708}, {0.14307, 0.06061, 0.71410}}
	// sRGB's curve as profiles have it: parametric, of the fourth kind.
	sRGBCurve = []byte("para\x00\x00\x00\x00\x00\x03\x00\x00\x00\x02\x66\x66\x00\x00\xf2\xa7\x00\x00\x0d\x59\x00\x00\x13\xd0\x00\x00\x0a\x5b")
	gamma22   = []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33")
	gamma1    = []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00")
	squared   = []byte("curv\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x40\x00\xff\xff")
)

// TestProfiles holds conversions to what they are by the spaces' definitions.
func TestProfiles(t *testing.T) {
	for _, c := range []struct {
		name     string
		icc      []byte
		in, want [3]uint8
	}{
		{"Display P3, within sRGB", iccProfile("RGB ", displayP3, sRGBCurve), [3]uint8{200, 100, 50}, [3]uint8{215, 93, 31}},
		{"Display P3, beyond it", iccProfile("RGB ", displayP3, sRGBCurve), [3]uint8{0, 255, 0}, [3]uint8{0, 255, 0}},
		{"Display P3, grey", iccProfile("RGB ", displayP3, sRGBCurve), [3]uint8{119, 119, 119}, [3]uint8{119, 119, 119}},
		{"Adobe RGB", iccProfile("RGB ", adobeRGB, gamma22), [3]uint8{150, 120, 90}, [3]uint8{161, 120, 88}},
		{"linear", iccProfile("RGB ", sRGBD50, gamma1), [3]uint8{55, 55, 55}, [3]uint8{128, 128, 128}},
		{"linear grey", iccProfile("GRAY", displayP3, gamma1), [3]uint8{55, 55, 55}, [3]uint8{128, 128, 128}},
		{"grey by a table", iccProfile("GRAY", displayP3, squared), [3]uint8{128, 128, 128}, [3]uint8{138, 138, 138}},
	} {
		p := parseProfile(c.icc)
		if p == nil {
			t.Errorf("%s: not read", c.name)
			continue
		}
		got := p.convert(c.in[0], c.in[1], c.in[2])
		for i := range 3 {
			if d := int(got[i]) - int(c.want[i]); d < -2 || d > 2 {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
	for name, icc := range map[string][]byte{
		"sRGB": iccProfile("RGB ", sRGBD50, sRGBCurve), "nothing": nil, "CMYK": iccProfile("CMYK", displayP3, gamma1),
		"cut off": iccProfile("RGB ", displayP3, sRGBCurve)[:200], "a curve of nothing": iccProfile("RGB ", displayP3, []byte("curv")),
		"a curve too long": iccProfile("RGB ", displayP3, []byte("curv\x00\x00\x00\x00\xff\xff\xff\xff")),
	} {
		if p := parseProfile(icc); p != nil {
			t.Errorf("%s: %+v", name, p.matrix)
		}
	}
}

// TestProfileIsApplied finds it in each format.
func TestProfileIsApplied(t *testing.T) {
	icc := iccProfile("RGB ", sRGBD50, gamma1)
	m := plain(40, 40, color.NRGBA{55, 55, 55, 255})
	for name, data := range map[string][]byte{
		"JPEG":         withSegment(asJPEG(t, m), 0xE2, "ICC_PROFILE\x00\x01\x01"+string(icc)),
		"JPEG, in two": withSegment(withSegment(asJPEG(t, m), 0xE2, "ICC_PROFILE\x00\x02\x02"+string(icc[150:])), 0xE2, "ICC_PROFILE\x00\x01\x02"+string(icc[:150])),
		"PNG":          withChunk(asPNG(t, m), "iCCP", append([]byte("p\x00\x00"), packed(icc)...)),
	} {
		if _, got := fit(t, data, Options{Width: 40}); !near(got.At(20, 20), color.Gray{128}) {
			t.Errorf("%s: %v", name, got.At(20, 20))
		}
	}
	if _, got := fit(t, asJPEG(t, m), Options{Width: 40}); near(got.At(20, 20), color.Gray{128}) {
		t.Error("without a profile it is as light")
	}
}
