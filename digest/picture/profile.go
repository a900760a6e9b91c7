package picture

import (
	"encoding/binary"
	"image"
	"math"
	"sync"
)

// profile turns colours into those of sRGB, which is what a picture without a profile is
// shown in: one of a telephone's wide colours would look dull, one of a printer's grey
// too dark. It reads the two kinds of ICC profile that a formula describes, three
// primaries and a curve each, and one curve of grey (ICC.1:2022 8.3.3, 8.4.2); of others,
// those of CMYK among them, the decoder's own conversion has to do.
type profile struct {
	linear [3][256]float64 // of a channel's value, the light that it stands for
	matrix [3][3]float64   // from that light to sRGB's
}

// toSRGB is from the profile's connection space (XYZ under D50) to linear sRGB, with
// Bradford's adaptation to D65.
var toSRGB = [3][3]float64{
	{3.1338561, -1.6168667, -0.4906146},
	{-0.9787684, 1.9161415, 0.0334540},
	{0.0719453, -0.2289914, 1.4052427},
}

// parseProfile reads one; nil: there is nothing that it would change, or it is of
// another kind.
func parseProfile(icc []byte) *profile {
	if len(icc) < 132 || string(icc[36:40]) != "acsp" {
		return nil
	}
	var p profile
	switch string(icc[16:20]) {
	case "RGB ":
		for i, primary := range []string{"r", "g", "b"} {
			xyz := tagOf(icc, primary+"XYZ")
			if len(xyz) < 20 || string(xyz[:4]) != "XYZ " || !p.curve(i, tagOf(icc, primary+"TRC")) {
				return nil
			}
			for row := range 3 {
				for k := range 3 {
					p.matrix[row][i] += toSRGB[row][k] * fixed(xyz[8+4*k:])
				}
			}
		}
	case "GRAY":
		for i := range 3 {
			if !p.curve(i, tagOf(icc, "kTRC")) {
				return nil
			}
			p.matrix[i][i] = 1
		}
	default:
		return nil
	}
	if p.changesNothing() {
		return nil
	}
	return &p
}

// tagOf finds a tag of a profile (ICC.1:2022 7.3).
func tagOf(icc []byte, name string) []byte {
	n := min(binary.BigEndian.Uint32(icc[128:]), 100)
	for at := uint64(132); n > 0 && at+12 <= uint64(len(icc)); n, at = n-1, at+12 {
		if string(icc[at:at+4]) != name {
			continue
		}
		from, size := uint64(binary.BigEndian.Uint32(icc[at+4:])), uint64(binary.BigEndian.Uint32(icc[at+8:]))
		if from+size > uint64(len(icc)) {
			return nil
		}
		return icc[from : from+size]
	}
	return nil
}

// fixed is an s15Fixed16Number.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// curve fills in the light of a channel's values (ICC.1:2022 10.6, 10.18); false: it
// cannot be read.
func (p *profile) curve(channel int, tag []byte) bool {
	if len(tag) < 12 {
		return false
	}
	var of func(float64) float64
	switch string(tag[:4]) {
	case "curv":
		n := int(binary.BigEndian.Uint32(tag[8:]))
		if n < 0 || n > (len(tag)-12)/2 {
			return false
		}
		points := tag[12:]
		switch n {
		case 0:
			of = func(x float64) float64 { return x }
		case 1:
			gamma := float64(binary.BigEndian.Uint16(points)) / 256
			of = func(x float64) float64 { return math.Pow(x, gamma) }
		default:
			of = func(x float64) float64 {
				at := x * float64(n-1)
				i := min(int(at), n-2)
				a, b := float64(binary.BigEndian.Uint16(points[2*i:])), float64(binary.BigEndian.Uint16(points[2*i+2:]))
				return (a + (b-a)*(at-float64(i))) / 65535
			}
		}
	case "para":
		if of = parametric(int(binary.BigEndian.Uint16(tag[8:])), tag[12:]); of == nil {
			return false
		}
	default:
		return false
	}
	for v := range 256 {
		p.linear[channel][v] = of(float64(v) / 255)
	}
	return true
}

// parametric is one of the five curves of "para"; nil: none of them.
func parametric(kind int, b []byte) func(float64) float64 {
	counts := []int{1, 3, 4, 5, 7}
	if kind < 0 || kind >= len(counts) || len(b) < 4*counts[kind] {
		return nil
	}
	var v [7]float64 // g a b c d e f
	v[1] = 1
	for i := range counts[kind] {
		v[i] = fixed(b[4*i:])
	}
	g, a, bb, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		d = math.Inf(-1)
	case 1, 2:
		if d = math.Inf(1); a != 0 {
			d = -bb / a
		}
		c, e, f = 0, c, c
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(max(a*x+bb, 0), g) + e
		}
		return c*x + f
	}
}

// changesNothing tells of a profile that is sRGB, whatever it is called.
func (p *profile) changesNothing() bool {
	for _, c := range [][3]uint8{{0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {128, 128, 128}, {64, 128, 192}, {200, 30, 90}} {
		to := p.convert(c[0], c[1], c[2])
		for i := range 3 {
			if d := int(to[i]) - int(c[i]); d > 3 || d < -3 {
				return false
			}
		}
	}
	return true
}

// convert gives a colour in sRGB. What that has not is the nearest that it has.
func (p *profile) convert(r, g, b uint8) (out [3]uint8) {
	light := [3]float64{p.linear[0][r], p.linear[1][g], p.linear[2][b]}
	for i, row := range p.matrix {
		out[i] = encoded(row[0]*light[0] + row[1]*light[1] + row[2]*light[2])
	}
	return out
}

// encoded is the value of sRGB for a light (IEC 61966-2-1).
func encoded(light float64) uint8 {
	table := sRGB()
	at := light * float64(len(table)-1)
	if !(at > 0) { // not a number, too
		return 0
	}
	return table[min(int(at+0.5), len(table)-1)]
}

var sRGB = sync.OnceValue(func() *[8193]uint8 {
	var table [8193]uint8
	for i := range table {
		x := float64(i) / float64(len(table)-1)
		if x <= 0.0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		table[i] = uint8(math.Round(x * 255))
	}
	return &table
})

// apply converts a picture where it stands; that of nil leaves it.
func (p *profile) apply(m *image.NRGBA) {
	if p == nil {
		return
	}
	for i := 0; i+3 < len(m.Pix); i += 4 {
		c := p.convert(m.Pix[i], m.Pix[i+1], m.Pix[i+2])
		m.Pix[i], m.Pix[i+1], m.Pix[i+2] = c[0], c[1], c[2]
	}
}
