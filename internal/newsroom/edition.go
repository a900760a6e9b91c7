package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Printed is an edition as its current revision prints it. An edition that was only
// opened has an empty revision.
type Printed struct {
	store.Edition
	Letter   *config.Newsletter
	Stored   store.Said
	Overlay  digest.Overlay
	Revision digest.Revision         // shadows the number in store.Edition: it holds one too
	asked    map[string]*fetch.Error // pages asked for just before a send; nil: it is there
}

// Edition is an edition with what its current revision was picked from, which is much:
// who only shows it reads [Printed].
type Edition struct {
	Printed
	Snapshot digest.Snapshot
	Pick     digest.Pick
	Warnings []string // what was left out as the revision was made now; of a stored one: none
}

// Ref is the edition's name: "weekly/2026-11-27T09:00".
func (e *Printed) Ref() string { return e.Name() }

// MarshalJSON is the edition as --json shows it: of the stories left out it tells all but
// their text.
func (e Edition) MarshalJSON() ([]byte, error) {
	return json.Marshal(WithLists(struct {
		Edition  string          `json:"edition"`
		State    digest.State    `json:"state"`
		At       time.Time       `json:"at"`
		Expires  time.Time       `json:"expires,omitzero"`
		Revision digest.Revision `json:"revision"`
		Window   [2]time.Time    `json:"window"`
		Overlay  digest.Overlay  `json:"overlay"`
		Pick     digest.Pick     `json:"pick"`
		Approved *time.Time      `json:"approved,omitempty"`
	}{
		e.Name(), e.State, e.At, e.ExpiresAt, e.Revision,
		[2]time.Time{e.Snapshot.From.In(e.Letter.Location), e.Snapshot.To.In(e.Letter.Location)},
		e.Overlay, e.Pick.Brief(), orNil(e.Stored.Approved.At.In(e.Letter.Location)),
	}))
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Edition finds an edition by any of its names. The newsletter alone means the
// edition at hand: the newest that is not finished, else the newest.
func (n *Newsroom) Edition(ctx context.Context, name string) (*Edition, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return nil, err
	}
	return n.load(ctx, row)
}

func (n *Newsroom) editionRow(ctx context.Context, name string) (store.Edition, error) {
	ref, err := digest.ParseRef(name)
	if err != nil {
		return store.Edition{}, err
	}
	letter, err := n.Newsletter(ref.Newsletter)
	if err != nil {
		return store.Edition{}, err
	}
	if ref.Slot != "" {
		row, err := n.Store.EditionBySlot(ctx, letter.Name, ref.Slot)
		if errors.Is(err, store.ErrNotFound) {
			return row, noEdition(name)
		}
		return row, err
	}
	rows, err := n.Store.Editions(ctx, letter.Name, 0)
	if err != nil {
		return store.Edition{}, err
	}
	return choose(name, ref, rows)
}

func choose(name string, ref digest.EditionRef, rows []store.Edition) (store.Edition, error) {
	var found []store.Edition
	for _, row := range rows {
		if ref.Date == "" || ref.Names(row.Slot) {
			found = append(found, row)
		}
	}
	switch {
	case len(found) == 0:
		return store.Edition{}, noEdition(name)
	case ref.Date != "" && len(found) > 1:
		return store.Edition{}, fmt.Errorf("%s: that day has %d editions; name one, such as %s", name, len(found), found[0].Name())
	}
	for _, row := range found {
		if open(row.State) || row.State == digest.Frozen || row.State == digest.Sending {
			return row, nil
		}
	}
	return found[0], nil
}

func noEdition(name string) error {
	if newsletter, extra, is := strings.Cut(name, "/extra-"); is {
		return fmt.Errorf("there is no edition %s: \"broadsheet editions\" lists them, \"broadsheet extra %s %s\" makes it", name, newsletter, extra)
	}
	return fmt.Errorf("there is no edition %s: \"broadsheet editions\" lists them, \"broadsheet draft\" makes one", name)
}

