package newsroom

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
)

// What is asked for of the links of an edition, at most.
const (
	lintLinksTime = 20 * time.Second
	mostLinks     = 300
)

// lintLinks asks for the pages that an edition links to, but for our own: those hold
// tokens, or are not there yet. A page that cannot be reached now is not dead. The
// stories' pages that were asked for just before a send are the recheck's to judge.
func (n *Newsroom) lintLinks(ctx context.Context, e *Printed, mails []sampleMail) ([]lint.Finding, error) {
	known, err := n.knownPages(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	seen, err := n.seenTaken(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	stories := map[string]digest.Story{}
	for _, item := range e.Revision.Items() {
		stories[item.Story.URL] = item.Story
	}
	dead := n.deadOf(ctx, n.linksToAsk(e, mails))
	var found []lint.Finding
	for _, u := range slices.Sorted(maps.Keys(dead)) {
		s, isStory := stories[u]
		what := pageGone(dead[u])
		switch {
		case !isStory:
			found = append(found, linkDead.At("link", u+": "+dead[u].Words))
		case known[s.ID] != 0 && known[s.ID] != pageThere, seen[s.ID] == what:
			found = append(found, linkKnown.At("story "+s.ID, what))
		default:
			found = append(found, linkDead.At("story "+s.ID, what))
		}
	}
	return found, nil
}

// pageGone says of a story that its page is not there.
func pageGone(page *fetch.Error) string { return "its page is gone (" + page.Words + ")" }

// linksToAsk are the links of messages that lead elsewhere, in no order.
func (n *Newsroom) linksToAsk(e *Printed, mails []sampleMail) []string {
	links := map[string]bool{}
	for _, m := range mails {
		for _, u := range lint.Links(m.eml) {
			if _, asked := e.asked[u]; !asked && hostOf(u) != n.Config.Site.Host && len(links) < mostLinks {
				links[u] = true
			}
		}
	}
	return slices.Collect(maps.Keys(links))
}

// deadOf are those of the links whose server is there, and says that the page is not.
func (n *Newsroom) deadOf(ctx context.Context, links []string) map[string]*fetch.Error {
	ctx, stop := context.WithTimeout(ctx, lintLinksTime)
	defer stop()
	dead := map[string]*fetch.Error{}
	var mu sync.Mutex
	var running sync.WaitGroup
	places := make(chan struct{}, sourcesAtOnce)
	for _, u := range links {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if failed := n.askFor(ctx, u); failed != nil && failed.Gone() {
				mu.Lock()
				defer mu.Unlock()
				dead[u] = failed
			}
		})
	}
	running.Wait()
	return dead
}

// deadStories are the stories that a report says are gone, with what the recheck would
// say of them.
func deadStories(r LintReport) map[string]string {
	dead := map[string]string{}
	for _, v := range r.Variants {
		for _, f := range v.Findings {
			if id, ok := strings.CutPrefix(f.Where, "story "); ok && f.Rule == linkDead.Name {
				dead[id] = f.What
			}
		}
	}
	return dead
}
