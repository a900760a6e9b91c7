package feed

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// write writes a start tag and opens its element.
func (r *repairer) write(el element, t token) {
	el.start = len(r.out)
	r.out = append(r.out, '<')
	r.out = append(r.out, el.name.String()...)
	r.use(el.name)
	var seen []string
	about, href, changed := "", "", ""
	for _, a := range t.attrs {
		prefix, local, colon := strings.Cut(a.name, ":")
		if !colon {
			prefix, local = "", a.name
		}
		if prefix == "xmlns" || a.name == "xmlns" || prefix == "xml" || local == "" || slices.Contains(seen, local) {
			continue
		}
		seen = append(seen, local)
		value := strings.TrimSpace(r.ent.expand(a.value))
		switch strings.ToLower(local) {
		case "href", "src", "url":
			value, href = r.address(el, value), value
			el.href = value
		case "about":
			about = value
		case "lastmod":
			changed = value
		}
		if el.name == (name{"itunes", "image"}) && el.href != "" {
			local = "href" // QUIRK: some write url
		}
		r.out = append(r.out, ` `+plainName(local)+`="`+escape(value)+`"`...)
	}
	r.out = append(r.out, '>')
	el.text = len(r.out)
	r.stack = append(r.stack, el)
	r.lift(el, about, href, changed)
	r.stack[len(r.stack)-1].text = len(r.out)
}

// lift writes as elements what some feeds say in attributes of an item or channel:
// the identifier of RSS 1.0, CDF's link and date, and xml:lang.
func (r *repairer) lift(el element, about, href, changed string) {
	if el.name.prefix != "" {
		return
	}
	switch el.name.local {
	case "item":
		if about != "" {
			r.out = append(r.out, `<guid isPermaLink="false">`+escape(about)+`</guid>`...)
		}
		if href != "" {
			r.out = append(r.out, `<link>`+escape(href)+`</link>`...)
		}
		if changed != "" {
			r.out = append(r.out, `<pubdate>`+escape(changed)+`</pubdate>`...)
		}
	case "channel":
		if href != "" && r.root == rootChannel {
			r.out = append(r.out, `<link>`+escape(href)+`</link>`...)
		}
	case "entry":
	default:
		return
	}
	if el.lang != "" {
		r.use(name{"dc", "language"})
		r.out = append(r.out, `<dc:language>`+escape(el.lang)+`</dc:language>`...)
	}
}

// pop closes the innermost element.
func (r *repairer) pop() {
	el := r.top()
	r.stack = r.stack[:len(r.stack)-1]
	switch el.name {
	case name{"", "link"}:
		link := r.written(el)
		switch {
		case r.root == rootAtom && el.href == "" && link != "":
			// QUIRK: Atom's link, written as RSS's.
			r.out = append(r.out[:el.text-1], ` href="`+escape(r.absolute(el.base, link))+`">`...)
		case el.base != nil:
			r.out = append(r.out[:el.text], escape(r.absolute(el.base, link))...)
		}
	case name{"", "category"}:
		if term := r.written(el); r.root == rootAtom && term != "" && !bytes.Contains(r.out[el.start:el.text], []byte(` term="`)) {
			r.out = append(r.out[:el.text-1], ` term="`+escape(term)+`">`...) // QUIRK: RSS's category
		}
	case name{"", "image"}, name{"", "img"}, name{"", "picture"}, name{"", "thumbnail"}:
		if el.href != "" && r.written(el) == "" { // QUIRK: gofeed knows the text of such an element alone
			r.out = append(r.out[:el.text], escape(el.href)...)
		}
	case name{"given", "id"}:
		// An id is an IRI (RFC 4287 4.2.6). One that is only a part of one is made whole, so
		// that it names one thing in the world, as it was meant to.
		if id := r.written(el); strings.Contains(id, "/") && !strings.Contains(id, ":") {
			base := el.base
			if base == nil {
				base = r.doc
			}
			r.out = append(r.out[:el.text], escape(r.absolute(base, id))...)
		}
	}
	if el.name == (name{"", "author"}) && r.root == rootAtom {
		if text := r.written(el); text != "" && !strings.Contains(string(r.out[el.text:]), "<") { // QUIRK: RSS's author
			r.out = append(r.out[:el.text], `<name>`+escape(text)+`</name>`...)
		}
	}
	r.out = append(r.out, `</`+el.name.String()+`>`...)
	if el.name.isItem() {
		r.item = -1
	}
}

// written is the text of an element that is about to be closed.
func (r *repairer) written(el element) string {
	var plain entities
	return strings.TrimSpace(plain.expand(string(r.out[el.text:])))
}

// address makes an attribute's address absolute. An empty link is the base itself
// (RFC 3986 4.4).
func (r *repairer) address(el element, ref string) string {
	if ref == "" && el.base != nil && el.name.local == "link" {
		return el.base.String()
	}
	return r.absolute(el.base, ref)
}

// finish ends the feed, whether it ended or broke off. An item that broke off is left
// out; where it is all there is, what is whole of it is kept.
func (r *repairer) finish() {
	switch {
	case r.item >= 0 && r.items > 1:
		r.w.add("the feed breaks off; its last item, which is not complete, was left out")
		r.out, r.hold = r.out[:r.item], nil
		for len(r.stack) > 0 && r.item >= 0 {
			if r.top().name.isItem() {
				r.item = -1
			}
			r.stack = r.stack[:len(r.stack)-1]
		}
	case !r.ended && r.items <= r.max:
		r.w.add("the feed breaks off before its end")
		r.dropCut()
	}
	if r.hold != nil {
		r.release()
	}
	for len(r.stack) > 0 {
		r.pop()
	}
}

// dropCut drops what the end of the feed cut in two: a text, and in the item the
// innermost elements; and the item, where nothing else is in it.
func (r *repairer) dropCut() {
	r.hold = nil
	if r.item < 0 {
		return
	}
	for !r.top().name.isItem() {
		el := r.top()
		r.stack, r.out = r.stack[:len(r.stack)-1], r.out[:el.start]
	}
	if el := r.top(); !bytes.Contains(r.out[el.text:], []byte("</")) {
		r.stack, r.out, r.item = r.stack[:len(r.stack)-1], r.out[:el.start], -1
	}
}

// Limits on what is said once and repeated with every link and item.
const (
	maxBase  = 1024    // of an xml:base, resolved, in bytes; a longer one is not in force
	maxLang  = 64      // of an xml:lang
	maxGrown = 8 << 20 // by which links may grow by being made absolute, in all
)

// absolute makes a link absolute, as long as they have not grown too much in all.
func (r *repairer) absolute(base *url.URL, ref string) string {
	if base == nil || r.grown > maxGrown {
		return ref
	}
	link := prose.Resolve(base, ref)
	r.grown += max(0, len(link)-len(ref))
	return link
}

// baseOf gives the xml:base in force within a start tag (XML Base 3.1).
func (r *repairer) baseOf(t token, outer *url.URL) *url.URL {
	for _, a := range t.attrs {
		if a.name != "xml:base" || len(a.value) > maxBase {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(r.ent.expand(a.value)))
		if err != nil {
			continue
		}
		switch {
		case outer != nil:
			u = outer.ResolveReference(u)
		case r.doc != nil:
			u = r.doc.ResolveReference(u)
		case !u.IsAbs():
			continue
		}
		if len(u.String()) <= maxBase {
			return u
		}
	}
	return outer
}

func langOf(t token, outer string) string {
	for _, a := range t.attrs {
		if a.name == "xml:lang" && len(a.value) <= maxLang {
			return strings.TrimSpace(a.value)
		}
	}
	return outer
}
