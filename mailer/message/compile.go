package message

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Compile builds the message of a variant and cuts it at the merge fields. Its
// errors say which part of the template is wrong, and why.
func Compile(t Template) (*Compiled, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	built, err := build(t)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	l := layout{markers: t.Markers, fixed: make([]byte, 0, built.size())}
	l.header(t, built.header)
	if err := l.body(built); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	c := &Compiled{fixed: l.fixed, slots: l.slots, anonymous: t.Anonymous}
	if err := c.seal(); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return c, nil
}

// Build compiles a template and splices it for one reader: the bytes of a letter.
func Build(t Template, r Reader) ([]byte, error) {
	c, err := Compile(t)
	if err != nil {
		return nil, err
	}
	return c.Splice(nil, r)
}

// layout collects fixed octets and slots.
type layout struct {
	markers Markers
	fixed   []byte
	slots   []slot
}

func (l *layout) text(parts ...string) {
	for _, s := range parts {
		l.fixed = append(l.fixed, s...)
	}
}

func (l *layout) slot(k slotKind, f Field, room int) {
	l.slots = append(l.slots, slot{at: len(l.fixed), kind: k, field: f, room: uint8(max(room, 0))})
}

// header writes the whole header block: our fields, then those of MIME, which
// go-mail made.
//
// QUIRK: go-mail v0.8.1 writes preformatted fields in random order and folds at
// every run of spaces, so that a line of nothing but spaces can come out (RFC 5322
// 3.2.2 forbids it). Header fields are therefore written here.
func (l *layout) header(t Template, mime []Header) {
	l.text("Date: ", t.Date.Format(time.RFC1123Z), "\r\n")
	l.mailbox("From", t.From)
	if t.ReplyTo.Address != "" {
		l.mailbox("Reply-To", t.ReplyTo)
	}
	l.text("To:")
	l.slot(slotMailbox, FieldAddress, 0)
	l.text("\r\nMessage-ID:")
	domain, _ := asciiDomain(t.MessageIDDomain) // checked before
	l.slot(slotFold, FieldMessageID, maxLine-len("Message-ID: <@>")-len(domain))
	l.text("<")
	l.slot(slotToken, FieldMessageID, 0)
	l.text("@", domain, ">\r\n")
	l.unstructured("Subject", t.Subject)
	if t.Kind == KindList {
		l.list(t)
	}
	if t.AutoSubmitted != "" {
		l.unstructured("Auto-Submitted", t.AutoSubmitted)
	}
	for _, h := range t.Headers {
		l.unstructured(h.Name, h.Value)
	}
	for _, h := range mime {
		l.text(h.Name, ": ", h.Value, "\r\n")
	}
	l.text("\r\n")
}

// list writes what a mailing list's mail carries.
func (l *layout) list(t Template) {
	l.text("List-Id:")
	l.fixed = appendNamed(l.fixed, t.ListID.Phrase, t.ListID.ID, len("List-Id:"))
	l.text("\r\nList-Unsubscribe:")
	l.uri(t.UnsubscribeURL, len("List-Unsubscribe:"))
	if t.UnsubscribeMailto != "" {
		l.text(",\r\n")
		l.uri(t.UnsubscribeMailto, 0)
	}
	l.text("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") // RFC 8058 3.1
	if t.ArchiveURL != "" {
		l.text("List-Archive:")
		l.uri(t.ArchiveURL, len("List-Archive:"))
		l.text("\r\n")
	}
	if t.HelpURL != "" {
		l.text("List-Help:")
		l.uri(t.HelpURL, len("List-Help:"))
		l.text("\r\n")
	}
	l.text("List-Post: NO\r\n") // RFC 2369 3.4: readers do not write to each other
	if t.FeedbackID != "" {
		// A program reads it: it is no words, to be encoded where they do not fit.
		l.text("Feedback-ID:")
		l.fixed = appendFold(l.fixed, len("Feedback-ID:"), len(t.FeedbackID), maxLine)
		l.text(t.FeedbackID, "\r\n")
	}
}

func (l *layout) unstructured(name, value string) {
	l.text(name, ": ")
	l.fixed = appendUnstructured(l.fixed, value, len(name)+2)
	l.text("\r\n")
}

func (l *layout) mailbox(name string, a mail.Address) {
	wire, _, _ := WireAddress(a.Address) // checked before
	l.text(name, ":")
	l.fixed = appendMailbox(l.fixed, a.Name, wire, len(name)+1)
	l.text("\r\n")
}

// uri writes " <uri>" beginning at column col, on a line of its own where it does
// not fit. RFC 2369 2 lets a URI be folded inside; no reader can be trusted with
// that.
func (l *layout) uri(uri string, col int) {
	before, after, marked := strings.Cut(uri, l.markers.Of(FieldUnsubscribe))
	const frame = len(" <>,")
	switch room := maxLine - col - frame - len(before) - len(after); {
	case col == 0:
		l.text(" ")
	case marked:
		l.slot(slotFold, FieldUnsubscribe, room)
	case room < 0:
		l.text("\r\n ")
	default:
		l.text(" ")
	}
	l.text("<", before)
	if marked {
		l.slot(slotToken, FieldUnsubscribe, 0)
	}
	l.text(after, ">")
}
