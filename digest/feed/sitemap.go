package feed

import (
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/figures"
)

const (
	// MaxSitemaps is how many of an index are named, the newest first.
	MaxSitemaps = 10
	// maxEntries of a sitemap are all that it may have (sitemaps.org/protocol).
	maxEntries = 50_000
)

// parseSitemap reads a sitemap. What it calls news is a story; of any other page it
// knows the address, maybe a date and a picture, and no title.
func parseSitemap(text string, o Options, w *warnings) (Feed, error) {
	src := source{base: baseOf(o.URL), w: w}
	f := Feed{Kind: Sitemap, Stories: []digest.Story{}}
	err := entries(text, "url", w, func(u sitemapURL) {
		if s := src.sitemapStory(u); s.URL != "" {
			f.Stories = append(f.Stories, s)
		}
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
		w.add("the sitemap has more than %s pages; the oldest were not taken", figures.Of(o.MaxItems))
	}
	return f, err
}

func (src source) sitemapStory(u sitemapURL) digest.Story {
	s := digest.Story{URL: src.absolute(u.loc), Title: prose.Plain(u.title), Language: languageOf(u.language, nil, "", "")}
	if at, ok := parseDate(u.lastMod, time.UTC); ok {
		s.Updated = at
	}
	if at, ok := dateIn(u.date, s.Language); ok {
		s.Published = at
	}
	s.Topics = topics(strings.Split(u.keywords, ","))
	if rest, mark, ok := sponsored(s.Title); ok {
		s.Title, s.Sponsor = rest, mark
	}
	for _, i := range u.images {
		if s.Image = src.usable(&digest.Image{URL: i.loc, Caption: firstOf(i.caption, i.title)}); s.Image != nil {
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
	err := entries(text, "sitemap", w, func(u sitemapURL) {
		if link := src.absolute(u.loc); link != "" {
			at, _ := parseDate(u.lastMod, time.UTC)
			parts = append(parts, part{link, strings.Contains(strings.ToLower(link), "news"), at})
		}
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
		w.add("the index has %s sitemaps; the %s newest are read", figures.Of(len(parts)), figures.Of(MaxSitemaps))
	}
	return f, err
}
