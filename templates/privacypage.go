package templates

import (
	"bytes"
	"html/template"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// privacyView is what the partial of a PrivacyPage reads.
type privacyView struct {
	HTML    template.HTML
	heading string // of the text itself
}

// title is the text's own heading, where it begins with one.
func (p PrivacyPage) title(v *pageView) string {
	return firstOf(p.view().heading, v.W.Privacy)
}

// longPolicy is what a long text on a page may be made of.
var longPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "h2", "h3", "h4")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
})

// view renders the Markdown. Raw HTML and pictures are left out; headings keep their
// order below the page's own.
func (p PrivacyPage) view() privacyView {
	src := []byte(inert(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(p.Markdown)))
	doc := commonMark().Parser().Parse(text.NewReader(src))
	var v privacyView
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		v.heading = clean(inlineText(h, src), titleRunes)
		doc.RemoveChild(doc, h)
	}
	level := 1 // of the heading before: none may be skipped
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			h.Level = min(max(h.Level, 2), level+1, 4)
			level = h.Level
		}
		return ast.WalkContinue, nil
	})
	tameAll(doc, src, "", true)
	var b bytes.Buffer
	if err := commonMark().Renderer().Render(&b, src, doc); err != nil {
		return v // bytes.Buffer takes whatever comes
	}
	v.HTML = template.HTML(inert(longPolicy().Sanitize(b.String())))
	return v
}
