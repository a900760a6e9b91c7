package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxScripts of JSON-LD are read, and so many bytes of each.
const (
	maxScripts = 20
	maxScript  = 512 << 10
)

// head is what a page says of itself outside its text.
type head struct {
	lang      string                    // of <html>
	title     string                    // of <title>
	meta      map[string][]string       // by name or property, lower case
	cards     map[string][]digest.Image // the pictures of OpenGraph and Twitter cards, by "og" and "twitter", in order
	canonical string
	imageSrc  string // <link rel="image_src">
	headings  []string
	times     []string
	scripts   []string // JSON-LD
	base      string
}

// readHead goes over the whole page: content systems write meta elements anywhere.
func readHead(doc *html.Node) head {
	h := head{meta: map[string][]string{}, cards: map[string][]digest.Image{}}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Html:
			h.lang = firstOf(attr(n, "lang"), attr(n, "xml:lang"))
		case atom.Title:
			if h.title == "" && n.FirstChild != nil && !within(n, atom.Svg) {
				h.title = prose.Squeeze(n.FirstChild.Data)
			}
		case atom.H1, atom.H2:
			if text := headingOf(n); text != "" && len(h.headings) < 10 {
				h.headings = append(h.headings, text)
			}
		case atom.Base:
			h.base = firstOf(h.base, attr(n, "href"))
		case atom.Meta:
			h.take(n)
		case atom.Link:
			rels := strings.Fields(strings.ToLower(attr(n, "rel")))
			if slices.Contains(rels, "canonical") {
				h.canonical = firstOf(h.canonical, attr(n, "href"))
			}
			if slices.Contains(rels, "image_src") {
				h.imageSrc = firstOf(h.imageSrc, attr(n, "href"))
			}
		case atom.Time:
			if at := attr(n, "datetime"); at != "" && (attr(n, "itemprop") == "datePublished" || has(n, "pubdate")) {
				h.times = append(h.times, at)
			}
		case atom.Script:
			if text := linkedData(n); text != "" && len(h.scripts) < maxScripts {
				h.scripts = append(h.scripts, text)
			}
		}
	}
	return h
}

// linkedData is the JSON-LD in a script; empty where there is none, or too much.
func linkedData(n *html.Node) string {
	kind, _, _ := strings.Cut(strings.ToLower(attr(n, "type")), ";")
	if strings.TrimSpace(kind) != "application/ld+json" || n.FirstChild == nil || len(n.FirstChild.Data) > maxScript {
		return ""
	}
	return n.FirstChild.Data
}

// take keeps a meta element under all its names: some write name where property is meant.
func (h head) take(n *html.Node) {
	content := strings.TrimSpace(attr(n, "content"))
	if content == "" {
		return
	}
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		for _, name := range strings.Fields(strings.ToLower(attr(n, key))) {
			if len(h.meta[name]) < 20 {
				h.meta[name] = append(h.meta[name], content)
				h.takeCard(name, content)
			}
		}
	}
}

// takeCard adds to the pictures of a card: what is said of one follows it (https://ogp.me/#structured).
func (h head) takeCard(name, content string) {
	prefix, what, ok := strings.Cut(name, ":image")
	if !ok || prefix != "og" && prefix != "twitter" {
		return
	}
	all := h.cards[prefix]
	isNew := len(all) == 0
	if what == "" || what == ":url" || what == ":src" {
		isNew = isNew || all[len(all)-1].URL != "" && all[len(all)-1].URL != content
	}
	if isNew {
		all = append(all, digest.Image{})
		h.cards[prefix] = all
	}
	switch last := &all[len(all)-1]; what {
	case "", ":url", ":src", ":secure_url":
		last.URL = content
	case ":alt":
		last.Alt = content
	case ":width":
		last.Width, _ = strconv.Atoi(content)
	case ":height":
		last.Height, _ = strconv.Atoi(content)
	}
}

// first gives the first value that one of the names has.
func (h head) first(names ...string) string {
	for _, name := range names {
		if list := h.meta[name]; len(list) > 0 {
			return list[0]
		}
	}
	return ""
}

// wishes are what a page asks of robots.
type wishes struct{ noText, noCopy, noPicture bool }

var (
	noPreview = lazyregexp.New(`^max-snippet:\s*0$`)
	noLook    = lazyregexp.New(`^max-image-preview:\s*none$`)
)

// robots reads what the page asks of all robots, of ours, and of those that read news.
func (h head) robots() (w wishes) {
	for _, name := range []string{"robots", "broadsheet", "googlebot-news"} {
		for _, list := range h.meta[name] {
			for _, rule := range strings.Split(strings.ToLower(list), ",") {
				switch rule = strings.TrimSpace(rule); {
				case rule == "nosnippet", noPreview.MatchString(rule):
					w.noText = true
				case rule == "noarchive":
					w.noCopy = true
				case rule == "noimageindex", noLook.MatchString(rule):
					w.noPicture = true
				}
			}
		}
	}
	return w
}

// absolute makes a link of the page absolute, and gives nothing for what is no web link.
func absolute(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	u, err := base.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// textOf gives the text of a node, as far as the first so many bytes and a little more.
func textOf(n *html.Node, most int) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
		if b.Len() > most {
			break
		}
	}
	return b.String()
}

func headingOf(n *html.Node) string { return prose.Squeeze(textOf(n, 500)) }

func within(n *html.Node, what atom.Atom) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == what {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
