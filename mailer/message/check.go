package message

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/idna"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// check refuses a template that would not make a sound message for every reader.
func (t *Template) check() error {
	if t.Markers.family == "" {
		return errors.New("markers are missing: use NewMarkers, with the secret that the text was rendered with")
	}
	if t.Date.IsZero() {
		return errors.New("date is missing")
	}
	if _, err := asciiDomain(t.MessageIDDomain); err != nil {
		return errors.New("message-id domain is not a domain name such as news.example.org")
	}
	for _, step := range []func() error{t.checkMailboxes, t.checkHeaderText, t.checkList, t.checkFurther, t.checkContent} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t *Template) checkMailboxes() error {
	if t.From.Name == "" {
		return errors.New("from: a display name is missing; it is what readers see first")
	}
	if err := t.checkMailbox("from", t.From); err != nil {
		return err
	}
	if t.ReplyTo != (mail.Address{}) {
		return t.checkMailbox("reply-to", t.ReplyTo)
	}
	return nil
}

func (t *Template) checkMailbox(name string, a mail.Address) error {
	if _, wide, err := WireAddress(a.Address); err != nil || wide {
		return fmt.Errorf("%s: %q is not a plain ASCII address such as news@example.org", name, a.Address)
	}
	return t.headerText(name, a.Name)
}

func (t *Template) checkHeaderText() error {
	if strings.TrimSpace(t.Subject) == "" {
		return errors.New("subject is missing")
	}
	switch t.AutoSubmitted {
	case "", "no", "auto-generated", "auto-replied", "auto-notified": // RFC 3834 5, RFC 5436 2.7.1
	default:
		return fmt.Errorf("auto-submitted: %q is none of no, auto-generated, auto-replied, auto-notified", t.AutoSubmitted)
	}
	if !plainText(t.Anonymous) || len(t.Anonymous) > maxName || t.Markers.in(t.Anonymous) {
		return fmt.Errorf("anonymous: %q is %s", t.Anonymous, problemName)
	}
	return t.headerText("subject", t.Subject)
}

// headerText refuses what would break out of a header field, and a marker: the
// values here are the same for all readers.
func (t *Template) headerText(name, value string) error {
	if !plainText(value) {
		return fmt.Errorf("%s: %q holds a line break or another control character, or is not UTF-8", name, value)
	}
	if t.Markers.in(value) {
		return fmt.Errorf("%s: holds a merge field; only text, HTML and the unsubscribe links may", name)
	}
	return nil
}

