package message

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// built is the MIME message as go-mail made it, taken apart.
type built struct {
	header []Header // the fields of MIME in the message's own header
	parts  []part   // text, then HTML; one part is the whole body
	// boundary is empty where there is one part.
	boundary string
	// inner is the boundary within the part that holds the HTML and its pictures.
	inner  string
	inline []Inline
}

// part is one body part: its header block with the empty line, and its
// quoted-printable content with every soft break taken out.
type part struct {
	header  string
	content string
	html    bool
}

var errGoMail = errors.New("go-mail built the message in a way that this version does not know")

// build has go-mail make the MIME message and takes it apart.
//
// The boundary go-mail draws is random; a resend must be the same bytes. Ours
// comes from the content's hash and begins "=_", which no quoted-printable line
// or base64 can hold, whatever a story or a name says (RFC 2045 6.7).
func build(t Template) (built, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8),
		gomail.WithEncoding(gomail.EncodingQP))
	// Set here, or go-mail asks the clock and the machine's name. Both are
	// written again with the rest of the header.
	m.SetDateWithValue(t.Date)
	m.SetMessageIDWithValue("set-by-header")
	text := lines(t.Text)
	if t.HTML == "" && !strings.HasSuffix(text, "\n") {
		text += "\n" // the text is the message's end, which is a line end on the wire
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	if t.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, lines(t.HTML))
	}
	var raw strings.Builder
	raw.Grow(4096 + encodedSize(text) + encodedSize(t.HTML))
	if _, err := m.WriteTo(&raw); err != nil {
		return built{}, fmt.Errorf("build the MIME message: %w", err)
	}
	head, body, ok := strings.Cut(raw.String(), "\r\n\r\n")
	if !ok {
		return built{}, errGoMail
	}
	b := built{header: mimeFields(head), inline: t.Inline}
	if t.HTML == "" {
		b.parts = []part{{content: unbroken(body)}}
		return b, nil
	}
	outer, inner := boundariesOf(t)
	b.inner = inner
	return b, b.split(body, outer)
}

// boundariesOf names the boundaries of a template's content. It shows its pictures by
// names that are made of theirs.
func boundariesOf(t Template) (outer, inner string) {
	h := sha256.New()
	for _, s := range []string{t.Text, "\x00", t.HTML} {
		io.WriteString(h, s)
	}
	sum := h.Sum(nil)
	return "=_" + hex.EncodeToString(sum[:12]), "=_" + hex.EncodeToString(sum[12:24])
}

// split takes the parts out of a multipart body and changes its boundary.
func (b *built) split(body, boundary string) error {
	old := ""
	for i, h := range b.header {
		if _, found, ok := strings.Cut(h.Value, "boundary="); ok {
			old = found
			b.header[i].Value = strings.Replace(h.Value, "="+old, `="`+boundary+`"`, 1)
		}
	}
	pieces := strings.Split(body, "--"+old)
	if old == "" || len(pieces) != 4 || pieces[0] != "" || pieces[3] != "--\r\n" {
		return errGoMail
	}
	for i, piece := range pieces[1:3] {
		head, content, ok := strings.Cut(piece, "\r\n\r\n")
		if !ok || !strings.HasPrefix(head, "\r\n") || !strings.HasSuffix(content, "\r\n") {
			return errGoMail
		}
		b.parts = append(b.parts, part{
			header:  head[2:] + "\r\n\r\n",
			content: unbroken(strings.TrimSuffix(content, "\r\n")),
			html:    i == 1,
		})
	}
	b.boundary = boundary
	return nil
}

// mimeFields picks MIME-Version and the Content- fields out of a header block.
func mimeFields(head string) []Header {
	var fields []Header
	for line := range strings.SplitSeq(head, "\r\n") {
		if n := len(fields); strings.HasPrefix(line, " ") {
			if n > 0 {
				fields[n-1].Value += "\r\n" + line
			}
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		fields = append(fields, Header{name, value})
	}
	mime := fields[:0]
	for _, f := range fields {
		if f.Name == "MIME-Version" || strings.HasPrefix(f.Name, "Content-") {
			mime = append(mime, f)
		}
	}
	return mime
}

// lines makes every line end in LF: go-mail's writer takes a lone CR for one.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// unbroken takes the soft breaks out: an "=" before CRLF is nothing else.
func unbroken(content string) string { return strings.ReplaceAll(content, softBreak, "") }

// size is about how many octets the message will have.
func (b built) size() int {
	n := 4096 // the header
	for _, p := range b.parts {
		n += len(p.content) * 9 / 8 // its lines are broken anew
	}
	for _, p := range b.inline {
		n += len(p.Bytes) * 3 / 2
	}
	return n
}

// body lays the parts between their boundaries.
func (l *layout) body(b built) error {
	for _, p := range b.parts {
		if p.html && len(b.inline) > 0 {
			if err := l.related(b, p); err != nil {
				return err
			}
			continue
		}
		if b.boundary != "" {
			l.text("--", b.boundary, "\r\n", p.header)
		}
		if err := l.content(p); err != nil {
			return err
		}
		if b.boundary != "" {
			l.text("\r\n")
		}
	}
	if b.boundary != "" {
		l.text("--", b.boundary, "--\r\n")
	}
	return nil
}

// content lays one part line by line.
func (l *layout) content(p part) error {
	kind := slotText
	if p.html {
		kind = slotHTML
	}
	for line, rest, more := cutLine(p.content); ; line, rest, more = cutLine(rest) {
		if err := l.line(line, kind); err != nil || !more {
			return err
		}
		l.text("\r\n")
	}
}

func cutLine(s string) (line, rest string, more bool) { return strings.Cut(s, "\r\n") }

// line lays one line and cuts it at its markers; the package comment shows how.
func (l *layout) line(line string, kind slotKind) error {
	for first := true; line != ""; first = false {
		if !first {
			l.text(softBreak)
		}
		n := strings.Index(line, l.markers.family)
		switch {
		case n < 0:
			l.fixed = appendPiece(l.fixed, line)
			return nil
		case n > 0:
			l.fixed = appendPiece(l.fixed, line[:n])
			line = line[n:]
			continue
		}
		f, ok := l.markers.at(line)
		if !ok {
			return errMarker
		}
		l.slot(kind, f, 0)
		line = line[len(l.markers.of[f]):]
	}
	return nil
}

var errMarker = errors.New("the text or HTML holds a marker of a merge field that does not exist: render it again with this version")
