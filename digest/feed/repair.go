package feed

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// element is an element that is open in the repaired feed.
type element struct {
	name  name
	raw   string // as written, for its end tag
	scope scope
	base  *url.URL // from xml:base; nil where none is in force
	lang  string
	start int    // where it begins in the output
	text  int    // where its text begins in the output
	href  string // or src, or url
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
	ended bool     // the root's end tag was there
	grown int      // bytes by which links have grown by being made absolute
	aside []string // texts that gofeed is not given
	bare  bool     // an empty <link/> of an item was just read
	alone bool     // items have no root around them
	known bool     // an item of the feed's own vocabulary was read
	page  bool     // a web page stands around the feed
	hold  *holder  // the element whose text is being read; nil: none

	used    map[string]bool // prefixes of elements that were written
	declare int             // where in the output the root declares them
}

// use notes that an element of that name is written.
func (r *repairer) use(n name) { r.used[n.prefix] = true }

func newRepairer(text string, most int, w *warnings) *repairer {
	return &repairer{z: newScanner(text), w: w, max: most, item: -1, used: map[string]bool{}}
}

// lineEnds are those that XML 1.1 has besides (2.11).
var lineEnds = strings.NewReplacer("\u0085", "\n", "\u2028", "\n")

// repairXML gives the feed as gofeed likes it, and the texts that wait aside. Error:
// ErrNotAFeed.
func repairXML(text string, o Options, w *warnings) (clean []byte, aside []string, err error) {
	if strings.Contains(text[:min(len(text), 60)], `version="1.1"`) {
		text = lineEnds.Replace(text)
	}
	r := newRepairer(text, o.MaxItems, w)
	if u, err := url.Parse(o.URL); err == nil && u.IsAbs() {
		r.doc = u
	}
	if err := r.run(); err != nil {
		return nil, nil, err
	}
	return r.out, r.aside, nil
}

