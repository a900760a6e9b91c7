package lint

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// page is the HTML part as a browser reads it.
type page struct {
	src      string
	root     *html.Node
	lines    []int // where each line begins
	elements []*html.Node
	comments []comment
	styles   []block // the <style> elements
	classes  map[*html.Node][]string
	paints   map[*html.Node]paint
	hasDark  bool // it has colours for dark mode

	seen []sight // what people see, once it was looked for
	said *string // its words, once they were looked for
}

// comment is a comment of the source: Outlook for Windows reads some of them.
type comment struct {
	text string
	at   int
}

// block is the content of a <style> element.
type block struct {
	css    string
	at     int
	inHead bool
}

// mark is the attribute that remembers where in the source an element stands: the
// parser keeps no place.
const mark = "lint-at"

// newPage parses HTML as browsers do. It returns nil where there is too much of it.
func (m *mail) newPage(src string) *page {
	if len(src) > mostHTML {
		m.fault("limits", "HTML", "it has %s octets of HTML; %s are looked at", figures.Of(len(src)), figures.Of(mostHTML))
		return nil
	}
	p := &page{src: src, paints: map[*html.Node]paint{}, classes: map[*html.Node][]string{}, lines: []int{0}}
	for i := range len(src) {
		if src[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	root, err := html.Parse(strings.NewReader(p.marked()))
	if err != nil {
		m.fault("limits", "HTML", "it cannot be parsed: %v", err)
		return nil
	}
	p.root = root
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.elements = append(p.elements, n)
			p.classes[n] = strings.Fields(attr(n, "class"))
		}
	}
	if len(p.elements) > mostElements {
		m.fault("limits", "HTML", "it has %s elements; %s are looked at", figures.Of(len(p.elements)), figures.Of(mostElements))
		return nil
	}
	p.collectStyles()
	p.paintAll()
	return p
}

// marked is the source with the place of each element written into its tag, and
// collects the comments on the way.
func (p *page) marked() string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(p.src))
	z.SetMaxBuf(0)
	at := 0
	for {
		kind := z.Next()
		raw := string(z.Raw())
		switch kind {
		case html.ErrorToken:
			b.WriteString(raw)
			return b.String()
		case html.CommentToken:
			p.comments = append(p.comments, comment{string(z.Text()), at})
			b.WriteString(raw)
		case html.StartTagToken, html.SelfClosingTagToken:
			name := strings.IndexAny(raw, " \t\r\n\f/>")
			if name < 0 {
				name = len(raw)
			}
			b.WriteString(raw[:name] + " " + mark + `="` + strconv.Itoa(at) + `"` + raw[name:])
		default:
			b.WriteString(raw)
		}
		at += len(raw)
	}
}

// collectStyles finds the style blocks.
func (p *page) collectStyles() {
	for _, n := range p.elements {
		if n.DataAtom != atom.Style {
			continue
		}
		var css strings.Builder
		for c := range n.ChildNodes() {
			css.WriteString(c.Data)
		}
		p.styles = append(p.styles, block{css.String(), p.offset(n), within(n, atom.Head)})
	}
}

// where names the place of an element.
func (p *page) where(n *html.Node) string { return p.at(p.offset(n)) }

// at names an offset of the source.
func (p *page) at(offset int) string {
	line := sort.SearchInts(p.lines, offset+1) - 1
	return fmt.Sprintf("HTML %d:%d", line+1, offset-p.lines[line]+1)
}

// offset is where in the source an element begins; of one that the parser put in, that
// of the next around it.
func (p *page) offset(n *html.Node) int {
	for ; n != nil; n = n.Parent {
		if at, err := strconv.Atoi(attr(n, mark)); err == nil && at >= 0 && at <= len(p.src) {
			return at
		}
	}
	return 0
}

// find is the elements of a kind, in their order.
func (p *page) find(kinds ...atom.Atom) []*html.Node {
	var found []*html.Node
	for _, n := range p.elements {
		for _, k := range kinds {
			if n.DataAtom == k {
				found = append(found, n)
			}
		}
	}
	return found
}

// attr is an attribute's value; empty where there is none.
func attr(n *html.Node, name string) string {
	v, _ := attrOf(n, name)
	return v
}

func attrOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

// within tells whether an element lies in another of some kind.
func within(n *html.Node, kinds ...atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		for _, k := range kinds {
			if p.DataAtom == k {
				return true
			}
		}
	}
	return false
}

// said is what a screen reader says of an element: its text, and its pictures' alt.
func said(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && !unseen(d):
			b.WriteString(d.Data + " ")
		case d.DataAtom == atom.Img:
			b.WriteString(attr(d, "alt") + " ")
		}
	}
	return squeeze(b.String() + attr(n, "aria-label"))
}

// unseen tells whether a text is no text for people.
func unseen(n *html.Node) bool {
	return within(n, atom.Style, atom.Script, atom.Title, atom.Head, atom.Noscript, atom.Template)
}

// words are what people read of the page.
func (p *page) words() string {
	if p.said == nil {
		words := p.collectWords()
		p.said = &words
	}
	return *p.said
}

func (p *page) collectWords() string {
	var b strings.Builder
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && !unseen(n) {
			b.WriteString(n.Data)
		} else if n.Type == html.ElementNode && !inline[n.DataAtom] {
			b.WriteByte(' ')
		}
	}
	return squeeze(b.String())
}

// inline are the elements that break no word.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.I: true, atom.Em: true, atom.Strong: true, atom.Span: true, atom.Font: true,
	atom.U: true, atom.S: true, atom.Sup: true, atom.Sub: true, atom.Small: true, atom.Big: true, atom.Abbr: true,
	atom.Code: true, atom.Cite: true, atom.Q: true, atom.Mark: true, atom.Time: true, atom.Bdi: true, atom.Bdo: true,
}

// squeeze makes one space of any run of them, and drops what has no width.
func squeeze(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	between := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			between = b.Len() > 0
			continue
		case noWidth(r):
			continue
		case between:
			b.WriteByte(' ')
			between = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func noWidth(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u200e', '\u200f':
		return true
	}
	return false
}
