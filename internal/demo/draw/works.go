package main

import (
	"image/color"
	"math"
)

// cranes is the container quay at first light.
func cranes(c *canvas) {
	c.bands(0, 420, 6, hex(0x9fc0c4), hex(0xb2cbc6), hex(0xc7d6c8), hex(0xdcdfc8), hex(0xecdfc0), hex(0xf5d8ab))
	c.disc(hex(0xfdf0cd), 250, 352, 52)
	c.poly(hex(0xa9b9b0), point{0, 430}, point{0, 372}, point{120, 356}, point{260, 380}, point{420, 366}, point{600, 388}, point{760, 372}, point{940, 384}, point{1120, 360}, point{1120, 430})
	crane(c, 900, 470, 0.72, hex(0x8d9c9c))
	crane(c, 610, 480, 0.86, hex(0x6f7f86))
	ship(c)
	crane(c, 300, 500, 1.12, red)
	c.rect(hex(0x5f6d72), 0, 498, width, 26)
	c.rect(hex(0x48565d), 0, 516, width, 14)
	c.bands(528, 650, 2, hex(0x5e8189), hex(0x4d707b), hex(0x3e5f6d))
	c.dashes(hex(0xf5d8ab), 60, 120, 400, 532, 622)
	c.dashes(hex(0x9fc0c4), 90, 0, width, 532, 624)
	for _, g := range []point{{520, 92}, {560, 118}, {980, 150}} {
		c.gull(hex(0x3d4b55), g.x, g.y, 22)
	}
}

// crane is a quay crane with its feet at y.
func crane(c *canvas, x, y, s float64, col color.Color) {
	at := func(dx, dy float64) point { return point{x + dx*s, y - dy*s} }
	stroke := func(w, x1, y1, x2, y2 float64) {
		a, b := at(x1, y1), at(x2, y2)
		c.line(col, w*s, a.x, a.y, b.x, b.y)
	}
	for _, dx := range []float64{-60, 60} {
		stroke(11, dx, 0, dx*0.8, 330)
	}
	stroke(9, -58, 60, 58, 60)
	stroke(6, -56, 70, 50, 250)
	stroke(6, 56, 70, -50, 250)
	stroke(9, -50, 250, 50, 250)
	stroke(14, -200, 292, 330, 292)
	stroke(8, -10, 300, -10, 408)
	stroke(4, -10, 402, 320, 298)
	stroke(4, -10, 402, 190, 298)
	stroke(4, -10, 402, -190, 298)
	for dx := -190.0; dx < 320; dx += 26 {
		stroke(3, dx, 292, dx+13, 304)
		stroke(3, dx+13, 304, dx+26, 292)
	}
	stroke(3, -200, 304, 330, 304)
	p := at(-196, 320)
	c.rect(col, p.x, p.y, 64*s, 36*s)
	p = at(205, 284)
	c.rect(ink, p.x, p.y, 34*s, 24*s)
	stroke(2, 214, 262, 214, 196)
	stroke(2, 230, 262, 230, 196)
	p = at(190, 198)
	c.rect(ochre, p.x, p.y, 64*s, 28*s)
}

func ship(c *canvas) {
	colours := []color.Color{coral, hex(0x2f6470), ochre, navy, hex(0xd9cdb0), hex(0x7b8f86), red}
	for row := range 4 {
		for i := range 11 {
			if row == 3 && (i < 2 || i > 8) || row == 2 && i > 9 {
				continue
			}
			col := colours[c.dice.IntN(len(colours))]
			x, y := 470+float64(i)*46, 402-float64(row)*28
			c.rect(col, x, y, 44, 26)
			for k := range 4 {
				c.rect(hex(0x1c2733, 0.16), x+6+float64(k)*10, y+3, 2, 20)
			}
		}
	}
	c.rect(cream, 1000, 318, 76, 112)
	c.rect(hex(0xd9d2bd), 1000, 400, 76, 30)
	for i := range 3 {
		c.rect(slate, 1006, 330+float64(i)*22, 64, 9)
	}
	c.rect(red, 1036, 276, 32, 42)
	c.poly(ink, point{440, 428}, point{1110, 428}, point{1092, 520}, point{486, 520})
	c.poly(hex(0x7c2523), point{470, 492}, point{1098, 492}, point{1092, 520}, point{486, 520})
	c.line(cream, 3, 456, 446, 1106, 446)
}

