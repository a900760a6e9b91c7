package picture

import (
	"bytes"
	"strings"
)

// unread are the formats that we know by their first bytes and cannot read: a newsroom
// that has such a picture is told what it has.
var unread = []struct {
	at    int
	magic string
	is    string
}{
	{4, "ftypavif", "AVIF"},
	{4, "ftypavis", "AVIF"},
	{4, "ftypheic", "HEIC"},
	{4, "ftypheix", "HEIC"},
	{4, "ftypheim", "HEIC"},
	{4, "ftypheis", "HEIC"},
	{4, "ftyphevc", "HEIC"},
	{4, "ftyphevx", "HEIC"},
	{4, "ftypmif1", "HEIF"},
	{4, "ftypmsf1", "HEIF"},
	{0, "\xFF\x0A", "JPEG XL"},
	{0, "\x00\x00\x00\x0CJXL \r\n\x87\n", "JPEG XL"},
	{0, "\x00\x00\x00\x0CjP  \r\n\x87\n", "JPEG 2000"},
	{0, "II*\x00", "TIFF"},
	{0, "MM\x00*", "TIFF"},
	{0, "8BPS", "PSD"},
	{0, "%PDF-", "PDF"},
}

// unreadAs names the format of a file that is no picture to us; empty: we know of none.
func unreadAs(data []byte) string {
	for _, f := range unread {
		if len(data) > f.at && bytes.HasPrefix(data[f.at:], []byte(f.magic)) {
			return f.is
		}
	}
	return markup(data)
}

// markup tells an SVG from a web page by its first element.
func markup(data []byte) string {
	const looked = 4 << 10
	rest := strings.ToLower(string(data[:min(len(data), looked)]))
	for rest = strings.TrimPrefix(rest, "\ufeff"); ; {
		rest = strings.TrimSpace(rest)
		end := ">"
		switch {
		case strings.HasPrefix(rest, "<svg"):
			return "SVG"
		case strings.HasPrefix(rest, "<html"), strings.HasPrefix(rest, "<!doctype html"):
			return webPage
		case strings.HasPrefix(rest, "<!--"):
			end = "-->"
		case strings.HasPrefix(rest, "<?"):
			end = "?>"
		case !strings.HasPrefix(rest, "<!doctype"):
			return ""
		}
		var whole bool
		if _, rest, whole = strings.Cut(rest, end); !whole {
			return ""
		}
	}
}

const webPage = "web page"

// otherwise says what a file is that is none of ours, in a few words.
func otherwise(data []byte) string {
	switch is := unreadAs(data); {
	case len(data) == 0:
		return ": it is empty"
	case is == webPage:
		return ": it is a web page"
	case is != "":
		return ": it is " + is + ", which many mail programs do not show"
	}
	return ""
}