var (
	// RFC 2919 3: a dot-atom of a label and a namespace, 255 octets at most.
	listID = lazyregexp.New(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$`)
	// Gmail: three fields of our own, which may be empty, and the sender's, 5 to 15 characters.
	feedbackID = lazyregexp.New(`^[!-9;-~]*:[!-9;-~]*:[!-9;-~]*:[A-Za-z0-9._-]{5,15}$`)
	// Octets of a URI (RFC 3986 2), with what RFC 2369 2 forbids within angle brackets left out.
	uriText = lazyregexp.New(`^[A-Za-z0-9._~:/?#@!$&'()*+;=%\[\]-]+$`)
)

func (t *Template) checkList() error {
	if t.Kind == KindLetter {
		if t.ListID != (ListID{}) || t.UnsubscribeURL+t.UnsubscribeMailto+t.ArchiveURL+t.HelpURL+t.FeedbackID != "" {
			return errors.New("a letter carries no list headers: leave list id, unsubscribe, archive, help and feedback id empty")
		}
		return nil
	}
	if !listID.MatchString(t.ListID.ID) || len(t.ListID.ID) > 255 {
		return fmt.Errorf("list id: %q is not like weekly.example.org (RFC 2919)", t.ListID.ID)
	}
	if err := t.headerText("list id", t.ListID.Phrase+t.ListID.ID); err != nil {
		return err
	}
	if t.FeedbackID != "" && (!feedbackID.MatchString(t.FeedbackID) || len(t.FeedbackID) > hardLine-1) {
		return fmt.Errorf("feedback id: %q is not like edition:weekly:list:observer, the last of 5 to 15 letters or digits", t.FeedbackID)
	}
	if err := t.headerText("feedback id", t.FeedbackID); err != nil {
		return err
	}
	return t.checkURIs()
}

func (t *Template) checkURIs() error {
	for _, u := range []struct {
		name, uri, scheme string
		tokens            bool // must hold the token; otherwise: may
		optional          bool
	}{
		{"unsubscribe url", t.UnsubscribeURL, "https://", true, false}, // RFC 8058 3.1
		{"unsubscribe mailto", t.UnsubscribeMailto, "mailto:", false, true},
		{"archive url", t.ArchiveURL, "http", false, true},
		{"help url", t.HelpURL, "", false, true},
	} {
		if u.uri == "" && u.optional {
			continue
		}
		bare, after, marked := strings.Cut(u.uri, t.Markers.Of(FieldUnsubscribe))
		bare += after
		switch {
		case !strings.HasPrefix(u.uri, u.scheme) || !uriText.MatchString(u.uri):
			return fmt.Errorf("%s: %q is not a link that begins with %s", u.name, u.uri, u.scheme)
		case len(bare)+maxToken+maxLine > hardLine:
			return fmt.Errorf("%s: a link of %s octets does not fit a header line", u.name, figures.Of(len(u.uri)))
		case u.tokens && !marked:
			return fmt.Errorf("%s: %q does not hold the marker of the unsubscribe token: was it made with other markers?", u.name, u.uri)
		case t.Markers.in(bare), marked && u.optional && u.scheme != "mailto:":
			return fmt.Errorf("%s: holds a merge field that has no place there", u.name)
		}
	}
	return nil
}

// ours are the fields that only Compile, the signer or a server may write.
var ours = map[string]bool{
	"date": true, "from": true, "sender": true, "reply-to": true, "to": true, "cc": true, "bcc": true,
	"message-id": true, "subject": true, "list-id": true, "list-unsubscribe": true, "list-unsubscribe-post": true,
	"list-archive": true, "list-help": true, "list-post": true, "feedback-id": true, "auto-submitted": true, "mime-version": true,
	"return-path": true, "received": true, "dkim-signature": true,
}

// fieldName is RFC 5322 3.6.8 without what only mischief would use.
var fieldName = lazyregexp.New(`^[A-Za-z][A-Za-z0-9-]{0,59}$`)

func (t *Template) checkFurther() error {
	for _, h := range t.Headers {
		name := strings.ToLower(h.Name)
		if !fieldName.MatchString(h.Name) {
			return fmt.Errorf("header %q: a name is of letters, digits and hyphens", h.Name)
		}
		if ours[name] || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-") {
			return fmt.Errorf("header %s: is written by Broadsheet, a server or a signer", h.Name)
		}
		if strings.TrimSpace(h.Value) == "" {
			return fmt.Errorf("header %s: a value is missing", h.Name)
		}
		if err := t.headerText("header "+h.Name, h.Value); err != nil {
			return err
		}
	}
	return nil
}

func (t *Template) checkContent() error {
	if strings.TrimSpace(t.Text) == "" {
		return errors.New("text is missing: a mail has a text part even where it has HTML")
	}
	for _, c := range []struct{ name, content string }{{"text", t.Text}, {"html", t.HTML}} {
		if c.content == "" {
			continue
		}
		if at := badOctet(c.content); at >= 0 {
			return fmt.Errorf("%s: holds a control character, or is not UTF-8, at octet %d", c.name, at)
		}
		if t.Kind == KindList && !strings.Contains(c.content, t.Markers.Of(FieldUnsubscribe)) &&
			!strings.Contains(c.content, t.Markers.Of(FieldPreferences)) {
			return fmt.Errorf("%s: holds neither the unsubscribe nor the preferences token: was it rendered with other markers?", c.name)
		}
	}
	if err := t.checkInline(); err != nil {
		return err
	}
	return t.checkAttributes()
}

// badOctet finds what quoted-printable text cannot give back: a control character
// but tab, LF and CRLF, or what is not UTF-8. It returns -1 where all is well.
func badOctet(s string) int {
	for i, r := range s {
		switch {
		case r == '\t' || r == '\n':
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case r < ' ' || r == 0x7f:
			return i
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			return i
		}
	}
	return -1
}

// checkAttributes refuses a reader's name, greeting or address in an attribute: it has no
// business in a link, and escaping for a URL is another than for HTML.
func (t *Template) checkAttributes() error {
	fields := []Field{FieldName, FieldAddress, FieldGreeting}
	if !slices.ContainsFunc(fields, func(f Field) bool { return strings.Contains(t.HTML, t.Markers.Of(f)) }) {
		return nil // as in most mails, and reading all of it takes its time
	}
	z := html.NewTokenizer(strings.NewReader(t.HTML))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return nil // the end: the tokenizer takes anything for HTML
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag := z.Token()
		for _, a := range tag.Attr {
			if slices.ContainsFunc(fields, func(f Field) bool { return strings.Contains(a.Val, t.Markers.Of(f)) }) {
				return fmt.Errorf("html: the reader's name or address stands in the attribute %s of <%s>; put it in text", a.Key, tag.Data)
			}
		}
	}
}

// asciiDomain converts an international domain name and checks its form.
func asciiDomain(domain string) (string, error) {
	if !ascii(domain) {
		wide, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", err
		}
		domain = wide
	}
	if !plainDomain(domain) || len(domain) > maxAddress {
		return "", errors.New("not a domain name")
	}
	return domain, nil
}
