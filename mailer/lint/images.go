package lint

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// imageRules look at the pictures, and whatever else a page fetches.
var imageRules = []rule{
	{Rule{"alt", Error, "Every picture has an alt, empty where it only decorates", "WCAG 2.2, 1.1.1; axe image-alt", "Write alt=\"what the picture shows\"."}, lookAlt},
	{Rule{"alt-poor", Warning, "An alt says what the picture shows: not its file's name, not \"image\"", "WCAG 2.2, 1.1.1; Email Markup Consortium", "Say what it shows."}, lookAltPoor},
	{Rule{"image-size", Warning, "A picture says its width and height: the text does not jump, and Outlook shows it as large as it should be", "WHATWG HTML, 4.8.3; Outlook for Windows", "Write width and height, in pixels."}, lookImageSize},
	{Rule{"image-http", Error, "Pictures come by https", "practice; mixed content is not shown", "Serve it by https."}, lookImageHTTP},
	{Rule{"image-source", Error, "A picture comes from the web or from the message: no data:, no file, no relative address", "caniemail.com, image-base64", "Serve it by https, or put it into the message (cid:)."}, lookImageSource},
	{Rule{"pixel", Error, "No picture that nobody can see: it only tells who has read the mail", "practice; GDPR", "Take it out."}, lookPixel},
	{Rule{"private-remote", Error, "A mail for readers at risk fetches nothing: what is fetched tells where they are", "Broadsheet, the variant private", "Put the picture into the message (cid:), or leave it out."}, lookPrivate},
}

// resource is something that a page fetches, or takes from the message.
type resource struct{ url, where string }

var styleURL = lazyregexp.New(`(?i)url\(\s*["']?([^"')]*)["']?\s*\)`)

// fetching are the attributes that fetch, with the elements where others link by them.
var fetching = []string{"src", "srcset", "background", "poster", "data"}

// resources are all that a page fetches: pictures, backgrounds, what styles name.
func (p *page) resources() []resource {
	var all []resource
	add := func(where, u string) {
		if u = strings.TrimSpace(u); u != "" {
			all = append(all, resource{u, where})
		}
	}
	for _, n := range p.elements {
		where := p.where(n)
		for _, name := range fetching {
			if name == "srcset" {
				for one := range strings.SplitSeq(attr(n, name), ", ") {
					u, _, _ := strings.Cut(strings.TrimSpace(one), " ")
					add(where, u)
				}
				continue
			}
			add(where, attr(n, name))
		}
		if n.DataAtom == atom.Link {
			add(where, attr(n, "href"))
		}
		for _, u := range styleURL.FindAllStringSubmatch(attr(n, "style"), -1) {
			add(where, u[1])
		}
	}
	for _, b := range p.styles {
		for _, u := range styleURL.FindAllStringSubmatch(b.css, -1) {
			add(p.at(b.at), u[1])
		}
	}
	return all
}

func (m *mail) images() []*html.Node { return m.find(atom.Img) }

func lookAlt(m *mail, say say) {
	for _, n := range m.images() {
		if _, ok := attrOf(n, "alt"); !ok && attr(n, "role") != "presentation" {
			say(m.page.where(n), "the picture "+quote(attr(n, "src"))+" has none")
		}
	}
}

var poorAlt = lazyregexp.New(`(?i)\.(png|jpe?g|gif|webp|svg)$|^https?://|^(image|img|photo|picture|logo|banner|spacer|untitled|bild|изображение|фото|صورة)\s*\d*$`)

func lookAltPoor(m *mail, say say) {
	for _, n := range m.images() {
		if alt := squeeze(attr(n, "alt")); poorAlt.MatchString(alt) {
			say(m.page.where(n), "its alt is "+quote(alt))
		}
	}
}

func lookImageSize(m *mail, say say) {
	for _, n := range m.images() {
		_, w := pixelsOf(n, "width")
		_, h := pixelsOf(n, "height")
		if !w || !h {
			say(m.page.where(n), "the picture "+quote(attr(n, "src"))+" has no width or no height")
		}
	}
}

// pixelsOf is an attribute in pixels. A percentage is one of them, of no size.
func pixelsOf(n *html.Node, name string) (int, bool) {
	v := strings.TrimSuffix(strings.TrimSpace(attr(n, name)), "px")
	if strings.HasSuffix(v, "%") {
		return 100, true
	}
	i, err := strconv.Atoi(v)
	return i, err == nil
}

func lookImageHTTP(m *mail, say say) {
	if m.page == nil {
		return
	}
	for _, r := range m.page.resources() {
		if strings.HasPrefix(strings.ToLower(r.url), "http://") {
			say(r.where, quote(r.url))
		}
	}
}

func lookImageSource(m *mail, say say) {
	for _, n := range m.images() {
		switch src := strings.TrimSpace(attr(n, "src")); schemeOf(src) {
		case "http", "https", "cid":
		default:
			say(m.page.where(n), "its source is "+quote(src))
		}
	}
}

func lookPixel(m *mail, say say) {
	for _, n := range m.images() {
		w, hasW := pixelsOf(n, "width")
		h, hasH := pixelsOf(n, "height")
		for _, d := range declarations(attr(n, "style")) {
			if px := sizeOf(d.value, 1000); px <= 3 && (d.name == "width" || d.name == "height") {
				w, h, hasW, hasH = 1, 1, true, true
			}
		}
		small := hasW && hasH && w <= 3 && h <= 3
		if isWeb(attr(n, "src")) && (small || m.page.of(n).hidden) {
			say(m.page.where(n), "the picture "+quote(attr(n, "src"))+" cannot be seen")
		}
	}
}

func lookPrivate(m *mail, say say) {
	if m.page == nil || !m.o.Private {
		return
	}
	for _, r := range m.page.resources() {
		if schemeOf(r.url) != "cid" {
			say(r.where, "it fetches "+quote(r.url))
		}
	}
}
