package newsroom

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// again is a source as it was read again.
type again struct {
	byKey map[string]digest.Story
	since time.Time // the oldest story that it still holds
	whole bool      // it holds all it ever had: a folder
}

// readAgain reads the sources of the stories, whatever their servers say has changed
// since: what is gone from a feed may have been gone at the last look.
func (n *Newsroom) readAgain(ctx context.Context, letter *config.Newsletter, stories map[string]digest.Story) (map[string]*again, map[string]string) {
	var mu sync.Mutex
	read, failures := map[string]*again{}, map[string]string{}
	var running sync.WaitGroup
	for _, source := range letter.Sources {
		if !slices.ContainsFunc(slices.Collect(maps.Values(stories)), func(s digest.Story) bool { return s.Source == source.Name }) {
			continue
		}
		running.Go(func() {
			got, err := n.readOnce(ctx, letter, source)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures["source "+source.Name] = Plain(err)
				return
			}
			read[source.Name] = newAgain(keyed(letter, source, got.stories), source.Folder != "")
		})
	}
	running.Wait()
	return read, failures
}

// readOnce reads a source that may be asked, whatever was read of it before.
func (n *Newsroom) readOnce(ctx context.Context, letter *config.Newsletter, source config.Source) (reading, error) {
	state, err := n.sourceState(ctx, letter, source)
	if err != nil {
		return reading{}, err
	}
	if away := awayWords(state, n.Clock(), letter.Location); away != "" {
		return reading{}, errors.New(away)
	}
	state.ETag, state.LastModified = "", ""
	got, err := n.read(ctx, letter, source, &state)
	var failed *fetch.Error
	if !errors.As(err, &failed) {
		return got, err
	}
	if failed.RetryAfter > 0 {
		if err := n.Store.PutSourceState(ctx, failedWith(state, failed, n.Clock())); err != nil {
			return got, err
		}
	}
	return got, errors.New(failed.Words)
}

func newAgain(stories []store.KeyedStory, whole bool) *again {
	a := &again{byKey: map[string]digest.Story{}, whole: whole}
	for _, s := range stories {
		for _, key := range s.Keys {
			a.byKey[key] = s.Story
		}
		if p := s.Published; !p.IsZero() && (a.since.IsZero() || p.Before(a.since)) {
			a.since = p
		}
	}
	return a
}

// story is one of the source's, as it reads now; nil where the source has it no more.
func (a *again) story(was digest.Story) *digest.Story {
	for _, key := range digest.Keys(was) {
		if is, there := a.byKey[key]; there {
			return &is
		}
	}
	return nil
}

// withdrawn is what is said of a story that its source has taken out.
const withdrawn = "is no longer in its source, which still holds the others"

// changeOf says what a source has taken back of a story; nil: it could not be read.
func (n *Newsroom) changeOf(was digest.Story, item digest.Item, source *again) string {
	now := n.Clock()
	if why := was.OffRun(now); why != "" {
		return why
	}
	if source == nil {
		return ""
	}
	if is := source.story(was); is != nil {
		// What was found elsewhere is not the source's to take back.
		return digest.Lost(was, digest.Keep(*is, was), item, now)
	}
	if source.whole || !was.Published.IsZero() && !source.since.IsZero() && source.since.Before(was.Published) {
		return withdrawn
	}
	return ""
}
