package prose

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	code    = regexp.MustCompile(`(?is)<script\b[^>]*>.*?(?:</script\s*>|$)|<style\b[^>]*>.*?(?:</style\s*>|$)`)
	tag     = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)(?:[\s/][^<>]*)?>`)
)

// Plain makes plain text of a title or another short text: HTML's tags gone, its
// entities resolved, twice where they were escaped twice, white space single. What
// looks like a tag and is none ("vector<T>") stays.
func Plain(s string) string {
	for range 2 {
		if !strings.ContainsAny(s, "<&") {
			break
		}
		s = code.ReplaceAllString(comment.ReplaceAllString(s, ""), "")
		s = tag.ReplaceAllStringFunc(s, func(t string) string {
			switch a := atom.Lookup([]byte(strings.ToLower(tag.FindStringSubmatch(t)[1]))); {
			case a == 0:
				return t
			case a == atom.Br || a == atom.P || a == atom.Div || a == atom.Li:
				return " "
			}
			return ""
		})
		s = html.UnescapeString(s)
	}
	return Squeeze(s)
}

// Squeeze makes white space single, the invisible kinds included, and drops control
// characters.
func Squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00A0', '\u2028', '\u2029':
			return ' '
		case '\u200B', '\u2060', '\u00AD':
			return -1
		}
		return r
	}, Printable(s))
	return strings.Join(strings.Fields(s), " ")
}

// Printable drops what XML 1.0 2.2 does not allow: control characters and
// non-characters.
func Printable(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0x7F && c != 0xEF && c != 0xC2
	}
	if clean {
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
