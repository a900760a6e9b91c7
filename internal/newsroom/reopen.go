package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// Reopen makes the next revision of an edition, to be mended and sent in the same
// slot. A mailing that is still under way is stopped first: who has been reached
// stays reached, and the next send goes to the rest.
func (n *Newsroom) Reopen(ctx context.Context, name, note string) (*Edition, error) {
	e, err := n.Edition(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := n.forgotten(e.Edition); err != nil {
		return nil, err
	}
	if e.State == digest.Draft || e.State == digest.Held {
		return nil, fmt.Errorf("%s is open already (%s): edit it as it is", e.Ref(), e.State)
	}
	switch e.State {
	case digest.Expired, digest.Skipped, digest.Cancelled:
		if err := n.notExpired(ctx, e); err != nil {
			return nil, err // it would expire again within a minute
		}
	}
	now := n.Clock()
	mailings, err := n.Store.Mailings(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range mailings {
		if m.Finished() {
			continue
		}
		if err := n.Store.CancelMailing(ctx, m.ID, n.Who, "reopened", now); err != nil {
			return nil, err
		}
	}
	_, err = n.Store.NextRevision(ctx, e.ID, []digest.State{e.State}, n.Who, note, now)
	if errors.Is(err, store.ErrUnfinished) {
		return nil, fmt.Errorf("%s: a sender still holds some of it; try again in a minute", e.Ref())
	}
	if err != nil {
		return nil, err
	}
	next, err := n.load(ctx, n.refreshed(ctx, e.Edition))
	if err != nil || next.Edition.Revision == 0 { // skipped or expired before its first draft
		return next, err
	}
	return n.renumber(ctx, next)
}

// closedError says of an edition that can no longer be worked on what takes it up again.
func closedError(row store.Edition, now time.Time) error {
	return fmt.Errorf("%s is %s: %s", row.Name(), row.State.Words(), wayBack(row, now))
}

// wayBack is the command that takes up again an edition that is closed, and what it does.
func wayBack(row store.Edition, now time.Time) string {
	switch {
	case row.State == digest.Skipped && !mayReopen(row, now):
		return fmt.Sprintf("it expired %s; \"broadsheet extra %s NAME\" opens an extra", row.ExpiresAt.Format(clock), row.Newsletter)
	case row.State == digest.Skipped:
		return fmt.Sprintf("\"broadsheet reopen %s\" takes it up again", row.Name())
	case row.State == digest.Expired && !mayReopen(row, now): // no reader has it: one that some have does not expire
		return fmt.Sprintf("\"broadsheet reopen %s\" makes a new revision of it once its newsletter's \"expires\" is longer", row.Name())
	}
	return fmt.Sprintf("\"broadsheet reopen %s\" makes a new revision of it", row.Name())
}

// mayReopen tells of an edition that no reader has whether reopen still takes it.
func mayReopen(row store.Edition, now time.Time) bool {
	return row.ExpiresAt.IsZero() || now.Before(row.ExpiresAt)
}

// WayOn says what puts a story into an edition that has none.
func (e *Edition) WayOn(now time.Time) string {
	draft := fmt.Sprintf("\"broadsheet draft %s --slot %s\" looks again", e.Newsletter, e.Slot)
	switch {
	case !open(e.State):
		return wayBack(e.Edition, now)
	case e.Edition.Revision == 0:
		return draft
	}
	return fmt.Sprintf("%s, \"broadsheet edit %s\" adds one", draft, e.Ref())
}

// renumber composes a reopened revision again: it is the same but for its number.
func (n *Newsroom) renumber(ctx context.Context, e *Edition) (*Edition, error) {
	return n.put(ctx, e, e.Snapshot, e.Overlay, picks{}, "reopened")
}

// Pause stops the mailing of an edition until Resume: no message begins after the
// order is stored. The accounting is the whole edition's, whoever is in waves to come
// included. It waits for what is on its way, pauseWait at most, so as to count that
// where it belongs.
func (n *Newsroom) Pause(ctx context.Context, name, reason string) (Accounting, error) {
	if _, err := n.underWay(ctx, name, "nothing of it is being sent", func(m store.Mailing) error {
		if m.State == mailer.Paused {
			return nil
		}
		return n.Store.PauseMailing(ctx, m.ID, n.Who, reason, n.Clock())
	}); err != nil {
		return Accounting{}, err
	}
	patience, stop := context.WithTimeout(ctx, pauseWait)
	defer stop()
	var a Accounting
	for range every(patience, pauseEvery) {
		var err error
		if a, err = n.Status(ctx, name); err != nil || a.OnTheWay == 0 {
			return a, err
		}
	}
	return a, nil // a relay is slow, or the sender has died
}

const (
	pauseWait  = 2 * time.Second
	pauseEvery = 100 * time.Millisecond
)

// Resume lets a paused mailing go on; serve or send carries it out.
func (n *Newsroom) Resume(ctx context.Context, name string) (Accounting, error) {
	return n.underWay(ctx, name, "nothing of it is paused", func(m store.Mailing) error {
		if m.State != mailer.Paused {
			return nil
		}
		return n.Store.ResumeMailing(ctx, m.ID, n.Who, n.Clock())
	})
}

// Cancel ends an edition: whoever has it keeps it, nobody else gets it.
func (n *Newsroom) Cancel(ctx context.Context, name, reason string) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	if row.State == digest.Sent || row.State == digest.Cancelled {
		return Accounting{}, fmt.Errorf("%s is %s: there is nothing to cancel", row.Name(), row.State.Words())
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return Accounting{}, err
	}
	if err := n.Store.CancelEdition(ctx, row.ID, n.Who, reason, n.Clock()); err != nil {
		return Accounting{}, err
	}
	if last := len(mailings) - 1; last >= 0 && !mailings[last].Finished() {
		return n.ofMailing(ctx, row, mailings[last].ID)
	}
	return n.Status(ctx, row.Name())
}

// underWay does something to the mailing under way, and returns its accounting.
func (n *Newsroom) underWay(ctx context.Context, name, none string, do func(store.Mailing) error) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return Accounting{}, err
	}
	for i, m := range mailings {
		if m.Finished() {
			continue
		}
		if err := do(m); err != nil {
			return Accounting{}, err
		}
		if i == len(mailings)-1 { // at most one is under way
			return n.ofMailing(ctx, row, m.ID)
		}
	}
	return Accounting{}, fmt.Errorf("%s is %s: %s", row.Name(), row.State.Words(), none)
}
