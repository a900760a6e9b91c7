package newsroom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

// pagesTime is how long the pages of a new draft may take to answer.
const pagesTime = 10 * time.Second

// knownPages is what the pages of an edition's stories answered when they were first
// asked, by story: 200, or 404 and 410. A page that was never there has not vanished.
type knownPages map[string]int

// pageThere is what is kept of a page that answered, whatever it was.
const pageThere = 200

func pagesKey(edition int64) string { return fmt.Sprintf("pages/%d", edition) }

func (n *Newsroom) knownPages(ctx context.Context, edition int64) (knownPages, error) {
	known := knownPages{}
	_, err := n.recall(ctx, pagesKey(edition), &known)
	return known, err
}

// notePages asks for the pages of an edition that nobody has asked for yet, and
// returns words about those that are not there. A page that does not answer now is
// asked again with the next draft or edit.
func (n *Newsroom) notePages(ctx context.Context, e *Edition) ([]string, error) {
	known, err := n.knownPages(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	var unasked []digest.Item
	for _, item := range e.Revision.Items() {
		if known[item.Story.ID] == 0 {
			unasked = append(unasked, item)
		}
	}
	if len(unasked) == 0 {
		return nil, nil
	}
	asking, stop := context.WithTimeout(ctx, pagesTime)
	defer stop()
	var words []string
	pages, _ := n.pagesOf(asking, unasked)
	for i, page := range pages {
		switch id := unasked[i].Story.ID; {
		case page == nil:
			known[id] = pageThere
		case page.Gone():
			known[id] = page.Status
			words = append(words, fmt.Sprintf("the page of %q: %s", unasked[i].Story.Title, page.Words))
		}
	}
	return words, n.remember(ctx, pagesKey(e.ID), known)
}

// pagesOf asks for the pages of stories; nil: the page is there. Of those that have
// something from their page, it gives what that says now.
func (n *Newsroom) pagesOf(ctx context.Context, items []digest.Item) (pages []*fetch.Error, found []*digest.Story) {
	pages, found = make([]*fetch.Error, len(items)), make([]*digest.Story, len(items))
	var running sync.WaitGroup
	places := make(chan struct{}, sourcesAtOnce)
	for i, item := range items {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if !hasFromPage(item.Story) {
				pages[i] = n.askFor(ctx, item.Story.URL)
				return
			}
			said, err := n.readPage(ctx, item.Story)
			if err == nil {
				found[i] = &said
			} else if !errors.As(err, &pages[i]) || pages[i].Kind == fetch.TooLarge {
				pages[i] = nil // it is there, whatever it is
			}
		})
	}
	running.Wait()
	return pages, found
}

// hostOf is the host of an address; empty where there is none.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}
