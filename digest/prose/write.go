package prose

import (
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A text is written from its tree. A browser that reads what is written must see the
// same tree, or something could be hidden from us in the difference (mutation XSS):
// so either the tree is of the simple kind that says the same again, which the writer
// sees as it goes, or what was written is read, cleaned and written again until it
// stays as it is. What does not settle is reduced to its words.

const (
	maxDepth = 200 // elements within one another; of deeper ones the content is kept
	maxTurns = 4   // how often a text is written
)

// settle writes a tree that was cleaned; false: it does not come to rest. What grows
// beyond all bounds is not written to its end.
func (w *walker) settle(body *xhtml.Node, size int) (string, bool) {
	before := ""
	for range maxTurns {
		out := writer{simple: true}
		out.Grow(size)
		out.children(body, place{})
		if out.Len() > maxHTML {
			return out.String(), true
		}
		if !out.shows {
			return "", true
		}
		text := strings.TrimSpace(out.String())
		if (out.simple || text == before) && unchanged(text) {
			return text, true
		}
		before = text
		var err error
		if body, err = parse(policy().Sanitize(text)); err != nil {
			return "", false
		}
		w.children(body, 0)
	}
	return "", false
}

// writer writes a cleaned tree.
type writer struct {
	strings.Builder
	simple bool // so far: what is written says the same tree again
	shows  bool // something of it is to be seen
}

// place is what matters, of the elements around one, to how a browser reads it.
type place struct {
	parent        atom.Atom
	p, a, heading bool
	formats       [len(formatting)]int8 // how many of each
}

func (w *writer) children(n *xhtml.Node, at place) {
	for c := n.FirstChild; c != nil && w.Len() <= maxHTML; c = c.NextSibling {
		switch c.Type {
		case xhtml.TextNode:
			if grids[at.parent] && strings.Trim(c.Data, " \t\n") != "" {
				w.simple = false
			}
			w.shows = w.shows || strings.TrimSpace(c.Data) != ""
			escapeTo(&w.Builder, c.Data)
		case xhtml.ElementNode:
			w.element(c, at)
		}
	}
}

func (w *writer) element(n *xhtml.Node, at place) {
	if n.DataAtom == atom.A && get(n, "href") == "" { // it led nowhere on the web; paragraphs wants to know of it
		w.simple = w.simple && at.parent != atom.Pre && !grids[at.parent]
		w.children(n, at)
		return
	}
	w.simple = w.simple && at.take(n)
	w.shows = w.shows || n.DataAtom == atom.Img
	w.WriteByte('<')
	w.WriteString(n.Data)
	for _, a := range n.Attr {
		w.WriteByte(' ')
		w.WriteString(a.Key)
		w.WriteString(`="`)
		escapeTo(&w.Builder, a.Val)
		w.WriteByte('"')
	}
	if n.DataAtom == atom.Br || n.DataAtom == atom.Hr || n.DataAtom == atom.Img {
		w.WriteString("/>")
		return
	}
	w.WriteByte('>')
	if c := n.FirstChild; n.DataAtom == atom.Pre && c != nil && strings.HasPrefix(c.Data, "\n") && c.Type == xhtml.TextNode {
		w.WriteByte('\n') // the first is not read
	}
	w.children(n, at)
	w.WriteString("</")
	w.WriteString(n.Data)
	w.WriteByte('>')
}

// take moves the place into an element, and says whether a browser leaves that where
// it stands.
func (at *place) take(n *xhtml.Node) bool {
	e, in := n.DataAtom, at.parent
	at.parent = e
	if from := parents[e]; (from != nil && !from[in]) || (from == nil && grids[in]) {
		return false
	}
	if at.p && closers[e] {
		return false
	}
	switch e {
	case atom.P:
		at.p = true
	case atom.A:
		if at.a {
			return false
		}
		at.a = true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if at.heading {
			return false
		}
		at.heading = true
	case atom.Table:
		if at.a {
			return false
		}
	case atom.Caption:
		if n.PrevSibling != nil && n.PrevSibling.Type == xhtml.ElementNode {
			return false
		}
		at.inside()
	case atom.Td, atom.Th:
		at.inside()
	}
	return at.format(e)
}

// inside is a cell, which the elements around its table do not reach.
func (at *place) inside() { *at = place{parent: at.parent} }

// format counts elements that are opened anew.
func (at *place) format(e atom.Atom) bool {
	for i, f := range formatting {
		if f == e {
			at.formats[i]++
			return at.formats[i] <= 2
		}
	}
	return true
}

// escapeTo writes text as HTML's tokenizer gives it back, and as bluemonday writes it.
func escapeTo(b *strings.Builder, s string) {
	for {
		i := strings.IndexAny(s, "&'<>\"\r")
		if i < 0 {
			b.WriteString(s)
			return
		}
		b.WriteString(s[:i])
		switch s[i] {
		case '&':
			b.WriteString("&amp;")
		case '\'':
			b.WriteString("&#39;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&#34;")
		case '\r':
			b.WriteString("&#13;")
		}
		s = s[i+1:]
	}
}
