package prose

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

var (
	comment = lazyregexp.New(`(?s)<!--.*?-->`)
	script  = lazyregexp.New(`(?is)<script\b[^>]*>.*?(?:</script\s*>|$)`)
	style   = lazyregexp.New(`(?is)<style\b[^>]*>.*?(?:</style\s*>|$)`)
	tag     = lazyregexp.New(`</?([a-zA-Z][a-zA-Z0-9]*)(?:[\s/][^<>]*)?>`)
)

// Plain makes plain text of a title or another short text: HTML's tags gone, its
// entities resolved, twice where they were escaped twice, white space single. What
// looks like a tag and is none ("vector<T>") stays; so does one that was escaped and is
// alone, of which the text speaks ("History of the &lt;blink&gt; tag").
func Plain(s string) string {
	for pass := range 2 {
		if !strings.ContainsAny(s, "<&") {
			break
		}
		var subjects map[string]bool
		if pass == 1 {
			subjects = loneTags(s)
		}
		s = comment.ReplaceAllString(s, "")
		if !subjects["script"] {
			s = script.ReplaceAllString(s, "")
		}
		if !subjects["style"] {
			s = style.ReplaceAllString(s, "")
		}
		s = html.UnescapeString(withoutTags(s, subjects))
	}
	return Squeeze(s)
}

// withoutTags leaves out HTML's tags, but for those that the text speaks of.
func withoutTags(s string, subjects map[string]bool) string {
	var b strings.Builder
	from := 0
	for _, m := range tag.Compiled().FindAllStringSubmatchIndex(s, -1) {
		name := strings.ToLower(s[m[2]:m[3]])
		a := atom.Lookup([]byte(name))
		if a == 0 || subjects[name] && standsAlone(s, m[0], m[1]) {
			continue
		}
		b.WriteString(s[from:m[0]])
		if a == atom.Br || a == atom.P || a == atom.Div || a == atom.Li {
			b.WriteByte(' ')
		}
		from = m[1]
	}
	return b.String() + s[from:]
}

// unpaired are the elements that prove nothing: they are written without an end tag, or
// are so common that one was forgotten.
var unpaired = wordSet("br hr img wbr p div li span font dt dd td tr th input")

// loneTags are the names of the elements that only begin in a text, or only end.
func loneTags(s string) map[string]bool {
	begins, ends := map[string]bool{}, map[string]bool{}
	for _, m := range tag.FindAllStringSubmatch(s, -1) {
		name := strings.ToLower(m[1])
		begins[name] = begins[name] || m[0][1] != '/'
		ends[name] = ends[name] || m[0][1] == '/'
	}
	lone := map[string]bool{}
	for name := range begins {
		lone[name] = begins[name] != ends[name] && !unpaired[name]
	}
	return lone
}

// standsAlone tells of a bare tag that it stands as a word does: what it would make bold or
// a link would follow it at once.
func standsAlone(s string, from, to int) bool {
	if strings.ContainsAny(s[from:to], " =\"") || s[to-2] == '/' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return !unicode.IsLetter(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after)
}

// Squeeze makes white space single, the invisible kinds included, and drops control
// characters.
func Squeeze(s string) string {
	if squeezed(s) {
		return s
	}
	s = Printable(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	last := rune(0)
	for _, r := range s {
		switch {
		case r == '\u200B' && !space && wordless(last):
			b.WriteRune(r) // all that tells where a word ends there
		case r == '\u200B', r == '\u2060', r == '\u00AD':
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
			last = r
		}
	}
	return strings.TrimRight(b.String(), "\u200B")
}

// squeezed tells at a glance of most texts that nothing is to be done.
func squeezed(s string) bool {
	space := true // before the first letter there is to be none
	for i := range len(s) {
		c := s[i]
		if surelyLetter[c] {
			space = false
			continue
		}
		switch {
		case c == ' ' && !space:
			space = true
		case c == 0xE2 && i+1 < len(s) && s[i+1] >= 0x80:
			if s[i+1] <= 0x81 { // the spaces from U+2000 to U+207F
				if s[i+1] == 0x81 || i+2 == len(s) || s[i+2] <= 0x8B || (s[i+2] >= 0xA8 && s[i+2] <= 0xAF) {
					return false
				}
			}
			space = false
		default:
			return false
		}
	}
	return s == "" || !space
}

// surelyLetter are the bytes that nothing is written with which Squeeze changes.
var surelyLetter = func() (is [256]bool) {
	for c := range is {
		is[c] = surelyPrintable[c] && c > ' ' && c != 0xC2 && c != 0xE1 && c != 0xE2 && c != 0xE3
	}
	return is
}()

// Printable drops what XML 1.0 2.2 does not allow: control characters and
// non-characters.
func Printable(s string) string {
	if allOf(s, &surelyPrintable) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r >= 0x80 && r <= 0x9F:
			// No feed means the control characters that Unicode has here.
			if r = charmap.Windows1252.DecodeByte(byte(r)); r == utf8.RuneError {
				return -1
			}
			return r
		case r < 0x20, r == 0x7F, r == 0xFFFE, r == 0xFFFF, r == 0xFEFF, r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}

// surelyPrintable are the bytes that no character is written with which is not printable.
var surelyPrintable = func() (is [256]bool) {
	for c := range is {
		is[c] = (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0x7F && c != 0xEF && c != 0xC2
	}
	return is
}()

// allOf tells whether a text has bytes of a kind alone.
func allOf(s string, kind *[256]bool) bool {
	for i := range len(s) {
		if !kind[s[i]] {
			return false
		}
	}
	return true
}
