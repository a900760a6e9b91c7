package picture

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
)

// turn is an EXIF orientation, 1 to 8 (CIPA DC-008 4.6.4.A, tag 274).
type turn int

const upright turn = 1

// tiffOrientation reads the tag from the first directory of a TIFF header.
func tiffOrientation(b []byte) turn {
	if len(b) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return upright
	}
	entries := b[at+2:]
	const entry, tagOrientation, typeShort = 12, 274, 3
	for n := order.Uint16(b[at:]); n > 0 && len(entries) >= entry; n-- {
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if t := turn(order.Uint16(entries[8:])); t >= 1 && t <= 8 {
				return t
			}
			return upright
		}
		entries = entries[entry:]
	}
	return upright
}

// sideways says that width and height change places.
func (t turn) sideways() bool { return t >= 5 }

// apply gives the picture as it was seen. It runs on the scaled picture, which is
// small, not on the original.
func (t turn) apply(src *image.NRGBA) *image.NRGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if t <= upright || t > 8 {
		return src
	}
	dw, dh := w, h
	if t.sideways() {
		dw, dh = h, w
	}
	dst := image.NewNRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := t.source(x, y, w, h)
			from := src.PixOffset(src.Rect.Min.X+sx, src.Rect.Min.Y+sy)
			to := dst.PixOffset(x, y)
			copy(dst.Pix[to:to+4], src.Pix[from:from+4])
		}
	}
	return dst
}

// source says which pixel of a w by h picture is seen at x, y once it is turned.
func (t turn) source(x, y, w, h int) (int, int) {
	switch t {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // upside down and mirrored
		return x, h - 1 - y
	case 5: // mirrored, then a quarter to the left
		return y, x
	case 6: // a quarter to the right
		return y, h - 1 - x
	case 7: // mirrored, then a quarter to the right
		return w - 1 - y, h - 1 - x
	case 8: // a quarter to the left
		return w - 1 - y, x
	}
	return x, y
}

// solid lays a picture on a ground: JPEG knows no transparency, and in the dark mode of a
// mail program black lines on nothing are black on black. The ground is white, or dark
// where what shows is nearly white.
func solid(src *image.NRGBA) *image.NRGBA {
	if src.Opaque() {
		return src
	}
	ground := image.NewUniform(color.White)
	if nearlyWhite(src) {
		ground = image.NewUniform(color.NRGBA{0x22, 0x22, 0x22, 0xFF})
	}
	dst := image.NewNRGBA(src.Rect)
	draw.Draw(dst, dst.Rect, ground, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, src, src.Rect.Min, draw.Over)
	return dst
}

// nearlyWhite tells of a picture of which nine tenths of what shows would not show on
// white.
func nearlyWhite(m *image.NRGBA) bool {
	light, all := 0, 0
	for i := 0; i+3 < len(m.Pix); i += 4 {
		shows := int(m.Pix[i+3])
		if all += shows; min(m.Pix[i], m.Pix[i+1], m.Pix[i+2]) > 224 {
			light += shows
		}
	}
	return all > 0 && light*10 >= all*9
}
