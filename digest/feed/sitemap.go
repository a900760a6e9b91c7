package feed

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

const (
	// MaxSitemaps is how many of an index are named, the newest first.
	MaxSitemaps = 10
	// maxEntries of a sitemap are all that it may have (sitemaps.org/protocol).
	maxEntries = 50_000
)

// sitemapURL is an entry of a sitemap (sitemaps.org/protocol), with Google's extensions
// for news (sitemap-news/0.9) and pictures (sitemap-image/1.1). The reader takes names
// without their prefixes: those that are written wrong are common.
type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    []struct {
		Name     string `xml:"publication>name"`
		Language string `xml:"publication>language"`
		Date     string `xml:"publication_date"`
		Title    string `xml:"title"`
		Keywords string `xml:"keywords"`
	} `xml:"news"`
	Images []struct {
		Loc     string `xml:"loc"`
		Caption string `xml:"caption"` // and title: no longer in the specification, but in sitemaps
		Title   string `xml:"title"`
	} `xml:"image"`
}

// parseSitemap reads a sitemap. What it calls news is a story; of any other page it
// knows the address, maybe a date and a picture, and no title.
func parseSitemap(text string, o Options, w *warnings) (Feed, error) {
	src := source{base: baseOf(o.URL), w: w}
	f := Feed{Kind: Sitemap, Stories: []digest.Story{}}
	err := entries(text, "url", w, func(d *xml.Decoder, start *xml.StartElement) error {
		var u sitemapURL
		if err := d.DecodeElement(&u, start); err != nil {
			return err
		}
		if s := src.sitemapStory(u); s.URL != "" {
			f.Stories = append(f.Stories, s)
		}
		return nil
	})
	f.Read = len(f.Stories)
	if len(f.Stories) > o.MaxItems {
		// What is news stands first, then what is new: an ordinary sitemap begins with
		// the oldest pages.
		slices.SortStableFunc(f.Stories, func(a, b digest.Story) int {
			if (a.Title == "") != (b.Title == "") {
				return strings.Compare(b.Title, a.Title)
			}
			return b.Changed().Compare(a.Changed())
		})
		f.Stories = f.Stories[:o.MaxItems]
		w.add("the sitemap has more than %d pages; the oldest were not taken", o.MaxItems)
	}
	return f, err
}

func (src source) sitemapStory(u sitemapURL) digest.Story {
	s := digest.Story{URL: src.absolute(u.Loc)}
	if at, ok := parseDate(u.LastMod, time.UTC); ok {
		s.Updated = at
	}
	if len(u.News) > 0 {
		n := u.News[0]
		s.Title, s.Language = prose.Plain(n.Title), languageOf(n.Language, nil, "", "")
		if at, ok := parseDate(n.Date, homeZone(s.Language)); ok {
			s.Published = at
		}
		s.Topics = topics(strings.Split(n.Keywords, ","))
		if rest, mark, ok := sponsored(s.Title); ok {
			s.Title, s.Sponsor = rest, mark
		}
	}
	for _, i := range u.Images {
		if s.Image = src.usable(&digest.Image{URL: i.Loc, Caption: firstOf(i.Caption, i.Title)}); s.Image != nil {
			break
		}
	}
	return s
}

// parseIndex reads a list of sitemaps: those that may hold what is new, the newest
// first, and those for news before all others.
func parseIndex(text string, o Options, w *warnings) (Feed, error) {
	src := source{base: baseOf(o.URL), w: w}
	f := Feed{Kind: SitemapOf}
	type part struct {
		url  string
		news bool
		at   time.Time
	}
	var parts []part
	err := entries(text, "sitemap", w, func(d *xml.Decoder, start *xml.StartElement) error {
		var u sitemapURL
		if err := d.DecodeElement(&u, start); err != nil {
			return err
		}
		if link := src.absolute(u.Loc); link != "" {
			at, _ := parseDate(u.LastMod, time.UTC)
			parts = append(parts, part{link, strings.Contains(strings.ToLower(link), "news"), at})
		}
		return nil
	})
	slices.SortStableFunc(parts, func(a, b part) int {
		if a.news != b.news {
			return map[bool]int{true: -1, false: 1}[a.news]
		}
		return b.at.Compare(a.at)
	})
	for _, p := range parts[:min(len(parts), MaxSitemaps)] {
		f.Parts = append(f.Parts, p.url)
	}
	if len(parts) > MaxSitemaps {
		w.add("the index has %d sitemaps; the %d newest are read", len(parts), MaxSitemaps)
	}
	return f, err
}

// entries gives each element of a name in turn. Where the XML breaks, what came before
// it counts.
func entries(text, local string, w *warnings, take func(*xml.Decoder, *xml.StartElement) error) error {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now, whatever it says
	for found := 0; ; {
		t, err := d.Token()
		if start, ok := t.(xml.StartElement); err == nil && ok && start.Name.Local == local {
			if err = take(d, &start); err == nil {
				found++
			}
		}
		switch {
		case errors.Is(err, io.EOF), found == maxEntries:
			return nil
		case err != nil && found == 0:
			return fmt.Errorf("%w: a sitemap whose XML cannot be read: %w", ErrNotAFeed, err)
		case err != nil:
			w.add("the sitemap breaks off before its end")
			return nil
		}
	}
}
