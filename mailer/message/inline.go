package message

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Inline is a picture that travels in the message and that its HTML shows as
// "cid:" and the ID (RFC 2392).
type Inline struct {
	ID    string // left@right, made of the content, so that a resend is the same bytes; no host's name
	Type  string // image/jpeg or image/png
	Bytes []byte
}

// contentID is a msg-id (RFC 2045 7) of what needs no quoting, and no escape in a
// URL or an attribute.
var contentID = lazyregexp.New(`^[A-Za-z0-9]{1,40}@[A-Za-z0-9]{1,20}$`)

// shownPicture finds what the HTML shows of the message's own. It begins with words that
// stand as they are, so that a large page is searched in no time.
var shownPicture = lazyregexp.New(`="cid:([^"]*)"`)

// checkInline holds the pictures and the HTML together: a picture that nothing shows
// would be listed as an attachment, and one that is shown and absent is a hole.
func (t *Template) checkInline() error {
	there := map[string]bool{}
	for i, p := range t.Inline {
		switch {
		case !contentID.MatchString(p.ID):
			return fmt.Errorf("picture %d: %q is no content id such as 5f2c9e1a@picture", i+1, p.ID)
		case there[p.ID]:
			return fmt.Errorf("picture %d: %s is in the message already", i+1, p.ID)
		case p.Type != "image/jpeg" && p.Type != "image/png":
			return fmt.Errorf("picture %d: %q is neither image/jpeg nor image/png", i+1, p.Type)
		case len(p.Bytes) == 0:
			return fmt.Errorf("picture %d: it has no bytes", i+1)
		}
		there[p.ID] = true
	}
	if len(there) > 0 && t.HTML == "" {
		return errors.New("pictures without HTML: nothing can show them")
	}
	shown := map[string]bool{}
	for _, m := range shownPicture.FindAllStringSubmatch(t.HTML, -1) {
		if !there[m[1]] {
			return fmt.Errorf("html: shows the picture %q, which is not in the message", m[1])
		}
		shown[m[1]] = true
	}
	for _, p := range t.Inline {
		if !shown[p.ID] {
			return fmt.Errorf("picture %s: the HTML does not show it", p.ID)
		}
	}
	return nil
}

// related lays the HTML with its pictures as one part of the alternatives (RFC 2387):
// the pictures behind it, since whoever reads the text alone needs none of them.
//
// QUIRK: go-mail v0.8.1 puts the related part around the alternatives, where some
// readers of the text list the pictures as attachments, and gives nested parts the
// same boundary. So this part is written here.
func (l *layout) related(b built, html part) error {
	l.text("--", b.boundary, "\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"", b.inner, "\"\r\n\r\n")
	l.text("--", b.inner, "\r\n", html.header)
	if err := l.content(html); err != nil {
		return err
	}
	l.text("\r\n")
	for i, p := range b.inline {
		l.text("--", b.inner, "\r\nContent-Transfer-Encoding: base64\r\nContent-Type: ", p.Type,
			"\r\nContent-ID: <", p.ID, ">\r\nContent-Disposition: inline; filename=\"", fmt.Sprint(i+1), strings.Replace(p.Type, "image/", ".", 1), "\"\r\n\r\n")
		l.fixed = appendBase64(l.fixed, p.Bytes)
	}
	l.text("--", b.inner, "--\r\n\r\n")
	return nil
}

// base64Line is how many octets of content make a line of 76 (RFC 2045 6.8).
const base64Line = 57

func appendBase64(dst, content []byte) []byte {
	for len(content) > 0 {
		n := min(base64Line, len(content))
		dst = base64.StdEncoding.AppendEncode(dst, content[:n])
		dst = append(dst, '\r', '\n')
		content = content[n:]
	}
	return dst
}
