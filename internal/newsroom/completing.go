package newsroom

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

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
	readingTime   = 30 * time.Second // for all the pages of a fetch
	robotsKept    = 24 * time.Hour   // RFC 9309 2.4
)

// agent is our name in a robots.txt.
const agent = "Broadsheet"

// completeFromPages reads the pages of stories that lack a text or a picture, each
// once, and stores what they add. What goes wrong costs nothing but that. It gives how
// many pages of each source were read.
func (n *Newsroom) completeFromPages(ctx context.Context, letter *config.Newsletter) (map[string]int, error) {
	now := n.Clock()
	stories, err := n.Store.Stories(ctx, letter.Name, now.Add(-completeBack), time.Time{})
	if err != nil {
		return nil, err
	}
	visits := n.visitPages(ctx, pagesWanted(letter, stories, now))
	shared := standIns(stories, visits)
	read := map[string]int{}
	var failed error
	for _, v := range visits {
		if v.found.Image != nil && shared[v.story.Source+" "+v.found.Image.URL] {
			v.found.Image = nil
		}
		if v.read {
			read[v.story.Source]++
		}
		failed = cmp.Or(failed, n.Store.ChangeStory(context.WithoutCancel(ctx), letter.Name, v.story.ID, now, func(s *digest.Story) {
			*s = digest.Complete(*s, v.found, fromPage)
			s.Page = &v.Visit
		}))
	}
	return read, failed
}

// pagesWanted are the stories whose pages are to be read now, the newest first, so many
// of each source.
func pagesWanted(letter *config.Newsletter, stories []digest.Story, now time.Time) []digest.Story {
	slices.SortStableFunc(stories, func(a, b digest.Story) int { return b.Date().Compare(a.Date()) })
	wanted := map[string]int{}
	return slices.DeleteFunc(slices.Clone(stories), func(s digest.Story) bool {
		source, ok := sourceOf(letter, s.Source)
		if !ok || wanted[s.Source] == pagesOfSource || !wantsPage(source, s, now) {
			return true
		}
		wanted[s.Source]++
		return false
	})
}

// visitPages reads the pages of stories, those of each source by themselves, so that none
// waits for another's server.
func (n *Newsroom) visitPages(ctx context.Context, stories []digest.Story) []visited {
	ctx, stop := context.WithTimeout(ctx, readingTime)
	defer stop()
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		visits  []visited
		places  = map[string]chan struct{}{} // of each source
		robots  = robots{n: n, hosts: map[string]*rules{}}
	)
	for _, s := range stories {
		place := places[s.Source]
		if place == nil {
			place = make(chan struct{}, pagesAtOnce)
			places[s.Source] = place
		}
		running.Go(func() {
			place <- struct{}{}
			defer func() { <-place }()
			if v, ok := n.visit(ctx, s, &robots); ok {
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

// wantsPage tells whether the page of a story is to be read: it lacks something, its
// source allows it, and it was not read before. Of one that may not be shown yet there
// is no page.
func wantsPage(source config.Source, s digest.Story, now time.Time) bool {
	lacks := s.Lacks() || source.Pages == config.PagesForText && s.HTML == ""
	visited := s.Page != nil && (s.Page.Done || s.Page.Tries >= pageTries)
	return lacks && !visited && source.Pages != config.PagesNever && s.URL != "" && s.Gone == 0 && !s.Embargo.After(now) && !s.RunFrom.After(now)
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
	if v.Error != "" {
		n.Log.Info("the page of a story was not read", "story", s.ID, "why", v.Error)
	}
	return v, true
}

// mostShared is how many stories of a source may have one picture from their pages. More
// have what the site shows where there is none.
const mostShared = 2

// standIns are those pictures, by source and address.
func standIns(stories []digest.Story, visits []visited) map[string]bool {
	shared := map[string]int{}
	for _, s := range stories {
		if s.Image != nil && strings.HasPrefix(s.Found[digest.InPicture], fromPage) {
			shared[s.Source+" "+s.Image.URL]++
		}
	}
	for _, v := range visits {
		if v.found.Image != nil {
			shared[v.story.Source+" "+v.found.Image.URL]++
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

// robots knows what sites let robots read (RFC 9309). It asks each once.
type robots struct {
	n     *Newsroom
	mu    sync.Mutex
	hosts map[string]*rules
}

// rules are a site's. once is held while they are asked for.
type rules struct {
	once  sync.Once
	group *robotstxt.Group // nil: the site has not answered
	asked int
	left  bool // it wants to be left alone
}

// keptRobots is what the store remembers of a site's robots.txt.
type keptRobots struct {
	At     time.Time
	Status int
	Body   string
}

// allow tells whether a page may be read. Where the site asks for a pause between two
// requests, one page a fetch is. known: its robots.txt is known, or that it has none.
func (r *robots) allow(ctx context.Context, link string) (allowed, known bool) {
	u, err := url.Parse(link)
	if err != nil {
		return false, true
	}
	site := u.Scheme + "://" + u.Host
	of := r.of(site)
	of.once.Do(func() { of.group = r.ask(ctx, site) })
	if of.group == nil {
		return false, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if of.asked++; of.group.CrawlDelay > 0 && of.asked > 1 || of.left {
		return false, false
	}
	return of.group.Test(u.RequestURI()), true
}

// of are the rules of a site.
func (r *robots) of(site string) *rules {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.hosts[site]
	if of == nil {
		of = &rules{}
		r.hosts[site] = of
	}
	return of
}

// leave reads no more pages of a link's site in this fetch: it wants to be left alone.
func (r *robots) leave(link string) {
	if u, err := url.Parse(link); err == nil {
		of := r.of(u.Scheme + "://" + u.Host)
		r.mu.Lock()
		of.left = true
		r.mu.Unlock()
	}
}

// ask reads a site's robots.txt, from memory where it is no older than a day. Nil: it
// cannot be known now.
func (r *robots) ask(ctx context.Context, site string) *robotstxt.Group {
	memo, now := "robots/"+site, r.n.Clock()
	var k keptRobots
	if found, err := r.n.recall(ctx, memo, &k); err != nil || !found || now.Sub(k.At) > robotsKept {
		answer, err := r.n.client.Get(ctx, fetch.Request{URL: site + "/robots.txt", Accept: "text/plain, */*;q=0.5"})
		var failure *fetch.Error
		if errors.As(err, &failure) && (failure.Kind != fetch.Status || failure.Status >= 500 || failure.Status == 429) {
			return nil
		}
		if k = (keptRobots{now, answer.Status, string(answer.Body[:min(len(answer.Body), maxRobots)])}); failure != nil {
			k.Status = failure.Status
		}
		if err := r.n.remember(ctx, memo, k); err != nil {
			return nil
		}
	}
	parsed, err := robotstxt.FromStatusAndString(k.Status, k.Body)
	if err != nil { // what cannot be read asks for nothing
		parsed, _ = robotstxt.FromStatusAndString(404, "")
	}
	return parsed.FindGroup(agent)
}

// maxRobots is how much of a robots.txt must be read (RFC 9309 2.5).
const maxRobots = 500 << 10
