package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// quarters paints a picture whose four quarters differ, so that a turn or a cut
// shows.
func quarters(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}}
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colours[2*(2*y/h)+2*x/w])
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	return trial.EncodePNG(t, m)
}

func asGIF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is a lossless picture of one pixel.
var webp = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

// withEXIF puts an EXIF segment, which gives an orientation and names a place, at
// the front of a JPEG.
func withEXIF(data []byte, t turn, order binary.AppendByteOrder) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 274)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, uint16(t))
	tiff = order.AppendUint16(tiff, 0)
	segment := append([]byte("Exif\x00\x00"), append(tiff, "GPS: 53.55 N 9.99 E"...)...)
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), data[2:]...)
}

func fit(t *testing.T, data []byte, o Options) (Picture, image.Image) {
	t.Helper()
	p, err := Fit(data, o)
	if err != nil {
		t.Fatal(err)
	}
	m, format, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil || "image/"+format != p.Type || m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height {
		t.Fatalf("the result is %s %d by %d, but decodes as %s %v %v", p.Type, p.Width, p.Height, format, m, err)
	}
	return p, m
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name         string
		w, h         int
		o            Options
		wantW, wantH int
	}{
		{"twice the layout", 2000, 1000, Options{Width: 300}, 600, 300},
		{"never larger than it was", 400, 200, Options{Width: 300}, 400, 200},
		{"cut to a wide shape", 1000, 1000, Options{Width: 300, Height: 150}, 600, 300},
		{"cut to a tall shape", 1000, 1000, Options{Width: 150, Height: 300}, 300, 600},
		{"cut, small", 100, 100, Options{Width: 300, Height: 150}, 100, 50},
		{"a ribbon", 100, 5000, Options{Width: 300}, 100, 300},
		{"one pixel", 1, 1, Options{Width: 300}, 1, 1},
		{"wide and flat", 3000, 2, Options{Width: 300}, 600, 1},
	} {
		p, _ := fit(t, asJPEG(t, quarters(c.w, c.h)), c.o)
		if p.Width != c.wantW || p.Height != c.wantH || p.Type != "image/jpeg" {
			t.Errorf("%s: %s %d by %d, want %d by %d", c.name, p.Type, p.Width, p.Height, c.wantW, c.wantH)
		}
	}
}

func TestFormats(t *testing.T) {
	m := quarters(64, 64)
	for name, data := range map[string][]byte{
		"jpeg": asJPEG(t, m), "png": asPNG(t, m), "gif": asGIF(t, m), "webp": webp,
	} {
		if format, _, _, err := Check(data); err != nil || format != name {
			t.Errorf("%s: %s %v", name, format, err)
		}
		fit(t, data, Options{Width: 32})
	}
	// The better way for each: a chart stays sharp, a photograph small.
	if p, _ := fit(t, asPNG(t, quarters(400, 300)), Options{Width: 200}); p.Type != "image/png" {
		t.Errorf("what was drawn is %s", p.Type)
	}
	if p, _ := fit(t, asPNG(t, noise(200, 200, false)), Options{Width: 200}); p.Type != "image/jpeg" {
		t.Errorf("what has a thousand colours is %s", p.Type)
	}
}

// TestOrientation turns each of the eight upright: red is top left in all.
func TestOrientation(t *testing.T) {
	upright8 := quarters(80, 40)
	for n := turn(1); n <= 8; n++ {
		// What the camera stored is the picture turned the other way.
		w, h := 80, 40
		if n.sideways() {
			w, h = 40, 80
		}
		stored := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range 40 {
			for x := range 80 {
				sx, sy := n.source(x, y, w, h)
				stored.Set(sx, sy, upright8.At(x, y))
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, m := fit(t, withEXIF(asJPEG(t, stored), n, order), Options{Width: 100})
			if p.Width != 80 || p.Height != 40 {
				t.Errorf("%d: %d by %d", n, p.Width, p.Height)
			}
			for i, at := range []image.Point{{20, 10}, {60, 10}, {20, 30}, {60, 30}} {
				if !near(m.At(at.X, at.Y), upright8.At(at.X, at.Y)) {
					t.Errorf("%d: quarter %d is %v", n, i, m.At(at.X, at.Y))
				}
			}
		}
	}
	// The sixth is by far the commonest, so it is held without our own arithmetic:
	// the camera was turned a quarter, and its first row is the picture's right edge.
	_, m := fit(t, withEXIF(asJPEG(t, quarters(80, 40)), 6, binary.BigEndian), Options{Width: 100})
	if !near(m.At(30, 20), color.NRGBA{255, 0, 0, 255}) || !near(m.At(10, 20), color.NRGBA{0, 0, 255, 255}) {
		t.Errorf("top right is %v, top left %v", m.At(30, 20), m.At(10, 20))
	}
}

func near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	off := func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x3000 }
	return !off(ar, br) && !off(ag, bg) && !off(ab, bb)
}

