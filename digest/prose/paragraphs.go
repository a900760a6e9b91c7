package prose

import (
	"bytes"
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// paragraphs gives the text of each paragraph, in order. Text that stands outside
// any is one too, up to the next block or double break. A list of nothing but links
// tells of other pages, not of this story.
func (w *walker) paragraphs(body *xhtml.Node) []string {
	var (
		list  []string
		loose []byte
	)
	flush := func() {
		if t := Squeeze(string(loose)); t != "" {
			list = append(list, t)
		}
		loose = loose[:0]
	}
	// Something that is no text follows: an empty paragraph stands for it where the
	// text announces it.
	gap := func() {
		flush()
		if len(list) > 0 && endsWithColon(list[len(list)-1]) {
			list = append(list, "")
		}
	}
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == xhtml.TextNode:
				loose = append(loose, c.Data...)
			case skipped[c.DataAtom] || c.Type == xhtml.CommentNode || isLinkList(c):
				gap()
			case c.DataAtom == atom.Img && len(bytes.TrimSpace(loose)) == 0:
				gap()
			case c.DataAtom == atom.Br:
				if p := c.NextSibling; p != nil && p.DataAtom == atom.Br {
					flush()
				}
				loose = append(loose, ' ')
			case block[c.DataAtom]:
				flush()
				walk(c)
				flush()
			default:
				walk(c)
			}
		}
	}
	walk(body)
	flush()
	return list
}

// isLinkList reports a list whose entries are links and nothing else.
func isLinkList(n *xhtml.Node) bool {
	if n.DataAtom != atom.Ul && n.DataAtom != atom.Ol {
		return false
	}
	linked := false
	var outside func(n *xhtml.Node) bool
	outside = func(n *xhtml.Node) bool {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.DataAtom == atom.A:
				linked = true
			case c.Type == xhtml.TextNode && strings.ContainsFunc(c.Data, isWordRune), outside(c):
				return true
			}
		}
		return false
	}
	return !outside(n) && linked
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// skipped are elements whose text is no paragraph of the story.
var skipped = map[atom.Atom]bool{
	atom.Figcaption: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true,
	atom.H6: true, atom.Pre: true, atom.Script: true, atom.Style: true, atom.Table: true, atom.Caption: true,
	atom.Title: true, atom.Textarea: true, atom.Select: true, atom.Svg: true,
}

var block = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Blockquote: true,
	atom.Section: true, atom.Article: true, atom.Figure: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Hr: true, atom.Header: true, atom.Footer: true, atom.Aside: true, atom.Main: true,
}

// Words gives the text of HTML, white space single.
func Words(s string) string {
	body, err := parse(withEndTags(s))
	if err != nil {
		return Plain(s)
	}
	var b strings.Builder
	for n := range body.ChildNodes() {
		b.WriteString(nodeText(n))
		b.WriteString(" ")
	}
	return Squeeze(b.String())
}

// nodeText gives the text of a node, without what is not shown.
func nodeText(n *xhtml.Node) string {
	var b strings.Builder
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		switch {
		case n.Type == xhtml.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Script || n.DataAtom == atom.Style:
			return
		case block[n.DataAtom] || n.DataAtom == atom.Br:
			b.WriteString(" ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block[n.DataAtom] {
			b.WriteString(" ")
		}
	}
	walk(n)
	return Squeeze(b.String())
}

// startOf is the beginning of nodeText, of some words at least where it has any.
func startOf(n *xhtml.Node) string {
	const enough = 64
	var b strings.Builder
	first := "" // where that is enough
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		switch {
		case n.Type == xhtml.TextNode && b.Len() == 0:
			if text := strings.TrimLeft(n.Data, " \t\n"); len(text) < enough {
				b.WriteString(text)
			} else {
				first = text
			}
		case n.Type == xhtml.TextNode:
			b.WriteString(n.Data)
		case b.Len() > 0 && (block[n.DataAtom] || n.DataAtom == atom.Br):
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil && first == "" && b.Len() < enough; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return first + b.String()
}
