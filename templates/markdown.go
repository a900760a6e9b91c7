package templates

import (
	"bytes"
	"html/template"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// prose is Markdown made ready for both parts of a mail.
type prose struct {
	HTML template.HTML
	Text string // wrapped; ends without a line break
}

// policy is what an editor's words may be made of. There is little of it because
// each element must look right in every mail client.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
})

var commonMark = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Linkify, extension.Strikethrough))
})

// markdown renders an editor's words. Raw HTML and pictures are left out, headings
// become strong paragraphs: the outline of the page is not the editor's to break.
func markdown(source, home string, css styles) prose {
	if strings.TrimSpace(source) == "" {
		return prose{}
	}
	// "\r\n" is a line end of Markdown's; tabs would come through in code.
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(source)
	src := []byte(inert(source))
	doc := commonMark().Parser().Parse(text.NewReader(src))
	tame(doc, src, home)
	var b bytes.Buffer
	if err := commonMark().Renderer().Render(&b, src, doc); err != nil {
		return prose{Text: wrapText(clean(source, teaserRunes), "", "")}
	}
	return prose{
		HTML: template.HTML(inlined(inert(policy().Sanitize(b.String())), css)), // inert again: "&#x202e;" is a mark only now,
		Text: strings.TrimRight(textOf(doc, src), "\n"),
	}
}

// inlined puts the styles on. The policy lets no attribute through but href and
// writes every tag one way, so these strings cannot occur in text, where "<" is
// escaped.
func inlined(sanitised string, css styles) string {
	styled := func(tag, name string) []string {
		return []string{"<" + tag + ">", `<` + tag + ` style="` + string(css[name]) + `">`}
	}
	var pairs []string
	for _, t := range [][2]string{{"p", "p"}, {"ul", "ul"}, {"ol", "ul"}, {"blockquote", "quote"}, {"em", "em"}} {
		pairs = append(pairs, styled(t[0], t[1])...)
	}
	pairs = append(pairs, `<a href=`, `<a class="a" style="`+string(css["a"])+`" href=`)
	sanitised = preformatted.ReplaceAllStringFunc(sanitised, func(block string) string {
		return `<p dir="ltr" style="` + string(css["p"]) + `">` + verbatim(preformatted.FindStringSubmatch(block)[1]) + "</p>"
	})
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(sanitised))
}

var preformatted = lazyregexp.New(`(?s)<pre><code>(.*?)</code></pre>`)

// verbatim keeps the lines of an escaped text and the spaces in front of them. Lines that
// are too long are broken: <pre> would make the whole mail wider than a telephone.
func verbatim(escaped string) string {
	var rows []string
	for row := range strings.Lines(strings.Trim(escaped, "\n")) {
		indent, words := indented(row)
		rows = append(rows, strings.Repeat("\u00a0", indent)+words)
	}
	return "<code>" + strings.Join(rows, "<br>") + "</code>"
}

// indented is how many spaces a line begins with, 40 at most, and what follows them.
func indented(row string) (spaces int, words string) {
	row = strings.TrimRight(strings.ReplaceAll(row, "\t", "    "), " \n")
	words = strings.TrimLeft(row, " ")
	return min(len(row)-len(words), 40), words
}

// tame makes the tree fit for a mail: links safe, pictures out, headings down.
func tame(doc ast.Node, src []byte, home string) { tameAll(doc, src, home, false) }

// tameAll is tame; a long text keeps its headings and rules.
func tameAll(doc ast.Node, src []byte, home string, long bool) {
	var nodes []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		if n.Parent() == nil {
			continue
		}
		switch n := n.(type) {
		case *ast.Image, *ast.HTMLBlock, *ast.RawHTML:
			n.Parent().RemoveChild(n.Parent(), n)
		case *ast.ThematicBreak:
			if !long {
				n.Parent().RemoveChild(n.Parent(), n)
			}
		case *ast.Heading:
			if long {
				continue
			}
			strong := ast.NewEmphasis(2)
			adopt(strong, n)
			p := ast.NewParagraph()
			p.AppendChild(p, strong)
			n.Parent().ReplaceChild(n.Parent(), n, p)
		case *ast.Link:
			n.Title = nil
			n.Destination = []byte(link(string(n.Destination), home))
			if len(n.Destination) == 0 {
				span := ast.NewEmphasis(1)
				adopt(span, n)
				n.Parent().ReplaceChild(n.Parent(), n, span)
			}
		case *ast.AutoLink:
			replaceAutoLink(n, src, home)
		}
	}
}

// adopt moves the children of one node to another.
func adopt(to, from ast.Node) {
	for c := from.FirstChild(); c != nil; {
		next := c.NextSibling()
		to.AppendChild(to, c)
		c = next
	}
}

// replaceAutoLink makes a bare address an ordinary link.
func replaceAutoLink(n *ast.AutoLink, src []byte, home string) {
	raw := string(n.URL(src))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(raw, "mailto:") {
		raw = "mailto:" + raw
	}
	label := ast.NewString(n.Label(src))
	to := link(raw, home)
	if to == "" {
		n.Parent().ReplaceChild(n.Parent(), n, label)
		return
	}
	l := ast.NewLink()
	l.Destination = []byte(to)
	l.AppendChild(l, label)
	n.Parent().ReplaceChild(n.Parent(), n, l)
}
