package main

import "image/color"

// market is the fish market under its awnings, before the first customers.
func market(c *canvas) {
	c.bands(0, 260, 5, hex(0xdfe6da), hex(0xe7e7d4), hex(0xefe5cb), hex(0xf3dfbc))
	c.rect(hex(0xc9a98a), 0, 96, width, 300)
	for i := range 9 {
		x := float64(i)*130 + 20
		c.rect(hex(0xb48f74), x, 150, 64, 130)
		c.ellipse(hex(0xb48f74), x+32, 150, 32, 30, 0.5, 1)
		c.rect(hex(0x8d6f60), x+8, 156, 48, 124)
		c.rect(hex(0xb48f74), x+29, 150, 6, 130)
	}
	c.rect(hex(0x9c7b65), 0, 84, width, 16)
	c.poly(hex(0x84655a), point{0, 84}, point{0, 44}, point{width, 20}, point{width, 84})
	c.rect(hex(0x7a6a64), 0, 372, width, 260)
	c.bands(392, 640, 2, hex(0x8b7a70), hex(0x7c6d67), hex(0x6c6060), hex(0x5c5458))
	c.dashes(hex(0xb09c8a), 70, 0, width, 410, 620)
	c.dashes(hex(0x4d484f), 60, 0, width, 420, 625)
	stall(c, -40, 330, red)
	stall(c, 348, 330, hex(0x2f6470))
	stall(c, 736, 330, ochre)
	seller(c, 160, 322, navy, 1)
	seller(c, 560, 322, hex(0x7b3f35), -1)
	seller(c, 950, 322, hex(0x39584c), 1)
	shopper(c, 300, 600, hex(0x2a3440), hex(0x46323c))
	shopper(c, 706, 612, hex(0x3c4a56), hex(0x2d2a35))
	for _, x := range []float64{150, 538, 926} {
		c.line(ink, 2, x, 130, x, 232)
		c.poly(ink, point{x - 18, 246}, point{x + 18, 246}, point{x + 7, 228}, point{x - 7, 228})
		c.ellipse(lamp, x, 246, 13, 9, 0, 0.5)
		c.disc(hex(0xf6c66a, 0.22), x, 254, 54)
	}
}

// stall is an awning over a table of fish and ice.
func stall(c *canvas, x, y float64, cloth color.Color) {
	const stripes, w = 11, 34.0
	for i := range stripes {
		col := cloth
		if i%2 == 1 {
			col = cream
		}
		top := x + 30 + float64(i)*(w-5.4)
		c.poly(col, point{top, y - 150}, point{top + w - 5.4, y - 150}, point{x + float64(i+1)*w, y - 78}, point{x + float64(i)*w, y - 78})
		c.ellipse(col, x+(float64(i)+0.5)*w, y-78, w/2, 16, 0, 0.5)
	}
	c.line(hex(0x4a4340), 7, x+10, y-70, x+10, y+150)
	c.line(hex(0x4a4340), 7, x+364, y-70, x+364, y+150)
	c.poly(hex(0xdfe9e6), point{x + 4, y + 62}, point{x + 370, y + 62}, point{x + 384, y + 92}, point{x - 10, y + 92})
	c.rect(hex(0x6b4c3c), x-10, y+92, 394, 66)
	for i := range 6 {
		c.rect(hex(0x573d32), x-4+float64(i)*66, y+98, 58, 54)
	}
	for i := range 13 {
		fx, fy := x+26+float64(i)*26.5, y+74+float64(i%2)*9
		col := []color.Color{hex(0x7f9aa4), hex(0x9fb2b4), hex(0xc98a72)}[i%3]
		c.ellipse(col, fx, fy, 13, 5, 0, 1)
		c.poly(col, point{fx + 10, fy}, point{fx + 19, fy - 5}, point{fx + 19, fy + 5})
		c.disc(ink, fx-8, fy-1, 1.4)
	}
}

// seller stands behind the table: a head, a cap, an apron.
func seller(c *canvas, x, y float64, coat color.Color, side float64) {
	c.poly(coat, point{x - 34, y + 64}, point{x - 26, y}, point{x - 12, y - 10}, point{x + 12, y - 10}, point{x + 26, y}, point{x + 34, y + 64})
	c.poly(cream, point{x - 16, y + 64}, point{x - 12, y + 10}, point{x + 12, y + 10}, point{x + 16, y + 64})
	c.line(coat, 13, x+side*24, y+6, x+side*58, y+50)
	c.disc(hex(0xb97d5c), x+side*60, y+54, 8)
	c.disc(hex(0xb97d5c), x, y-30, 18)
	c.ellipse(ink, x, y-36, 20, 15, 0.5, 1)
	c.rect(ink, x-20+side*6, y-38, 40, 5)
}

