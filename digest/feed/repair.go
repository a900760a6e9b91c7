package feed

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// element is an element that is open in the repaired feed.
type element struct {
	name  name
	raw   string // as written, for its end tag
	scope scope
	base  *url.URL // from xml:base; nil where none is in force
	lang  string
	text  int // where its text begins in the output
}

// repairer reads a feed loosely and writes it well-formed.
type repairer struct {
	z     *scanner
	ent   entities
	w     *warnings
	out   []byte
	stack []element
	root  rootKind
	doc   *url.URL // where the feed came from; may be nil
	deep  int      // elements open beyond maxDepth, which are not written
	max   int      // items wanted
	items int      // items begun
	item  int      // where the open item begins in the output; -1: none is open
	hold  *holder  // the element whose text is being read; nil: none
}

// repairXML gives the feed as gofeed likes it. Error: ErrNotAFeed.
func repairXML(text string, o Options, w *warnings) ([]byte, error) {
	r := &repairer{z: newScanner(text), w: w, max: o.MaxItems, item: -1}
	if u, err := url.Parse(o.URL); err == nil && u.IsAbs() {
		r.doc = u
	}
	first, err := r.findRoot()
	if err != nil {
		return nil, err
	}
	r.out = append(r.out, `<?xml version="1.0" encoding="UTF-8"?>`...)
	r.begin(first)
	for {
		inside := ""
		if r.hold != nil {
			inside = r.hold.raw
		}
		t := r.z.next(inside)
		if t.kind == tokenEnd || !r.token(t) {
			break
		}
	}
	r.finish()
	return r.out, nil
}

// findRoot skips whatever stands before the feed: blank lines, a server's warnings,
// comments, the declaration.
func (r *repairer) findRoot() (token, error) {
	for {
		switch t := r.z.next(""); t.kind {
		case tokenEnd:
			return t, fmt.Errorf("%w: no rss, feed or RDF element in it", ErrNotAFeed)
		case tokenOther:
			if doctype := strings.ToLower(t.text[:min(len(t.text), 14)]); doctype == "<!doctype html" {
				return t, errPage
			}
			if strings.HasPrefix(t.text, "<!DOCTYPE") {
				r.ent.declare(t.text)
			}
		case tokenOpen:
			if strings.EqualFold(t.name, "html") {
				return t, errPage
			}
			if r.root = kindOfRoot(t.name); r.root != rootNone {
				return t, nil
			}
		}
	}
}

var errPage = fmt.Errorf("%w but a web page; look on it for the address of its feed", ErrNotAFeed)

// begin writes the root.
func (r *repairer) begin(t token) {
	sc := scope{map[string]string{}}.with(t.attrs)
	// Whatever namespace the root is in is this feed's native one.
	if prefix, _, colon := strings.Cut(t.name, ":"); colon && r.root != rootRDF {
		sc.uri[prefix] = "http://purl.org/rss/1.0"
	}
	el := element{raw: t.name, scope: sc, base: r.baseOf(t, nil), lang: langOf(t, "")}
	opening := ""
	switch r.root {
	case rootAtom:
		el.name, opening = name{"", "feed"}, `<feed xmlns="http://www.w3.org/2005/Atom"`
	case rootRDF:
		el.name, opening = name{"rdf", "RDF"}, `<rdf:RDF`
	default:
		el.name, opening = name{"", "rss"}, `<rss version="2.0"`
	}
	r.out = append(r.out, opening+declarations...)
	if el.lang != "" {
		r.out = append(r.out, ` xml:lang="`+escape(el.lang)+`"`...)
	}
	r.out = append(r.out, '>')
	if r.root == rootChannel {
		root := el
		root.raw = ""
		r.stack = append(r.stack, root)
		r.open(t)
		return
	}
	r.stack = append(r.stack, el)
}

// token takes one token; false ends the reading.
func (r *repairer) token(t token) bool {
	if r.hold != nil && r.held(t) {
		return true
	}
	switch t.kind {
	case tokenText:
		r.out = append(r.out, escape(r.ent.expand(t.text))...)
	case tokenCDATA:
		r.out = append(r.out, escape(prose.Printable(t.text))...)
	case tokenOpen:
		return r.open(t)
	case tokenClose:
		r.close(t.name)
	}
	return len(r.stack) > 0
}

