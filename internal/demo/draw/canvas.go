package main

import (
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/image/vector"
)

// The size of every picture, in pixels.
const (
	width  = 1120
	height = 630
)

// colours of a picture's palette; what lies between them, at edges, is rounded to
// the nearest.
const paletteSize = 96

// canvas is what a scene is drawn on.
type canvas struct {
	m    *image.RGBA
	dice *rand.Rand
}

type point struct{ x, y float64 }

func newCanvas() *canvas {
	return &canvas{m: image.NewRGBA(image.Rect(0, 0, width, height)), dice: rand.New(rand.NewPCG(9, 27))}
}

// hex is a colour as designers write it; alpha is 0 to 1.
func hex(rgb uint32, alpha ...float64) color.NRGBA {
	a := 1.0
	if len(alpha) > 0 {
		a = alpha[0]
	}
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), uint8(math.Round(a * 255))}
}

// poly fills a polygon.
func (c *canvas) poly(col color.Color, points ...point) {
	box := image.Rectangle{}
	for _, p := range points {
		x, y := int(math.Floor(p.x)), int(math.Floor(p.y))
		box = box.Union(image.Rect(x, y, x+2, y+2))
	}
	if box = box.Intersect(c.m.Rect); box.Empty() {
		return
	}
	var r vector.Rasterizer
	r.Reset(box.Dx(), box.Dy())
	for i, p := range points {
		x, y := float32(p.x-float64(box.Min.X)), float32(p.y-float64(box.Min.Y))
		if i == 0 {
			r.MoveTo(x, y)
			continue
		}
		r.LineTo(x, y)
	}
	r.ClosePath()
	r.Draw(c.m, box, image.NewUniform(col), image.Point{})
}

func (c *canvas) rect(col color.Color, x, y, w, h float64) {
	c.poly(col, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// ellipse fills the part of an ellipse between two angles, in turns; 0 is right,
// a quarter is down.
func (c *canvas) ellipse(col color.Color, x, y, rx, ry, from, to float64) {
	const steps = 72
	points := make([]point, 0, steps+1)
	for i := range steps + 1 {
		a := 2 * math.Pi * (from + (to-from)*float64(i)/steps)
		points = append(points, point{x + rx*math.Cos(a), y + ry*math.Sin(a)})
	}
	c.poly(col, points...)
}

func (c *canvas) disc(col color.Color, x, y, r float64) { c.ellipse(col, x, y, r, r, 0, 1) }

// line draws a stroke of a width.
func (c *canvas) line(col color.Color, w, x1, y1, x2, y2 float64) {
	length := math.Hypot(x2-x1, y2-y1)
	dx, dy := (y2-y1)/length*w/2, (x2-x1)/length*w/2
	c.poly(col, point{x1 + dx, y1 - dy}, point{x2 + dx, y2 - dy}, point{x2 - dx, y2 + dy}, point{x1 - dx, y1 + dy})
}

// curve draws a stroke through the points of a function of 0 to 1.
func (c *canvas) curve(col color.Color, w float64, at func(t float64) point) {
	const steps = 48
	last := at(0)
	for i := 1; i <= steps; i++ {
		p := at(float64(i) / steps)
		c.line(col, w, last.x, last.y, p.x, p.y)
		last = p
	}
}

// bands lays colours one below the other from y0 to y1, each with a softly
// rolling upper edge.
func (c *canvas) bands(y0, y1, roll float64, cols ...color.Color) {
	step := (y1 - y0) / float64(len(cols))
	for i, col := range cols {
		y := y0 + float64(i)*step
		if i == 0 {
			c.rect(col, 0, y, width, height-y)
			continue
		}
		c.ridge(col, y, roll)
	}
}

// ridge fills everything below a rolling line.
func (c *canvas) ridge(col color.Color, y, roll float64) {
	a, b := c.dice.Float64()*7, c.dice.Float64()*7
	points := []point{{0, height}}
	for x := 0.0; x <= width; x += 8 {
		points = append(points, point{x, y + roll*(math.Sin(x/190+a)+0.5*math.Sin(x/71+b))})
	}
	c.poly(col, append(points, point{width, height})...)
}

// dashes strew short level strokes over a stretch of water, thin far away and
// longer near by.
func (c *canvas) dashes(col color.Color, n int, x0, x1, y0, y1 float64) {
	for range n {
		t := c.dice.Float64()
		y := y0 + (y1-y0)*t
		w := (12 + 60*t) * (0.5 + c.dice.Float64())
		x := x0 + (x1-x0)*c.dice.Float64() - w/2
		h := 1.2 + 3.2*t
		c.poly(col, point{x, y}, point{x + w/2, y - h/2}, point{x + w, y}, point{x + w/2, y + h/2})
	}
}

// gull is a bird far off.
func (c *canvas) gull(col color.Color, x, y, size float64) {
	for _, side := range []float64{-1, 1} {
		c.poly(col, point{x, y}, point{x + side*size*0.5, y - size*0.32}, point{x + side*size, y - size*0.12},
			point{x + side*size*0.52, y - size*0.2}, point{x, y + size*0.1})
	}
}

// encode writes the picture as a PNG of few colours.
func (c *canvas) encode(w io.Writer) error {
	palette := c.palette()
	p := image.NewPaletted(c.m.Rect, palette)
	known := map[color.RGBA]uint8{}
	for y := range height {
		for x := range width {
			col := c.m.RGBAAt(x, y)
			n, ok := known[col]
			if !ok {
				n = uint8(palette.Index(col))
				known[col] = n
			}
			p.SetColorIndex(x, y, n)
		}
	}
	e := png.Encoder{CompressionLevel: png.BestCompression}
	return e.Encode(w, p)
}

// palette is made of the colours that cover most.
func (c *canvas) palette() color.Palette {
	count := map[color.RGBA]int{}
	for y := range height {
		for x := range width {
			count[c.m.RGBAAt(x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for col := range count {
		all = append(all, col)
	}
	key := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(key(a), key(b)))
	})
	var p color.Palette
	for _, col := range all[:min(len(all), paletteSize)] {
		p = append(p, col)
	}
	return p
}

// wash lays a thin colour over everything between two heights.
func (c *canvas) wash(col color.NRGBA, y0, y1 float64) {
	draw.Draw(c.m, image.Rect(0, int(y0), width, int(y1)), image.NewUniform(col), image.Point{}, draw.Over)
}
