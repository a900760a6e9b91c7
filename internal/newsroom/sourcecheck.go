package newsroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// newestShown is how many stories a check names.
const newestShown = 5

// SourceCheck says what would be read of a source now. Nothing of it is stored.
type SourceCheck struct {
	Source     string        `json:"source,omitempty"` // none: it is not in the configuration
	Newsletter string        `json:"newsletter,omitempty"`
	From       string        `json:"from"`
	Error      string        `json:"error,omitempty"`
	Away       bool          `json:"away,omitempty"`     // it was not asked: its server wants to be left alone
	Final      string        `json:"final,omitempty"`    // where redirects led
	MovedTo    string        `json:"moved_to,omitempty"` // for good
	Type       string        `json:"type,omitempty"`     // the Content-Type
	Packed     []string      `json:"packed,omitempty"`
	Wire       int64         `json:"wire,omitempty"` // bytes as they came
	Bytes      int64         `json:"bytes"`          // unpacked
	Seconds    float64       `json:"seconds"`
	Kind       string        `json:"kind,omitempty"`
	Title      string        `json:"title,omitempty"`
	Stories    int           `json:"stories"`
	Unstored   int           `json:"unstored"` // would be new
	ThisWeek   int           `json:"this_week"`
	Dated      int           `json:"dated"`
	Teasers    int           `json:"teasers"`
	Texts      int           `json:"texts"`
	Pictures   int           `json:"pictures"`
	Unlinked   int           `json:"unlinked,omitempty"` // have no link, so that no edition takes them
	Oldest     time.Time     `json:"oldest,omitzero"`
	Newest     []SourceStory `json:"newest,omitempty"`
	Feeds      []string      `json:"feeds,omitempty"` // that a web page names, where it is one
	Warnings   []string      `json:"warnings,omitempty"`
}

// SourceStory is one of a source's stories.
type SourceStory struct {
	Title     string    `json:"title"`
	URL       string    `json:"url"`
	Published time.Time `json:"published,omitzero"`
}

// toCheck is a source that is to be read; ours: it is in the configuration.
type toCheck struct {
	letter *config.Newsletter
	source config.Source
	ours   bool
}

// CheckSources reads a source now, as fetch would, and says what is in it: one by name,
// those of a newsletter, an address, file or folder that is in no configuration, or every
// source where what is empty. A server that wants to be left alone is asked only where
// anyway says so.
func (n *Newsroom) CheckSources(ctx context.Context, what string, anyway bool) ([]SourceCheck, error) {
	letter, source, err := n.findSource(what)
	if err == nil && what != "" {
		return n.checkEach(ctx, []toCheck{{letter, source, true}}, anyway)
	}
	if ours := n.sourcesOf(what); len(ours) > 0 || what == "" {
		return n.checkEach(ctx, ours, anyway)
	}
	letter, source, ours, ok := n.elsewhere(what)
	if !ok {
		return nil, fmt.Errorf("%w; a file or folder of that name is not there either", err)
	}
	return n.checkEach(ctx, []toCheck{{letter, source, ours}}, anyway)
}

// sourcesOf are the sources of a newsletter, or of all where none is named.
func (n *Newsroom) sourcesOf(newsletter string) []toCheck {
	var all []toCheck
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		for _, s := range letter.Sources {
			if newsletter == "" || newsletter == letter.Name {
				all = append(all, toCheck{letter, s, true})
			}
		}
	}
	return all
}

func (n *Newsroom) checkEach(ctx context.Context, all []toCheck, anyway bool) ([]SourceCheck, error) {
	checks := make([]SourceCheck, len(all))
	failures := make([]error, len(all))
	var running sync.WaitGroup
	for i, o := range all {
		running.Go(func() { checks[i], failures[i] = n.checkSource(ctx, o, anyway) })
	}
	running.Wait()
	return checks, errors.Join(failures...)
}