// open takes a start tag outside any text.
func (r *repairer) open(t token) bool {
	top := r.top()
	sc := top.scope.with(t.attrs)
	n := sc.name(t.name, r.root).inFamily(r.root)
	if n.local == "" {
		return true
	}
	if n.isItem() {
		r.toContainer()
		if r.items++; r.items > r.max {
			r.w.add("the feed has more than %d items; the rest was not read", r.max)
			return false
		}
	} else if top.name.endsBefore(n) {
		r.pop() // its end tag was forgotten
	}
	top = r.top()
	if n == (name{"", "id"}) && top.name == (name{"", "entry"}) {
		// gofeed reads an id as an address and writes it anew. An id is compared
		// letter by letter (RFC 4287 4.2.6.1), so it goes by another name.
		n = name{"given", "id"}
	}
	el := element{
		name: n, raw: t.name, scope: sc,
		base: r.baseOf(t, top.base), lang: langOf(t, top.lang),
	}
	if held, ok := n.holds(top.name.local, r.root); ok {
		el.name = held
		r.hold = newHolder(el, t, r.root)
		if t.selfEnd {
			r.release()
		}
		return true
	}
	if len(r.stack) >= maxDepth {
		r.w.add("the feed nests its elements too deeply; the deepest were left out")
		if !t.selfEnd {
			r.deep++
		}
		return true
	}
	if n.isItem() {
		r.item = len(r.out)
	}
	r.write(el, t)
	if t.selfEnd {
		r.pop()
	}
	return true
}

// write writes a start tag and opens its element.
func (r *repairer) write(el element, t token) {
	r.out = append(r.out, '<')
	r.out = append(r.out, el.name.String()...)
	seen := map[string]bool{}
	about, href, changed := "", "", ""
	for _, a := range t.attrs {
		prefix, local, colon := strings.Cut(a.name, ":")
		if !colon {
			prefix, local = "", a.name
		}
		if prefix == "xmlns" || a.name == "xmlns" || prefix == "xml" || seen[local] || local == "" {
			continue
		}
		seen[local] = true
		value := strings.TrimSpace(r.ent.expand(a.value))
		switch strings.ToLower(local) {
		case "href", "src", "url":
			value, href = prose.Resolve(el.base, value), value
		case "about":
			about = value
		case "lastmod":
			changed = value
		}
		r.out = append(r.out, ` `+strings.ReplaceAll(local, ":", "_")+`="`+escape(value)+`"`...)
	}
	r.out = append(r.out, '>')
	el.text = len(r.out)
	r.stack = append(r.stack, el)
	r.lift(el, about, href, changed)
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
	case "entry", "channel":
	default:
		return
	}
	if el.lang != "" {
		r.out = append(r.out, `<dc:language>`+escape(el.lang)+`</dc:language>`...)
	}
}

// close takes an end tag: it closes the nearest open element of that name, and all
// within it whose end tags were forgotten. One that closes nothing is dropped.
func (r *repairer) close(raw string) {
	if r.deep > 0 && !r.structural(raw) {
		r.deep--
		return
	}
	for i := len(r.stack) - 1; i >= 0; i-- {
		if strings.EqualFold(r.stack[i].raw, raw) {
			r.deep = 0
			for len(r.stack) > i {
				r.pop()
			}
			return
		}
	}
}

// structural reports an end tag of the feed's skeleton.
func (r *repairer) structural(raw string) bool {
	n := r.top().scope.name(raw, r.root)
	if n.prefix == "rdf" && n.local == "RDF" {
		return true
	}
	if n.prefix != "" {
		return false
	}
	switch n.local {
	case "item", "entry", "channel", "feed", "rss":
		return true
	}
	return false
}

// toContainer closes everything up to the element that items stand in.
func (r *repairer) toContainer() {
	r.deep = 0
	for i := len(r.stack) - 1; i > 0; i-- {
		if r.stack[i].name == (name{"", "channel"}) {
			break
		}
		r.pop()
	}
}

func (r *repairer) top() element { return r.stack[len(r.stack)-1] }

// pop closes the innermost element.
func (r *repairer) pop() {
	el := r.top()
	r.stack = r.stack[:len(r.stack)-1]
	if el.base != nil && el.name == (name{"", "link"}) {
		var plain entities
		link := prose.Resolve(el.base, strings.TrimSpace(plain.expand(string(r.out[el.text:]))))
		r.out = append(r.out[:el.text], escape(link)...)
	}
	r.out = append(r.out, `</`+el.name.String()+`>`...)
	if el.name.isItem() {
		r.item = -1
	}
}

// finish ends the feed, whether it ended or broke off. An item that broke off is
// left out, unless it is all there is.
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
	case len(r.stack) > 0 && r.items <= r.max:
		r.w.add("the feed breaks off before its end")
	}
	if r.hold != nil {
		r.release()
	}
	for len(r.stack) > 0 {
		r.pop()
	}
}

// baseOf gives the xml:base in force within a start tag (XML Base 3.1).
func (r *repairer) baseOf(t token, outer *url.URL) *url.URL {
	for _, a := range t.attrs {
		if a.name != "xml:base" {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(r.ent.expand(a.value)))
		if err != nil {
			continue
		}
		switch {
		case outer != nil:
			return outer.ResolveReference(u)
		case r.doc != nil:
			return r.doc.ResolveReference(u)
		case u.IsAbs():
			return u
		}
	}
	return outer
}

func langOf(t token, outer string) string {
	for _, a := range t.attrs {
		if a.name == "xml:lang" {
			return strings.TrimSpace(a.value)
		}
	}
	return outer
}
