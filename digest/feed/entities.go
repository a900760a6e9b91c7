package feed

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxExpansion bounds what a feed's own entities may grow to in all: the answer to
// a "billion laughs".
const maxExpansion = 1 << 20

// entities resolves references in character data: XML's five, HTML's, numbers, and
// those that the feed's DOCTYPE declares.
type entities struct {
	own  map[string]string
	left int
}

// entityDeclaration is a large pattern that few feeds need.
var entityDeclaration = lazyregexp.New(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"%&]{0,512})"|'([^'%&]{0,512})')\s*>`)

// declare takes the entities of a DOCTYPE. A value that refers to another entity is
// not taken.
func (e *entities) declare(doctype string) {
	e.left = maxExpansion
	for _, m := range entityDeclaration.FindAllStringSubmatch(doctype, 64) {
		if e.own == nil {
			e.own = map[string]string{}
		}
		e.own[m[1]] = m[2] + m[3]
	}
}

// expand resolves the references of XML character data, once. A bare ampersand
// stands for itself.
func (e *entities) expand(s string) string {
	amp := strings.IndexByte(s, '&')
	if amp < 0 {
		return prose.Printable(s)
	}
	var out strings.Builder
	out.Grow(len(s))
	for amp >= 0 {
		out.WriteString(s[:amp])
		s = s[amp:]
		if value, size, ok := ofXML(s); ok && e.own == nil {
			out.WriteByte(value)
			s = s[size:]
		} else if value, size, ok := doubled(s); ok {
			out.WriteString(value)
			s = s[size:]
		} else if value, size, ok := e.reference(s); ok {
			out.WriteString(value)
			s = s[size:]
		} else {
			out.WriteByte('&')
			s = s[1:]
		}
		amp = strings.IndexByte(s, '&')
	}
	out.WriteString(s)
	return prose.Printable(out.String())
}

// ofXML reads one of XML's own five references at the beginning of s (XML 1.0 4.6).
func ofXML(s string) (value byte, size int, ok bool) {
	for _, e := range [...]struct {
		reference string
		value     byte
	}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}} {
		if strings.HasPrefix(s, e.reference) {
			return e.value, len(e.reference), true
		}
	}
	return 0, 0, false
}

// reference reads one reference at the beginning of s.
func (e *entities) reference(s string) (value string, size int, ok bool) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "", 0, false
	}
	name := s[1:end]
	if name[0] == '#' {
		if r, size := halves(s, end); size > 0 {
			return r, size, true
		}
		r, ok := numeric(name[1:])
		return r, end + 1, ok
	}
	if own, found := e.own[name]; found && len(own) <= e.left {
		e.left -= len(own)
		return own, end + 1, true
	}
	// UnescapeString also takes prefixes ("&copy=2;" for "©=2;"), as HTML must;
	// in a link that would be wrong, so the whole name has to be known.
	value = html.UnescapeString(s[:end+1])
	if value == s[:end+1] || value == html.UnescapeString(s[:end])+";" && strings.HasSuffix(value, ";") {
		return "", 0, false
	}
	return value, end + 1, true
}

// doubled reads a character whose bytes of UTF-8 were each written as a reference:
// "&Atilde;&copy;" for "é".
//
// QUIRK: PHP's htmlentities did so, until version 5.4, where it was not told the encoding.
func doubled(s string) (value string, size int, ok bool) {
	lead, at := byteReference(s)
	if lead < 0xC2 || lead > 0xF4 {
		return "", 0, false
	}
	coded := []byte{lead}
	more := 1
	if lead >= 0xE0 {
		more = 2
	}
	if lead >= 0xF0 {
		more = 3
	}
	for range more {
		b, n := byteReference(s[at:])
		coded, at = append(coded, b), at+n
	}
	if r, n := utf8.DecodeRune(coded); r == utf8.RuneError || n != len(coded) {
		return "", 0, false
	}
	return string(coded), at, true
}

// byteReference reads a reference to one of the characters 128 to 255 at the beginning
// of s; size 0: there is none.
func byteReference(s string) (b byte, size int) {
	if len(s) < 5 || s[0] != '&' {
		return 0, 0
	}
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 4 {
		return 0, 0
	}
	var r rune
	if s[1] == '#' {
		n, err := strconv.ParseUint(s[2:end], 10, 16)
		if err != nil {
			return 0, 0
		}
		r = rune(n)
	} else {
		text := html.UnescapeString(s[:end+1])
		first, n := utf8.DecodeRuneInString(text)
		if n != len(text) {
			return 0, 0 // not one character
		}
		r = first
	}
	if r < 0x80 || r > 0xFF {
		return 0, 0
	}
	return byte(r), end + 1
}

// halves reads a character beyond 16 bits of which each half was written as a reference:
// "&#55357;&#56832;". The first one ends at end. Size 0: there is none.
//
// QUIRK: Java's escapers did so.
func halves(s string, end int) (char string, size int) {
	first := half(s[:end+1])
	if first < 0xD800 || first >= 0xDC00 {
		return "", 0
	}
	rest := s[end+1:]
	next := strings.IndexByte(rest[:min(len(rest), 10)], ';')
	if next < 0 {
		return "", 0
	}
	if r := utf16.DecodeRune(first, half(rest[:next+1])); r != utf8.RuneError {
		return string(r), end + 1 + next + 1
	}
	return "", 0
}

// half is the half of a character that a whole reference is to; 0: it is to none.
func half(reference string) rune {
	digits, ok := strings.CutPrefix(strings.TrimSuffix(reference, ";"), "&#")
	base := 10
	if hex, is := strings.CutPrefix(strings.ToLower(digits), "xd"); ok && is {
		base, digits = 16, "d"+hex
	}
	if !ok || len(digits) < 4 || len(digits) > 5 {
		return 0
	}
	n, err := strconv.ParseUint(digits, base, 17)
	if err != nil {
		return 0
	}
	return rune(n)
}

// numeric resolves a character number. 128 to 159 are windows-1252's, as in HTML;
// what is no character is dropped.
func numeric(digits string) (string, bool) {
	base := 10
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "", false
	}
	if n >= 0x80 && n <= 0x9F {
		r := charmap.Windows1252.DecodeByte(byte(n))
		if r == utf8.RuneError {
			return "", true
		}
		return string(r), true
	}
	if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", true
	}
	return string(rune(n)), true
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// escape writes text so that any XML parser reads it back.
func escape(s string) string { return xmlEscapes.Replace(s) }
