package main

import (
	"image/color"
	"math"
)

// marsh is the salt marsh east of the city, with the terns back on it.
func marsh(c *canvas) {
	c.bands(0, 330, 9, hex(0xf3c98a), hex(0xf5d29a), hex(0xf7dbab), hex(0xf8e3bd), hex(0xf9ead0))
	c.disc(hex(0xfff7e2), 870, 170, 62)
	c.poly(hex(0xc0a986), point{0, 340}, point{0, 300}, point{160, 286}, point{380, 306}, point{560, 296}, point{820, 312}, point{1120, 290}, point{1120, 340})
	c.rect(hex(0x9c8a6c), 206, 262, 12, 34)
	c.poly(hex(0x9c8a6c), point{198, 264}, point{226, 264}, point{212, 250}, point{212, 250})
	c.bands(326, 640, 6, hex(0xb3a566), hex(0x9a9757), hex(0x808749), hex(0x69753f), hex(0x526135))
	creek(c, hex(0xe6ead8), 1)
	creek(c, hex(0xb4cdc9), 0.72)
	creek(c, hex(0x8fb3b3), 0.3)
	for range 360 {
		t := c.dice.Float64()
		y := 360 + 265*t*t
		x := c.dice.Float64() * width
		if math.Abs(x-creekAt(y)) < 24+(y-340)*0.40 {
			continue
		}
		col := hex(0x4b5930)
		if c.dice.IntN(3) == 0 {
			col = hex(0xcdb871)
		}
		h := 8 + 34*t*t
		c.poly(col, point{x, y}, point{x + 3, y}, point{x + (c.dice.Float64()-0.4)*h*0.7, y - h})
	}
	tern(c, 330, 170, 118)
	tern(c, 520, 96, 74)
	tern(c, 196, 96, 52)
	tern(c, 640, 226, 44)
	tern(c, 980, 300, 34)
}

func creekAt(y float64) float64 { return 620 + 170*math.Sin((y-330)/74) + (y-330)*0.1 }

// creek winds from the horizon to us.
func creek(c *canvas, col color.Color, part float64) {
	var left, right []point
	for y := 336.0; y <= 640; y += 6 {
		w := (8 + (y-336)*0.36) * part
		left = append(left, point{creekAt(y) - w, y})
		right = append(right, point{creekAt(y) + w, y})
	}
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	c.poly(col, left...)
}

// tern is a sea swallow: long wings, a forked tail, a black cap.
func tern(c *canvas, x, y, s float64) {
	white, grey := hex(0xfffaf0), hex(0xb9b6ac)
	c.poly(grey, point{x - 0.1*s, y}, point{x - 0.52*s, y - 0.5*s}, point{x - 1.02*s, y - 0.46*s}, point{x - 0.5*s, y - 0.26*s}, point{x + 0.16*s, y + 0.04*s})
	c.poly(white, point{x - 0.06*s, y - 0.02*s}, point{x + 0.22*s, y - 0.62*s}, point{x + 0.72*s, y - 0.98*s}, point{x + 0.42*s, y - 0.44*s}, point{x + 0.24*s, y + 0.03*s})
	c.poly(white, point{x + 0.46*s, y - 0.05*s}, point{x + 0.2*s, y - 0.09*s}, point{x - 0.34*s, y + 0.05*s}, point{x - 0.86*s, y + 0.02*s}, point{x - 0.5*s, y + 0.1*s},
		point{x - 0.82*s, y + 0.24*s}, point{x - 0.3*s, y + 0.15*s}, point{x + 0.2*s, y + 0.13*s})
	c.ellipse(white, x+0.4*s, y-0.01*s, 0.14*s, 0.1*s, 0, 1)
	c.ellipse(ink, x+0.42*s, y-0.04*s, 0.13*s, 0.07*s, 0.5, 1)
	c.poly(coral, point{x + 0.52*s, y - 0.05*s}, point{x + 0.74*s, y + 0.01*s}, point{x + 0.52*s, y + 0.03*s})
}