// run reads the feed from its root to its end, or to where it breaks off.
func (r *repairer) run() error {
	first, err := r.findRoot()
	if err != nil {
		return err
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
	if r.page && r.items == 0 {
		return errPage
	}
	r.out = slices.Insert(r.out, r.declare, declarationsOf(r.used)...)
	return nil
}

// findRoot skips whatever stands before the feed: blank lines, a server's warnings,
// comments, the declaration.
//
// QUIRK: a site's template may set its feed, too, in a page. There only rss and feed are
// one: others are elements of pages that mean something else.
func (r *repairer) findRoot() (token, error) {
	for {
		switch t := r.z.next(""); t.kind {
		case tokenEnd:
			if r.page {
				return t, errPage
			}
			return t, fmt.Errorf("%w: no rss, feed or RDF element in it", ErrNotAFeed)
		case tokenOther:
			if strings.HasPrefix(strings.ToLower(t.text[:min(len(t.text), 14)]), "<!doctype html") {
				r.page = true
			} else if strings.HasPrefix(t.text, "<!DOCTYPE") {
				r.ent.declare(t.text)
			}
		case tokenOpen:
			r.page = r.page || strings.EqualFold(t.name, "html")
			if r.root = kindOfRoot(t.name); r.root != rootNone && (!r.page || r.root == rootRSS || r.root == rootAtom) {
				return t, nil
			}
		}
	}
}

var errPage = fmt.Errorf("%w but a web page; look on it for the address of its feed", ErrNotAFeed)

// begin writes the root.
func (r *repairer) begin(t token) {
	switch r.root {
	case rootItem:
		r.alone, r.root = true, rootRSS
	case rootEntry:
		r.alone, r.root = true, rootAtom
	}
	sc := scope{map[string]string{}}.with(t.attrs)
	// Whatever namespace the root is in is this feed's native one.
	if r.root != rootRDF {
		prefix, _, colon := strings.Cut(t.name, ":")
		if !colon {
			prefix = "" // QUIRK: <rss xmlns="http://www.w3.org/2005/Atom">
		}
		sc.uri[prefix] = ownNamespace
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
	r.use(el.name)
	r.out = append(r.out, opening...)
	r.declare = len(r.out)
	if el.lang != "" {
		r.out = append(r.out, ` xml:lang="`+escape(el.lang)+`"`...)
	}
	r.out = append(r.out, '>')
	r.stack = append(r.stack, el)
	r.ended = t.selfEnd                   // <rss/>
	if r.root == rootChannel || r.alone { // its end tag closes the root as well
		r.open(t)
	}
}

// token takes one token; false ends the reading.
func (r *repairer) token(t token) bool {
	if r.hold != nil && r.held(t) {
		return true
	}
	if r.ended {
		// QUIRK: feeds that were written one after the other into one document.
		if t.kind != tokenOpen || !r.top().scope.name(t.name, r.root).isItem() {
			return true
		}
		r.ended = false
	}
	bare := r.bare
	r.bare = false
	switch t.kind {
	case tokenText:
		if r.out[len(r.out)-1] == '>' && strings.Trim(t.text, " \t\r\n") == "" {
			break // between tags: gofeed would look at it, for nothing
		}
		text := escape(r.ent.expand(t.text))
		if bare && strings.HasPrefix(strings.TrimSpace(text), "http") {
			// QUIRK: a feed that went through an HTML parser, where link is empty.
			text = "<link>" + strings.TrimSpace(text) + "</link>"
		}
		r.out = append(r.out, text...)
	case tokenCDATA:
		r.out = append(r.out, escape(prose.Printable(t.text))...)
	case tokenOpen:
		return r.open(t)
	case tokenClose:
		r.close(t.name)
	}
	return true
}

// open takes a start tag outside any text.
func (r *repairer) open(t token) bool {
	sc := r.top().scope.with(t.attrs)
	n := sc.name(t.name, r.root)
	r.known = r.known || n.isItem()
	if prefix, ok := r.isSkeleton(t.name); ok && n.prefix != "" {
		sc = sc.native(prefix)
		n = sc.name(t.name, r.root)
	}
	if n = n.inFamily(r.root); n.local == "" {
		return true
	}
	if n.isItem() && r.item >= 0 && t.selfEnd && len(t.attrs) == 0 {
		return true // QUIRK: an empty <item/> within an item, which goes on behind it
	}
	if !r.makeRoom(n) {
		return false
	}
	if n == (name{"", "channel"}) && r.item < 0 && r.items > 0 {
		return true // QUIRK: several channels. gofeed has one; the others' items are its as well
	}
	return r.enter(n, sc, t)
}

// isSkeleton reports a channel or an item, which no other vocabulary has, and its prefix.
// QUIRK: they are declared to be of one that was meant for what is in them, or of one that
// nobody knows.
func (r *repairer) isSkeleton(raw string) (prefix string, ok bool) {
	local := raw
	if before, after, colon := strings.Cut(raw, ":"); colon {
		if r.item >= 0 || r.known || len(r.stack) > 1 && !r.holdsItems(len(r.stack)-1) || strings.EqualFold(after, "channel") || prefixOf[r.top().scope.uri[before]] != "" {
			return before, false // an extension that has such names
		}
		prefix, local = before, after
	}
	return prefix, strings.EqualFold(local, "channel") || strings.EqualFold(local, "item") || strings.EqualFold(local, "entry")
}

// makeRoom closes what cannot hold an element of that name. It reports false where that is
// an item too many.
func (r *repairer) makeRoom(n name) bool {
	switch {
	case n.isItem():
		r.toContainer()
		if r.items++; r.items > r.max {
			r.w.add(tooManyItems, figures.Of(r.max))
			return false
		}
	case r.top().name.endsBefore(n):
		r.pop() // its end tag was forgotten
	case r.item >= 0 && n.prefix == "" && children[n.local]:
		for !r.top().name.isItem() && len(r.stack) > 1 && !r.z.endFollows(r.top().raw) {
			r.pop()
		}
	case n == (name{"", "channel"}) && r.item < 0:
		r.toRoot()
	}
	return true
}

// enter opens an element in the innermost one that is open.
func (r *repairer) enter(n name, sc scope, t token) bool {
	top := r.top()
	switch top.name {
	case name{"", "entry"}:
		n = n.inEntry()
	case name{"", "item"}:
		n = n.inItem(t.attrs)
	}
	el := element{
		name: n, raw: t.name, scope: sc,
		base: r.baseOf(t, top.base), lang: langOf(t, top.lang),
	}
	if held, ok := n.holds(top.name.local, r.root); ok {
		el.name = held
		r.hold = newHolder(el, t, r.root)
		r.hold.inItem = top.name.isItem()
		if t.selfEnd {
			r.release()
		}
		return true
	}
	if len(r.stack) >= maxDepth {
		r.w.add(tooDeep)
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
		r.bare = n == name{"", "link"} && r.root != rootAtom && r.top().name.isItem()
	}
	return true
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
			if r.item >= 0 && r.holdsItems(i) && r.z.withinItem() {
				return // a slip, which would end all
			}
			r.deep = 0
			for len(r.stack) > max(i, 1) {
				r.pop()
			}
			r.ended = i == 0 || i == 1 && (r.root == rootChannel || r.alone)
			return
		}
	}
	if len(r.stack) > 1 && sameButPrefix(r.top().raw, raw) {
		r.pop()
	}
}

// holdsItems tells of an open element that items stand in.
func (r *repairer) holdsItems(i int) bool { return i == 0 || r.stack[i].name == name{"", "channel"} }

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

// toRoot closes what is open around a channel and is none: its items would be lost in it.
func (r *repairer) toRoot() {
	for len(r.stack) > 1 && (r.root == rootRSS || r.root == rootRDF) {
		r.pop()
	}
}

func (r *repairer) top() element { return r.stack[len(r.stack)-1] }
