package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

var (
	red   = color.NRGBA{255, 0, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
	white = color.NRGBA{255, 255, 255, 255}
)

func plain(w, h int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	return m
}

// TestColourModels reads what PNG has beside the usual: 16 bits, palettes, grey, and
// grey that shows through.
func TestColourModels(t *testing.T) {
	area := image.Rect(0, 0, 60, 40)
	deep, grey, deepGrey := image.NewNRGBA64(area), image.NewGray(area), image.NewGray16(area)
	few := image.NewPaletted(area, color.Palette{color.NRGBA{}, blue, color.NRGBA{1, 2, 3, 255}})
	for y := range 40 {
		for x := range 60 {
			deep.Set(x, y, blue)
			grey.Set(x, y, color.Gray{128})
			deepGrey.Set(x, y, color.Gray16{0x8080})
			few.SetColorIndex(x, y, uint8(2*y/40)) // nothing, then blue
		}
	}
	for name, c := range map[string]struct {
		m              image.Image
		above, beneath color.Color
	}{
		"16 bits": {deep, blue, blue}, "grey": {grey, color.Gray{128}, color.Gray{128}}, "16 bits of grey": {deepGrey, color.Gray{128}, color.Gray{128}},
		"a palette with nothing in it": {few, white, blue},
	} {
		_, m := fit(t, asPNG(t, c.m), Options{Width: 60})
		if !near(m.At(30, 5), c.above) || !near(m.At(30, 35), c.beneath) {
			t.Errorf("%s: %v above %v", name, m.At(30, 5), m.At(30, 35))
		}
	}
}

// TestGoPictures reads those that Go's own tests have: CMYK, progressive, fewer samples
// of colour, interlaced. Each shows what
// the PNG beside it does.
func TestGoPictures(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal("Go is not here")
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src", "image", "testdata")
	read := func(name string) image.Image {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			parts.Absent(t, "gosource", "Go's source is not here")
		}
		_, m := fit(t, data, Options{Width: 150, MaxBytes: 60_000})
		return m
	}
	for _, name := range []string{
		"video-001.cmyk.jpeg", "video-001.progressive.jpeg", "video-001.rgb.jpeg", "video-001.q50.420.jpeg", "video-001.q50.420.progressive.jpeg",
		"video-001.separate.dc.progression.jpeg", "video-001.restart2.jpeg", "video-001.interlaced.gif", "video-001.5bpp.gif", "video-001.221212.jpeg",
	} {
		reference := "video-001.png"
		if kind := strings.Split(name, ".")[1]; kind == "cmyk" || kind == "rgb" { // they were made of other pictures
			reference = "video-001." + kind + ".png"
		}
		got, want := read(name), read(reference)
		if got.Bounds() != want.Bounds() {
			t.Errorf("%s: %v", name, got.Bounds())
			continue
		}
		off := 0
		for y := 5; y < 100; y += 5 {
			for x := 5; x < 145; x += 5 {
				if !near(got.At(x, y), want.At(x, y)) {
					off++
				}
			}
		}
		if off > 25 { // of 532, at edges
			t.Errorf("%s: %d places look different", name, off)
		}
	}
}

// TestLossyWebP reads what a browser wrote, with its own profile of sRGB: white is white.
func TestLossyWebP(t *testing.T) {
	for name, want := range map[string]color.NRGBA{"white": white, "brick": {200, 60, 30, 255}, "black": {A: 255}} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".webp"))
		if err != nil {
			t.Fatal(err)
		}
		h, err := readHeader("webp", data, 16, 16)
		if err != nil || len(h.profile) != 456 || parseProfile(h.profile) != nil {
			t.Errorf("%s: a profile of %d bytes, which changes something: %v, %v", name, len(h.profile), parseProfile(h.profile) != nil, err)
		}
		_, m := fit(t, data, Options{Width: 16})
		r, g, b, _ := m.At(8, 8).RGBA()
		for i, got := range []uint32{r >> 8, g >> 8, b >> 8} {
			if d := int(got) - int([]uint8{want.R, want.G, want.B}[i]); d < -4 || d > 4 {
				t.Errorf("%s: %v, want %v", name, m.At(8, 8), want)
				break
			}
		}
	}
}

