package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image/color"
	"io"
)

// header is what a file says of its picture beside the pixels.
type header struct {
	turn        turn
	profile     []byte // ICC; nil: none
	passes      int    // how often a JPEG goes over its pixels; 1: the usual, and other formats
	progressive bool   // a JPEG that comes in passes, all of which are kept until the last
	still       []byte // the file to decode: of an animated WebP one of its first frame alone
}

const (
	maxProfile = 1 << 20     // bytes of a colour profile; a CMYK one has half of that
	maxWork    = 400_000_000 // pixels times passes: a JPEG may order any number of passes, a few bytes each
)

// readHeader reads it. Whatever is unexpected is as if it were not there: only the
// work that is ordered is a reason to refuse a picture.
func readHeader(format string, data []byte, width, height int) (header, error) {
	h := header{turn: upright, passes: 1, still: data}
	switch format {
	case "jpeg":
		h.jpeg(data)
	case "png":
		h.png(data)
	case "webp":
		h.webp(data)
	}
	if h.passes*width*height > maxWork {
		return h, fmt.Errorf("%w: it goes over its %d megapixels %d times", ErrTooLarge, width*height/1_000_000, h.passes)
	}
	return h, nil
}

// jpeg reads the segments (ISO 10918-1 B.1) of a file.
func (h *header) jpeg(data []byte) {
	const soi, sof2, sos, eoi, app1, app2 = 0xD8, 0xC2, 0xDA, 0xD9, 0xE1, 0xE2
	if len(data) < 4 || data[0] != 0xFF || data[1] != soi {
		return
	}
	parts := map[byte][]byte{} // of the profile, by number (ICC.1 B.4)
	turned := false
	h.passes = 0
	for rest := data[2:]; ; {
		at := nextMarker(rest)
		if at < 0 || len(rest) < at+4 || rest[at+1] == eoi {
			break
		}
		rest = rest[at:]
		marker, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if size < 2 || len(rest) < 2+size {
			break
		}
		segment := rest[4 : 2+size]
		switch {
		case marker == sos:
			h.passes++
		case marker == sof2:
			h.progressive = true
		case marker == app1 && !turned && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			h.turn, turned = tiffOrientation(segment[6:]), true
		case marker == app2 && bytes.HasPrefix(segment, []byte("ICC_PROFILE\x00")) && len(segment) > 14:
			parts[segment[12]] = segment[14:]
		}
		rest = rest[2+size:]
	}
	h.passes = max(h.passes, 1)
	for n := byte(1); parts[n] != nil && len(h.profile) <= maxProfile; n++ {
		h.profile = append(h.profile, parts[n]...)
	}
}

// nextMarker is where the next one stands that is none of a scan's own: a byte 0xFF of
// the data is followed by 0, and restarts are numbered.
func nextMarker(data []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(data[at:], 0xFF)
		if i < 0 || at+i+1 >= len(data) {
			return -1
		}
		if at += i; data[at+1] != 0 && data[at+1] != 0xFF && (data[at+1] < 0xD0 || data[at+1] > 0xD7) {
			return at
		}
	}
}

// png reads the chunks (PNG 5.3) of a file.
func (h *header) png(data []byte) {
	for rest := data[min(8, len(data)):]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest))
		if size+12 > uint64(len(rest)) {
			return
		}
		chunk := rest[8 : 8+size]
		switch string(rest[4:8]) {
		case "eXIf":
			h.turn = tiffOrientation(chunk)
		case "iCCP":
			if _, packed, ok := bytes.Cut(chunk, []byte{0}); ok && len(packed) > 1 && packed[0] == 0 {
				h.profile = inflated(packed[1:])
			}
		}
		rest = rest[12+size:]
	}
}

func inflated(packed []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil || len(plain) > maxProfile {
		return nil
	}
	return plain
}

// webpScreen is the size of an animated WebP, which its decoder does not know.
func webpScreen(data []byte) (width, height int, ok bool) {
	if len(data) < 30 || string(data[:4]) != "RIFF" || string(data[8:16]) != "WEBPVP8X" || data[20]&2 == 0 {
		return 0, 0, false
	}
	side := func(b []byte) int { return 1 + (int(b[0]) | int(b[1])<<8 | int(b[2])<<16) }
	return side(data[24:]), side(data[27:]), true
}

// webp reads the chunks (RFC 9649 2) of a file.
func (h *header) webp(data []byte) {
	eachChunk(data[min(12, len(data)):], func(name string, chunk []byte) bool {
		switch name {
		case "EXIF":
			h.turn = tiffOrientation(bytes.TrimPrefix(chunk, []byte("Exif\x00\x00")))
		case "ICCP":
			h.profile = chunk
		case "ANMF":
			if len(h.still) == len(data) && len(chunk) > 16 {
				h.still = firstFrame(chunk)
			}
		}
		return true
	})
}

// firstFrame makes a file of its own of a frame of an animation (RFC 9649 2.7.1.1). It
// may be smaller than the picture: then it is all that is seen at first.
func firstFrame(frame []byte) []byte {
	var body []byte
	add := func(name string, chunk []byte) {
		body = append(body, name...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(chunk)))
		body = append(body, chunk...)
		if len(chunk)%2 == 1 {
			body = append(body, 0)
		}
	}
	eachChunk(frame[16:], func(name string, chunk []byte) bool {
		switch name {
		case "ALPH": // needs the extended header, with its flag for alpha; the frame's sides stand there as they do here
			add("VP8X", append([]byte{0x10, 0, 0, 0}, frame[6:12]...))
			add(name, chunk)
		case "VP8 ", "VP8L":
			add(name, chunk)
			return false
		}
		return true
	})
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(file, "WEBP"...), body...)
}

// eachChunk goes over chunks of RIFF until use says that it is enough.
func eachChunk(data []byte, use func(name string, chunk []byte) bool) {
	for len(data) >= 8 {
		size := uint64(binary.LittleEndian.Uint32(data[4:]))
		end := min(8+size, uint64(len(data)))
		if !use(string(data[:4]), data[8:end]) {
			return
		}
		data = data[min(8+size+size%2, uint64(len(data))):]
	}
}

// Room is how much decoding a picture takes, in pixels of four bytes, by its header: a
// caller who decodes several at once can keep the sum of them bounded. At most it is
// five times [MaxPixels], of a progressive JPEG.
func Room(data []byte) int {
	format, width, height, err := Check(data)
	if err != nil {
		return 0
	}
	c, _, err := config(data)
	switch {
	case err != nil:
	case format == "jpeg":
		if h, _ := readHeader(format, data, width, height); !h.progressive {
			break
		}
		if c.ColorModel == color.CMYKModel { // four bytes of each colour, and one more of each at the end
			return 5 * width * height
		}
		return 4 * width * height
	case c.ColorModel == color.NRGBA64Model, c.ColorModel == color.RGBA64Model, c.ColorModel == color.Gray16Model:
		return 2 * width * height
	}
	return width * height
}
