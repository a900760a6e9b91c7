package lint

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
)

// part is an entity of MIME: the message, or a part of one.
type part struct {
	header   header
	media    string            // "text/html", in lower case
	params   map[string]string // of the Content-Type
	encoding string            // in lower case; "7bit" where none is declared
	body     []byte            // as it is in the message
	line     int               // of the body's first line
	parts    []*part
	content  string // decoded, UTF-8; of text parts alone
}

// attached tells whether a part is meant to be saved, not shown.
func (p *part) attached() bool {
	d, _, _ := mime.ParseMediaType(p.header.get("content-disposition"))
	return d == "attachment"
}

// name is what a finding calls a part.
func (p *part) name() string {
	switch p.media {
	case "text/plain":
		return "text"
	case "text/html":
		return "HTML"
	}
	return p.media
}

// entity takes apart the message, or a part of it that begins at a line.
func (m *mail) entity(raw []byte, line, depth int) *part {
	h, body, bodyLine := m.splitHeader(raw, line)
	p := &part{header: h, body: body, line: bodyLine, media: "text/plain", encoding: "7bit"}
	where := fmt.Sprintf("line %d", line)
	if depth == 0 {
		where = "Content-Type"
	}
	if ct := h.get("content-type"); ct != "" {
		media, params, err := mime.ParseMediaType(ct)
		if err != nil && media == "" {
			m.fault("content-type", where, "%s cannot be read: %v", quote(ct), err)
			media = "application/octet-stream"
		}
		p.media, p.params = media, params
	}
	if e := h.get("content-transfer-encoding"); e != "" {
		p.encoding = strings.ToLower(e)
	}
	if !strings.HasPrefix(p.media, "multipart/") {
		m.leaf(p)
		return p
	}
	if e := p.encoding; e != "7bit" && e != "8bit" && e != "binary" {
		m.fault("transfer-encoding", where, "a multipart is never encoded, and says %s (RFC 2045 6.4)", quote(e))
	}
	if depth == mostDepth {
		m.fault("limits", where, "parts lie more than %d deep in each other", mostDepth)
		return p
	}
	m.split(p, where, depth)
	return p
}

func (m *mail) leaf(p *part) {
	if len(m.parts) == mostParts {
		m.fault("limits", fmt.Sprintf("line %d", p.line), "it has more than %d parts", mostParts)
	}
	if len(m.parts) >= mostParts {
		return
	}
	m.parts = append(m.parts, p)
	m.decode(p)
}

// split takes a multipart apart at its boundary.
func (m *mail) split(p *part, where string, depth int) {
	boundary := p.params["boundary"]
	if boundary == "" || len(boundary) > 70 {
		m.fault("boundary", where, "a multipart needs a boundary of 1 to 70 characters, and has one of %d", len(boundary))
		return
	}
	line, start, startLine := p.line, -1, 0
	for at := 0; at < len(p.body); line++ {
		text, rest, _ := cutLine(p.body[at:])
		next := len(p.body) - len(rest)
		text = bytes.TrimRight(text, " \t")
		delimiter, closing := "--"+boundary, "--"+boundary+"--"
		if s := string(text); len(text) <= len(closing) && (s == delimiter || s == closing) {
			if start >= 0 && len(m.parts) <= mostParts {
				piece := bytes.TrimSuffix(bytes.TrimSuffix(p.body[start:at], []byte("\n")), []byte("\r"))
				p.parts = append(p.parts, m.entity(piece, startLine, depth+1))
			}
			start, startLine = next, line+1
			if s == closing {
				return
			}
		}
		at = next
	}
	if start < 0 {
		m.fault("boundary", where, "its boundary %s is nowhere in it", quote(boundary))
		return
	}
	m.fault("boundary", where, "its boundary %s never closes: the message may be cut off", quote(boundary))
	if len(m.parts) <= mostParts {
		p.parts = append(p.parts, m.entity(p.body[start:], startLine, depth+1))
	}
}
