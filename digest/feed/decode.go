package feed

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// marks are byte-order marks, and how "<" and "<?" look without one (XML 1.0,
// appendix F). UTF-32 stands before UTF-16, whose mark it begins with.
var marks = []struct {
	prefix string
	name   string
	enc    encoding.Encoding
}{
	{"\x00\x00\xFE\xFF", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
	{"\xFF\xFE\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
	{"\x00\x00\x00<", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"<\x00\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\xFE\xFF", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"\xFF\xFE", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"\x00<", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"<\x00", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
}

var declaration = regexp.MustCompile(`(?i)<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:+-]+)\s*["']`)

// decode makes UTF-8 of a feed's bytes. It never fails: what no witness explains is
// read as windows-1252, byte by byte.
func decode(data []byte, contentType string, w *warnings) string {
	for _, m := range marks {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			if out, err := m.enc.NewDecoder().Bytes(data); err == nil {
				return strings.TrimPrefix(string(out), "\uFEFF")
			}
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	said := declared(data, contentType)
	if utf8.Valid(data) {
		if s, ok := shifted(data, said); ok {
			return s
		}
		return string(data)
	}
	if s, ok := mostlyUTF8(data, said); ok {
		w.add("some characters of the feed are not in the encoding of the rest; they were guessed")
		return s
	}
	for _, name := range said {
		if s, ok := decodeAs(data, name); ok {
			return s
		}
	}
	if guess, err := chardet.NewHtmlDetector().DetectBest(data); err == nil && believable(guess) {
		if s, ok := decodeAs(data, guess.Charset); ok {
			w.add("the feed does not say its encoding truly; it was read as %s", strings.ToLower(guess.Charset))
			return s
		}
	}
	w.add("the feed does not say its encoding truly; it was read as windows-1252")
	return latin(data)
}

// believable reports a guess that is worth more than windows-1252. For the Latin
// alphabets a few accents are no evidence.
func believable(guess *chardet.Result) bool {
	switch guess.Charset {
	case "UTF-8":
		return false
	case "ISO-8859-1", "ISO-8859-2", "ISO-8859-9", "windows-1250", "windows-1252", "windows-1254":
		return guess.Confidence >= 60
	}
	return true
}

// declared lists the encodings that the HTTP header and the XML declaration name,
// in this order (RFC 7303 3.2).
func declared(data []byte, contentType string) []string {
	var names []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		names = append(names, strings.Trim(params["charset"], `'" `))
	}
	if m := declaration.FindSubmatch(data[:min(len(data), 2048)]); m != nil {
		names = append(names, string(m[1]))
	}
	return names
}

// shifted decodes the encodings that are plain ASCII to the eye.
func shifted(data []byte, said []string) (string, bool) {
	for _, name := range said {
		name = strings.ToLower(name)
		if (strings.HasPrefix(name, "iso-2022") && bytes.IndexByte(data, 0x1B) >= 0) ||
			(strings.HasPrefix(name, "hz") && bytes.Contains(data, []byte("~{"))) {
			return decodeAs(data, name)
		}
	}
	return "", false
}

// decodeAs decodes by a named encoding, and says no where the bytes contradict it.
func decodeAs(data []byte, name string) (string, bool) {
	enc, canonical := charset.Lookup(strings.ReplaceAll(name, "_", "-"))
	if enc == nil {
		enc, canonical = charset.Lookup(name)
	}
	// UTF-8 was tried; UTF-16 without zero bytes is a lie; "replacement" is the
	// label set that browsers refuse.
	if enc == nil || canonical == "utf-8" || strings.HasPrefix(canonical, "utf-16") || canonical == "replacement" {
		return "", false
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	bad := bytes.Count(out, []byte("\uFFFD"))
	// Single bytes that an encoding leaves empty, or a character cut in two, are
	// slips; more than one in two hundred of the foreign bytes is another encoding.
	if bad > 2 && bad*200 > high(data) {
		return "", false
	}
	return strings.ReplaceAll(string(out), "\uFFFD", ""), true
}

// high counts the bytes beyond ASCII.
func high(data []byte) int {
	n := 0
	for _, b := range data {
		if b >= 0x80 {
			n++
		}
	}
	return n
}

// mostlyUTF8 mends UTF-8 with foreign bytes in it: an editor's paste from another
// program, or a character cut in two at the end.
func mostlyUTF8(data []byte, said []string) (string, bool) {
	var out strings.Builder
	out.Grow(len(data))
	good, bad := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			if bad++; utf8.FullRune(rest) {
				out.WriteRune(charmap.Windows1252.DecodeByte(rest[0]))
			}
		case size > 1:
			good++
			fallthrough
		default:
			out.Write(rest[:size])
		}
		rest = rest[size:]
	}
	says8 := len(said) == 0
	for _, name := range said {
		says8 = says8 || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
	}
	if good > 4*bad || (says8 && good >= bad) {
		return strings.ReplaceAll(out.String(), "\uFFFD", ""), true
	}
	return "", false
}

// latin reads windows-1252, which leaves no byte without a meaning but five.
func latin(data []byte) string {
	var out strings.Builder
	for _, b := range data {
		if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
			out.WriteRune(r)
		}
	}
	return out.String()
}
