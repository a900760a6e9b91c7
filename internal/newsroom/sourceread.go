package newsroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// bulky is the size from which feeds are parsed one after another: a few large ones
// together would take the memory of many.
const bulky = 2 << 20

// reading is what a source had to say.
type reading struct {
	stories   []digest.Story
	warnings  []string
	unchanged bool
	whole     bool // all that the source has, each story sound: what is not among them was taken out

	is        feed.Kind
	read      int      // posts in the answer of an interface
	parts     []string // of an index of sitemaps
	partly    bool     // more may come although the server will say that nothing has changed
	completes bool     // it is read for what another source leaves out

	title  string
	kind   string
	size   int64          // unpacked
	maxAge time.Duration  // how long its server says that it stays good
	answer fetch.Response // its body only where no stories could be made of it
}

// timedRead reads a source and says how long that took, but for waiting until others of the
// same host were through: that says nothing of this one.
func (n *Newsroom) timedRead(ctx context.Context, letter *config.Newsletter, source config.Source, state *store.SourceState) (reading, time.Duration, error) {
	begun := time.Now()
	ctx, waited := fetch.Waiting(ctx)
	got, err := n.read(ctx, letter, source, state)
	return got, max(0, time.Since(begun)-waited()), err
}

// read reads a source, and keeps in its state what the next try should know.
func (n *Newsroom) read(ctx context.Context, letter *config.Newsletter, source config.Source, state *store.SourceState) (reading, error) {
	got, err := n.readFrom(ctx, letter, source, state)
	if err != nil && source.Type == "" {
		err = aPage(err, got.answer, source.Secret)
	}
	return got, err
}

func (n *Newsroom) readFrom(ctx context.Context, letter *config.Newsletter, source config.Source, state *store.SourceState) (reading, error) {
	switch {
	case source.Folder != "":
		return readFolder(source, letter.Location, n.Config.Site)
	case source.File != "":
		// A file has no address: its relative links are read against the site's.
		got, err := n.parseFeed(func() ([]byte, error) { return n.readFeedFile(source.File) }, feed.Options{URL: n.Config.Site.String() + "/"})
		if err == nil && got.is == feed.Sitemap {
			got.onlyNews()
		}
		if err == nil {
			n.complete(ctx, source, &got)
		}
		return got, err
	}
	return n.readURL(ctx, source, state)
}

// readURL asks a source's server; where it said before that the feed has moved for good,
// the new address, as long as that answers.
func (n *Newsroom) readURL(ctx context.Context, source config.Source, state *store.SourceState) (reading, error) {
	ask := fetch.Request{URL: source.URL, Secret: source.Secret}
	if state.Reader == n.options.Version { // another may read more out of the same bytes
		ask.Known = fetch.Validators{ETag: state.ETag, LastModified: state.LastModified, Of: state.ValidatorsOf}
	}
	moved := state.RedirectedTo
	if source.Secret {
		moved = "" // only its host is known
	}
	ask.URL = cmp.Or(moved, source.URL)
	r, err := n.client.Get(ctx, ask)
	got, err := n.parseAnswer(ctx, r, err)
	if moved != "" && leadsNowhere(err) {
		ask.URL = source.URL
		r2, err2 := n.client.Get(ctx, ask)
		if again, err2 := n.parseAnswer(ctx, r2, err2); err2 == nil {
			r, got, err, moved = r2, again, nil, ""
		}
	}
	if err == nil && !got.unchanged {
		if err = n.readOn(ctx, askedFor{ask.URL, source.Secret, source.Type}, &got); err == nil {
			n.complete(ctx, source, &got)
		}
	}
	if err != nil {
		return got, ofType(source.Type, err)
	}
	if state.RedirectedTo = cmp.Or(r.PermanentURL, moved); source.Secret && r.PermanentURL != "" {
		state.RedirectedTo = fetch.Shown(r.PermanentURL, true)
	}
	if !got.unchanged {
		state.ETag, state.LastModified, state.ValidatorsOf = r.Known.ETag, r.Known.LastModified, r.Known.Of
		state.Reader = n.options.Version
		if got.partly {
			state.ETag, state.LastModified = "", ""
		}
	}
	return got, nil
}

// leadsNowhere tells of an address that a feed moved to, and where it is no more: whoever
// has a domain that was given up shows pages there.
func leadsNowhere(err error) bool {
	if errors.Is(err, feed.ErrNotAFeed) {
		return true
	}
	var failed *fetch.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Kind {
	case fetch.Unknown, fetch.Unreachable, fetch.Insecure, fetch.Barred, fetch.Redirects, fetch.BadURL:
		return true
	}
	return failed.Kind == fetch.Status && failed.Lasting()
}

// parseAnswer makes stories of an answer. Where only a part of it came, those that were
// whole are read, with a warning.
func (n *Newsroom) parseAnswer(ctx context.Context, r fetch.Response, failure error) (reading, error) {
	var failed *fetch.Error
	partly := errors.As(failure, &failed) && failed.Partly && ctx.Err() == nil
	if failure != nil && !partly {
		return reading{}, failure
	}
	if r.NotModified {
		return reading{unchanged: true, maxAge: r.MaxAge, answer: r}, nil
	}
	got, err := n.parseFeed(func() ([]byte, error) { return r.Body, nil }, feed.Options{ContentType: r.ContentType, Language: r.Language, URL: r.FinalURL})
	got.maxAge, got.answer = r.MaxAge, r
	if err == nil {
		got.answer.Body = nil // it may be large, and its stories are read
	}
	if !partly {
		return got, err
	}
	if err != nil || len(got.stories) == 0 {
		return got, failure
	}
	what := fmt.Sprintf("%s: only the %s stories that came before are read", failed.Words, figures.Of(len(got.stories)))
	if len(got.stories) == 1 {
		what = failed.Words + ": only the story that came before is read"
	}
	got.warnings = append([]string{what}, got.warnings...)
	return got, nil
}

// parseFeed makes stories of a feed when it is its turn: no more are parsed at once than
// there are processors, since none would be done sooner, and each takes memory.
func (n *Newsroom) parseFeed(load func() ([]byte, error), o feed.Options) (reading, error) {
	n.parsing <- struct{}{}
	defer func() { <-n.parsing }()
	data, err := load()
	if err != nil {
		return reading{}, err
	}
	if len(data) > bulky {
		<-n.parsing // the small ones go on meanwhile
		n.bulk.Lock()
		defer n.bulk.Unlock()
		n.parsing <- struct{}{}
	}
	o.MaxItems = storiesLimit
	f, err := feed.Parse(data, o)
	if kept := slices.DeleteFunc(f.Stories, blank); len(kept) < len(f.Stories) {
		f.Warnings = append(f.Warnings, fmt.Sprintf("items that say nothing are left out: %s", figures.Of(len(f.Stories)-len(kept))))
		f.Stories = kept
	}
	got := reading{
		stories: f.Stories, warnings: f.Warnings, title: f.Title, kind: string(f.Kind), size: int64(len(data)),
		is: f.Kind, read: f.Read, parts: f.Parts,
	}
	if err != nil {
		got.answer.Body = data
	}
	return got, err
}

// blank tells of a story with nothing in it.
func blank(s digest.Story) bool {
	return s.Title == "" && s.URL == "" && s.Teaser == "" && s.HTML == ""
}
