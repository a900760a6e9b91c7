package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	sourcesAtOnce = 8             // pages asked for at the same time
	fileLimit     = feed.MaxBytes // bytes of a local file
	storiesLimit  = 2000          // stories of one source
)

// SourceReport says how reading one source went.
type SourceReport struct {
	Source     string    `json:"source"`
	Stories    int       `json:"stories"`             // in the source now
	New        int       `json:"new"`                 // not seen before
	Unchanged  bool      `json:"unchanged,omitempty"` // the server said so
	Pages      int       `json:"pages,omitempty"`     // read of its stories, for what it leaves out of them
	Warnings   []string  `json:"warnings,omitempty"`
	Error      string    `json:"error,omitempty"`     // in words; the source cost its own stories, nothing else
	Quiet      string    `json:"quiet,omitempty"`     // in words: it answers, and has had nothing new for long
	MovedTo    string    `json:"moved_to,omitempty"`  // for good, as its server says: the configuration should say so
	NotBefore  time.Time `json:"not_before,omitzero"` // its server wants to be left alone until then
	Seconds    float64   `json:"seconds"`
	mayRecover bool      // the next try may succeed
	mayLack    bool      // some of its stories may want their page read
}

// Fetch reads every source of a newsletter and stores what is new. A source that
// cannot be read is in its report; the error is about the newsletter or the store.
//
// Each source has its own goroutine from its question to its stored stories, and another
// for the pages of these, so that none waits for another's server.
func (n *Newsroom) Fetch(ctx context.Context, newsletter string) ([]SourceReport, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return nil, err
	}
	reports := make([]SourceReport, len(letter.Sources))
	failures := make([]error, len(letter.Sources))
	pages, pagesRead := n.completing(), make([]int, len(letter.Sources))
	read := func(again bool, wanted func(SourceReport) bool) error {
		states, err := n.sourceStates(ctx, letter)
		if err != nil {
			return err
		}
		var running sync.WaitGroup
		for i, source := range letter.Sources {
			if wanted(reports[i]) {
				running.Go(func() {
					reports[i], failures[i] = n.fetchSource(ctx, letter, source, states[i], again)
					if failures[i] == nil && reports[i].mayLack {
						pages.begin(ctx, letter, source, &pagesRead[i])
					}
				})
			}
		}
		running.Wait()
		return errors.Join(failures...)
	}
	err = read(false, func(SourceReport) bool { return true })
	// A connection that broke may not break again now that the others are through.
	broke := func(r SourceReport) bool { return r.mayRecover && ctx.Err() == nil }
	if err == nil && slices.ContainsFunc(reports, broke) {
		err = read(true, broke)
	}
	err = errors.Join(err, pages.wait())
	for i := range reports {
		reports[i].Pages = pagesRead[i]
	}
	return reports, err
}

// FetchDue reads the sources whose next try has come, for the schedule: feeds hold only
// their newest stories. It may run twice at a time, here or on another machine: a source
// is claimed first, and the claim stands whatever becomes of the try.
func (n *Newsroom) FetchDue(ctx context.Context) error {
	var running sync.WaitGroup
	var mu sync.Mutex
	var problems []error
	pages := n.completing()
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		for _, source := range letter.Sources {
			if !readBetween(letter, source) {
				continue
			}
			running.Go(func() {
				report, err := n.fetchIfDue(ctx, letter, source)
				if err == nil && report.mayLack {
					pages.begin(ctx, letter, source, new(int))
				}
				mu.Lock()
				defer mu.Unlock()
				problems = append(problems, err)
			})
		}
	}
	running.Wait()
	return errors.Join(append(problems, pages.wait())...)
}

// fetchIfDue gives an empty report where the source's next try has not come, or is another's.
func (n *Newsroom) fetchIfDue(ctx context.Context, letter *config.Newsletter, source config.Source) (SourceReport, error) {
	now := n.Clock()
	stored, err := n.Store.SourceState(ctx, letter.Name, source.Name)
	if err != nil {
		return SourceReport{}, err
	}
	state := n.believed(stored, source)
	if !due(state, now) {
		return SourceReport{}, nil
	}
	if stored.Asked != "" && stored.Asked != state.Asked {
		if err := n.Store.ForgetSource(ctx, letter.Name, source.Name, stored.Asked); err != nil {
			return SourceReport{}, err
		}
	}
	mine, err := n.Store.ClaimSource(ctx, letter.Name, source.Name, now, now.Add(pauseAfter(state.Failures+1)), now.Add(latestTry))
	if err != nil || !mine {
		return SourceReport{}, err
	}
	return n.fetchSource(ctx, letter, source, state, false)
}

// HasSources tells whether the schedule has any source to read between drafts.
func (n *Newsroom) HasSources() bool {
	for _, letter := range n.Config.Newsletters {
		if slices.ContainsFunc(letter.Sources, func(s config.Source) bool { return readBetween(&letter, s) }) {
			return true
		}
	}
	return false
}

// readBetween tells whether the schedule reads a source between drafts. A folder forgets
// nothing, and is read when an edition is drafted.
func readBetween(letter *config.Newsletter, s config.Source) bool {
	return letter.FetchEvery > 0 && s.Folder == ""
}

