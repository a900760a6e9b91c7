package templates

import (
	stdhtml "html"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// run is words of an article that follow each other within one paragraph, set for
// both parts of the mail at once.
type run struct {
	w          *articleWriter
	html, text strings.Builder
	space      bool // words were followed by space, which counts if more words come
	breaks     int  // line breaks that count if more words come
	pictures   []passage
}

func (w *articleWriter) newRun() *run { return &run{w: w} }

// inlineTags are the elements that words keep, under the one name for each meaning.
var inlineTags = map[atom.Atom]string{
	atom.Em: "em", atom.I: "em", atom.Cite: "em", atom.Var: "em", atom.Dfn: "em",
	atom.Strong: "strong", atom.B: "strong", atom.Mark: "strong",
	atom.Code: "code", atom.Kbd: "code", atom.Samp: "code", atom.Tt: "code",
	atom.Sub: "sub", atom.Sup: "sup", atom.S: "s", atom.Del: "s", atom.Strike: "s",
}

// unseen are elements whose content is not words.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true, atom.Object: true, atom.Svg: true,
	atom.Math: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Title: true, atom.Head: true, atom.Video: true, atom.Audio: true,
}

// add sets a node that is no block. Where it holds a break of two lines, which many
// write for a paragraph, a paragraph ends there.
func (r *run) add(n *html.Node) []passage {
	var done []passage
	if r.breaks > 1 && n.DataAtom != atom.Br && strings.TrimSpace(wordsOf(n)) != "" {
		done = r.end()
	}
	r.node(n)
	return done
}

// end closes the paragraph and begins another.
func (r *run) end() []passage {
	var done []passage
	if r.words() != "" {
		done = append(done, passage{html: r.w.element("p", "p", "", r.html.String()), lines: r.textLines()})
	}
	done = append(done, r.pictures...)
	*r = run{w: r.w}
	return done
}

func (r *run) words() string { return strings.TrimSpace(r.text.String()) }

func (r *run) textLines() []textLine {
	var all []textLine
	for line := range strings.SplitSeq(r.words(), "\n") {
		all = append(all, textLine{words: line})
	}
	return all
}

func (r *run) inline(parent *html.Node) {
	for n := range parent.ChildNodes() {
		r.node(n)
	}
}

func (r *run) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		r.write(n.Data)
	case n.Type != html.ElementNode || unseen[n.DataAtom]:
	case n.DataAtom == atom.Br:
		r.breaks++
	case n.DataAtom == atom.Img:
		r.pictures = append(r.pictures, r.w.picture(n)...)
	case n.DataAtom == atom.A:
		r.link(n)
	case n.DataAtom == atom.Q:
		r.write("“")
		r.inline(n)
		r.space = false
		r.write("”")
	case isBlock(n):
		r.space = r.space || r.text.Len() > 0
		r.inline(n)
		r.space = true
	default:
		outer := r.w.tongue
		tag, attributes := inlineTags[n.DataAtom], r.w.spoken(n)
		switch {
		case tag == "em":
			attributes += ` style="` + string(r.w.css["em"]) + `"`
		case tag == "" && attributes != "":
			tag = "span"
		}
		r.tagged(n, tag, attributes)
		r.w.tongue = outer
	}
}

// tagged sets an element that keeps its tag; with none its words alone, and what has
// no words not at all.
func (r *run) tagged(n *html.Node, tag, attributes string) {
	if strings.TrimSpace(wordsOf(n)) == "" {
		tag = ""
	}
	if tag != "" {
		r.gap()
		r.html.WriteString("<" + tag + attributes + ">")
	}
	r.inline(n)
	if tag != "" {
		r.html.WriteString("</" + tag + ">")
	}
}

// link sets a link with words of its own, and in the text its address behind them.
func (r *run) link(n *html.Node) {
	to := link(attribute(n, "href"), r.w.home)
	if to == "" || strings.TrimSpace(wordsOf(n)) == "" {
		r.tagged(n, "", "")
		return
	}
	begun := r.text.Len()
	r.tagged(n, "a", ` class="a" href="`+stdhtml.EscapeString(to)+`" style="`+string(r.w.css["a"])+`"`)
	if words := strings.TrimSpace(r.text.String()[begun:]); words != to {
		r.text.WriteString(" <" + to + ">")
	}
}

// gap writes the space and the breaks that are due.
func (r *run) gap() {
	switch {
	case r.text.Len() == 0:
	case r.breaks > 0:
		r.html.WriteString("<br>")
		r.text.WriteByte('\n')
	case r.space:
		r.html.WriteByte(' ')
		r.text.WriteByte(' ')
	}
	r.space, r.breaks = false, 0
}

// write sets words, with one space for any run of it. No-break spaces are on purpose.
func (r *run) write(s string) {
	s = inert(s)
	r.html.Grow(len(s) + len(s)/16)
	r.text.Grow(len(s))
	for s != "" {
		words := strings.TrimLeftFunc(s, blank)
		r.space = r.space || len(words) < len(s)
		end := strings.IndexFunc(words, blank)
		if end < 0 {
			end = len(words)
		}
		if end > 0 {
			r.gap()
			r.html.WriteString(stdhtml.EscapeString(words[:end]))
			r.text.WriteString(words[:end])
		}
		s = words[end:]
	}
}

// blank tells what stands between words.
func blank(c rune) bool { return unicode.IsSpace(c) && c != 0xA0 && c != 0x202F }

// wordsOf is the text of a node as a browser would show it, unshaped.
func wordsOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(inert(n.Data))
		case n.Type == html.ElementNode && unseen[n.DataAtom]:
			return
		case n.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}
