package newsroom

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"path/filepath"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	firstPause   = 5 * time.Minute // after a first failure; it doubles with each that follows
	longestPause = 6 * time.Hour
	gonePause    = 24 * time.Hour // after "removed for good"
	longestAway  = 24 * time.Hour // that a server may keep us away, whatever it says
	longestFresh = 6 * time.Hour  // that an answer is taken to stay good, whatever it says
	quietAge     = 30 * 24 * time.Hour
	spread       = 10 // sources of one interval are spread over a tenth of it
)

// askedOf tells what the configuration says of how a source is read from anything else it
// may have said before. A newsroom may be moved with its folders: they are where they were.
func (n *Newsroom) askedOf(s config.Source) string {
	place := cmp.Or(s.URL, s.File, s.Folder)
	if s.URL == "" {
		if within, err := filepath.Rel(n.Config.Dir, place); err == nil && filepath.IsLocal(within) {
			place = within
		}
	}
	asked := fetch.Fingerprint(place)
	if s.Type != "" {
		asked += "/" + string(s.Type)
	}
	for _, o := range s.CompleteFrom {
		asked += "+" + fetch.Fingerprint(o.URL)
	}
	return asked
}

// believed is what is known of a source, as far as it is still true: of another address
// than the configuration has now, nothing is. A time that a clock set that ran ahead
// counts for nothing.
func (n *Newsroom) believed(st store.SourceState, s config.Source) store.SourceState {
	asked := n.askedOf(s)
	switch st.Asked {
	case asked:
	case "": // an older program kept it
		st.RedirectedTo = ""
	default:
		st = store.SourceState{Newsletter: st.Newsletter, Source: st.Source}
	}
	st.Asked = asked
	if st.NotBefore.After(n.Clock().Add(longestAway)) {
		st.NotBefore = time.Time{}
	}
	return st
}

// sourceState is what is known of a source.
func (n *Newsroom) sourceState(ctx context.Context, letter *config.Newsletter, s config.Source) (store.SourceState, error) {
	st, err := n.Store.SourceState(ctx, letter.Name, s.Name)
	return n.believed(st, s), err
}

// sourceStates are what is known of a newsletter's sources, in their order.
func (n *Newsroom) sourceStates(ctx context.Context, letter *config.Newsletter) ([]store.SourceState, error) {
	stored, err := n.Store.SourceStates(ctx, letter.Name)
	if err != nil {
		return nil, err
	}
	known := map[string]store.SourceState{}
	for _, st := range stored {
		known[st.Source] = st
	}
	states := make([]store.SourceState, len(letter.Sources))
	for i, s := range letter.Sources {
		st := known[s.Name]
		st.Newsletter, st.Source = letter.Name, s.Name
		states[i] = n.believed(st, s)
	}
	return states, nil
}

// succeeded is the state after a good answer, of which fresh stories were not known.
func succeeded(st store.SourceState, got reading, fresh int, now time.Time, every time.Duration) store.SourceState {
	st.LastSuccess, st.Error, st.Failures = now, "", 0
	st.FailingSince, st.NotBefore = time.Time{}, time.Time{}
	if !got.unchanged {
		st.Items, st.Size, st.Kind, st.Warnings = len(got.stories), got.size, got.kind, got.warnings
	}
	st.NewItems = fresh
	if fresh > 0 {
		st.LastNew = now
	}
	st.NextTry = now.Add(max(every, min(got.maxAge, longestFresh)) + jitter(st, every))
	return st
}

// jitter keeps the sources of a newsletter from being asked all in one minute, always
// the same for one source.
func jitter(st store.SourceState, every time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(st.Newsletter + "/" + st.Source))
	return every / spread * time.Duration(h.Sum32()%100) / 100
}

// failedWith is the state after a try that failed.
func failedWith(st store.SourceState, err error, now time.Time) store.SourceState {
	st.Error = sourceWords(err)
	if st.Failures++; st.FailingSince.IsZero() {
		st.FailingSince = now
	}
	st.NotBefore = time.Time{}
	var failed *fetch.Error
	if errors.As(err, &failed) && failed.RetryAfter > 0 {
		st.NotBefore = now.Add(min(failed.RetryAfter, longestAway))
	}
	pause := pauseAfter(st.Failures)
	if failed != nil && failed.ForGood() {
		pause = gonePause
	}
	st.NextTry = later(now.Add(pause), st.NotBefore)
	return st
}

// pauseAfter is how long the schedule leaves a source alone that has failed so often in
// a row.
func pauseAfter(failures int) time.Duration {
	pause := firstPause
	for range failures - 1 {
		if pause *= 2; pause >= longestPause {
			return longestPause
		}
	}
	return pause
}

// due tells whether the schedule may ask.
func due(st store.SourceState, now time.Time) bool {
	return !now.Before(st.NotBefore) && (!now.Before(st.NextTry) || st.NextTry.After(now.Add(latestTry)))
}

// latestTry is beyond any time that is set for a try.
const latestTry = 8 * 24 * time.Hour
