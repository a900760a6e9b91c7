package newsroom

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

// agent is our name in a robots.txt.
const agent = "Broadsheet"

const (
	robotsKept = 24 * time.Hour // RFC 9309 2.4
	maxRobots  = 500 << 10      // how much of one must be read (RFC 9309 2.5)
)

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
