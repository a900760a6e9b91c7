package templates

import (
	stdhtml "html"
	"html/template"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest"
)

// passage is a block of an article that stands for itself: a paragraph, a heading,
// a list, a quotation, a picture. An article is shortened between two of them.
type passage struct {
	html  string
	lines []textLine
	head  bool // announces what follows, and is nothing without it
}

// textLine is a paragraph of the text part, before it is wrapped.
type textLine struct{ first, rest, words string }

// deepest is how far quotations and lists may nest; what lies deeper is set flat.
const deepest = 6

// articleWriter sets a story's article anew, in the styles of the mail. Nothing of
// the source's markup is copied: what it cannot set becomes plain text, or nothing.
type articleWriter struct {
	css       styles
	home      string
	pictures  string   // where an article's pictures must lie; empty: it has none
	shown     []string // pictures that stand above the article already
	title     string   // of the story: an article that repeats it does so for nothing
	base, now int      // heading levels: of the story, and of the last heading
	least     int      // the greatest heading of the source
	depth     int
	tongue    // what its words are in
}

// article sets the article of a story. Where its text is not known there is none.
func (s *story) article(in digest.Story, level int) []passage {
	if strings.TrimSpace(in.HTML) == "" {
		return nil
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(inert(in.HTML)), body)
	if err != nil {
		return nil
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	w := &articleWriter{
		tongue: tongue{firstOf(s.Other, s.Lang), firstOf(s.OtherDir, s.Dir)},
		css:    s.styles, home: s.Links.Home, pictures: s.Links.Pictures, title: s.Title, base: level, now: level, least: greatestHeading(body),
	}
	if s.Picture != nil {
		w.shown = append(w.shown, s.Picture.URL)
	}
	return w.blocks(body)
}

// blocks sets what a node holds: runs of words as paragraphs, elements as they are.
func (w *articleWriter) blocks(parent *html.Node) []passage {
	var all []passage
	run := w.newRun()
	for n := range parent.ChildNodes() {
		if !isBlock(n) {
			all = append(all, run.add(n)...)
			continue
		}
		all = append(all, run.end()...)
		all = append(all, w.block(n)...)
	}
	return append(all, run.end()...)
}

// blockElements stand on lines of their own.
var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Figure: true, atom.Figcaption: true, atom.Header: true,
	atom.Footer: true, atom.Main: true, atom.Aside: true, atom.Blockquote: true, atom.Ul: true, atom.Ol: true, atom.Li: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Pre: true, atom.Table: true, atom.Hr: true, atom.Address: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
}

func isBlock(n *html.Node) bool { return n.Type == html.ElementNode && blockElements[n.DataAtom] }

func (w *articleWriter) block(n *html.Node) []passage {
	if w.depth >= deepest {
		return w.flat(n)
	}
	w.depth++
	defer func() { w.depth-- }()
	own, outer := w.spoken(n), w.tongue
	all := w.set(n)
	w.tongue = outer
	if own != "" {
		for i := range all { // each by itself, since the article may be cut between any two
			all[i].html = "<div" + own + ">\n" + all[i].html + "</div>\n"
		}
	}
	return all
}

// set sets a block, whatever it is spoken in.
func (w *articleWriter) set(n *html.Node) []passage {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return w.heading(n)
	case atom.Ul, atom.Ol:
		return w.list(n)
	case atom.Blockquote:
		return w.quotation(n)
	case atom.Pre:
		return w.verbatim(n)
	case atom.Table:
		return w.table(n)
	case atom.Figcaption:
		return w.caption(n)
	case atom.Hr:
		return []passage{{html: w.element("p", "break", "m", "* * *"), lines: []textLine{{words: "* * *"}}, head: true}}
	}
	return w.blocks(n)
}

// flat sets the words of a node as one paragraph.
func (w *articleWriter) flat(n *html.Node) []passage {
	run := w.newRun()
	return append(run.add(n), run.end()...)
}

// element is a styled element.
func (w *articleWriter) element(tag, style, class, inner string) string {
	if class != "" {
		class = ` class="` + class + `"`
	}
	return "<" + tag + class + ` style="` + string(w.css[style]) + `">` + inner + "</" + tag + ">\n"
}

// heading sets a heading below that of the story, never more than one level below the
// one before it (WCAG 1.3.1).
func (w *articleWriter) heading(n *html.Node) []passage {
	run := w.newRun()
	run.inline(n)
	if run.words() == "" || run.words() == w.title {
		return nil
	}
	level := min(w.base+1+int(n.Data[1]-'0')-w.least, w.now+1, 6)
	w.now = level
	return []passage{{html: w.element("h"+strconv.Itoa(level), "subhead", "i", run.html.String()), lines: run.textLines(), head: true}}
}

// greatestHeading is the level of the greatest heading below a node; 6 where there is none.
func greatestHeading(parent *html.Node) int {
	least := 6
	for n := range parent.Descendants() {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5:
			if n.Type == html.ElementNode {
				least = min(least, int(n.Data[1]-'0'))
			}
		}
	}
	return least
}

