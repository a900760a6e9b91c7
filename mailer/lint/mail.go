package lint

import (
	"bytes"
	"fmt"
	"mime"
	netmail "net/mail"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// mail is a message taken apart.
type mail struct {
	o        Options
	raw      []byte
	tooLarge bool
	isList   bool // goes to many: a newsletter

	root  *part
	parts []*part // those that hold no other, in their order
	text  *part   // the first text/plain that is not attached; may be nil
	html  *part   // the first text/html; may be nil
	page  *page   // of html; may be nil

	squeezed *string // the words of text, once they were asked for

	faults []fault        // what was found while it was taken apart
	told   map[string]int // how many of each rule
}

// textWords are the words of the text part.
func (m *mail) textWords() string {
	if m.squeezed == nil {
		words := squeeze(m.text.content)
		m.squeezed = &words
	}
	return *m.squeezed
}

// fault is a finding of a rule that was made while parsing.
type fault struct{ rule, where, what string }

func (m *mail) fault(rule, where, format string, args ...any) {
	if m.told[rule]++; m.told[rule] > 2*mostSaid {
		return
	}
	m.faults = append(m.faults, fault{rule, where, fmt.Sprintf(format, args...)})
}

// atLine is fault, at a line of the message.
func (m *mail) atLine(rule string, line int, format string, args ...any) {
	if m.told[rule] <= 2*mostSaid { // else nothing need be worded
		m.fault(rule, fmt.Sprintf("line %d", line), format, args...)
	}
}

// reported is the look of a rule whose findings were made while parsing.
func reported(name string) func(*mail, say) {
	return func(m *mail, say say) {
		for _, f := range m.faults {
			if f.rule == name {
				say(f.where, f.what)
			}
		}
	}
}

// field is one field of a header block.
type field struct {
	name  string // as written
	value string // unfolded, trimmed
	raw   string // the lines as they are, without the name
	line  int    // of the message, from 1
}

type header []field

// all are the fields of a name, in lower case.
func (h header) all(name string) []field {
	var found []field
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			found = append(found, f)
		}
	}
	return found
}

// get is the value of the first field of a name, or nothing.
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (h header) has(name string) bool { return len(h.all(name)) > 0 }

func parse(eml []byte, o Options) *mail {
	m := &mail{o: o, raw: eml, told: map[string]int{}}
	if len(eml) > mostOctets {
		m.tooLarge = true
		m.fault("limits", "the message", "it has %s octets; %s are looked at", figures.Of(len(eml)), figures.Of(mostOctets))
		return m
	}
	line := 1
	if bytes.HasPrefix(eml, []byte("From ")) { // a mailbox file's own line
		_, eml, _ = bytes.Cut(eml, []byte("\n"))
		m.raw, line = eml, 2
	}
	m.root = m.entity(eml, line, 0)
	h := m.root.header
	m.isList = !o.Letter && (h.get("auto-submitted") == "" || h.has("list-id") || h.has("list-unsubscribe"))
	for _, p := range m.parts {
		switch {
		case p.attached():
		case m.text == nil && p.media == "text/plain":
			m.text = p
		case m.html == nil && p.media == "text/html":
			m.html = p
		}
	}
	if m.text != nil && len(m.text.content) > mostText {
		m.fault("limits", "text", "it has %s octets of text; %s are looked at", figures.Of(len(m.text.content)), figures.Of(mostText))
		m.text.content = strings.ToValidUTF8(m.text.content[:mostText], "")
	}
	if m.html != nil {
		m.page = m.newPage(m.html.content)
	}
	return m
}

func (m *mail) header() header { return m.root.header }

// splitHeader takes the header block off the front of an entity. first is the number
// of its first line.
func (m *mail) splitHeader(raw []byte, first int) (h header, body []byte, bodyLine int) {
	var lines []string // of the field at hand
	begun := first
	flush := func() {
		if len(lines) > 0 {
			h = append(h, newField(lines, begun))
		}
		lines = nil
	}
	defer func() { flush() }()
	line := first
	for rest, more := raw, len(raw) > 0; more; line++ {
		var text []byte
		text, rest, more = cutLine(rest)
		where := fmt.Sprintf("line %d", line)
		name, _, ok := strings.Cut(string(text), ":")
		switch {
		case len(text) == 0:
			return h, rest, line + 1
		case len(raw)-len(rest) > mostHeader:
			m.fault("limits", where, "the header has no end within %s octets", figures.Of(mostHeader))
			return h, nil, line
		case text[0] != ' ' && text[0] != '\t' && (!ok || name == "" || !isFieldName(name)):
			m.fault("header-form", where, "%s is no header field", quote(string(text)))
		case text[0] != ' ' && text[0] != '\t':
			flush()
			lines, begun = []string{string(text)}, line
		case len(lines) == 0:
			m.fault("header-form", where, "the header begins with a folded line")
		default:
			if strings.TrimSpace(string(text)) == "" {
				m.fault("header-form", where, "a folded line holds only spaces (RFC 5322 3.2.2)")
			}
			lines = append(lines, string(text))
		}
	}
	return h, nil, line
}

// newField makes a field of its lines.
func newField(lines []string, at int) field {
	raw := strings.Join(lines, "\r\n")
	name, raw, _ := strings.Cut(raw, ":")
	value := strings.ReplaceAll(raw, "\r\n", "")
	return field{name: name, value: strings.TrimSpace(value), raw: raw, line: at}
}

// isFieldName is RFC 5322 3.6.8: printable, no space, no colon.
func isFieldName(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

// cutLine takes one line off the front, without its end.
func cutLine(b []byte) (line, rest []byte, more bool) {
	line, rest, more = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest, more && len(rest) > 0
}

// addressParser reads addresses whose names are in any charset: what is wrong with
// those, another rule says.
var addressParser = netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charset.NewReaderLabel}}

// addresses are those of a field.
func addresses(value string) ([]*netmail.Address, error) { return addressParser.ParseList(value) }

// from is the one author of the mail; nil: there is none, or several.
func (m *mail) from() *netmail.Address {
	all, err := addresses(m.header().get("from"))
	if err != nil || len(all) != 1 {
		return nil
	}
	return all[0]
}

// domain is the part of an address behind the @, in lower case.
func domain(address string) string {
	return strings.ToLower(address[strings.LastIndex(address, "@")+1:])
}

// organisation is the end of a domain by which two belong together: its last two
// labels. It is a guess, without the list of public suffixes.
func organisation(domain string) string {
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
