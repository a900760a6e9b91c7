package prose

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML is the longest text of a story that is kept, in bytes of HTML.
const maxHTML = 512 << 10

// policy is the allow-list of a story's text: what an article is made of, and
// nothing that runs, frames, styles or asks.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
		"blockquote", "q", "cite", "pre", "code", "kbd", "samp", "var", "em", "strong", "b", "i", "u", "s", "del", "ins",
		"mark", "small", "sub", "sup", "abbr", "time", "figure", "figcaption", "div", "span", "section", "article",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("datetime").Matching(bluemonday.ISO8601).OnElements("time")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.SkipElementsContent("iframe", "object", "embed", "form", "button", "select", "svg", "math", "noscript", "nav")
	return p
}

// Text is what others wrote, made safe, and what was found in it on the way.
type Text struct {
	HTML       string   // sanitised; empty where it shows nothing
	Paragraphs []string // plain text of each, in order; empty ones stand for what is left out after a colon
	Picture    *Picture // the first picture worth the name
	TooLong    bool     // for us to keep: nothing else is set
}

// Clean rebuilds a text from what is allowed in it: links absolute, tracking
// Pixels and boilerplate gone.
func Clean(text string, base *url.URL) (c Text) {
	if strings.TrimSpace(text) == "" {
		return c
	}
	if len(text) > maxHTML {
		c.TooLong = true
		return c
	}
	body := &xhtml.Node{Type: xhtml.ElementNode, DataAtom: atom.Body, Data: "body"}
	nodes, err := xhtml.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		// Nested too deeply to be a tree; the sanitiser reads it token by token.
		c.HTML = strings.TrimSpace(policy.Sanitize(text))
		return c
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	w := walker{base: base, out: &c}
	w.children(body)
	var b strings.Builder
	for n := body.FirstChild; n != nil; n = n.NextSibling {
		if xhtml.Render(&b, n) != nil {
			return c
		}
	}
	c.HTML = strings.TrimSpace(policy.Sanitize(b.String()))
	if strings.TrimSpace(Words(c.HTML)) == "" && !strings.Contains(c.HTML, "<img") {
		c.HTML = ""
	}
	c.Paragraphs = w.paragraphs(body)
	return c
}

// walker goes over a text's tree once.
type walker struct {
	base *url.URL
	out  *Text
}

func (w *walker) children(parent *xhtml.Node) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		if w.keep(n) {
			w.children(n)
		} else {
			parent.RemoveChild(n)
		}
		n = next
	}
}

// keep mends a node, or says that it goes.
func (w *walker) keep(n *xhtml.Node) bool {
	if n.Type == xhtml.CommentNode {
		return false
	}
	if n.Type != xhtml.ElementNode {
		return true
	}
	if isRelated(n) {
		return false
	}
	switch n.DataAtom {
	case atom.Base:
		if u, err := url.Parse(get(n, "href")); err == nil && u.IsAbs() {
			w.base = u
		}
		return false
	case atom.Script, atom.Style, atom.Form, atom.Noscript:
		return false
	case atom.Iframe, atom.Object, atom.Embed:
		leaveOut(n)
		return true
	case atom.P, atom.Div:
		return !isBoilerplate(nodeText(n)) || hasPicture(n)
	case atom.Img:
		return w.picture(n)
	}
	w.resolve(n, "href")
	return true
}

// leaveOut puts a comment where a player or a frame stood: the sanitiser drops it,
// and paragraphs knows that something was there.
func leaveOut(n *xhtml.Node) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.Type, n.DataAtom, n.Data, n.Attr = xhtml.CommentNode, 0, "left out", nil
}

// relatedClass is how content systems call a block of links to other stories.
var relatedClass = regexp.MustCompile(`(?i)(?:^|[\s_-])related(?:[\s_-]|posts|articles|stories|content|links|$)`)

// isRelated reports a block of links to other stories.
func isRelated(n *xhtml.Node) bool {
	if !block[n.DataAtom] || !relatedClass.MatchString(get(n, "class")) && !relatedClass.MatchString(get(n, "id")) {
		return false
	}
	for c := range n.Descendants() {
		if c.DataAtom == atom.A {
			return true
		}
	}
	return false
}

func (w *walker) resolve(n *xhtml.Node, key string) {
	if ref := strings.TrimSpace(get(n, key)); ref != "" {
		set(n, key, Resolve(w.base, ref))
	}
}

func hasPicture(n *xhtml.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

func get(n *xhtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func set(n *xhtml.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, xhtml.Attribute{Key: key, Val: value})
}

// Resolve makes a reference absolute against a base; without a base, or where it
// cannot be read, it stays as it is.
func Resolve(base *url.URL, ref string) string {
	if base == nil || ref == "" {
		return ref
	}
	u, err := url.Parse(ref)
	if err != nil || u.IsAbs() {
		return ref
	}
	return base.ResolveReference(u).String()
}