func (w *articleWriter) list(n *html.Node) []passage {
	tag, number := n.Data, 0
	start := ""
	if at, err := strconv.Atoi(attribute(n, "start")); err == nil && tag == "ol" && at > 1 && at < 1_000_000 {
		number, start = at-1, ` start="`+strconv.Itoa(at)+`"`
	}
	var p passage
	for item := range n.ChildNodes() {
		var inner []passage
		switch {
		case item.DataAtom == atom.Li:
			inner = w.blocks(item)
		case isBlock(item):
			inner = w.block(item)
		default:
			inner = w.flat(item)
		}
		if len(inner) == 0 {
			continue
		}
		mark := "- "
		if number++; tag == "ol" {
			mark = strconv.Itoa(number) + ". "
		}
		p.html += "<li>" + w.loose(inner) + "</li>\n"
		p.lines = append(p.lines, prefixed(inner, mark, strings.Repeat(" ", len(mark)))...)
	}
	if p.html == "" {
		return nil
	}
	p.html = "<" + tag + start + ` style="` + string(w.css["ul"]) + `">` + "\n" + p.html + "</" + tag + ">\n"
	return []passage{p}
}

// loose takes a lone paragraph out of its element: a list item is one by itself.
func (w *articleWriter) loose(inner []passage) string {
	joined := strings.TrimRight(joinedHTML(inner), "\n")
	open := `<p style="` + string(w.css["p"]) + `">`
	if rest, ok := strings.CutPrefix(joined, open); ok {
		if words, ok := strings.CutSuffix(rest, "</p>"); ok && !strings.Contains(words, "<p ") {
			return words
		}
	}
	return joined
}

func (w *articleWriter) quotation(n *html.Node) []passage {
	inner := w.blocks(n)
	if len(inner) == 0 {
		return nil
	}
	return []passage{{html: w.element("blockquote", "quote", "", "\n"+joinedHTML(inner)), lines: prefixed(inner, "> ", "> ")}}
}

// verbatim keeps the lines and the spaces in front of them; long lines are broken, as
// everywhere in a mail.
func (w *articleWriter) verbatim(n *html.Node) []passage {
	typed := strings.Trim(wordsOf(n), "\n")
	if strings.TrimSpace(typed) == "" {
		return nil
	}
	p := passage{html: w.element("p", "p", "", verbatim(stdhtml.EscapeString(typed)))}
	for row := range strings.Lines(typed) {
		indent, words := indented(row)
		margin := strings.Repeat(" ", 4+min(indent, 20))
		p.lines = append(p.lines, textLine{margin, margin, clean(words, 1<<16)})
	}
	return []passage{p}
}

// caption sets the words under a picture.
func (w *articleWriter) caption(n *html.Node) []passage {
	run := w.newRun()
	run.inline(n)
	if run.words() == "" {
		return nil
	}
	return []passage{{html: w.element("p", "caption", "m", run.html.String()), lines: run.textLines()}}
}

// picture sets a picture of the article, if it is one of ours.
func (w *articleWriter) picture(n *html.Node) []passage {
	number := func(name string) int { v, _ := strconv.Atoi(attribute(n, name)); return v }
	p := newPicture(&digest.Image{
		URL: attribute(n, "src"), Alt: attribute(n, "alt"), Width: number("width"), Height: number("height"),
	}, w.home)
	if p == nil || w.pictures == "" || !strings.HasPrefix(p.URL, w.pictures) {
		return nil
	}
	for _, url := range w.shown {
		if url == p.URL {
			return nil
		}
	}
	w.shown = append(w.shown, p.URL)
	s := p.Fit(Column)
	height := ""
	if s.Height > 0 {
		height = ` height="` + strconv.Itoa(s.Height) + `"`
	}
	img := `<img class="m" src="` + stdhtml.EscapeString(string(s.URL)) + `" alt="` + stdhtml.EscapeString(s.Alt) + `" width="` + strconv.Itoa(s.Width) + `"` + height +
		` style="` + string(w.css["picture"]) + `;width:` + strconv.Itoa(s.Share) + `%;max-width:` + strconv.Itoa(s.Most) + `px">`
	return []passage{{html: w.element("div", "artpic", "", img)}}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// prefixed sets the lines of passages behind a mark.
func prefixed(inner []passage, mark, rest string) []textLine {
	var all []textLine
	for _, p := range inner {
		for _, l := range p.lines {
			all = append(all, textLine{mark + l.first, rest + l.rest, l.words})
			mark = rest
		}
	}
	return all
}

func joinedHTML(all []passage) string {
	var b strings.Builder
	b.Grow(sizeOf(all))
	for _, p := range all {
		b.WriteString(p.html)
	}
	return b.String()
}

// sizeOf is how many bytes of HTML passages take.
func sizeOf(all []passage) int {
	n := 0
	for _, p := range all {
		n += len(p.html)
	}
	return n
}

// Article is the article as the full text shows it; empty: the teaser stands there.
func (s *story) Article() template.HTML { return template.HTML(joinedHTML(s.passages)) }
