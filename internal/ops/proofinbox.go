package ops

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// inbox is a message as a list of messages shows it: from its own bytes.
type inbox struct {
	From    string
	Subject string
	Snippet string // what stands first in it, the preheader that nobody sees included
	At      time.Time
}

// snippetRunes is more than any list of messages shows.
const snippetRunes = 200

// inboxOf is a variant's row; nil where it is no message.
func inboxOf(one newsroom.Proofed, at time.Time) *inbox {
	m, err := mail.ReadMessage(bytes.NewReader(one.Message))
	if len(one.Message) == 0 || err != nil {
		return nil
	}
	row := &inbox{At: at, Subject: decoded(m.Header.Get("Subject"))}
	if from, err := m.Header.AddressList("From"); err == nil && len(from) > 0 {
		row.From = from[0].Name
		if row.From == "" {
			row.From = from[0].Address
		}
	}
	first := one.Text
	if one.HTML != "" {
		first = textOf(one.HTML)
	}
	row.Snippet = snippet(first)
	return row
}

// decoded is a header field as people read it (RFC 2047).
func decoded(field string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(field)
	if err != nil {
		return field
	}
	return text
}

// textOf is the first text of a page's body, what styles hide included: programs
// that make a snippet do not ask them.
func textOf(page string) string {
	var b strings.Builder
	skip := 0 // within what is no text
	for z := html.NewTokenizer(strings.NewReader(page)); b.Len() < 8*snippetRunes; {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "head", "style", "title", "script":
				if kind == html.StartTagToken {
					skip++
				} else if skip > 0 {
					skip--
				}
			}
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// snippet is the beginning of a text on one line. Blanks that nobody sees, which some
// mails have after a preheader to keep what follows out, stay blanks.
func snippet(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\u034f', '\u200c', '\u200b', '\ufeff', '\u00ad':
			return '\u00a0'
		}
		if unicode.IsSpace(r) && r != '\u00a0' {
			return ' '
		}
		return r
	}, text)
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' })
	runes := []rune(strings.Join(parts, " "))
	return string(runes[:min(len(runes), snippetRunes)])
}

// base64Lines is how many lines of base64 are shown before the rest of them is counted.
const base64Lines = 3

// folded is a message for reading: what a picture is in base64 is cut short.
func folded(message []byte) string {
	var b strings.Builder
	run := 0
	end := func() {
		if left := run - base64Lines; left > 0 {
			b.WriteString("[" + figures.Of(left) + " lines more]\n")
		}
		run = 0
	}
	for line := range strings.Lines(strings.ReplaceAll(string(message), "\r\n", "\n")) {
		if !isBase64(line) {
			end()
			b.WriteString(line)
			continue
		}
		if run++; run <= base64Lines {
			b.WriteString(line)
		}
	}
	end()
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

// isBase64 tells whether a line is a full one of base64 (RFC 2045 6.8), as no line of
// text is.
func isBase64(line string) bool {
	line = strings.TrimSuffix(line, "\n")
	if len(line) < 60 || len(line)%4 != 0 {
		return false
	}
	return strings.IndexFunc(line, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/')
	}) < 0
}
