package prose

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxHTML is the longest text of a story that is kept, in bytes of HTML.
const maxHTML = 512 << 10

// Text is what others wrote, made safe, and what was found in it on the way.
type Text struct {
	HTML       string   // sanitised; empty where it shows nothing
	Paragraphs []string // plain text of each, in order; empty ones stand for what is left out after a colon
	Picture    *Picture // the first picture worth the name
	TooLong    bool     // for us to keep: there is no HTML, and of a text that came so nothing else
}

// Clean rebuilds a text from what is allowed in it: links absolute, and without what
// counts readers or tells of other stories. What it gives it leaves as it is.
func Clean(text string, base *url.URL) Text { return read(text, base, true) }

// Skim is Clean for one who wants no HTML: it finds the paragraphs and the picture.
func Skim(text string, base *url.URL) Text {
	if !strings.ContainsAny(text, "<&") && len(text) <= maxHTML { // plain text, as many summaries are
		if text = Squeeze(text); text == "" {
			return Text{}
		}
		return Text{Paragraphs: []string{text}}
	}
	return read(text, base, false)
}

func read(text string, base *url.URL, rebuild bool) (c Text) {
	if strings.TrimSpace(text) == "" {
		return c
	}
	if len(text) > maxHTML {
		c.TooLong = true
		return c
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "")
	}
	text = withEndTags(text)
	c, ok := rebuilt(text, base, rebuild)
	if !ok {
		c = flat(text, rebuild)
	}
	if len(c.HTML) > maxHTML || Overgrown(c.HTML) { // what is written may be longer than what was read
		c.HTML, c.TooLong = "", true
	}
	return c
}

// rebuilt is a text made safe through its tree. It says no where there is none, or where
// that says another thing each time that it is read.
func rebuilt(text string, base *url.URL, rebuild bool) (c Text, ok bool) {
	body, err := parse(text)
	if err != nil {
		return c, false
	}
	w := walker{base: base, out: &c}
	w.children(body, 0)
	c.Paragraphs = w.paragraphs(body)
	if !rebuild {
		return c, true
	}
	c.HTML, ok = w.settle(body, len(text))
	return c, ok
}

var errOvergrown = errors.New("the tree would be out of all proportion to the text")

// parse reads HTML as a browser does in the middle of a page. Errors: nested too deeply to
// be a tree, or overgrown.
func parse(text string) (*xhtml.Node, error) {
	if Overgrown(text) {
		return nil, errOvergrown
	}
	body := &xhtml.Node{Type: xhtml.ElementNode, DataAtom: atom.Body, Data: "body"}
	nodes, err := xhtml.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, nil
}

// walker goes over a text's tree once, and leaves of it what is allowed.
type walker struct {
	base *url.URL
	out  *Text
}

func (w *walker) children(parent *xhtml.Node, depth int) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		switch w.verdict(n, depth) {
		case goes:
			parent.RemoveChild(n)
		case leavesContent:
			if n.FirstChild != nil {
				next = n.FirstChild
			}
			unwrap(n)
		case stays:
			if n.Type == xhtml.ElementNode {
				w.children(n, depth+1)
				if !w.worthKeeping(n) {
					parent.RemoveChild(n)
				}
			}
		}
		n = next
	}
}

// unwrap puts a node's children in its place.
func unwrap(n *xhtml.Node) {
	parent := n.Parent
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		parent.InsertBefore(c, n)
	}
	parent.RemoveChild(n)
}

// verdict is what becomes of a node.
type verdict int

const (
	stays verdict = iota
	leavesContent
	goes
)

// verdict mends a node and judges it, before its children.
func (w *walker) verdict(n *xhtml.Node, depth int) verdict {
	switch {
	case n.Type == xhtml.TextNode:
		n.Data = Printable(n.Data)
		return stays
	case n.Type == xhtml.CommentNode && n.Data == leftOut:
		return stays // the writer does not know it
	case n.Type != xhtml.ElementNode || n.Namespace != "" || gone[n.DataAtom] || isHidden(n) || isRelated(n) || isField(n):
		return goes
	case n.DataAtom == atom.Base:
		if u, err := url.Parse(get(n, "href")); err == nil && u.IsAbs() {
			w.base = u
		}
		return goes
	case players[n.DataAtom]:
		leaveOut(n)
		return stays
	case n.DataAtom == atom.Img && !w.picture(n):
		return goes
	case depth >= maxDepth:
		return leavesContent
	}
	if other, ok := renamed[n.DataAtom]; ok {
		n.DataAtom, n.Data = other, other.String()
	}
	attributes, ok := allowed[n.DataAtom]
	if !ok {
		return leavesContent
	}
	w.attributes(n, attributes)
	if len(n.Attr) == 0 && n.DataAtom == atom.Span {
		return leavesContent
	}
	return stays
}