// fetchSource reads one source, of which state is known; again: for the second time in a
// row, and failing counts as once. The error is the store's.
func (n *Newsroom) fetchSource(ctx context.Context, letter *config.Newsletter, source config.Source, state store.SourceState, again bool) (SourceReport, error) {
	report := SourceReport{Source: source.Name}
	if again {
		state.Failures = max(0, state.Failures-1)
	}
	now := n.Clock()
	if away := awayWords(state, now, letter.Location); away != "" {
		report.Stories, report.Error, report.NotBefore = state.Items, away, state.NotBefore
		return report, nil
	}
	got, took, failure := n.timedRead(ctx, letter, source, &state)
	if failure != nil && ctx.Err() != nil {
		return report, ctx.Err() // it says nothing of the source
	}
	state.LastTry, state.Latency, report.Seconds = now, took, took.Seconds()
	if failure != nil {
		state = failedWith(state, failure, now)
		report.Error, report.NotBefore = state.Error, state.NotBefore
		if until := untilWords(state, now, letter.Location); until != "" {
			report.Error += "; " + until
		}
		var failed *fetch.Error
		report.mayRecover = errors.As(failure, &failed) && failed.Passing() && failed.Kind != fetch.Timeout
		n.Log.Warn("source failed", "newsletter", letter.Name, "source", source.Name, "error", state.Error, "failures", state.Failures)
		return report, n.Store.PutSourceState(ctx, state)
	}
	var stories []store.KeyedStory
	if !got.unchanged {
		stories = keyed(letter, source, got.stories)
		got.warnings = append(got.warnings, remarks(source, stories, got.warnings)...)
	}
	err := n.keep(ctx, letter, source, got, stories, now, &report, func(added int) store.SourceState {
		report.New = added
		state := succeeded(state, got, added, now, letter.FetchEvery)
		report.Stories, report.Unchanged, report.MovedTo = state.Items, got.unchanged, shownMove(state.RedirectedTo)
		report.Quiet = quietWords(state, now, letter.Location)
		return state
	})
	report.mayLack = got.unchanged || slices.ContainsFunc(got.stories, func(s digest.Story) bool { return wantsPage(source, s, now) })
	return report, err
}

// keep stores what a source had to say, and what is then known of it: with its stories,
// so that both wait for the disk once, but after what was taken out of it was marked, which
// no later try would find out.
func (n *Newsroom) keep(ctx context.Context, letter *config.Newsletter, source config.Source, got reading, stories []store.KeyedStory, now time.Time, report *SourceReport, state func(added int) store.SourceState) error {
	report.Warnings = got.warnings
	if got.unchanged {
		said := state(0)
		report.Warnings = said.Warnings
		return n.Store.PutSourceState(ctx, said)
	}
	if !got.whole {
		if err := n.Store.PutFetched(ctx, letter.Name, stories, now, state); err != nil {
			return fmt.Errorf("store the stories of %s: %w", source.Name, err)
		}
		return nil
	}
	added, err := n.Store.PutStories(ctx, letter.Name, stories, now)
	if err != nil {
		return fmt.Errorf("store the stories of %s: %w", source.Name, err)
	}
	out, err := n.takeOut(ctx, letter, source, got.stories)
	if err != nil {
		return fmt.Errorf("note what was taken out of %s: %w", source.Name, err)
	}
	report.Warnings = append(report.Warnings, out...)
	return n.Store.PutSourceState(ctx, state(added))
}

// takeOut marks the stories that an edition may still want and that a source, of which
// the stories are the whole, has no more. It says once which.
func (n *Newsroom) takeOut(ctx context.Context, letter *config.Newsletter, source config.Source, stories []digest.Story) (out []string, err error) {
	now := n.Clock()
	known, err := n.Store.Stories(ctx, letter.Name, now.Add(-digest.Reserve), time.Time{})
	if err != nil {
		return nil, err
	}
	evergreens, err := n.Store.Evergreens(ctx, letter.Name, mostEvergreens)
	if err != nil {
		return nil, err
	}
	has := newAgain(keyed(letter, source, stories), true)
	for _, s := range append(known, evergreens...) {
		if s.Source != source.Name || s.Gone == digest.Withdrawn || has.story(s) != nil {
			continue
		}
		if err := n.Store.MarkGone(ctx, letter.Name, s.ID, digest.Withdrawn, now); err != nil {
			return nil, err
		}
		if told := fmt.Sprintf("%q was taken out of it, and no draft takes it from now on", s.Title); !slices.Contains(out, told) { // evergreens may be known twice
			out = append(out, told)
		}
	}
	return out, nil
}

// keyed fills in what the configuration knows of a source's stories, and names
// each by its keys. A story that the source has twice is there once.
func keyed(letter *config.Newsletter, source config.Source, stories []digest.Story) []store.KeyedStory {
	named := make([]digest.Story, 0, len(stories))
	for _, s := range stories {
		s.Source = source.Name
		if s.Section == "" {
			s.Section = source.Section
		}
		if s.Language == "" {
			s.Language = source.Language
		}
		s.Evergreen = s.Evergreen || source.Evergreen
		if clean, err := digest.CleanURL(s.URL); err == nil {
			s.URL = clean
		} else {
			s.URL = ""
		}
		named = append(named, s)
	}
	once, keys := digest.Distinct(named)
	all := make([]store.KeyedStory, 0, len(once))
	for i, s := range once {
		s.ID = digest.Identify(keys[i])
		all = append(all, store.KeyedStory{Story: s, Keys: keys[i]})
	}
	return all
}
