package page

import (
	"net/url"
	"path"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// picture is the page's picture: JSON-LD knows caption and credit, the others a place
// for its alternative text.
func (p reading) picture() (*digest.Image, string) {
	best, where := p.linked.picture(p.article, p.base), "JSON-LD"
	for _, says := range []struct{ prefix, where string }{{"og", "OpenGraph"}, {"twitter", "Twitter card"}} {
		switch card := p.card(says.prefix); {
		case card == nil:
		case best == nil:
			best, where = card, says.where
		case best.Alt == "" && best.URL == card.URL:
			best.Alt = card.Alt
		}
	}
	if src := (digest.Image{URL: absolute(p.base, p.head.imageSrc)}); best == nil && src.URL != "" && worthIt(src) {
		best, where = &src, "image_src"
	}
	in := p.text.Picture
	switch {
	case best == nil && in != nil:
		found := digest.Image{URL: absolute(p.base, in.URL), Alt: in.Alt, Caption: in.Caption, Width: in.Width, Height: in.Height}
		if found.URL == "" || !worthIt(found) {
			return nil, ""
		}
		best, where = &found, "the first in its text"
	case best == nil:
		return nil, ""
	case in != nil && sameFile(in.URL, best.URL):
		best.Alt, best.Caption = firstOf(best.Alt, in.Alt), firstOf(best.Caption, in.Caption)
	}
	best.Alt, best.Caption, best.Credit = prose.Plain(best.Alt), prose.Plain(best.Caption), prose.Plain(best.Credit)
	return best, where
}

// card is the first picture of OpenGraph or of a Twitter card that is one of the story.
func (p reading) card(prefix string) *digest.Image {
	for _, i := range p.head.cards[prefix] {
		if i.URL = absolute(p.base, i.URL); i.URL != "" && worthIt(i) {
			return &i
		}
	}
	return nil
}

// standIn are files that sites show where a story has no picture.
var standIn = lazyregexp.New(`(?i)(?:^|[-_.])(?:logo|default|placeholder|fallback|favicon|avatar|gravatar|no-?image|og-?image|share|social|blank|apple-touch)(?:[-_.]|\d|$)`)

// worthIt reports a picture of the story: no logo, no icon, nothing that counts readers.
func worthIt(i digest.Image) bool {
	if prose.Tiny(i.Width, i.Height) || prose.IsTracker(i.URL) || i.Width < 0 || i.Height < 0 || i.Width > 100_000 || i.Height > 100_000 {
		return false
	}
	u, err := url.Parse(i.URL)
	return err == nil && !standIn.MatchString(path.Base(u.Path)) && !strings.HasSuffix(strings.ToLower(u.Path), ".svg")
}

// sizeMark is how WordPress and others write a size into a file's name.
var sizeMark = lazyregexp.New(`-\d{2,5}x\d{2,5}(\.\w+)$`)

func sameFile(a, b string) bool {
	name := func(link string) string {
		u, err := url.Parse(link)
		if err != nil {
			return link
		}
		return sizeMark.ReplaceAllString(path.Base(u.Path), "$1")
	}
	return name(a) == name(b)
}
