package newsroom

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// What people are told of sources: fetch, draft, sources, check and the notices say each
// thing in the same words.

// sourceWords is an error in an editor's words. Of an address they say nothing: it may
// be a secret, and the source has a name.
func sourceWords(err error) string {
	var failed *fetch.Error
	if errors.As(err, &failed) {
		return failed.Words
	}
	return Plain(err)
}

// pageError is that a web page came where a feed should be, and which feeds it names.
type pageError struct {
	err    error
	feeds  []string
	secret bool // they lead to the source's own address, which is one
}

// aPage looks in what is no feed for the feeds that it names.
func aPage(err error, page fetch.Response, secret bool) error {
	if !errors.Is(err, feed.ErrNotAFeed) {
		return err
	}
	feeds := slices.DeleteFunc(feed.Discover(page.Body, page.FinalURL), func(f string) bool { return !strings.Contains(f, "://") })
	if len(feeds) == 0 {
		return err
	}
	return &pageError{err, feeds, secret}
}

func (e *pageError) Error() string {
	first := fetch.Shown(e.feeds[0], e.secret)
	if n := len(e.feeds); n > 1 {
		return fmt.Sprintf("this is not a feed but a web page, which names %s feeds: give the source the url of one, such as %s", figures.Of(n), first)
	}
	return "this is not a feed but a web page, which names its feed: give the source the url " + first
}

func (e *pageError) Unwrap() error { return e.err }

// remarks say what a source lacks that was read, and what to do; warned is what has been
// said of it: each file of a folder that cannot be read.
func remarks(source config.Source, stories []store.KeyedStory, warned []string) (all []string) {
	unlinked, dated := 0, false
	for _, s := range stories {
		if s.URL == "" {
			unlinked++
		}
		dated = dated || !s.Published.IsZero()
	}
	if unlinked > 0 {
		fix := ""
		if source.Folder != "" {
			fix = `: give each its "link:"`
		}
		all = append(all, fmt.Sprintf("stories without a link: %s; no edition takes such a story%s", figures.Of(unlinked), fix))
	}
	switch {
	case len(stories) == 0 && source.Folder != "" && len(warned) > 0:
		all = append(all, "no story in it can be read")
	case len(stories) == 0 && source.Folder != "":
		all = append(all, `no story is in it: a story is a file whose name ends in ".md"`)
	case len(stories) == 0:
		all = append(all, "no story is in it")
	case !dated:
		all = append(all, "no story has a date that can be read: each counts from when it is first seen")
	}
	return all
}

// movedWords say that a source's feed has moved for good; empty: it has not. A source that
// has its name from its host would lose it, and its stories of this week, with the url.
func movedWords(source, to string) string {
	if to == "" {
		return ""
	}
	words := "has moved for good to " + to + ": change its url in " + ConfigFile
	if host := config.HostName(to); strings.Contains(source, ".") && host != "" && host != source {
		words += fmt.Sprintf(", with \"name: %s\", so that its stories stay", source)
	}
	return words
}

// goneWords say what to do about a source that is gone for good.
const goneWords = "is gone for good, says its server: take it out of " + ConfigFile + ", or give it another url"

// untilWords say until when a source is left alone; empty: it is not.
func untilWords(st store.SourceState, now time.Time, zone *time.Location) string {
	if !now.Before(st.NotBefore) {
		return ""
	}
	until := st.NotBefore.In(zone).Format(clock)
	if st.NotBefore.Sub(st.LastTry) >= longestAway {
		return "left alone for a day, until " + until + ": its server asks for that or longer"
	}
	return "left alone until " + until + ", as its server asks"
}

// awayWords say why a source is not asked now; empty: it may be.
func awayWords(st store.SourceState, now time.Time, zone *time.Location) string {
	until := untilWords(st, now, zone)
	if until == "" {
		return ""
	}
	return fmt.Sprintf("not asked: %s (%s)", until, st.Error)
}

// quietWords say that a source answers, and has had nothing new for long; empty: it has.
func quietWords(st store.SourceState, now time.Time, zone *time.Location) string {
	if st.LastNew.IsZero() || st.LastSuccess.IsZero() || now.Sub(st.LastNew) < quietAge {
		return ""
	}
	return "nothing new in it since " + st.LastNew.In(zone).Format("2 January 2006")
}

// Notes are what else should be known of a source that was read.
func (r SourceReport) Notes() []string {
	moved := movedWords(r.Source, r.MovedTo)
	if moved != "" {
		moved = "it " + moved
	}
	return slices.DeleteFunc([]string{r.Quiet, moved}, func(s string) bool { return s == "" })
}

// Advice says what to change about a source in the configuration; empty: nothing.
func (l SourceLine) Advice() string {
	if l.Gone {
		return goneWords
	}
	return movedWords(l.Source, l.MovedTo)
}

// Advice says what to change about a source in the configuration; empty: nothing.
func (c SourceCheck) Advice() string { return movedWords(c.Source, c.MovedTo) }

// shownMove is where a feed has moved to, as people may see it.
func shownMove(address string) string {
	if address == "" || strings.HasSuffix(address, "…") { // of a secret one, only the host was kept
		return address
	}
	return fetch.Shown(address, false)
}
