package picture

import (
	"errors"
	"image"
	"image/color"
	"io"
	"strings"
	"testing"
)

// TestUnread: what no mail should have is refused by its name.
func TestUnread(t *testing.T) {
	const shown, page = ": it is %s, which many mail programs do not show", ": it is a web page"
	as := func(format string) string { return strings.Replace(shown, "%s", format, 1) }
	for name, c := range map[string]struct{ data, want string }{
		"AVIF":                {"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1miaf", as("AVIF")},
		"a film in AVIF":      {"\x00\x00\x00\x20ftypavis\x00\x00\x00\x00", as("AVIF")},
		"HEIC":                {"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic", as("HEIC")},
		"HEIF":                {"\x00\x00\x00\x24ftypmif1\x00\x00\x00\x00", as("HEIF")},
		"a film":              {"\x00\x00\x00\x24ftypisom\x00\x00\x00\x00", ""},
		"JPEG XL":             {"\x00\x00\x00\x0CJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl ", as("JPEG XL")},
		"JPEG XL, bare":       {"\xFF\x0A\xFA\x1F", as("JPEG XL")},
		"JPEG 2000":           {"\x00\x00\x00\x0CjP  \r\n\x87\n", as("JPEG 2000")},
		"TIFF":                {"II*\x00\x08\x00\x00\x00", as("TIFF")},
		"PDF":                 {"%PDF-1.7\n", as("PDF")},
		"SVG":                 {`<svg xmlns="http://www.w3.org/2000/svg"/>`, as("SVG")},
		"SVG with a prologue": {"\ufeff<?xml version=\"1.0\"?>\n<!-- Generator: <html> -->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"\">\n<svg>", as("SVG")},
		"a web page":          {"\n<!DOCTYPE html><html><svg>", page},
		"a page in old HTML":  {"<HTML><head>", page},
		"other XML":           {"<?xml version='1.0'?><rss/>", ""},
		"a comment alone":     {"<!-- <svg> ", ""},
		"text":                {"not found", ""},
		"the first bytes":     {"\x00\x00\x00\x20ft", ""},
		"nothing":             {"", ": it is empty"},
	} {
		_, _, _, err := Check([]byte(c.data))
		if !errors.Is(err, ErrNotAPicture) || err.Error() != ErrNotAPicture.Error()+c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestDecodersThatPanic: a decoder that panics costs its picture, and nothing else.
func TestDecodersThatPanic(t *testing.T) {
	const inHeader, inPixels = "PANIC early", "PANIC late"
	image.RegisterFormat("panics", "PANIC", func(io.Reader) (image.Image, error) { panic("of its pixels") },
		func(r io.Reader) (image.Config, error) {
			if all, err := io.ReadAll(r); err != nil || string(all) == inHeader {
				panic("of its header")
			}
			return image.Config{ColorModel: color.GrayModel, Width: 10, Height: 10}, nil
		})
	if _, err := Fit([]byte(inHeader), Options{Width: 10}); !errors.Is(err, ErrNotAPicture) {
		t.Errorf("of its header: %v", err)
	}
	if _, err := Fit([]byte(inPixels), Options{Width: 10}); !errors.Is(err, ErrBroken) {
		t.Errorf("of its pixels: %v", err)
	}
	if room := Room([]byte(inHeader)); room != 0 {
		t.Errorf("of its header there is room for %d", room)
	}
	if room := Room([]byte(inPixels)); room != 100 {
		t.Errorf("of its pixels there is room for %d", room)
	}
}
