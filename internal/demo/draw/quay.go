package main

import (
	"image/color"
	"math"
)

// wall is the wall of Customs Quay at dawn, after the storm tide: the water is still
// high, and a school ruler shows how much is to be built.
func wall(c *canvas) {
	c.bands(0, 330, 7, hex(0x566a86), hex(0x76809a), hex(0x9c95a2), hex(0xc6a9a0), hex(0xe8bf9d), hex(0xf5d4a2), hex(0xfbe4b8))
	c.disc(hex(0xfdf0cd, 0.35), 500, 262, 124)
	c.disc(hex(0xfff4d6), 500, 262, 78)
	c.poly(hex(0xb99a92), point{330, 310}, point{330, 284}, point{430, 290}, point{560, 280}, point{690, 292}, point{690, 310})
	masts(c)
	for i, col := range []color.Color{hex(0x6d5563), hex(0x7f5a5c), hex(0x5d4d61)} {
		warehouse(c, -60+float64(i)*146, 300, 146, col, i)
	}
	for i, col := range []color.Color{hex(0x7a5660), hex(0x8a5f58), hex(0x665063), hex(0x74545c)} {
		warehouse(c, 640+float64(i)*146, 300, 146, col, i+1)
	}
	pavement(c)
	stones(c)
	c.bands(512, 650, 3, hex(0x8a8f98), hex(0x6c7c8c), hex(0x52687c), hex(0x3d5369))
	c.dashes(hex(0xfbe4b8), 110, 380, 620, 518, 624)
	c.dashes(hex(0xc6a9a0), 80, 0, width, 518, 624)
	c.dashes(hex(0x33475c), 80, 0, width, 520, 624)
	staff(c, 212)
	c.ellipse(hex(0x6a5a5c, 0.45), 880, 364, 212, 7, 0, 1)
	for row, n := range []int{3, 2, 1} {
		for i := range n {
			sandbag(c, 742+float64(row)*66+float64(i)*132, 364-float64(row)*42, (row+i)%2 == 0)
		}
	}
	ruler(c, 486, 364)
	for _, g := range []point{{380, 96}, {424, 122}, {610, 74}} {
		c.gull(hex(0x3f4258), g.x, g.y, 24)
	}
}

// masts stand in the basin beyond the warehouses.
func masts(c *canvas) {
	col := hex(0x8d7480)
	for _, m := range []point{{412, 176}, {440, 206}, {588, 190}, {612, 160}} {
		c.line(col, 3, m.x, 300, m.x, m.y)
		c.line(col, 2, m.x-14, m.y+34, m.x+14, m.y+34)
		c.line(col, 1.5, m.x, m.y+2, m.x+24, 300)
	}
}

// warehouse has its gable to the water, and its feet at y.
func warehouse(c *canvas, x, y, w float64, col color.Color, n int) {
	top := y - 168 - float64(n%2)*18
	mid := x + w/2
	c.poly(col, point{x, y}, point{x, top}, point{mid, top - 56}, point{x + w, top}, point{x + w, y})
	c.line(hex(0x3f3a4c), 8, x-2, top+2, mid, top-56)
	c.line(hex(0x3f3a4c), 8, mid, top-56, x+w+2, top+2)
	c.rect(hex(0x3f3a4c), mid-3, top-50, 6, 26)
	c.rect(hex(0x3f3a4c), mid-9, top-26, 18, 5)
	for row := range 3 {
		wy := top + 14 + float64(row)*50
		c.rect(hex(0x3f3a4c), mid-15, wy, 30, 36)
		c.rect(hex(0x554a58), mid-1, wy, 2, 36)
		for side, wx := range []float64{x + 18, x + w - 44} {
			glass := hex(0x4a4557)
			if (n*5+row*3+side*2)%7 == 0 {
				glass = lamp
			}
			c.rect(glass, wx, wy+10, 26, 24)
			c.ellipse(glass, wx+13, wy+10, 13, 9, 0.5, 1)
			c.rect(col, wx+12, wy, 2, 34)
		}
	}
}

// pavement is the wet quay between warehouses and wall.
func pavement(c *canvas) {
	c.rect(hex(0x6f6673), 0, 298, width, 60)
	c.rect(hex(0x857783), 0, 298, width, 5)
	c.poly(hex(0xe8bf9d), point{402, 303}, point{598, 303}, point{650, 350}, point{350, 350})
	c.dashes(hex(0xfbe4b8), 40, 420, 590, 306, 345)
	c.dashes(hex(0x9c95a2), 70, 0, width, 308, 346)
	c.dashes(hex(0x574f60), 50, 0, width, 308, 346)
	for _, x := range []float64{366, 676, 1076} {
		c.line(ink, 4, x, 322, x, 206)
		c.rect(ink, x-6, 314, 12, 8)
		c.poly(lamp, point{x - 8, 182}, point{x + 8, 182}, point{x + 5, 206}, point{x - 5, 206})
		c.poly(ink, point{x - 11, 183}, point{x, 172}, point{x + 11, 183})
		c.disc(hex(0xf6c66a, 0.22), x, 195, 30)
	}
}

