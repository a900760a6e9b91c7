package lint

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// wireRules look at the message as octets on lines.
var wireRules = []rule{
	{Rule{"limits", Error, "A message of an ordinary size and depth: past it a server or a reader's program gives up", "Gmail, 25 MB; our own bounds", "Send less: leave parts, pictures or stories out."}, reported("limits")},
	{Rule{"line-ends", Error, "Every line ends in CRLF: a bare LF or CR is refused, or smuggles in a second mail", "RFC 5322 2.1, 2.2", "Write CRLF. (Some programs keep mail in files with LF alone: then look at the mail as it was sent.)"}, lookLineEnds},
	{Rule{"nul", Error, "No NUL octet: it cuts a message off", "RFC 5322 4", "Take it out of the text that it comes from."}, lookNUL},
	{Rule{"line-998", Error, "No line over 998 octets: servers cut it", "RFC 5322 2.1.1", "Encode the part as quoted-printable; fold the header."}, lookLongLines},
	{Rule{"line-78", Warning, "Header lines of 78 characters, where they can be folded", "RFC 5322 2.1.1", "Fold it at a space."}, lookHeaderLines},
	{Rule{"header-form", Error, "Every line of the header is a field, or goes on with one", "RFC 5322 2.2, 3.2.2", "Take the line out."}, reported("header-form")},
	{Rule{"8bit-header", Error, "A header is ASCII: other characters come as encoded words", "RFC 5322 2.2, RFC 2047", "Encode it: =?utf-8?q?...?="}, look8bitHeader},
	{Rule{"control", Error, "No control characters in a header", "RFC 5322 2.2", "Take them out of the text that they come from."}, lookControl},
}

func lookLineEnds(m *mail, say say) {
	bare := bytes.Count(m.raw, []byte("\n")) - bytes.Count(m.raw, []byte("\r\n"))
	line := 1
	for i, c := range m.raw {
		switch {
		case c == '\n' && (i == 0 || m.raw[i-1] != '\r'):
			say(fmt.Sprintf("line %d", line), fmt.Sprintf("it ends in a bare LF, as do %d in all", bare))
			return
		case c == '\r' && (i+1 == len(m.raw) || m.raw[i+1] != '\n'):
			say(fmt.Sprintf("line %d", line), "it holds a bare CR")
			return
		}
		if c == '\n' {
			line++
		}
	}
}

func lookNUL(m *mail, say say) {
	if i := bytes.IndexByte(m.raw, 0); i >= 0 {
		say(m.lineOf(i), "it holds a NUL octet")
	}
}

// lineOf names the line of an octet.
func (m *mail) lineOf(at int) string {
	return fmt.Sprintf("line %d", 1+bytes.Count(m.raw[:at], []byte("\n")))
}

func lookLongLines(m *mail, say say) {
	line := 0
	for text := range bytes.Lines(m.raw) {
		line++
		if n := len(bytes.TrimRight(text, "\r\n")); n > 998 {
			say(fmt.Sprintf("line %d", line), fmt.Sprintf("it has %s octets", figures.Of(n)))
		}
	}
}

// onTheWay are the fields that servers add.
var onTheWay = lazyregexp.New(`(?i)^(x-)?(received|arc-|authentication-results|return-path|delivered-to|x-google-|x-spam|x-ms-|x-microsoft|x-gm-)`)

func lookHeaderLines(m *mail, say say) {
	for _, f := range m.header() {
		if onTheWay.MatchString(f.name) {
			continue
		}
		for i, text := range strings.Split(f.raw, "\r\n") {
			n := len(text)
			if i == 0 {
				n += len(f.name) + len(":")
			}
			// What is one long word, such as an address, nobody can fold.
			if n > 78 && strings.ContainsAny(strings.TrimSpace(text), " \t") {
				say(f.name, fmt.Sprintf("a line of %s characters", figures.Of(n)))
			}
		}
	}
}

func look8bitHeader(m *mail, say say) {
	m.eachHeader(func(f field) {
		if strings.IndexFunc(f.name+f.raw, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			say(f.name, "it holds characters that are not ASCII")
		}
	})
}

func lookControl(m *mail, say say) {
	m.eachHeader(func(f field) {
		raw := strings.ReplaceAll(f.raw, "\r\n", "")
		if strings.IndexFunc(raw, func(r rune) bool { return r < ' ' && r != '\t' && r != 0 || r == 0x7f }) >= 0 {
			say(f.name, "it holds a control character")
		}
	})
}

// eachHeader calls for every field of the message and of its parts.
func (m *mail) eachHeader(f func(field)) {
	var below func(p *part)
	below = func(p *part) {
		for _, h := range p.header {
			f(h)
		}
		for _, sub := range p.parts {
			below(sub)
		}
	}
	below(m.root)
}
