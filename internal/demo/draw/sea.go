package main

import "math"

// The palette of the series.
var (
	ink   = hex(0x1c2733)
	navy  = hex(0x26405a)
	slate = hex(0x47667a)
	cream = hex(0xf7efdd)
	sand  = hex(0xead6ac)
	lamp  = hex(0xf6c66a)
	ochre = hex(0xe39b4e)
	coral = hex(0xd8694a)
	red   = hex(0x9a1b1e)
	plum  = hex(0x5b3a55)
	moss  = hex(0x5d6f4c)
)

// ferry is the evening boat, coming in before the sun is down.
func ferry(c *canvas) {
	c.bands(0, 360, 7, hex(0x4c3a5e), hex(0x6d4560), hex(0x96525c), hex(0xbf6453), hex(0xdb7f50), hex(0xeb9f59), hex(0xf4bd70), hex(0xf8d591))
	c.disc(hex(0xfce7b4), 780, 352, 74)
	c.poly(hex(0x7d4a5d), point{0, 372}, point{90, 330}, point{210, 300}, point{300, 322}, point{390, 308}, point{520, 350}, point{640, 366}, point{640, 380}, point{0, 380})
	c.poly(hex(0x5f3f58), point{1120, 378}, point{1120, 318}, point{1040, 330}, point{960, 356}, point{880, 366}, point{860, 378}, point{860, 380}, point{1120, 380})
	c.rect(hex(0xe9a866), 0, 372, width, 260)
	c.bands(372, 640, 3, hex(0xeeb069), hex(0xd98a5a), hex(0xb86657), hex(0x8c5059), hex(0x643f58), hex(0x453351))
	c.dashes(hex(0xfce7b4), 90, 690, 870, 380, 600)
	c.dashes(hex(0x7d4a5d), 120, 0, width, 400, 620)
	c.dashes(hex(0xf4bd70), 80, 0, width, 385, 540)
	ferryBoat(c, 150, 452)
	for _, g := range []point{{640, 150}, {700, 182}, {596, 204}, {930, 120}, {330, 110}} {
		c.gull(hex(0x3a2c45), g.x, g.y, 24)
	}
}

// ferryBoat is drawn with its waterline at y.
func ferryBoat(c *canvas, x, y float64) {
	dark := hex(0x2b2740)
	c.dashes(hex(0x2b2740), 70, x+20, x+440, y+6, y+110)
	c.poly(dark, point{x - 18, y - 62}, point{x + 470, y - 62}, point{x + 432, y + 4}, point{x + 22, y + 4})
	c.poly(red, point{x + 15, y - 8}, point{x + 438, y - 8}, point{x + 432, y + 4}, point{x + 22, y + 4})
	c.rect(hex(0xf0dcc0), x+30, y-108, 372, 48)
	c.rect(hex(0xd8b7a0), x+30, y-70, 372, 10)
	c.poly(hex(0xf0dcc0), point{x + 70, y - 150}, point{x + 330, y - 150}, point{x + 352, y - 108}, point{x + 70, y - 108})
	c.poly(hex(0xf7e8d0), point{x + 250, y - 184}, point{x + 318, y - 184}, point{x + 334, y - 150}, point{x + 250, y - 150})
	c.rect(dark, x+258, y-176, 62, 14)
	c.poly(red, point{x + 120, y - 206}, point{x + 170, y - 206}, point{x + 178, y - 150}, point{x + 120, y - 150})
	c.rect(dark, x+120, y-206, 51, 12)
	c.rect(hex(0xf0dcc0), x+121, y-186, 52, 9)
	for i := range 11 {
		c.rect(lamp, x+48+float64(i)*32, y-98, 18, 16)
	}
	for i := range 7 {
		c.rect(lamp, x+88+float64(i)*34, y-140, 20, 18)
	}
	for i := range 9 {
		c.disc(hex(0x6a4a5c), x+40+float64(i)*46, y-36, 5)
	}
	c.line(dark, 3, x+300, y-184, x+300, y-246)
	c.line(dark, 2, x+300, y-240, x+40, y-112)
	c.line(dark, 2, x+300, y-240, x+452, y-64)
	c.dashes(lamp, 46, x+40, x+400, y+8, y+80)
}

