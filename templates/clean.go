package templates

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The most runes of a story's texts that are printed. They bound what a broken
// feed can do to the page.
const (
	titleRunes  = 300
	teaserRunes = 1000
	lineRunes   = 400
)

// inert is a text without what could disturb its neighbours: control characters
// but line breaks and tabs, and marks that turn the direction of what follows
// (Unicode UAX 9 2.1 to 2.3).
func inert(s string) string {
	if harmless(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\v' || r == '\f' || r == 0x85:
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r):
			return -1
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// harmless tells at a glance of most texts that nothing in them has to be taken out:
// those of ASCII.
func harmless(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n' && c != '\t') || c > '~' {
			return false
		}
	}
	return true
}

// clean makes text one inert line of at most limit runes.
func clean(s string, limit int) string {
	s = inert(s)
	// Fields would cut at no-break spaces, which typographers put in on purpose.
	s = strings.Join(strings.FieldsFunc(s, blank), " ")
	return shorten(strings.TrimSpace(s), limit)
}

// shorten cuts a text at a word, with an ellipsis, to at most limit runes.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := string([]rune(s)[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)*2/3 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–—-") + "…"
}

// lines cleans a text of several lines, each on its own.
func lines(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = clean(line, lineRunes); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// link makes an address safe to print: http, https or mailto, in ASCII, with
// nothing that html/template would change again, so that HTML and text show the
// same bytes. An address it cannot make safe comes out empty. A plain http link
// to the newsroom's own site becomes https where the site is.
func link(raw, home string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "mailto":
		return ascii(u.String())
	case "http", "https":
	default:
		return ""
	}
	if u.Hostname() == "" || u.User != nil || strings.HasPrefix(u.Host, "[") {
		return ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		return ""
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	if u.Scheme == "http" && u.Port() == "" && ownSite(host, home) {
		u.Scheme = "https"
	}
	return ascii(u.String())
}

// Link is an address as a mail prints it; empty where it is none that a mail may have.
func Link(raw, home string) string { return link(raw, home) }

// ownSite tells whether a host is that of home, an https address.
func ownSite(host, home string) bool {
	h, err := url.Parse(home)
	if err != nil || h.Scheme != "https" {
		return false
	}
	bare := func(s string) string { return strings.TrimPrefix(strings.ToLower(s), "www.") }
	return bare(host) == bare(h.Hostname())
}

// ascii percent-encodes what html/template would (RFC 3986 2.3 leaves it the
// choice for quotes and parentheses).
func ascii(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c > ' ' && c < 0x7F && !strings.ContainsRune("\"'()<>[\\]^`{|}", rune(c)) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