// bridge is the swing bridge in the blue hour, with the last tram on it.
func bridge(c *canvas) {
	c.bands(0, 400, 6, hex(0x22344f), hex(0x2b4160), hex(0x385270), hex(0x4b6880), hex(0x68828e), hex(0x93a097), hex(0xc9b48f))
	for i := range 30 {
		h := 30 + float64((i*53)%74)
		x := float64(i)*40 - 12
		c.rect(hex(0x2a3a50), x, 410-h, 38, h)
		for k := range 3 {
			if (i+k)%2 == 0 {
				c.rect(lamp, x+7+float64(k)*10, 410-h+10+float64((i*7+k*11)%18), 4, 6)
			}
		}
	}
	c.poly(hex(0x2a3a50), point{842, 410}, point{842, 250}, point{858, 222}, point{874, 250}, point{874, 410})
	c.bands(408, 650, 3, hex(0x56707f), hex(0x44606f), hex(0x354e60), hex(0x2a4053), hex(0x203346))
	c.dashes(lamp, 120, 60, 1080, 412, 610)
	c.dashes(hex(0x93a097), 90, 0, width, 412, 620)
	c.dashes(hex(0x1a2a3c), 90, 0, width, 430, 625)
	truss(c)
	tram(c, 330, 330)
	for _, x := range []float64{120, 486, 634, 1000} {
		c.line(ink, 4, x, 352, x, 268)
		c.disc(lamp, x, 262, 8)
		c.disc(hex(0xf6c66a, 0.25), x, 262, 26)
	}
}

func truss(c *canvas) {
	iron := hex(0x172332)
	c.rect(iron, 0, 348, width, 20)
	for _, mid := range []float64{280, 840} {
		c.curve(iron, 11, func(t float64) point { return point{mid - 270 + 540*t, 440 - 82*math.Sin(math.Pi*t)} })
		for x := mid - 240; x <= mid+240; x += 40 {
			y := 440 - 82*math.Sin(math.Pi*(x-mid+270)/540)
			c.line(iron, 4, x, 360, x, y)
			c.line(iron, 3, x, 366, x+40, 440-82*math.Sin(math.Pi*(x+40-mid+270)/540))
		}
	}
	for _, x := range []float64{-22, 528, 1078} {
		c.rect(hex(0x33414c), x, 366, 64, 150)
		c.rect(hex(0x45535c), x, 366, 20, 150)
		c.rect(hex(0x283640), x-8, 436, 80, 16)
		c.dashes(hex(0x1a2a3c), 14, x, x+64, 520, 590)
	}
	c.rect(hex(0xb58a5a), 538, 306, 44, 44)
	c.poly(red, point{530, 308}, point{560, 282}, point{590, 308})
	c.rect(lamp, 552, 318, 16, 16)
	for x := 0.0; x < width; x += 22 {
		c.rect(iron, x, 330, 2, 20)
	}
	c.rect(iron, 0, 328, width, 3)
}

// tram has its wheels at y.
func tram(c *canvas, x, y float64) {
	for i := range 2 {
		car := x - float64(i)*176
		c.rect(red, car, y-72, 170, 66)
		c.rect(cream, car, y-72, 170, 10)
		c.rect(hex(0x6d1214), car, y-14, 170, 8)
		for k := range 5 {
			c.rect(lamp, car+9+float64(k)*32, y-56, 25, 25)
			if (k+i)%2 == 0 {
				c.disc(hex(0x3a2a2c), car+21+float64(k)*32, y-40, 6)
				c.rect(hex(0x3a2a2c), car+14+float64(k)*32, y-36, 14, 6)
			}
		}
		for _, wheel := range []float64{34, 62, 108, 136} {
			c.disc(ink, car+wheel, y+4, 9)
		}
	}
	c.line(ink, 2, x+70, y-72, x+90, y-100)
	c.line(ink, 2, x+90, y-100, x+60, y-118)
	c.line(hex(0x172332), 2, 0, y-120, width, y-120)
	c.disc(hex(0xfff2c8), x+168, y-22, 6)
}
