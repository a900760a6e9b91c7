package feed

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/broadsheet-news/broadsheet/digest/prose"
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

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"%&]{0,512})"|'([^'%&]{0,512})')\s*>`)

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
		if value, size, ok := e.reference(s); ok {
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

// reference reads one reference at the beginning of s.
func (e *entities) reference(s string) (value string, size int, ok bool) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "", 0, false
	}
	name := s[1:end]
	if name[0] == '#' {
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