func (n *Newsroom) load(ctx context.Context, row store.Edition) (*Edition, error) {
	e := &Edition{}
	err := n.fill(&e.Printed, row, func() (store.Said, error) {
		r, err := n.Store.Revision(ctx, row.ID, row.Revision)
		e.Snapshot, e.Pick = r.Snapshot, r.Pick
		return r.Said, err
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// printed is an edition as it is printed.
func (n *Newsroom) printed(ctx context.Context, row store.Edition) (*Printed, error) {
	e := &Printed{}
	err := n.fill(e, row, func() (store.Said, error) { return n.Store.Said(ctx, row.ID, row.Revision) })
	if err != nil {
		return nil, err
	}
	return e, nil
}

// fill reads the current revision of an edition, if it has one.
func (n *Newsroom) fill(e *Printed, row store.Edition, read func() (store.Said, error)) error {
	letter, err := n.Newsletter(row.Newsletter)
	if err != nil {
		return fmt.Errorf("edition %s: %w", row.Name(), err)
	}
	e.Edition, e.Letter = timed(letter, row), letter
	if row.Revision == 0 {
		return nil
	}
	if e.Stored, err = read(); err != nil {
		return fmt.Errorf("edition %s, revision %d: %w", row.Name(), row.Revision, err)
	}
	e.Overlay, e.Revision = e.Stored.Overlay, e.Stored.Content
	return nil
}

// drafted is the edition with a revision, or what to do to get one.
func (n *Newsroom) drafted(ctx context.Context, name string) (*Edition, error) {
	e, err := n.Edition(ctx, name)
	if err == nil {
		err = e.noDraft()
	}
	return e, err
}

// draftedPrint is drafted for who only shows the edition.
func (n *Newsroom) draftedPrint(ctx context.Context, name string) (*Printed, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return nil, err
	}
	e, err := n.printed(ctx, row)
	if err == nil {
		err = e.noDraft()
	}
	return e, err
}

// noDraft says what to do where an edition has no revision yet.
func (e *Printed) noDraft() error {
	if e.Edition.Revision > 0 {
		return nil
	}
	return fmt.Errorf("%s has no draft yet: \"broadsheet draft %s --slot %s\" makes it", e.Ref(), e.Newsletter, e.Slot)
}

// clock is how people read an instant, in its own zone.
const clock = "Mon 2 Jan 15:04 MST"

// lateWords says that the slot of an edition has passed, and what that means; nothing where
// it has not.
func lateWords(e *Printed, now time.Time) string {
	if e.Kind != store.Regular || !e.At.Before(now) {
		return ""
	}
	day := "Monday 2 January"
	if e.At.Year() != now.In(e.At.Location()).Year() {
		day += " 2006"
	}
	passed, until := "The slot of "+e.At.Format(day+", 15:04")+" has passed", e.ExpiresAt.Format(clock)
	switch {
	case !now.Before(e.ExpiresAt):
		return passed + ", and the edition expired " + until + ": it is not sent any more."
	case e.State == digest.Skipped:
		return passed + "."
	case len(e.Revision.Items()) == 0:
		return passed + ": it can go out until " + until + "."
	case waits(e.Letter, e.Edition):
		return passed + ": approved until " + until + ", it goes out at once."
	}
	return passed + ": a running serve sends it now."
}

// EditionLine is an edition in a list.
type EditionLine struct {
	Edition  string       `json:"edition"`
	State    digest.State `json:"state"`
	At       time.Time    `json:"at"`
	Revision int          `json:"revision"`
	Stories  int          `json:"stories"`
	Subject  string       `json:"subject"`
	Kept     digest.Kept  `json:"kept"`              // of what the rule proposed
	Changes  []string     `json:"changes,omitempty"` // what the editor made of the pick, in words, where they were asked for

	Forgotten *time.Time `json:"forgotten,omitempty"` // who got it was deleted then; the counts stay

	MayReopen bool `json:"-"` // it was skipped and has not expired
}

// Editions lists editions, newest first; of every newsletter where none is named. With
// diff it says what the editor made of each pick.
func (n *Newsroom) Editions(ctx context.Context, newsletter string, limit int, diff bool) ([]EditionLine, error) {
	if newsletter != "" {
		if _, err := n.Newsletter(newsletter); err != nil {
			return nil, err
		}
	}
	rows, err := n.Store.Editions(ctx, newsletter, limit)
	if err != nil {
		return nil, err
	}
	lines := make([]EditionLine, 0, len(rows))
	for _, row := range rows {
		line := EditionLine{Edition: row.Name(), State: row.State, At: row.At, Revision: row.Revision, Forgotten: orNil(row.ForgottenAt)}
		if letter, ok := n.Config.Newsletter(row.Newsletter); ok {
			row = timed(letter, row)
			line.At, line.MayReopen = row.At, row.State == digest.Skipped && mayReopen(row, n.Clock())
		}
		if row.Revision > 0 {
			r, err := n.Store.Said(ctx, row.ID, row.Revision)
			if err != nil {
				return nil, err
			}
			line.Stories, line.Subject, line.Kept = len(r.Content.Items()), r.Content.Subject, r.Kept
			if diff {
				if line.Changes, err = n.changesOf(ctx, row); err != nil {
					return nil, err
				}
			}
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// changesOf says in words what the editor made of what the rule proposed.
func (n *Newsroom) changesOf(ctx context.Context, row store.Edition) ([]string, error) {
	r, err := n.Store.Revision(ctx, row.ID, row.Revision)
	if err != nil {
		return nil, err
	}
	proposal, err := digest.Proposal(r.Snapshot, r.Overlay)
	if err != nil {
		return nil, fmt.Errorf("edition %s: %w", row.Name(), err)
	}
	meta := digest.Meta{Title: r.Content.Title, Language: r.Content.Language, Number: r.Number, Zone: r.Content.At.Location()}
	return digest.Diff(
		digest.Compose(r.Snapshot, digest.Overlay{}, proposal, meta),
		digest.Compose(r.Snapshot, r.Overlay, r.Pick, meta),
	), nil
}

// LogEntry says who did what to an edition, and when.
type LogEntry struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	What   string    `json:"what"`
	Detail string    `json:"detail,omitempty"`
}

// LogOf is the edition's log, oldest first.
func (n *Newsroom) LogOf(ctx context.Context, e *Edition) ([]LogEntry, error) {
	entries, err := n.Store.LogOf(ctx, e.ID)
	lines := make([]LogEntry, len(entries))
	for i, l := range entries {
		lines[i] = LogEntry(l)
		lines[i].At = l.At.In(e.Letter.Location)
	}
	return lines, err
}
