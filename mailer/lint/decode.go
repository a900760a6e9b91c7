package lint

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// decode makes the content of a text part, and notes what breaks its encoding.
func (m *mail) decode(p *part) {
	where := "line %d"
	var content []byte
	switch p.encoding {
	case "quoted-printable":
		content = m.quotedPrintable(p)
	case "base64":
		content = m.base64(p)
	case "7bit", "8bit", "binary":
		content = p.body
	default:
		m.fault("transfer-encoding", fmt.Sprintf(where, p.line), "%s is no transfer encoding (RFC 2045 6.1)", quote(p.encoding))
		content = p.body
	}
	if p.encoding == "8bit" || p.encoding == "binary" {
		m.fault("8bit", fmt.Sprintf(where, p.line), "the %s part travels as %s", p.name(), p.encoding)
	} else if i := bytes.IndexFunc(p.body, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
		m.fault("8bit-hidden", fmt.Sprintf(where, p.line+bytes.Count(p.body[:i], []byte("\n"))), "the %s part holds octets over 127 and says %s", p.name(), p.encoding)
	}
	if strings.HasPrefix(p.media, "text/") {
		p.content = strings.ReplaceAll(m.utf8(p, content), "\r\n", "\n")
	}
}

// utf8 is the content of a text part, whatever its charset.
func (m *mail) utf8(p *part, content []byte) string {
	label := strings.ToLower(p.params["charset"])
	if shown := p.media == "text/plain" || p.media == "text/html"; label != "utf-8" && shown && !p.attached() {
		m.fault("charset", p.name(), "its charset is %s, not utf-8", quote(label))
	}
	if label != "" && label != "utf-8" && label != "us-ascii" {
		if r, err := charset.NewReaderLabel(label, bytes.NewReader(content)); err == nil {
			if read, err := io.ReadAll(io.LimitReader(r, mostOctets)); err == nil {
				return strings.ToValidUTF8(string(read), "\uFFFD")
			}
		}
	}
	if label == "utf-8" && !utf8.Valid(content) {
		m.fault("charset", p.name(), "it says utf-8 and is none: some characters are broken")
	}
	return strings.ToValidUTF8(string(content), "\uFFFD")
}

// quotedPrintable decodes by RFC 2045 6.7, and goes on where it is broken.
func (m *mail) quotedPrintable(p *part) []byte {
	out := make([]byte, 0, len(p.body))
	line := p.line
	for rest, more := p.body, len(p.body) > 0; more; line++ {
		var text []byte
		text, rest, more = cutLine(rest)
		if len(text) > 76 {
			m.atLine("quoted-printable", line, "a line of %s characters; 76 are allowed", figures.Of(len(text)))
		}
		if trimmed := bytes.TrimRight(text, " \t"); len(trimmed) < len(text) {
			m.atLine("quoted-printable", line, "a space at a line's end is lost on the way: it has to be =20")
			text = trimmed
		}
		soft := bytes.HasSuffix(text, []byte("="))
		out = m.quotedLine(out, bytes.TrimSuffix(text, []byte("=")), line)
		if !soft && (more || len(rest) == 0 && bytes.HasSuffix(p.body, []byte("\n"))) {
			out = append(out, '\n')
		}
	}
	return out
}

func (m *mail) quotedLine(out, text []byte, line int) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '=' {
			out = append(out, c)
			continue
		}
		if i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
			continue
		}
		m.atLine("quoted-printable", line, "a stray =: two digits have to follow, not %.8q", text[i+1:min(len(text), i+3)])
		out = append(out, '=')
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// base64 decodes by RFC 2045 6.8.
func (m *mail) base64(p *part) []byte {
	where := fmt.Sprintf("line %d", p.line)
	long := 0
	for line := range bytes.Lines(p.body) {
		long = max(long, len(bytes.TrimRight(line, "\r\n")))
	}
	if long > 76 {
		m.fault("base64", where, "a line of %s characters; 76 are allowed", figures.Of(long))
	}
	packed := bytes.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, p.body)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	n, err := base64.StdEncoding.Decode(out, packed)
	if err != nil {
		m.fault("base64", where, "it cannot be read: %v", err)
	}
	return out[:n]
}