func TestMetadataIsGone(t *testing.T) {
	p, _ := fit(t, withEXIF(asJPEG(t, quarters(80, 40)), 1, binary.BigEndian), Options{Width: 100})
	for _, trace := range []string{"Exif", "GPS", "53.55"} {
		if bytes.Contains(p.Bytes, []byte(trace)) {
			t.Errorf("%q survived", trace)
		}
	}
}

func TestRoom(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 30, 20))
	progressive := bytes.Replace(asJPEG(t, quarters(30, 20)), []byte{0xFF, 0xC0}, []byte{0xFF, 0xC2}, 1)
	for name, c := range map[string]struct {
		data []byte
		want int
	}{
		"JPEG": {asJPEG(t, quarters(30, 20)), 600}, "16 bits": {asPNG(t, deep), 1200}, "animated": {animatedWebP(0), 6},
		"progressive": {progressive, 2400}, "no picture": {nil, 0},
		"a bomb": {pngHeader(60_000, 60_000), 0},
	} {
		if got := Room(c.data); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// BenchmarkFit measures what a picture of 24 megapixels costs: peak-MiB is what the heap
// grew by at most, of which a JPEG's pixels are 36 and those of a PNG 96.
func BenchmarkFit(b *testing.B) {
	m := image.NewNRGBA(image.Rect(0, 0, 6000, 4000))
	for i := range m.Pix {
		m.Pix[i] = byte(i >> 9)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	for name, data := range map[string][]byte{"jpeg": asJPEG(b, m), "png": asPNG(b, m)} {
		b.Run(name, func(b *testing.B) {
			runtime.GC()
			var before, now runtime.MemStats
			runtime.ReadMemStats(&before)
			peak, stop, stopped := before.HeapAlloc, make(chan bool), make(chan bool)
			go func() {
				defer close(stopped)
				for {
					select {
					case <-stop:
						return
					case <-time.After(5 * time.Millisecond):
						runtime.ReadMemStats(&now)
						peak = max(peak, now.HeapAlloc)
					}
				}
			}()
			for b.Loop() {
				if _, err := Fit(data, Options{Width: 560}); err != nil {
					b.Fatal(err)
				}
			}
			close(stop)
			<-stopped
			b.ReportMetric(float64(peak-before.HeapAlloc)/(1<<20), "peak-MiB")
		})
	}
}

// noise does not compress: the hardest thing for a budget.
func noise(w, h int, alpha bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewSource(1))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Intn(256))
		if i%4 == 3 && !alpha {
			m.Pix[i] = 255
		}
	}
	return m
}

func TestBudget(t *testing.T) {
	large := asPNG(t, noise(600, 400, false))
	last := 1 << 30
	for _, budget := range []int{200_000, 60_000, 20_000, 5_000, 2_000} {
		p, _ := fit(t, large, Options{Width: 300, MaxBytes: budget})
		if len(p.Bytes) > budget || len(p.Bytes) > last {
			t.Errorf("%d bytes for a budget of %d, after %d", len(p.Bytes), budget, last)
		}
		last = len(p.Bytes)
	}
	if p, err := Fit(large, Options{Width: 300, MaxBytes: 100}); !errors.Is(err, ErrBudget) {
		t.Errorf("%+v %v", p, err)
	}
}

// TestTransparency lays what shows through on a ground on which it is seen, in a dark
// mode too.
func TestTransparency(t *testing.T) {
	drawing := func(line color.NRGBA) *image.NRGBA {
		m := image.NewNRGBA(image.Rect(0, 0, 200, 100))
		for x := range 200 {
			for y := 40; y < 60; y++ {
				m.SetNRGBA(x, y, line)
			}
		}
		return m
	}
	for name, c := range map[string]struct{ line, ground color.NRGBA }{
		"black lines":     {color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}},
		"coloured lines":  {color.NRGBA{200, 30, 30, 255}, color.NRGBA{255, 255, 255, 255}},
		"white lines":     {color.NRGBA{255, 255, 255, 255}, color.NRGBA{0x22, 0x22, 0x22, 255}},
		"yellowish lines": {color.NRGBA{250, 250, 230, 255}, color.NRGBA{0x22, 0x22, 0x22, 255}},
	} {
		_, m := fit(t, asPNG(t, drawing(c.line)), Options{Width: 100})
		if !near(m.At(20, 10), c.ground) || !near(m.At(20, 50), c.line) {
			t.Errorf("%s: on %v, lines %v", name, m.At(20, 10), m.At(20, 50))
		}
	}
	p, _ := fit(t, asPNG(t, noise(300, 300, true)), Options{Width: 150, MaxBytes: 30_000})
	if p.Type != "image/jpeg" || len(p.Bytes) > 30_000 {
		t.Errorf("%s of %d bytes", p.Type, len(p.Bytes))
	}
}

