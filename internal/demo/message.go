package demo

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // letters may come in any

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Mail is a message of the mailbox, as the pages show it.
type Mail struct {
	Name    string // of its file
	Size    int    // bytes
	To      Person
	Subject string
	Date    time.Time
	List    bool // an edition, not a letter
	Headers []Header
	HTML    string // empty: text alone
	Text    string
	Raw     []byte
}

// Header is one field of a message, unfolded and decoded.
type Header struct{ Name, Value string }

// Mail reads a message of the mailbox and takes it apart.
func (b Mailbox) Mail(name string) (Mail, error) {
	raw, err := b.Read(name)
	if err != nil {
		return Mail{}, err
	}
	return parseMail(name, raw)
}

// words decodes encoded words (RFC 2047).
var words mime.WordDecoder

func decoded(field string) string {
	if text, err := words.DecodeHeader(field); err == nil {
		return text
	}
	return field
}

func parseMail(name string, raw []byte) (Mail, error) {
	m := Mail{Name: name, Size: len(raw), Raw: raw}
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.To = person(e.Header.Get("To"))
	m.Subject, m.List = decoded(e.Header.Get("Subject")), e.Header.Has("List-Id")
	if at, err := mail.ParseDate(e.Header.Get("Date")); err == nil {
		m.Date = at
	}
	for fields := e.Header.Fields(); fields.Next(); {
		m.Headers = append(m.Headers, Header{fields.Key(), decoded(fields.Value())})
	}
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, _ := part.Header.ContentType()
		if kind != "text/plain" && kind != "text/html" {
			return nil
		}
		text, err := io.ReadAll(part.Body)
		if kind == "text/html" {
			m.HTML = string(text)
		} else {
			m.Text = string(text)
		}
		return err
	})
	return m, err
}

// Person is who a message is to. Without a name, it is the address.
type Person struct{ Name, Address string }

func person(field string) Person {
	a, err := (&mail.AddressParser{WordDecoder: &words}).Parse(field)
	switch {
	case err != nil:
		return Person{Name: decoded(field)}
	case a.Name == "":
		return Person{Name: a.Address}
	}
	return Person{a.Name, a.Address}
}

var errNoEdition = errors.New("the mailbox holds no edition yet")

// newest reads the last n messages, the newest first.
func (b Mailbox) newest(n int) ([]Mail, error) {
	names, err := b.Names()
	if err != nil {
		return nil, err
	}
	var mails []Mail
	for i := len(names) - 1; i >= 0 && len(mails) < n; i-- {
		m, err := b.Mail(names[i])
		if err != nil {
			return nil, err
		}
		mails = append(mails, m)
	}
	return mails, nil
}

// edition is the newest message that is an edition, with HTML.
func (b Mailbox) edition() (Mail, error) {
	names, err := b.Names()
	if err != nil {
		return Mail{}, err
	}
	for i := len(names) - 1; i >= 0; i-- {
		if m, err := b.Mail(names[i]); err == nil && m.List && m.HTML != "" {
			return m, nil
		}
	}
	return Mail{}, errNoEdition
}

var (
	darkBlock = lazyregexp.New(`@media\s*\(prefers-color-scheme:\s*dark\)`)
	imgTag    = lazyregexp.New(`<img\b[^>]*>`)
	srcOf     = lazyregexp.New(`\ssrc="[^"]*"`)
	headTag   = lazyregexp.New(`<head>`)
)

// The ways of showing a message's HTML.
const (
	viewLight = "light"
	viewDark  = "dark"
	viewPlain = "plain" // images off
)

// view is a message's HTML as a reader's program would show it, on this machine:
// dark or light whatever this machine prefers, links opened beside the page.
func view(html, kind string) string {
	when, scheme := "@media not all", "light"
	if kind == viewDark {
		when, scheme = "@media all", "dark"
	}
	html = darkBlock.ReplaceAllString(html, when)
	if kind == viewPlain {
		html = imgTag.ReplaceAllStringFunc(html, func(tag string) string { return srcOf.ReplaceAllString(tag, "") })
	}
	return headTag.ReplaceAllString(html, `<head><base target="_blank"><style>:root{color-scheme:`+scheme+`}</style>`)
}

// here rewrites the addresses of the newspaper's pages to this machine's.
func (p *pages) here(text string) string { return strings.ReplaceAll(text, p.site, p.base) }
