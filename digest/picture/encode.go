package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Qualities are tried from the best; below the last, JPEG's blocks show even at
// twice the resolution, and a smaller picture is the better one.
var qualities = []int{82, 74, 66, 58, 50, 42}

// Scales of the layout are tried in turn: two pixels for each of the layout's,
// then fewer.
var scales = []float64{2, 1.5, 1, 0.75, 0.5, 0.25, 0.125}

// tallest is the height of a result for each pixel of its width; of a longer
// ribbon the middle is shown, for nobody scrolls past three screens of picture.
const tallest = 3

// canvas is a decoded picture and how it is to be turned.
type canvas struct {
	src     image.Image
	turn    turn
	profile *profile
	drawn   bool // by no camera: PNG may be the smaller one
	w, h    int  // as seen, once turned
}

func newCanvas(src image.Image, h header, format string) canvas {
	c := canvas{
		src: src, turn: h.turn, profile: parseProfile(h.profile), drawn: format != "jpeg", w: src.Bounds().Dx(), h: src.Bounds().Dy(),
	}
	if c.turn.sideways() {
		c.w, c.h = c.h, c.w
	}
	return c
}

// encode tries sizes and qualities until one is within the budget.
func encode(c canvas, o Options) (Picture, error) {
	var last image.Point
	for _, scale := range scales {
		size := c.target(o, scale)
		if size == last {
			continue // the original is smaller than the layout: nothing new to try
		}
		last = size
		m := c.draw(size)
		c.profile.apply(m)
		m = solid(m)
		if p, ok, err := c.lossless(m, o); err != nil || ok {
			return p, err
		}
		for _, q := range qualities {
			p, err := encodeJPEG(m, q)
			if err != nil || len(p.Bytes) <= o.MaxBytes {
				return p, err
			}
		}
	}
	return Picture{}, fmt.Errorf("%w: even at %s × %s pixels it has more than %s bytes",
		ErrBudget, figures.Of(last.X), figures.Of(last.Y), figures.Of(o.MaxBytes))
}

// lossless encodes what was drawn, and no photograph, as PNG, where that is no larger
// than the best JPEG: its lines and letters are sharper.
func (c canvas) lossless(m *image.NRGBA, o Options) (Picture, bool, error) {
	if !c.drawn || colours(m) > 1000 {
		return Picture{}, false, nil
	}
	p, err := encodePNG(m)
	if err != nil || len(p.Bytes) > o.MaxBytes {
		return Picture{}, false, err
	}
	other, err := encodeJPEG(m, qualities[0])
	return p, len(p.Bytes) <= len(other.Bytes), err
}

// colours counts the different ones among some thousand pixels.
func colours(m *image.NRGBA) int {
	const sample = 4000
	seen := map[[3]uint8]bool{}
	step := max(1, len(m.Pix)/4/sample)
	for i := 0; i+3 < len(m.Pix); i += 4 * step {
		seen[[3]uint8(m.Pix[i:i+3])] = true
	}
	return len(seen)
}

// target is the size of the result in pixels: the layout's shape at that scale, or
// the largest of that shape that the picture has.
func (c canvas) target(o Options, scale float64) image.Point {
	w, h := float64(c.w), float64(c.h)
	if o.Height > 0 {
		shape := float64(o.Width) / float64(o.Height)
		w, h = math.Min(w, h*shape), math.Min(h, w/shape)
	}
	h = math.Min(h, w*tallest)
	// Scales below 1 must make even a picture smaller that the layout does not
	// fill, so they count from the smaller of the two.
	wide := math.Min(w, float64(o.Width)*math.Max(scale, 1)) * math.Min(scale, 1)
	return image.Pt(
		max(1, int(math.Round(wide))),
		max(1, int(math.Round(wide*h/w))),
	)
}

// draw cuts the middle of the target's shape out of the picture and scales it.
func (c canvas) draw(size image.Point) *image.NRGBA {
	b := c.src.Bounds()
	if c.turn.sideways() {
		size = image.Pt(size.Y, size.X)
	}
	src, cut := c.src, middle(b, size)
	// Catmull-Rom keeps a float for each of the original's rows; halving first,
	// which is an exact mean of four pixels, keeps that small and loses nothing.
	for cut.Dx() >= 2*size.X && cut.Dy() >= 2*size.Y {
		half := image.NewRGBA(image.Rect(0, 0, cut.Dx()/2, cut.Dy()/2))
		draw.ApproxBiLinear.Scale(half, half.Rect, src, cut, draw.Src, nil)
		src, cut = half, half.Rect
	}
	dst := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
	draw.CatmullRom.Scale(dst, dst.Rect, src, cut, draw.Src, nil)
	return c.turn.apply(dst)
}

// middle is the largest part of b that has the shape of size, about its centre.
func middle(b image.Rectangle, size image.Point) image.Rectangle {
	w, h := b.Dx(), b.Dy()
	if w*size.Y > h*size.X {
		w = max(1, h*size.X/size.Y)
	} else {
		h = max(1, w*size.Y/size.X)
	}
	at := b.Min.Add(image.Pt((b.Dx()-w)/2, (b.Dy()-h)/2))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
}

func encodeJPEG(m *image.NRGBA, quality int) (Picture, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		return Picture{}, fmt.Errorf("encode the picture as JPEG: %w", err)
	}
	return Picture{Bytes: out.Bytes(), Type: "image/jpeg", Width: m.Rect.Dx(), Height: m.Rect.Dy()}, nil
}

func encodePNG(m *image.NRGBA) (Picture, error) {
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&out, m); err != nil {
		return Picture{}, fmt.Errorf("encode the picture as PNG: %w", err)
	}
	return Picture{Bytes: out.Bytes(), Type: "image/png", Width: m.Rect.Dx(), Height: m.Rect.Dy()}, nil
}
