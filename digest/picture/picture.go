package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif" // the decoders that Fit accepts register themselves
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/webp"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Limits on what is accepted.
const (
	MaxPixels = 25_000_000 // width times height of the original
	MaxInput  = 20 << 20   // bytes of the original
	maxSide   = 20_000     // pixels; a ribbon of 1 by 25 million is no picture
)

// Accept is what to ask a server for: nothing that Fit cannot read.
const Accept = "image/jpeg, image/png, image/gif, image/webp, image/*;q=0.1"

// defaultMaxBytes is the budget where none is given: eight of them and the text
// stay under a megabyte.
const defaultMaxBytes = 120 << 10

// Options say what the theme needs.
type Options struct {
	Width    int // CSS pixels in the layout; the result has up to twice as many
	Height   int // CSS pixels; the picture is cut to this shape. 0: its own shape
	MaxBytes int // budget of the result; 0: 120 KiB
}

// Picture is a picture ready for mail. Width and Height are its own pixels, not
// those of the layout.
type Picture struct {
	Bytes  []byte
	Type   string // image/jpeg or image/png
	Width  int
	Height int
}

// Errors that a caller may tell apart. Fit wraps them with the particulars.
var (
	ErrNotAPicture = errors.New("not a JPEG, PNG, GIF or WebP picture")
	ErrTooLarge    = errors.New("the picture is too large")
	ErrBroken      = errors.New("the picture is damaged")
	ErrBudget      = errors.New("the picture cannot be made small enough")
)

// Check reads a picture's header: its format ("jpeg", "png", "gif" or "webp") and
// its pixels. It decodes nothing. Errors: ErrNotAPicture, ErrTooLarge.
func Check(data []byte) (format string, width, height int, err error) {
	if len(data) > MaxInput {
		return "", 0, 0, fmt.Errorf("%w: %d MB, at most %d are read", ErrTooLarge, len(data)>>20, MaxInput>>20)
	}
	if w, h, ok := webpScreen(data); ok {
		format, width, height = "webp", w, h
	} else {
		c, f, err := config(data)
		if errors.Is(err, image.ErrFormat) {
			return "", 0, 0, fmt.Errorf("%w%s", ErrNotAPicture, otherwise(data))
		}
		if err != nil {
			return "", 0, 0, fmt.Errorf("%w (%w)", ErrNotAPicture, err)
		}
		format, width, height = f, c.Width, c.Height
	}
	if width < 1 || height < 1 {
		return "", 0, 0, fmt.Errorf("%w: it says that it is %s × %s pixels", ErrNotAPicture, figures.Of(width), figures.Of(height))
	}
	if width > maxSide || height > maxSide || width*height > MaxPixels {
		return "", 0, 0, fmt.Errorf("%w: %s × %s pixels, at most %s megapixels and %s a side are read",
			ErrTooLarge, figures.Of(width), figures.Of(height), figures.Of(MaxPixels/1_000_000), figures.Of(maxSide))
	}
	return format, width, height, nil
}

// Fit makes a picture fit the layout. Of an animation it takes the first frame.
// Errors: ErrNotAPicture, ErrTooLarge, ErrBroken, ErrBudget.
func Fit(data []byte, o Options) (Picture, error) {
	if o.Width < 1 || o.Height < 0 {
		return Picture{}, fmt.Errorf("picture: a layout of %d by %d CSS pixels is impossible", o.Width, o.Height)
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	format, width, height, err := Check(data)
	if err != nil {
		return Picture{}, err
	}
	h, err := readHeader(format, data, width, height)
	if err != nil {
		return Picture{}, err
	}
	src, err := decode(h.still, width, height)
	if err != nil {
		return Picture{}, err
	}
	if format == "webp" {
		fullRange(src)
	}
	return encode(newCanvas(onScreen(src, format, width, height), h, format), o)
}

// fullRange mends the values of a lossy WebP, in place. QUIRK: they go from 16 to 235 and
// 240 (RFC 6386 2, by ITU-R BT.601), and Go's decoder gives them out as JPEG's, which go
// from 0 to 255: white would be grey.
func fullRange(src image.Image) {
	var m *image.YCbCr
	switch s := src.(type) {
	case *image.YCbCr:
		m = s
	case *image.NYCbCrA:
		m = &s.YCbCr
	default:
		return
	}
	var luma, chroma [256]uint8
	for v := range 256 {
		luma[v] = uint8(max(0, min(255, ((v-16)*255+109)/219)))
		chroma[v] = uint8(max(0, min(255, ((v-128)*255+112)/224+128)))
	}
	for i, v := range m.Y {
		m.Y[i] = luma[v]
	}
	for _, plane := range [][]uint8{m.Cb, m.Cr} {
		for i, v := range plane {
			plane[i] = chroma[v]
		}
	}
}

// onScreen puts the first frame of a GIF where it stands on its screen.
func onScreen(src image.Image, format string, width, height int) image.Image {
	screen := image.Rect(0, 0, width, height)
	if format != "gif" || src.Bounds() == screen {
		return src
	}
	whole := image.NewNRGBA(screen)
	draw.Draw(whole, src.Bounds(), src, src.Bounds().Min, draw.Src)
	return whole
}

// decode decodes the pixels and holds them against what the header promised, before and
// after: a frame larger than its screen, or a decoder that gives more than was checked,
// would be a way around the limit.
func decode(data []byte, width, height int) (src image.Image, err error) {
	fits := func(w, h int) error {
		if w < 1 || h < 1 || w > width || h > height {
			return fmt.Errorf("%w: the header says %s × %s pixels, the picture has %s × %s", ErrBroken, figures.Of(width), figures.Of(height), figures.Of(w), figures.Of(h))
		}
		return nil
	}
	c, _, err := config(data)
	if err == nil {
		if err := fits(c.Width, c.Height); err != nil {
			return nil, err
		}
		err = guard(func() error {
			src, _, err = image.Decode(bytes.NewReader(data))
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrBroken, err)
	}
	return src, fits(src.Bounds().Dx(), src.Bounds().Dy())
}

// config is what a file's decoder says of it by its header.
func config(data []byte) (c image.Config, format string, err error) {
	err = guard(func() (err error) {
		c, format, err = image.DecodeConfig(bytes.NewReader(data))
		return err
	})
	return c, format, err
}

// guard runs a decoder of outside bytes. A panic in it is the picture's fault and
// must not cost the edition.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder gave up: %v", r)
		}
	}()
	return f()
}