// lighthouse stands in the fog, and its light makes two roads in it.
func lighthouse(c *canvas) {
	c.bands(0, 640, 10, hex(0x5c7580), hex(0x66808a), hex(0x728c94), hex(0x809aa0), hex(0x90a8ab), hex(0xa0b5b5), hex(0x8fa7a9), hex(0x76929a))
	c.poly(hex(0xf6dc9a, 0.30), point{738, 168}, point{-20, 40}, point{-20, 250})
	c.poly(hex(0xf6dc9a, 0.30), point{738, 168}, point{-20, 96}, point{-20, 196})
	c.poly(hex(0xf6dc9a, 0.26), point{738, 168}, point{1140, 92}, point{1140, 236})
	c.ridge(hex(0x6c8890), 470, 9)
	c.wash(hex(0xb4c5c3, 0.35), 430, 500)
	c.poly(hex(0x3a4d58), point{470, 560}, point{560, 510}, point{640, 482}, point{700, 462}, point{790, 462}, point{850, 486}, point{940, 500}, point{1010, 540}, point{1120, 556}, point{1120, 600}, point{440, 600})
	c.poly(hex(0x2c3d48), point{540, 560}, point{640, 510}, point{760, 496}, point{880, 524}, point{960, 560}, point{1000, 600}, point{500, 600})
	keeper(c)
	tower(c)
	c.ridge(hex(0x6d8c96), 556, 6)
	c.ridge(hex(0x5b7c88), 588, 5)
	c.dashes(hex(0xc7d4d0), 90, 0, width, 560, 626)
	for _, y := range []float64{300, 372, 520} {
		c.ellipse(hex(0xdfe7e2, 0.20), 300+y, y, 560, 26, 0, 1)
		c.ellipse(hex(0xdfe7e2, 0.20), 160+y/2, y+34, 460, 18, 0, 1)
	}
	c.gull(hex(0xeef1ea), 420, 330, 30)
	c.gull(hex(0xeef1ea), 352, 372, 22)
}

func tower(c *canvas) {
	left := func(y float64) float64 { return 702 - (y-200)*0.09 }
	right := func(y float64) float64 { return 774 + (y-200)*0.09 }
	for i, y := 0, 200.0; y < 470; i, y = i+1, y+54 {
		col := hex(0xf1ede0)
		if i%2 == 1 {
			col = red
		}
		end := math.Min(y+54, 474)
		c.poly(col, point{left(y), y}, point{right(y), y}, point{right(end), end}, point{left(end), end})
	}
	c.poly(hex(0x22323d, 0.22), point{752, 200}, point{right(200), 200}, point{right(474), 474}, point{762, 474})
	c.rect(ink, 690, 190, 96, 12)
	c.rect(hex(0xfbe6ac), 712, 146, 52, 44)
	c.disc(hex(0xfff6d8), 738, 168, 18)
	for x := 712.0; x <= 764; x += 13 {
		c.rect(ink, x-1.5, 146, 3, 44)
	}
	c.poly(red, point{702, 146}, point{774, 146}, point{738, 112}, point{738, 112})
	c.line(ink, 4, 738, 114, 738, 92)
	c.rect(ink, 728, 262, 16, 26)
	c.rect(ink, 726, 370, 18, 28)
}

func keeper(c *canvas) {
	c.rect(hex(0xe6e2d4), 842, 442, 108, 54)
	c.poly(red, point{832, 444}, point{866, 412}, point{928, 412}, point{960, 444})
	c.rect(hex(0xc9c6b8), 908, 442, 42, 54)
	c.rect(lamp, 858, 458, 18, 20)
	c.rect(ink, 918, 460, 16, 36)
	c.rect(hex(0x8c2a2a), 872, 396, 12, 22)
}