// pngHeader is a PNG that claims a size and has nothing behind it.
func pngHeader(w, h uint32) []byte {
	ihdr := []byte("IHDR")
	ihdr = binary.BigEndian.AppendUint32(ihdr, w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	out = append(out, ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func TestHostile(t *testing.T) {
	whole := asJPEG(t, quarters(200, 200))
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrNotAPicture},
		{"text", []byte("<svg onload=alert(1)>"), ErrNotAPicture},
		{"a page", []byte("<!DOCTYPE html><html>"), ErrNotAPicture},
		{"26 megapixels", pngHeader(6500, 4000), ErrTooLarge},
		{"a bomb", pngHeader(60_000, 60_000), ErrTooLarge},
		{"more than a number holds", pngHeader(0x7FFFFFFF, 0x7FFFFFFF), ErrNotAPicture},
		{"a ribbon", pngHeader(1, 24_000_000), ErrTooLarge},
		{"no pixels", pngHeader(0, 10), ErrNotAPicture},
		{"a header alone", pngHeader(100, 100), ErrBroken},
		{"half", whole[:len(whole)/2], ErrBroken},
		{"too many bytes", make([]byte, MaxInput+1), ErrTooLarge},
		{"a GIF whose frame is larger than its screen", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;"), ErrBroken},
		{"a WebP cut off", webp[:20], ErrNotAPicture},
	} {
		if p, err := Fit(c.data, Options{Width: 300}); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v %v", c.name, p, err)
		}
	}
	if _, err := Fit(whole, Options{}); err == nil {
		t.Error("a layout without a width was accepted")
	}
}

// TestFitHolds is what a caller may rely on, for any picture and any layout.
func TestFitHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 300).Draw(t, "w"), rapid.IntRange(1, 300).Draw(t, "h")
		o := Options{
			Width: rapid.IntRange(1, 200).Draw(t, "width"), Height: rapid.IntRange(0, 200).Draw(t, "height"),
			MaxBytes: rapid.IntRange(1500, 20_000).Draw(t, "budget"),
		}
		var data bytes.Buffer
		if err := png.Encode(&data, quarters(w, h)); err != nil {
			t.Fatal(err)
		}
		p, err := Fit(data.Bytes(), o)
		if err != nil {
			t.Fatal(err)
		}
		if p.Width > min(w, 2*o.Width) || p.Width < 1 || p.Height > h || p.Height < 1 || len(p.Bytes) > o.MaxBytes {
			t.Fatalf("%d by %d in %d bytes", p.Width, p.Height, len(p.Bytes))
		}
	})
}

// FuzzFit: no bytes make it panic, and what it makes is a picture within the budget.
func FuzzFit(f *testing.F) {
	m := quarters(16, 8)
	for _, seed := range [][]byte{asJPEG(f, m), asPNG(f, m), asGIF(f, m), webp, pngHeader(100, 100)} {
		f.Add(seed)
	}
	f.Add(withEXIF(asJPEG(f, m), 6, binary.BigEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, w, h, err := Check(data); err != nil || w*h > 1_000_000 {
			return // large ones are slow, and no different
		}
		p, err := Fit(data, Options{Width: 20, MaxBytes: 20_000})
		if err != nil {
			return
		}
		c, format, err := image.DecodeConfig(bytes.NewReader(p.Bytes))
		if err != nil || "image/"+format != p.Type || c.Width != p.Width || len(p.Bytes) > 20_000 {
			t.Fatalf("%s %+v %v", format, c, err)
		}
	})
}

// FuzzHeader: whatever stands in front of the pixels, reading it panics on nothing, takes
// no more than the file has, and its colours are colours.
func FuzzHeader(f *testing.F) {
	m := quarters(16, 8)
	icc := iccProfile("RGB ", displayP3, sRGBCurve)
	for _, seed := range [][]byte{
		asJPEG(f, m), asPNG(f, m), asGIF(f, m), webp, pngHeader(100, 100), withEXIF(asJPEG(f, m), 6, binary.LittleEndian), animatedWebP(0x2C),
		withSegment(asJPEG(f, m), 0xE2, "ICC_PROFILE\x00\x01\x01"+string(icc)), withChunk(asPNG(f, m), "iCCP", append([]byte("p\x00\x00"), packed(icc)...)),
		animatedWebP(0x2C, riffed("ICCP", iccProfile("GRAY", displayP3, squared)), riffed("EXIF", []byte("MM\x00*\x00\x00\x00\x08"))),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format, w, h, err := Check(data)
		if err != nil {
			w, h = 1, 1
		}
		for _, format := range []string{format, "jpeg", "png", "webp"} {
			got, err := readHeader(format, data, w, h)
			if err != nil && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			if got.turn < 1 || got.turn > 8 || len(got.profile) > maxProfile+1<<16 || len(got.still) > len(data)+32 {
				t.Fatalf("%+v", got)
			}
			parseProfile(got.profile).apply(quarters(4, 4))
		}
		parseProfile(data)
	})
}