// elsewhere is a source that is named by its address, file or folder; ours: one of the
// configuration has that address.
func (n *Newsroom) elsewhere(what string) (letter *config.Newsletter, s config.Source, ours, ok bool) {
	for i := range n.Config.Newsletters {
		for _, s := range n.Config.Newsletters[i].Sources {
			if s.URL != "" && fetch.Fingerprint(s.URL) == fetch.Fingerprint(what) {
				return &n.Config.Newsletters[i], s, true, true
			}
		}
	}
	letter = &n.Config.Newsletters[0]
	if u, err := url.Parse(what); err == nil && u.Host != "" {
		return letter, config.Source{URL: what, Pages: config.PagesNever}, false, true
	}
	file, err := filepath.Abs(what)
	if info, gone := os.Stat(file); err == nil && gone == nil {
		if info.IsDir() {
			return letter, config.Source{Folder: file, Pages: config.PagesNever}, false, true
		}
		return letter, config.Source{File: file, Pages: config.PagesNever}, false, true
	}
	if host, _, _ := strings.Cut(what, "/"); strings.Index(host, ".") > 0 && path.Ext(host) != ".xml" && path.Ext(host) != ".json" { // as people write addresses
		return letter, config.Source{URL: "https://" + what, Pages: config.PagesNever}, false, true
	}
	return nil, s, false, false
}

func (n *Newsroom) checkSource(ctx context.Context, o toCheck, anyway bool) (SourceCheck, error) {
	letter, source := o.letter, o.source
	c := SourceCheck{Source: source.Name, From: shownFrom(source)}
	if o.ours {
		c.Newsletter = letter.Name
	}
	if o.ours && !anyway {
		st, err := n.sourceState(ctx, letter, source)
		if err != nil {
			return c, err
		}
		if c.Error = awayWords(st, n.Clock(), letter.Location); c.Error != "" {
			c.Away = true
			return c, nil
		}
	}
	var state store.SourceState // what was read before does not matter
	got, took, err := n.timedRead(ctx, letter, source, &state)
	if err != nil && ctx.Err() != nil {
		return c, ctx.Err()
	}
	c.Seconds, c.MovedTo = took.Seconds(), shownMove(state.RedirectedTo)
	c.Type, c.Packed, c.Wire = got.answer.ContentType, got.answer.Packed, got.answer.Wire
	c.Bytes, c.Kind, c.Title, c.Warnings = got.size, got.kind, got.title, got.warnings
	if final := got.answer.FinalURL; final != "" && fetch.Fingerprint(final) != fetch.Fingerprint(source.URL) {
		c.Final = fetch.Shown(final, source.Secret)
	}
	if source.Folder != "" {
		c.Kind = "folder"
	}
	if err != nil {
		c.Error = sourceWords(err)
		var page *pageError
		if errors.As(err, &page) && !page.secret {
			c.Feeds = page.feeds
		}
		return c, nil
	}
	return c, n.count(ctx, &c, letter, source, got.stories)
}

// count says what the stories of a source have and lack.
func (n *Newsroom) count(ctx context.Context, c *SourceCheck, letter *config.Newsletter, source config.Source, stories []digest.Story) error {
	now := n.Clock()
	reserve := now.Add(-digest.Reserve) // older stories are in no edition
	stored, err := n.Store.Stories(ctx, letter.Name, reserve, time.Time{})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range stored {
		for _, key := range digest.Keys(s) {
			known[key] = true
		}
	}
	week := now.Add(-7 * 24 * time.Hour)
	all := keyed(letter, source, stories)
	c.Warnings = append(c.Warnings, remarks(source, all, c.Warnings)...)
	for _, s := range all {
		c.Stories++
		isKnown := slices.ContainsFunc(s.Keys, func(key string) bool { return known[key] })
		if !isKnown && (s.Published.IsZero() || !s.Published.Before(reserve)) {
			c.Unstored++
		}
		for _, has := range []struct {
			is bool
			n  *int
		}{
			{!s.Published.IsZero(), &c.Dated},
			{s.Teaser != "", &c.Teasers},
			{s.HTML != "", &c.Texts},
			{s.Image != nil, &c.Pictures},
			{s.Published.After(week), &c.ThisWeek},
			{s.URL == "", &c.Unlinked},
		} {
			if has.is {
				*has.n++
			}
		}
		if p := s.Published; !p.IsZero() && (c.Oldest.IsZero() || p.Before(c.Oldest)) {
			c.Oldest = p.In(letter.Location)
		}
		c.newest(SourceStory{s.Title, s.URL, inZone(s.Published, letter.Location)})
	}
	return nil
}

// newest keeps a story where it is one of the newest, the newest first; those without a
// date come last, in the feed's order.
func (c *SourceCheck) newest(s SourceStory) {
	at := len(c.Newest)
	for at > 0 && s.Published.After(c.Newest[at-1].Published) {
		at--
	}
	if at == newestShown {
		return
	}
	c.Newest = append(c.Newest[:at], append([]SourceStory{s}, c.Newest[at:]...)...)
	c.Newest = c.Newest[:min(len(c.Newest), newestShown)]
}
