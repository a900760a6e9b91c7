package feed

import (
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// sitemapURL is an entry of a sitemap (sitemaps.org/protocol), with Google's extensions
// for news (sitemap-news/0.9) and pictures (sitemap-image/1.1).
type sitemapURL struct {
	loc, lastMod                    string
	title, date, keywords, language string // of news
	images                          []sitemapImage
}

// sitemapImage has a caption and title that are no longer in the specification, but in
// sitemaps.
type sitemapImage struct{ loc, caption, title string }

// sitemapReader reads a sitemap as loosely as a feed is read. Elements go by their names
// without prefixes: those that are written wrong are common.
type sitemapReader struct {
	entry  string   // the name of the elements that are wanted
	within []string // open elements of an entry, itself among them; empty: none is open
	leaf   strings.Builder
	ent    entities
	url    sitemapURL
	found  int
	take   func(sitemapURL)
}

// entries gives each element of a name in turn, that which the end of the sitemap cuts in
// two left out. Error: ErrNotAFeed, where it breaks off before the first.
func entries(text, name string, w *warnings, take func(sitemapURL)) error {
	r := sitemapReader{entry: name, take: take}
	z := newScanner(text)
	ended := false
	for r.found < maxEntries {
		switch t := z.next(""); t.kind {
		case tokenEnd:
			switch {
			case ended:
			case r.found == 0:
				return fmt.Errorf("%w: a sitemap that breaks off before its first page", ErrNotAFeed)
			default:
				w.add("the sitemap breaks off before its end")
			}
			return nil
		case tokenText:
			r.leaf.WriteString(r.ent.expand(t.text))
		case tokenCDATA:
			r.leaf.WriteString(prose.Printable(t.text))
		case tokenOpen:
			r.open(localName(t.name))
			ended = ended || t.selfEnd && len(r.within) == 0 // <urlset/>
			if t.selfEnd {
				r.close(localName(t.name))
			}
		case tokenClose:
			n := localName(t.name)
			if r.close(n); n == "urlset" || n == "sitemapindex" {
				r.end()
				ended = true
			}
		}
	}
	return nil
}

func localName(raw string) string {
	return strings.ToLower(raw[strings.LastIndexByte(raw, ':')+1:])
}

// open takes a start tag. The end tag of a leaf, or of the entry before, may have been
// forgotten.
func (r *sitemapReader) open(name string) {
	switch {
	case name == r.entry:
		r.end()
	case len(r.within) == 0:
		return
	case sitemapLeaves[r.within[len(r.within)-1]]:
		if !sitemapLeaves[name] && !sitemapGroups[name] {
			return // of a title that is HTML
		}
		r.close(r.within[len(r.within)-1])
	}
	if name == "image" {
		r.url.images = append(r.url.images, sitemapImage{})
	}
	if len(r.within) < maxDepth {
		r.within = append(r.within, name)
	}
	r.leaf.Reset()
}

// close takes an end tag: it closes the nearest open element of that name, and all within it.
func (r *sitemapReader) close(name string) {
	for i := len(r.within) - 1; i >= 0; i-- {
		if r.within[i] != name {
			continue
		}
		r.keep(r.within[len(r.within)-1])
		if i == 0 {
			r.end()
			return
		}
		r.within = r.within[:i]
		return
	}
}

// end gives the open entry, if one is.
func (r *sitemapReader) end() {
	if len(r.within) > 0 {
		r.keep(r.within[len(r.within)-1])
		r.found++
		r.take(r.url)
	}
	r.url, r.within = sitemapURL{}, nil
	r.leaf.Reset()
}

// sitemapLeaves hold text and no elements.
var sitemapLeaves = map[string]bool{
	"loc": true, "lastmod": true, "changefreq": true, "priority": true, "name": true, "language": true,
	"publication_date": true, "title": true, "keywords": true, "caption": true,
}

// sitemapGroups hold leaves, and tell what theirs are of.
var sitemapGroups = map[string]bool{"news": true, "publication": true, "image": true, "video": true}

// keep takes the text of a leaf that has ended, where it says something: what a title is
// of, its element tells that stands around it.
func (r *sitemapReader) keep(leaf string) {
	text := strings.TrimSpace(r.leaf.String())
	r.leaf.Reset()
	of := r.entry
	for _, name := range r.within {
		if sitemapGroups[name] && name != "publication" {
			of = name
		}
	}
	var field *string
	switch of + " " + leaf {
	case r.entry + " loc":
		field = &r.url.loc
	case r.entry + " lastmod":
		field = &r.url.lastMod
	case "news title":
		field = &r.url.title
	case "news publication_date":
		field = &r.url.date
	case "news keywords":
		field = &r.url.keywords
	case "news language":
		field = &r.url.language
	}
	if of == "image" {
		image := &r.url.images[len(r.url.images)-1]
		field = map[string]*string{"loc": &image.loc, "caption": &image.caption, "title": &image.title}[leaf]
	}
	if field != nil && *field == "" {
		*field = text
	}
}