// attributes keeps those of an element that are allowed, in the list's order.
func (w *walker) attributes(n *xhtml.Node, allowed []attribute) {
	if len(n.Attr) == 0 {
		return
	}
	var kept []xhtml.Attribute
	for _, list := range [][]attribute{allowed, everywhere} {
		for _, a := range list {
			value := get(n, a.key)
			if n.DataAtom == atom.A && a.key == "href" {
				value = link(w.base, value)
			}
			if a.key == "alt" && value == "" && hasAttribute(n, "alt") { // it says that the picture is an ornament
				kept = append(kept, xhtml.Attribute{Key: a.key})
			}
			if value != "" && (a.form == nil || a.form.MatchString(value)) {
				kept = append(kept, xhtml.Attribute{Key: a.key, Val: Printable(value)})
			}
		}
	}
	n.Attr = kept
}

// worthKeeping judges a node after its children.
func (w *walker) worthKeeping(n *xhtml.Node) bool {
	if n.DataAtom != atom.P && n.DataAtom != atom.Div {
		return true
	}
	if !mayBeBoilerplate(startOf(n)) {
		return true
	}
	return !isBoilerplate(nodeText(n)) || hasPicture(n)
}

// leftOut is the comment that leaveOut puts.
const leftOut = "left out"

// leaveOut puts a comment where a player or a frame stood: the writer drops it, and
// paragraphs knows that something was there.
func leaveOut(n *xhtml.Node) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.Type, n.DataAtom, n.Data, n.Attr = xhtml.CommentNode, 0, leftOut, nil
}

// hidden are styles of what a page does not show, and a mail without its styles would.
var hidden = lazyregexp.New(`(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)`)

func isHidden(n *xhtml.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && hidden.MatchString(a.Val) {
			return true
		}
	}
	return false
}

// relatedClass is how content systems call a block of links to other stories.
var relatedClass = lazyregexp.New(`(?i)(?:^|[\s_-])related(?:[\s_-]|posts|articles|stories|content|links|$)`)

func namedRelated(names string) bool {
	return strings.Contains(strings.ToLower(names), "related") && relatedClass.MatchString(names)
}

// isRelated reports a block of links to other stories.
func isRelated(n *xhtml.Node) bool {
	if len(n.Attr) == 0 || !block[n.DataAtom] || !namedRelated(get(n, "class")) && !namedRelated(get(n, "id")) {
		return false
	}
	for c := range n.Descendants() {
		if c.DataAtom == atom.A {
			return true
		}
	}
	return false
}

// isField reports what Drupal puts before a text that has them already: its title, who wrote
// it, and when.
func isField(n *xhtml.Node) bool {
	if len(n.Attr) == 0 {
		return false
	}
	class := get(n, "class")
	return strings.Contains(class, "field--name-") && slices.ContainsFunc(strings.Fields(class), func(name string) bool {
		return name == "field--name-title" || name == "field--name-uid" || name == "field--name-created"
	})
}

func hasPicture(n *xhtml.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

// flat is a text reduced to its words.
func flat(text string, rebuild bool) (c Text) {
	var words strings.Builder
	end := func() {
		if t := Squeeze(words.String()); t != "" && !isBoilerplate(t) {
			c.Paragraphs = append(c.Paragraphs, t)
		}
		words.Reset()
	}
	var unseen atom.Atom // the element within which nothing is said
	for z := xhtml.NewTokenizer(strings.NewReader(text)); z.Next() != xhtml.ErrorToken; {
		switch t := z.Token(); {
		case t.Type == xhtml.TextToken && unseen == 0:
			words.WriteString(t.Data)
		case t.Type == xhtml.StartTagToken && unseen == 0 && (gone[t.DataAtom] || players[t.DataAtom]) && !void[t.DataAtom]:
			unseen = t.DataAtom
		case t.Type == xhtml.EndTagToken && t.DataAtom == unseen:
			unseen = 0
		case unseen == 0 && (closers[t.DataAtom] || t.DataAtom == atom.Br):
			end()
		}
	}
	end()
	if rebuild {
		var b strings.Builder
		for _, p := range c.Paragraphs {
			b.WriteString("<p>")
			escapeTo(&b, p)
			b.WriteString("</p>")
		}
		c.HTML = b.String()
	}
	return c
}

// void are elements that never have an end tag.
var void = set(atom.Meta, atom.Link, atom.Input, atom.Param, atom.Source, atom.Track, atom.Area, atom.Col, atom.Embed, atom.Frame)

func hasAttribute(n *xhtml.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == key })
}

func get(n *xhtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