// tidegauge is the gauge on the old pier in a spring tide, at night.
func tidegauge(c *canvas) {
	c.bands(0, 400, 8, hex(0x1d2c3e), hex(0x24374b), hex(0x2d4459), hex(0x385368), hex(0x466577))
	c.disc(hex(0xf3ead0), 236, 138, 54)
	c.disc(hex(0xe2d6b6), 220, 126, 9)
	c.disc(hex(0xe2d6b6), 252, 152, 13)
	for range 46 {
		c.disc(hex(0xcfd8d2), c.dice.Float64()*width, c.dice.Float64()*250, 0.8+c.dice.Float64()*1.1)
	}
	for i := range 26 {
		h := 24 + float64((i*37)%46)
		x := float64(i)*46 - 10
		c.rect(hex(0x1a2836), x, 400-h, 44, h)
		if i%2 == 0 {
			c.rect(lamp, x+12, 400-h+10, 6, 7)
		}
		if i%3 == 0 {
			c.rect(hex(0xd99a4e), x+26, 400-h+18, 6, 7)
		}
	}
	c.bands(400, 650, 4, hex(0x3d5c6c), hex(0x33505f), hex(0x294352), hex(0x203644), hex(0x182a37))
	c.dashes(hex(0xf3ead0), 110, 150, 330, 406, 612)
	c.dashes(hex(0x5b7d88), 130, 0, width, 404, 622)
	c.dashes(lamp, 26, 700, 960, 470, 600)
	pier(c)
}

func pier(c *canvas) {
	wood := hex(0x3b2f2e)
	for i := range 9 {
		x := 566 + float64(i)*74
		c.rect(wood, x, 380, 15, 170+float64(i%3)*14)
		c.ellipse(hex(0x6d8f98), x+7, 548+float64(i%3)*14, 18, 4, 0, 1)
	}
	c.rect(hex(0x54443e), 540, 360, 600, 24)
	c.rect(hex(0x6b574d), 540, 356, 600, 8)
	c.rect(hex(0xe6dcc2), 760, 214, 210, 144)
	c.rect(hex(0xcabfa4), 900, 214, 70, 144)
	c.poly(red, point{740, 216}, point{790, 158}, point{940, 158}, point{992, 216})
	c.poly(hex(0x7c1618), point{900, 158}, point{940, 158}, point{992, 216}, point{900, 216})
	c.rect(hex(0x5a4038), 838, 264, 46, 94)
	c.rect(lamp, 784, 258, 36, 40)
	c.rect(hex(0x5a4038), 800, 258, 4, 40)
	c.rect(hex(0x5a4038), 784, 276, 36, 4)
	c.disc(cream, 936, 268, 24)
	c.disc(ink, 936, 268, 20)
	c.line(lamp, 3, 936, 268, 948, 256)
	c.line(lamp, 2.4, 936, 268, 930, 252)
	c.line(ink, 4, 866, 158, 866, 92)
	c.poly(coral, point{866, 94}, point{912, 104}, point{866, 118})
	c.rect(cream, 596, 300, 34, 290)
	for i := range 14 {
		y := 306 + float64(i)*20
		w := 12.0
		if i%5 == 0 {
			w = 26
		}
		c.rect(ink, 596, y, w, 4)
	}
	c.rect(red, 588, 452, 50, 7)
	c.curve(hex(0x6d8f98), 4, func(t float64) point { return point{560 + 110*t, 556 + 5*math.Sin(t*9)} })
}
