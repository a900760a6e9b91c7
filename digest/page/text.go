package page

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

const (
	maxElements = 30_000      // of a page whose article is looked for
	maxTangle   = 100_000_000 // of such a page: see tangled
	leastText   = 140         // bytes: less is a caption or a notice, not an article
)

// tangled tells of a page that would take long to look through: each element is judged by
// all that is in it, so that a text counts once for every element around it.
func tangled(doc *html.Node) bool {
	work := 0
	var count func(n *html.Node, depth int)
	count = func(n *html.Node, depth int) {
		work += depth
		if n.Type == html.TextNode {
			work += depth * len(n.Data)
		}
		for c := n.FirstChild; c != nil && work <= maxTangle; c = c.NextSibling {
			count(c, depth+1)
		}
	}
	count(doc, 0)
	return work > maxTangle
}

// articleOf finds the article in a page. It changes the page.
func articleOf(doc *html.Node, address *url.URL) (text prose.Text, title string, err error) {
	defer func() { // others' bytes, another's code: it costs this text alone
		if r := recover(); r != nil {
			err = fmt.Errorf("its article cannot be found: %v", r)
		}
	}()
	p := readability.NewParser()
	p.MaxElemsToParse = maxElements
	p.DisableJSONLD = true // read already, and more of it
	a, err := p.ParseAndMutate(doc, address)
	if err != nil || a.Node == nil {
		return prose.Text{}, "", errors.Join(err, errors.New("it has no article that can be found"))
	}
	var b strings.Builder
	if err := html.Render(&b, a.Node); err != nil {
		return prose.Text{}, "", err
	}
	text = prose.Clean(b.String(), address)
	if sizeOf(text) < leastText {
		text = prose.Text{}
	}
	return text, prose.Plain(a.Title()), nil
}

// noise is how content systems call what stands in a page beside its article.
var noise = lazyregexp.New(`(?i)(?:^|[\s_-])(?:cookies?|consent|gdpr|cmp|onetrust|didomi|paywall|newsletter-?(?:signup|form|box)|` +
	`sharing|share-?(?:bar|buttons?|links?|tools)|social-?(?:share|links|icons)|addtoany|sharedaddy|breadcrumbs?|byline|dateline)(?:[\s_-]|$)`)

// mostNoise is how long, in bytes of text, a piece of it may be: an article may stand in
// a box that is called so.
const mostNoise = 1500

// withoutNoise takes out what the page asks not to quote, what is no part of its article,
// and the article's own title.
func withoutNoise(doc *html.Node, title string) {
	var gone []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom == atom.Html || n.DataAtom == atom.Body || n.DataAtom == atom.Head {
			continue
		}
		heading := n.DataAtom == atom.H1 || n.DataAtom == atom.H2
		switch {
		case has(n, "data-nosnippet"),
			(noise.MatchString(attr(n, "class")) || noise.MatchString(attr(n, "id"))) && len(textOf(n, mostNoise)) <= mostNoise && !holdsArticle(n),
			heading && title != "" && strings.EqualFold(headingOf(n), title):
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

func holdsArticle(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Article || c.DataAtom == atom.Main {
			return true
		}
	}
	return false
}

var emptyLine = lazyregexp.New(`\r?\n\s*\n?`)

// plainArticle makes a text of JSON-LD's articleBody, which is plain, though some write
// HTML in it.
func plainArticle(body string, base *url.URL) prose.Text {
	if strings.Contains(body, "</p>") {
		return prose.Clean(body, base)
	}
	var b strings.Builder
	for _, p := range emptyLine.Split(body, -1) {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + html.EscapeString(html.UnescapeString(p)) + "</p>\n")
		}
	}
	return prose.Clean(b.String(), base)
}

func sizeOf(t prose.Text) int {
	n := 0
	for _, p := range t.Paragraphs {
		n += len(p)
	}
	return n
}