// TestAnimations takes the first frame, whatever follows.
func TestAnimations(t *testing.T) {
	pal := color.Palette{color.NRGBA{}, red, blue}
	frame := func(r image.Rectangle, index uint8) *image.Paletted {
		m := image.NewPaletted(r, pal)
		for i := range m.Pix {
			m.Pix[i] = index
		}
		return m
	}
	var b bytes.Buffer
	g := gif.GIF{Config: image.Config{Width: 80, Height: 40, ColorModel: pal}}
	for i := range 50 {
		g.Image = append(g.Image, frame(image.Rect(20, 10, 60, 30), uint8(1+min(i, 1))))
		g.Delay = append(g.Delay, 10)
	}
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"whole": b.Bytes(), "cut off behind the first": b.Bytes()[:b.Len()/4]} {
		p, m := fit(t, data, Options{Width: 80})
		if p.Width != 80 || p.Height != 40 || !near(m.At(40, 20), red) || !near(m.At(5, 5), white) {
			t.Errorf("GIF, %s: %d by %d, %v within %v", name, p.Width, p.Height, m.At(40, 20), m.At(5, 5))
		}
	}
	if format, w, h, err := Check(animatedWebP(0)); format != "webp" || w != 3 || h != 2 || err != nil {
		t.Errorf("WebP: %s of %d by %d, %v", format, w, h, err)
	}
	if p, _ := fit(t, animatedWebP(0), Options{Width: 80}); p.Width != 1 || p.Height != 1 {
		t.Errorf("WebP: %+v", p)
	}
}

// riffed is a chunk of WebP.
func riffed(name string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	if out = append(out, data...); len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// TestFrameBeyondItsScreen: a frame of 268 megapixels on a screen of six is not decoded.
func TestFrameBeyondItsScreen(t *testing.T) {
	const side = 1<<14 - 1 // which stands for one more
	lossless := binary.LittleEndian.AppendUint32([]byte{0x2F}, side|side<<14)
	lossless = append(lossless, 0x88, 0x88, 0x08, 0, 0, 0) // no transforms, and five codes of one symbol: a picture of one colour
	for name, frame := range map[string][]byte{
		"lossless": riffed("VP8L", lossless),
		"alpha":    append(riffed("ALPH", append([]byte{1}, lossless[5:]...)), riffed("VP8 ", make([]byte, 10))...),
	} {
		head := make([]byte, 16)
		copy(head[6:], []byte{0xFF, 0x3F, 0, 0xFF, 0x3F, 0}) // the frame's sides
		data := riffed("VP8X", []byte{2, 0, 0, 0, 2, 0, 0, 1, 0, 0})
		data = append(data, riffed("ANMF", append(head, frame...))...)
		data = append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(data)+4)), append([]byte("WEBP"), data...)...)
		var err error
		if took := trial.Allocated(func() { _, err = Fit(data, Options{Width: 80}) }) >> 20; took > 10 || !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %d MB allocated, %v", name, took, err)
		}
	}
}

// animatedWebP shows the one of package picture_test's, on a screen of 3 by 2.
func animatedWebP(flags byte, more ...[]byte) []byte {
	body := riffed("VP8X", []byte{flags | 2, 0, 0, 0, 2, 0, 0, 1, 0, 0})
	body = append(body, bytes.Join(more, nil)...)
	body = append(body, riffed("ANIM", make([]byte, 6))...)
	for range 2 {
		body = append(body, riffed("ANMF", append(make([]byte, 16), webp[12:]...))...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), append([]byte("WEBP"), body...)...)
}

// withChunk puts a chunk behind a PNG's header.
func withChunk(data []byte, name string, chunk []byte) []byte {
	out := append([]byte{}, data[:33]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)))
	body := append([]byte(name), chunk...)
	out = append(out, body...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	return append(out, data[33:]...)
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// withSegment puts a segment at the front of a JPEG.
func withSegment(data []byte, marker byte, segment string) []byte {
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xFF, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), data[2:]...)
}

