package feed

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest"
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

// cleaned is a text, sanitised, and what was found in it on the way.
type cleaned struct {
	html       string
	paragraphs []string      // text of each, in order
	image      *digest.Image // the first picture worth the name
	tooLong    bool
}

// cleanHTML rebuilds a text from what is allowed in it: links absolute, tracking
// pixels and boilerplate gone.
func cleanHTML(text string, base *url.URL) (c cleaned) {
	if strings.TrimSpace(text) == "" {
		return c
	}
	if len(text) > maxHTML {
		c.tooLong = true
		return c
	}
	body := &xhtml.Node{Type: xhtml.ElementNode, DataAtom: atom.Body, Data: "body"}
	nodes, err := xhtml.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		// Nested too deeply to be a tree; the sanitiser reads it token by token.
		c.html = strings.TrimSpace(policy.Sanitize(text))
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
	c.html = strings.TrimSpace(policy.Sanitize(b.String()))
	if strings.TrimSpace(textOf(c.html)) == "" && !strings.Contains(c.html, "<img") {
		c.html = ""
	}
	c.paragraphs = w.paragraphs(body)
	return c
}

// walker goes over a text's tree once.
type walker struct {
	base *url.URL
	out  *cleaned
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

// picture mends a picture's address, and drops what only counts readers.
func (w *walker) picture(n *xhtml.Node) bool {
	// QUIRK: pages that load pictures late keep the real address elsewhere.
	for _, late := range []string{"data-src", "data-lazy-src", "data-original"} {
		if src := get(n, late); src != "" && (get(n, "src") == "" || strings.HasPrefix(get(n, "src"), "data:")) {
			set(n, "src", src)
		}
	}
	w.resolve(n, "src")
	p := digest.Image{
		URL: get(n, "src"), Alt: get(n, "alt"),
		Width: pixels(get(n, "width")), Height: pixels(get(n, "height")),
	}
	if p.URL == "" || isPixel(p.URL) || (p.Width > 0 && p.Width <= 2) || (p.Height > 0 && p.Height <= 2) {
		return false
	}
	if w.out.image == nil && !tiny(p.Width, p.Height) && !isOrnament(n) {
		p.Caption = captionOf(n)
		w.out.image = &p
	}
	return true
}

func (w *walker) resolve(n *xhtml.Node, key string) {
	if ref := strings.TrimSpace(get(n, key)); ref != "" {
		set(n, key, resolve(w.base, ref))
	}
}

// captionOf gives the caption of the figure that a picture stands in.
func captionOf(n *xhtml.Node) string {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom != atom.Figure {
			continue
		}
		for c := p.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Figcaption {
				return nodeText(c)
			}
		}
	}
	return ""
}

func hasPicture(n *xhtml.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

// isOrnament reports smileys and the buttons of sharing services.
func isOrnament(n *xhtml.Node) bool {
	class, src := strings.ToLower(get(n, "class")), strings.ToLower(get(n, "src"))
	return strings.Contains(class, "emoji") || strings.Contains(class, "smiley") ||
		strings.Contains(src, "/emoji/") || strings.Contains(src, "/smilies/") || strings.Contains(src, "/skins/") ||
		strings.Contains(src, "share-button") || strings.HasPrefix(src, "data:")
}

// pixel are addresses of pictures that nobody is meant to see.
var pixel = regexp.MustCompile(`(?i)^https?://(?:` +
	`pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com|b\.scorecardresearch\.com|` +
	`[^/]*\.feedsportal\.com|feeds\.feedburner\.com/~[rf]/|[^/]*feedburner\.com/~ff/|` +
	`[^/]*doubleclick\.net|[^/]*google-analytics\.com|ad\.[^/]*/|[^/]*\.2mdn\.net|` +
	`rss\.buysellads\.com|tracking\.[^/]+/|pheedo\.com|[^/]*\.chartbeat\.net` +
	`)|/(?:pixel|spacer|blank|transparent|1x1|tracking|counter)\.(?:gif|png)(?:\?|$)|[?&]utm_pixel=`)

func isPixel(link string) bool { return pixel.MatchString(link) }

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

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	code    = regexp.MustCompile(`(?is)<script\b[^>]*>.*?(?:</script\s*>|$)|<style\b[^>]*>.*?(?:</style\s*>|$)`)
	tag     = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)(?:[\s/][^<>]*)?>`)
)

// plain makes plain text of a title or another short text: HTML's tags gone, its
// entities resolved, twice where they were escaped twice, white space single. What
// looks like a tag and is none ("vector<T>") stays.
func plain(s string) string {
	for range 2 {
		if !strings.ContainsAny(s, "<&") {
			break
		}
		s = code.ReplaceAllString(comment.ReplaceAllString(s, ""), "")
		s = tag.ReplaceAllStringFunc(s, func(t string) string {
			switch a := atom.Lookup([]byte(strings.ToLower(tag.FindStringSubmatch(t)[1]))); {
			case a == 0:
				return t
			case a == atom.Br || a == atom.P || a == atom.Div || a == atom.Li:
				return " "
			}
			return ""
		})
		s = html.UnescapeString(s)
	}
	return squeeze(s)
}

// squeeze makes white space single, the invisible kinds included, and drops control
// characters.
func squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00A0', '\u2028', '\u2029':
			return ' '
		case '\u200B', '\u2060', '\u00AD':
			return -1
		}
		return r
	}, printable(s))
	return strings.Join(strings.Fields(s), " ")
}
