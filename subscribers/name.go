package subscribers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// MaxName is the most runes that a display name keeps.
const MaxName = 100

// CleanName makes a display name safe for a header, a page and a log of one line:
// control characters, line breaks and runs of white space become one space, marks
// that turn the direction of text around and bytes that are no UTF-8 go, ends are
// trimmed, and what is left is cut to MaxName runes. Cleaning twice changes nothing.
func CleanName(s string) string {
	if plainName(s) {
		return s
	}
	var b strings.Builder
	runes, gap := 0, false
	for i, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || lineBreak(r):
			gap = true
			continue
		case bidiControl(r) || r == '\ufeff' || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			continue
		}
		if gap && runes > 0 {
			if runes+1 >= MaxName {
				break
			}
			b.WriteByte(' ')
			runes++
		}
		gap = false
		if runes == MaxName {
			break
		}
		b.WriteRune(r)
		runes++
	}
	return b.String()
}

// linkable is what mail programs make a link of.
var linkable = lazyregexp.New(`[@/\\:<>]|[\p{L}\p{N}]{2}\.\p{L}{2}`)

// VisitorName is the display name that somebody typed on a page, who may not be the
// reader: empty where a mail that greets the reader by it would hold a link or an address.
func VisitorName(s string) string {
	name := CleanName(s)
	if linkable.MatchString(name) {
		return ""
	}
	return name
}

// plainName tells that nothing needs cleaning, as with most names.
func plainName(s string) bool {
	if len(s) > MaxName || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// bidiControl is an embedding, override or isolate: one that is not closed turns
// around whatever is printed behind the name.
func bidiControl(r rune) bool {
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}
