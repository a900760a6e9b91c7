package newsroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/page"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

const (
	// completeBack is how old a story may be for its page to be read: no weekly edition
	// takes an older one, unless its week is thin.
	completeBack = 2 * candidatesBack

	pagesOfSource = 20               // pages of one source that a fetch reads
	pagesAtOnce   = 2                // of them at the same time
	pageTries     = 3                // until a page that does not answer is let be
	readingTime   = 30 * time.Second // for all of them
)

// completing reads pages in a fetch: of each source as soon as that was read and stored,
// beside sources that have not answered yet.
type completing struct {
	n       *Newsroom
	robots  robots // what a site asks for counts for the whole fetch
	running sync.WaitGroup

	mu     sync.Mutex
	begun  map[string]bool // stories, of which two sources may have one
	failed []error
}

func (n *Newsroom) completing() *completing {
	return &completing{n: n, robots: robots{n: n, hosts: map[string]*rules{}}, begun: map[string]bool{}}
}

// begin reads the pages of a source's stories. How many were read stands in read after
// wait.
func (c *completing) begin(ctx context.Context, letter *config.Newsletter, source config.Source, read *int) {
	c.running.Go(func() {
		var err error
		if *read, err = c.fromPages(ctx, letter, source); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.failed = append(c.failed, fmt.Errorf("complete the stories of %s: %w", source.Name, err))
		}
	})
}

// wait waits until all pages are read. The error is the store's.
func (c *completing) wait() error {
	c.running.Wait()
	return errors.Join(c.failed...)
}

// fromPages reads the pages of a source's stories that lack a text or a picture, each
// once, and stores what they add. What goes wrong costs nothing but that. It gives how
// many were read.
func (c *completing) fromPages(ctx context.Context, letter *config.Newsletter, source config.Source) (read int, err error) {
	if source.Pages == config.PagesNever {
		return 0, nil
	}
	n, now := c.n, c.n.Clock()
	since := now.Add(-completeBack)
	stories, err := n.Store.SourceStories(ctx, letter.Name, source.Name, since, leastWanted(source))
	if err != nil {
		return 0, err
	}
	visits := c.visitPages(ctx, c.wanted(letter, source, stories, now))
	shared := map[string]bool{}
	if slices.ContainsFunc(visits, func(v visited) bool { return v.found.Image != nil }) {
		if stories, err = n.Store.SourceStories(ctx, letter.Name, source.Name, since, digest.WantsNothing); err != nil {
			return 0, err
		}
		shared = standIns(stories, visits)
	}
	for _, v := range visits {
		if v.found.Image != nil && shared[v.found.Image.URL] {
			v.found.Image = nil
		}
		if v.read {
			read++
		}
		err = cmp.Or(err, n.Store.ChangeStory(context.WithoutCancel(ctx), letter.Name, v.story.ID, now, func(s *digest.Story) {
			*s = digest.Complete(*s, v.found, fromPage)
			s.Page = &v.Visit
		}))
	}
	return read, err
}

// wanted are the stories whose pages are to be read now, the newest first, so many of a
// source.
func (c *completing) wanted(letter *config.Newsletter, source config.Source, stories []digest.Story, now time.Time) []digest.Story {
	slices.SortStableFunc(stories, func(a, b digest.Story) int { return b.Date().Compare(a.Date()) })
	c.mu.Lock()
	defer c.mu.Unlock()
	all := 0
	return slices.DeleteFunc(stories, func(s digest.Story) bool {
		if all == pagesOfSource || !wantsPage(source, s, now) || c.begun[letter.Name+" "+s.ID] {
			return true
		}
		c.begun[letter.Name+" "+s.ID] = true
		all++
		return false
	})
}

// visitPages reads the pages of a source's stories.
func (c *completing) visitPages(ctx context.Context, stories []digest.Story) []visited {
	ctx, stop := context.WithTimeout(ctx, readingTime)
	defer stop()
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		visits  []visited
		places  = make(chan struct{}, pagesAtOnce)
	)
	for _, s := range stories {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if v, ok := c.n.visit(ctx, s, &c.robots); ok {
				mu.Lock()
				defer mu.Unlock()
				visits = append(visits, v)
			}
		})
	}
	running.Wait()
	return visits
}

