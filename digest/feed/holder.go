package feed

import (
	"encoding/base64"
	"html"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// mode is how the text of an element is to be understood (RFC 4287 3.1, and Atom
// 0.3's "mode").
type mode int

const (
	modeHTML   mode = iota // escaped HTML: all of RSS, and Atom's type="html"
	modeText               // plain text: Atom's default
	modeMarkup             // inline markup: type="xhtml"
	modeBase64             // escaped HTML in base64
)

// holder is an element that holds text. What stands in it is gathered as HTML, tags
// and all, and written as one escaped string: whatever way the feed chose to pack
// it, the reader of the repaired feed finds HTML once escaped.
type holder struct {
	element
	mode    mode
	buf     gathered
	nested  int            // elements of the same name that are open within
	strange map[string]int // elements that HTML does not know, and that are open within
	inItem  bool
	ownLang bool // it has an xml:lang of its own
}

func newHolder(el element, t token, root rootKind) *holder {
	h := &holder{element: el}
	for _, a := range t.attrs {
		h.ownLang = h.ownLang || a.name == "xml:lang"
	}
	if el.name.prefix == "atom" || (el.name.prefix == "" && root == rootAtom) {
		h.mode = atomMode(t)
	}
	return h
}

func atomMode(t token) mode {
	var kind, packed string
	for _, a := range t.attrs {
		switch strings.ToLower(a.name) {
		case "type":
			kind = strings.ToLower(strings.TrimSpace(a.value))
		case "mode":
			packed = strings.ToLower(strings.TrimSpace(a.value))
		}
	}
	html := kind == "html" || kind == "text/html" || kind == "application/html"
	switch {
	case packed == "base64":
		return modeBase64
	case html && packed != "xml", packed == "escaped" && kind != "text" && kind != "text/plain":
		return modeHTML
	case html, strings.Contains(kind, "xml"), kind == "xhtml":
		return modeMarkup
	case kind == "", kind == "text", strings.HasPrefix(kind, "text/"):
		return modeText
	}
	return modeBase64 // RFC 4287 4.1.3.3: any other media type is in base64
}

// held takes a token within a text. It reports false where the token ends the text
// and still has to be dealt with.
func (r *repairer) held(t token) bool {
	h := r.hold
	switch t.kind {
	case tokenText:
		h.add(r.ent.expand(t.text), false)
	case tokenCDATA:
		h.add(prose.Printable(t.text), true)
	case tokenOpen:
		n := h.scope.with(t.attrs).name(t.name, r.root)
		if n == h.name && h.once() {
			r.release() // QUIRK: <title>One<title>, the stroke forgotten
			return true
		}
		if r.ends(n, t.attrs) {
			r.release()
			return false
		}
		if strings.EqualFold(t.name, h.raw) && !t.selfEnd {
			h.nested++
		}
		if low := strings.ToLower(t.name); !t.selfEnd && atom.Lookup([]byte(low)) == 0 {
			if h.strange == nil {
				h.strange = map[string]int{}
			}
			h.strange[low]++
		}
		h.tag()
		r.markup(n, t)
	case tokenClose:
		low := strings.ToLower(t.name)
		switch {
		case strings.EqualFold(t.name, h.raw) && h.nested == 0:
			r.release()
			return true
		case strings.EqualFold(t.name, h.raw):
			h.nested--
		case r.structural(t.name):
			r.release()
			return false
		case h.nested == 0 && h.name.local != "summary" && sameButPrefix(h.raw, t.name): // HTML has a summary, too
			r.release()
			return true
		case h.strange[low] > 0:
			h.strange[low]--
		case h.mode == modeText && ended[low]:
			h.buf.WriteString(" ")
			return true
		case h.mode == modeText || atom.Lookup([]byte(low)) == 0:
			return true // a slip in the name of an end tag, such as </titel>
		}
		h.tag()
		h.buf.WriteString("</" + h.scope.name(t.name, r.root).local + ">")
	}
	return true
}

// ended are elements whose end keeps two words apart.
var ended = map[string]bool{"p": true, "div": true, "li": true, "br": true}

// once reports a text that never holds an element of its own name, and that has begun.
func (h *holder) once() bool {
	return (h.name.local == "title" || h.name.local == "description") && strings.TrimSpace(h.buf.String()) != ""
}

// ends reports a start tag that cannot belong to the text: the text's own end tag
// was forgotten.
func (r *repairer) ends(n name, attrs []attr) bool {
	if r.hold.mode == modeMarkup {
		return n.isItem() || n.prefix == "" && begins[n.local] && !r.z.endFollows(r.hold.raw)
	}
	switch n.prefix {
	case "":
		if begins[n.local] || n.local == "link" && leads(attrs, r.root) {
			return true
		}
		return r.hold.name.local == "title" && (children[n.local] || n.local == "description")
	case "dc", "media", "content", "atom", "itunes":
		return true
	}
	return false
}

// leads reports a link of a feed, rather than one of HTML: RSS's has no attribute, and
// Atom's says what it is to the entry.
func leads(attrs []attr, root rootKind) bool {
	if root != rootAtom {
		return len(attrs) == 0
	}
	for _, a := range attrs {
		if a.name == "rel" {
			return a.value == "alternate" || a.value == "self" || a.value == "enclosure" || a.value == "edit" || a.value == "replies"
		}
	}
	return len(attrs) > 0
}

// add appends character data.
func (h *holder) add(s string, cdata bool) {
	if h.mode == modeMarkup && (!cdata || !looksLikeHTML(s)) {
		s = escape(s)
	}
	h.buf.WriteString(s)
}

// tag prepares for a tag: plain text that turns out to have tags in it was markup.
func (h *holder) tag() {
	if h.mode == modeText {
		soFar := h.buf.String()
		h.buf.Reset()
		h.buf.WriteString(escape(soFar))
		h.mode = modeMarkup
	}
}

// markup appends a start tag as HTML.
func (r *repairer) markup(n name, t token) {
	b := &r.hold.buf
	base := r.baseOf(t, r.hold.base)
	b.WriteString("<" + strings.ToLower(n.local))
	for _, a := range t.attrs {
		if strings.Contains(a.name, ":") || a.name == "xmlns" {
			continue
		}
		value := r.ent.expand(a.value)
		switch strings.ToLower(a.name) {
		case "href", "src", "cite", "poster":
			value = r.absolute(base, strings.TrimSpace(value))
		}
		b.WriteString(" " + a.name + `="` + escape(value) + `"`)
	}
	b.WriteString(">")
	if t.selfEnd && !void[n.local] {
		b.WriteString("</" + strings.ToLower(n.local) + ">")
	}
}

// void are HTML's elements without an end tag.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true,
	"input": true, "link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

// release writes the text that was held.
func (r *repairer) release() {
	h := r.hold
	r.hold = nil
	value := strings.TrimSpace(h.value())
	if h.base != nil && h.name.local != "title" && strings.Contains(value, "<") {
		// The base travels with the text; cleaning resolves against it.
		value = `<base href="` + escape(h.base.String()) + `">` + value
	}
	if h.name.local == "title" && strings.Contains(value, "&") && !endTag.MatchString(html.UnescapeString(value)) {
		// A title is unescaped twice, since many feeds escape theirs twice. One that is about
		// tags, and has none of its own, says so still after that.
		value = literal.Replace(value)
	}
	n := h.name.String()
	r.use(h.name)
	if h.inItem && h.name.aside() && len(value) >= asideLeast {
		value = putAside(&r.aside, value)
	} else {
		value = escape(value)
	}
	r.out = append(r.out, `<`+n+`>`+value+`</`+n+`>`...)
	if h.ownLang && h.inItem {
		// Empty is "no language", against the one around it (XML 1.0, 2.12).
		lang := firstOf(h.lang, "und")
		r.out = append(r.out, `<given:`+h.part()+`>`+escape(lang)+`</given:`+h.part()+`>`...)
	}
}

// part names the part of a story that a text is, for its language.
func (h *holder) part() string {
	switch h.name.local {
	case "title":
		return "titlelang"
	case "content", "encoded":
		return "contentlang"
	}
	return "summarylang"
}

// value is the text as HTML.
func (h *holder) value() string {
	s := h.buf.String()
	if inner, escaped := strings.CutPrefix(strings.TrimSpace(s), cdataOpen); escaped { // QUIRK: a section that was escaped
		s = strings.TrimSuffix(inner, "]]>")
	}
	switch h.mode {
	case modeText:
		if !looksLikeHTML(s) {
			return escape(s)
		}
	case modeBase64:
		plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
		switch {
		case (err != nil || !utf8.Valid(plain)) && h.name.local == "title":
			return escape(s) // QUIRK: a type that nobody knows, of plain text
		case err != nil || !utf8.Valid(plain):
			return ""
		}
		return prose.Printable(string(plain))
	}
	return s
}

// html's tell-tales: an end tag, a break, a paragraph, a picture, a link, a named
// or numbered character.
var tellTale = lazyregexp.New(`(?i)</[a-z][a-z0-9]*\s*>|<(?:br|p|hr)\s*/?>|<(?:img|a)\s[^<>]*=|&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8});`)

// endTag finds what only markup has.
var endTag = lazyregexp.New(`(?i)</[a-z][a-z0-9]*\s*>|<(?:br|p|hr|img|a)\b[^<>]*>`)

// literal keeps the brackets of tags that are not markup but the subject.
var literal = strings.NewReplacer("&lt;", "&amp;lt;", "&gt;", "&amp;gt;", "&#60;", "&amp;lt;", "&#62;", "&amp;gt;", "&#x3c;", "&amp;lt;", "&#x3e;", "&amp;gt;")

// looksLikeHTML tells text that says it is plain and is not. Many feeds forget the
// type, and a title of "Q&amp;amp;A" is worth a guess.
func looksLikeHTML(s string) bool {
	return strings.ContainsAny(s, "<&") && tellTale.MatchString(s)
}