// stones are the wall: its coping, and two courses, the lower one under weed.
func stones(c *canvas) {
	joint := hex(0x39424e)
	c.poly(hex(0xb3a8a4), point{0, 346}, point{width, 346}, point{width, 370}, point{0, 370})
	c.poly(hex(0xf1d5ae), point{372, 346}, point{632, 346}, point{664, 370}, point{344, 370})
	c.dashes(hex(0xd9cbbd), 26, 0, width, 350, 366)
	c.rect(hex(0x82808a), 0, 370, width, 42)
	c.rect(hex(0x9a949a), 0, 370, width, 5)
	c.rect(joint, 0, 410, width, 5)
	shades := []color.Color{hex(0x666b78), hex(0x5f6572), hex(0x6d707b), hex(0x5a606e)}
	for row := range 2 {
		y := 415 + float64(row)*58
		for i := range 9 {
			x := float64(i)*144 - 20 - float64(row)*72
			c.rect(shades[(i*3+row)%4], x, y, 141, 55)
		}
		c.rect(joint, 0, y+55, width, 3)
		for i := range 9 {
			c.rect(joint, float64(i)*144-23-float64(row)*72, y, 3, 58)
		}
	}
	for i := range 6 {
		c.rect(joint, float64(i)*224+92, 350, 3, 60)
	}
	c.ridge(hex(0x2f3f45, 0.55), 436, 4)
	c.ridge(hex(0x56705a), 480, 4)
	c.ridge(hex(0x3d5347), 494, 4)
	for range 30 {
		x, y := c.dice.Float64()*width, 414+c.dice.Float64()*20
		c.rect(hex(0xa9aab2), x, y, 2, 14+c.dice.Float64()*34)
	}
}

// staff is the tide staff on the wall's face, in red and white.
func staff(c *canvas, x float64) {
	for i, y := 0, 312.0; y < 522; i, y = i+1, y+30 {
		col := cream
		if i%2 == 0 {
			col = red
		}
		c.rect(col, x, y, 34, 30)
		c.rect(ink, x+22, y, 12, 3)
	}
	c.rect(hex(0x1c2733, 0.18), x+24, 312, 10, 210)
	c.rect(ink, x-4, 304, 42, 8)
	c.ellipse(hex(0xc6c4c4), x+17, 522, 30, 4, 0, 1)
	c.ellipse(hex(0x6c7c8c), x+17, 525, 27, 3.5, 0, 1)
	for i := range 4 {
		c.ellipse(hex(0x9a1b1e, 0.55), x+17-float64(i%2)*6, 538+float64(i)*17, 18-float64(i)*2, 3, 0, 1)
	}
}

// sandbag lies with its foot in the middle of x, y.
func sandbag(c *canvas, x, y float64, dark bool) {
	col, shade := hex(0xcdae80), hex(0xa58661)
	if dark {
		col, shade = hex(0xba976b), hex(0x927350)
	}
	edge := func(turn, ry float64) point {
		sin, cos := math.Sincos(2 * math.Pi * turn)
		round := func(v float64) float64 { return math.Copysign(math.Pow(math.Abs(v), 0.55), v) }
		return point{x + 70*round(cos), y - 22 + ry*round(sin)}
	}
	var whole, lit []point
	for i := range 49 {
		whole = append(whole, edge(float64(i)/48, 22.5))
	}
	for i := range 25 {
		lit = append(lit, edge(0.5+float64(i)/48, 22.5))
	}
	for i := range 25 {
		lit = append(lit, edge(float64(i)/48, 8))
	}
	c.poly(shade, whole...)
	c.poly(col, lit...)
	c.curve(hex(0x7d6145), 2, func(t float64) point { return point{x + 48 + 6*math.Sin(math.Pi*t), y - 42 + 40*t} })
	for i := range 4 {
		c.line(hex(0x7d6145), 1.5, x+47, y-36+float64(i)*9, x+57, y-38+float64(i)*9)
	}
}

// ruler is a school ruler of thirty centimetres, on end.
func ruler(c *canvas, x, y float64) {
	const cm = 5.0
	c.poly(hex(0x6a5a5c, 0.45), point{x, y}, point{x + 28, y}, point{x + 42, 372}, point{x + 8, 372})
	c.rect(hex(0xc4702f), x, y-31*cm, 28, 31*cm)
	c.rect(hex(0xdd9148), x, y-31*cm, 21, 31*cm)
	c.disc(hex(0xfff4d6), x+16, y-29*cm, 3)
	for i := range 31 {
		w := 6.0
		if i%5 == 0 {
			w = 12
		}
		c.rect(ink, x, y-float64(i)*cm-2, w, 1.6)
	}
}