// sourceOf is a newsletter's source by its name.
func sourceOf(letter *config.Newsletter, name string) (config.Source, bool) {
	if i := slices.IndexFunc(letter.Sources, func(s config.Source) bool { return s.Name == name }); i >= 0 {
		return letter.Sources[i], true
	}
	return config.Source{}, false
}

// leastWanted is what a story must want of its page for that to be read.
func leastWanted(source config.Source) digest.Want {
	if source.Pages == config.PagesForText {
		return digest.WantsText
	}
	return digest.WantsMore
}

// wantsPage tells whether the page of a story is to be read: it may add something, and
// its source allows it. Of one that may not be shown yet there is no page.
func wantsPage(source config.Source, s digest.Story, now time.Time) bool {
	return s.Wants() >= leastWanted(source) && source.Pages != config.PagesNever && !s.Embargo.After(now) && !s.RunFrom.After(now)
}

// visited is a page that was read for a story, or tried.
type visited struct {
	story digest.Story
	digest.Visit
	found digest.Story
	read  bool
}

// visit reads one page; ok: that counts as a visit. A site that asks robots to stay away
// is not asked again for this story.
func (n *Newsroom) visit(ctx context.Context, s digest.Story, robots *robots) (v visited, ok bool) {
	v = visited{story: s, Visit: digest.Visit{At: n.Clock().UTC(), Tries: 1}}
	if s.Page != nil {
		v.Tries += s.Page.Tries
	}
	switch allowed, known := robots.allow(ctx, s.URL); {
	case !known:
		return v, false // its robots.txt has not answered: another time
	case !allowed:
		v.Done, v.Error = true, "the site's robots.txt asks robots not to read it"
	default:
		var err error
		var failure *fetch.Error
		switch v.found, err = n.readPage(ctx, s); {
		case ctx.Err() != nil:
			return v, false
		case errors.As(err, &failure) && failure.RetryAfter > 0:
			robots.leave(s.URL)
			v.Error = failure.Words
		case errors.As(err, &failure):
			v.Error, v.Done = failure.Words, failure.Lasting()
		case err != nil:
			v.Error, v.Done = err.Error(), true
		default:
			v.Done, v.read = true, true
		}
	}
	v.Done = v.Done || v.Tries >= pageTries
	if v.Error != "" {
		n.Log.Info("the page of a story was not read", "story", s.ID, "why", v.Error)
	}
	return v, true
}

// mostShared is how many stories of a source may have one picture from their pages. More
// have what the site shows where there is none.
const mostShared = 2

// standIns are those pictures, by address.
func standIns(stories []digest.Story, visits []visited) map[string]bool {
	shared := map[string]int{}
	for _, s := range stories {
		if s.Image != nil && strings.HasPrefix(s.Found[digest.InPicture], fromPage) {
			shared[s.Image.URL]++
		}
	}
	for _, v := range visits {
		if v.found.Image != nil {
			shared[v.found.Image.URL]++
		}
	}
	all := map[string]bool{}
	for picture, n := range shared {
		all[picture] = n > mostShared
	}
	return all
}

// fromPage is how a story says that something was found in its page.
const fromPage = "its page"

// hasFromPage tells whether a story has something from its page.
func hasFromPage(s digest.Story) bool {
	return len(s.Without(fromPage).Found) < len(s.Found)
}

// takenFromPage says what was taken out of a page since a story got something from it.
func (n *Newsroom) takenFromPage(was, page digest.Story, item digest.Item) string {
	return digest.Lost(was, digest.Complete(was.Without(fromPage), page, fromPage), item, n.Clock())
}

// readPage fetches the page of a story and reads it.
func (n *Newsroom) readPage(ctx context.Context, s digest.Story) (digest.Story, error) {
	r, err := n.client.Get(ctx, fetch.Request{URL: s.URL, Accept: acceptPages})
	if err != nil {
		return digest.Story{}, err
	}
	return page.Parse(r.Body, page.Options{ContentType: r.ContentType, Asked: s.URL, URL: r.FinalURL})
}

const acceptPages = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