// TestNothingOfTheFileSurvives hides words in every place that a file has for them, and
// looks for them in what is made.
func TestNothingOfTheFileSurvives(t *testing.T) {
	const secret = "SECRET 53.5511 N 9.9937 E, Ada Quay"
	tiff := "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00" + secret
	photo, drawing := asJPEG(t, noise(80, 40, false)), asPNG(t, quarters(80, 40))
	jpg := photo
	for _, s := range []struct {
		marker byte
		text   string
	}{
		{0xE1, "Exif\x00\x00" + tiff},
		{0xE1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + secret},
		{0xE2, "ICC_PROFILE\x00\x01\x01" + secret},
		{0xED, "Photoshop 3.0\x008BIM" + secret},
		{0xE0, "JFXX\x00\x10" + secret},
		{0xFE, secret},
		{0xE2, "MPF\x00" + secret},
	} {
		jpg = withSegment(jpg, s.marker, s.text)
	}
	pic := drawing
	for name, chunk := range map[string]string{
		"eXIf": tiff, "tEXt": "Comment\x00" + secret, "iTXt": "XML:com.adobe.xmp\x00\x00\x00\x00\x00" + secret,
		"zTXt": "Comment\x00\x00" + string(packed([]byte(secret))), "iCCP": "p\x00\x00" + string(packed([]byte(secret))), "prVt": secret,
	} {
		pic = withChunk(pic, name, []byte(chunk))
	}
	anim := animatedWebP(0x2C, riffed("ICCP", []byte(secret)), riffed("EXIF", []byte(tiff)), riffed("XMP ", []byte(secret)))
	for name, data := range map[string][]byte{
		"JPEG": append(jpg, secret...), "PNG": append(pic, secret...), "WebP": append(anim, secret...), "GIF": append(asGIF(t, quarters(80, 40)), secret...),
	} {
		p, _ := fit(t, data, Options{Width: 100})
		for _, trace := range []string{secret[:6], "53.5511", "Exif", "xmpmeta", "Photoshop", "ICC_PROFILE", "eXIf", "tEXt", "iTXt", "zTXt", "iCCP", "MPF", string(tiff[:8])} {
			if bytes.Contains(p.Bytes, []byte(trace)) {
				t.Errorf("%s: %q survived", name, trace)
			}
		}
		if w, h := 40, 80; (name == "JPEG" || name == "PNG") && (p.Width != w || p.Height != h) {
			t.Errorf("%s: the EXIF says that it lies on its side; it is %d by %d", name, p.Width, p.Height)
		}
	}
}

// TestPasses refuses a JPEG that orders its pixels to be gone over again and again.
func TestPasses(t *testing.T) {
	one := asJPEG(t, plain(4000, 4000, red))
	scan := one[bytes.Index(one, []byte{0xFF, 0xDA}) : len(one)-2]
	bomb := append([]byte{}, one[:len(one)-2]...)
	for range 40 {
		bomb = append(bomb, scan[:14]...)
	}
	if _, err := Fit(bomb, Options{Width: 10}); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "41 times") {
		t.Error(err)
	}
	if h, err := readHeader("jpeg", one, 4000, 4000); h.passes != 1 || err != nil {
		t.Errorf("%d passes, %v", h.passes, err)
	}
}

// TestTruncated cuts files at many bytes: what comes is a picture, or an error in words.
func TestTruncated(t *testing.T) {
	for name, data := range map[string][]byte{
		"JPEG": asJPEG(t, quarters(64, 64)), "PNG": asPNG(t, quarters(64, 64)), "GIF": asGIF(t, quarters(64, 64)), "WebP": webp, "animated": animatedWebP(0),
	} {
		for cut := 0; cut < len(data); cut += max(1, len(data)/97) {
			if _, err := Fit(data[:cut], Options{Width: 20}); err != nil && !errors.Is(err, ErrNotAPicture) && !errors.Is(err, ErrBroken) {
				t.Fatalf("%s cut at %d: %v", name, cut, err)
			}
		}
	}
}

// TestNextMarker: a marker's look-alike in a scan is no marker.
func TestNextMarker(t *testing.T) {
	for in, want := range map[string]int{"": -1, "\xff": -1, "a\xff\x00\xff\xd0\xff\xda": 5, "\xff\xff\xda": 1, "\xff\x00\xff": -1} {
		if got := nextMarker([]byte(in)); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise(200, 200, false), &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	var h header
	if h.jpeg(b.Bytes()); h.passes != 1 {
		t.Errorf("%d passes", h.passes)
	}
}