// shopper is seen from behind, nearer to us.
func shopper(c *canvas, x, y float64, coat, hair color.Color) {
	c.poly(coat, point{x - 62, y + 40}, point{x - 54, y - 120}, point{x - 24, y - 152}, point{x + 24, y - 152}, point{x + 54, y - 120}, point{x + 62, y + 40})
	c.disc(hair, x, y-180, 30)
	c.line(hex(0xd9b36a), 4, x+54, y-60, x+76, y-10)
	c.poly(hex(0xd9b36a), point{x + 56, y - 14}, point{x + 104, y - 14}, point{x + 96, y + 40}, point{x + 64, y + 40})
}

// library is the reading room in the evening.
func library(c *canvas) {
	c.rect(hex(0x6a4a3a), 0, 0, width, height)
	c.rect(hex(0x7b5742), 0, 0, width, 150)
	for i := range 5 {
		x := 48 + float64(i)*214
		c.rect(hex(0x543a2f), x-10, 96, 188, 250)
		c.ellipse(hex(0x543a2f), x+84, 98, 94, 84, 0.5, 1)
		window(c, x)
	}
	shelves(c)
	c.poly(hex(0x4a332b), point{0, 470}, point{width, 470}, point{width, height}, point{0, height})
	c.bands(470, 640, 0, hex(0x573c30), hex(0x4c352c), hex(0x402d28))
	for i, x := range []float64{110, 440, 770} {
		desk(c, x, i)
	}
}

func window(c *canvas, x float64) {
	for i, col := range []color.Color{hex(0x2d4763), hex(0x3d5c78), hex(0x587a90), hex(0x83a0a4), hex(0xc9b58f)} {
		c.rect(col, x, 100+float64(i)*47, 168, 48)
	}
	c.ellipse(hex(0x2d4763), x+84, 100, 84, 74, 0.5, 1)
	c.poly(hex(0x2a3d50), point{x, 336}, point{x, 310}, point{x + 40, 310}, point{x + 40, 296}, point{x + 76, 296}, point{x + 76, 312}, point{x + 118, 312}, point{x + 118, 290}, point{x + 132, 276}, point{x + 146, 290}, point{x + 168, 290}, point{x + 168, 336})
	for _, w := range []point{{12, 320}, {52, 306}, {92, 320}, {126, 302}, {150, 304}} {
		c.rect(lamp, x+w.x, w.y, 5, 7)
	}
	c.rect(hex(0x543a2f), x+81, 28, 6, 308)
	for _, y := range []float64{98, 180, 260} {
		c.rect(hex(0x543a2f), x, y, 168, 5)
	}
}

// shelves run under the windows, full of books.
func shelves(c *canvas) {
	spines := []color.Color{red, hex(0x2f6470), ochre, navy, hex(0xd7c19a), moss, hex(0x8c4a3c), plum, hex(0x3f5d6b), sand}
	for _, y := range []float64{346, 410} {
		c.rect(hex(0x3a2822), 0, y, width, 62)
		for x := 6.0; x < width-8; {
			w := 8 + c.dice.Float64()*11
			h := 34 + c.dice.Float64()*16
			if c.dice.IntN(14) == 0 {
				x += 14
				continue
			}
			c.rect(spines[c.dice.IntN(len(spines))], x, y+56-h, w, h)
			x += w + 1.6
		}
		c.rect(hex(0x7b5742), 0, y+56, width, 8)
	}
}

func desk(c *canvas, x float64, n int) {
	coats := []color.Color{hex(0x27394a), hex(0x7a2f2c), hex(0x3b5148)}
	c.disc(hex(0xf6c66a, 0.16), x+150, 500, 118)
	for i, seat := range []float64{56, 214} {
		if n == 1 && i == 1 {
			continue
		}
		col := coats[(n+i)%3]
		c.poly(col, point{x + seat - 34, 556}, point{x + seat - 28, 500}, point{x + seat - 12, 486}, point{x + seat + 12, 486}, point{x + seat + 28, 500}, point{x + seat + 34, 556})
		c.disc([]color.Color{hex(0x9b6a4c), hex(0xc48f6b), hex(0x6d4736)}[(n+2*i)%3], x+seat, 468, 18)
		c.ellipse(hex(0x241b1c), x+seat, 463, 19, 17, 0.5, 1)
	}
	c.rect(hex(0x8a5f42), x-20, 548, 310, 16)
	c.rect(hex(0x6d4832), x-20, 564, 310, 10)
	c.rect(hex(0x573a2a), x, 574, 14, 60)
	c.rect(hex(0x573a2a), x+256, 574, 14, 60)
	c.line(hex(0xc9a24f), 4, x+136, 500, x+136, 548)
	c.poly(hex(0x2f7a5c), point{x + 104, 508}, point{x + 168, 508}, point{x + 156, 486}, point{x + 116, 486})
	c.rect(lamp, x+108, 508, 56, 5)
	c.poly(cream, point{x + 40, 548}, point{x + 56, 540}, point{x + 72, 548})
	c.poly(cream, point{x + 196, 548}, point{x + 216, 539}, point{x + 236, 548})
}
