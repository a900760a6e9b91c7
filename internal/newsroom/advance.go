package newsroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Advance moves every regular edition on as far as its state and the time allow:
// drafts what is only opened, approves what is automatic, starts the mailing of
// what is approved and due, expires what came too late. It decides from rows
// alone: it may run twice, or after any crash. One edition's failure does not
// keep the others.
func (n *Newsroom) Advance(ctx context.Context) error {
	rows, err := n.Store.EditionsIn(ctx, digest.Draft, digest.Held, digest.Approved, digest.Frozen)
	if err != nil {
		return err
	}
	// What is drafted goes first: fetching the sources of one newsletter takes its
	// time, and keeps no other one waiting.
	slices.SortStableFunc(rows, func(a, b store.Edition) int { return cmp.Compare(min(b.Revision, 1), min(a.Revision, 1)) })
	problems := []error{n.sweep(ctx), n.tellStops(ctx), n.tellLockedMailings(ctx)}
	for _, row := range rows {
		if row.Kind != store.Regular {
			continue // an extra is sent by hand
		}
		err := n.advance(ctx, row)
		var state *store.ErrState
		if errors.As(err, &state) || errors.Is(err, store.ErrUnfinished) {
			n.Log.Info("edition was moved on by another", "edition", row.Name(), "found", err)
			continue
		}
		if err != nil {
			n.Log.Error("edition does not advance", "edition", row.Name(), "error", err)
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

func (n *Newsroom) advance(ctx context.Context, row store.Edition) error {
	letter, ok := n.Config.Newsletter(row.Newsletter)
	if !ok {
		return nil // no longer configured: it rests
	}
	row = timed(letter, row)
	now := n.Clock()
	due := !row.At.After(now)
	row, err := n.draftAhead(ctx, letter, row)
	if err != nil {
		return err
	}
	switch {
	case !row.ExpiresAt.IsZero() && !now.Before(row.ExpiresAt):
		return n.expire(ctx, letter, row)
	case row.Revision == 0 && !row.At.Add(-letter.DraftLead).After(now):
		if row, err = n.firstDraft(ctx, letter, row, due); err != nil {
			return err
		}
	case row.State == digest.Approved && !row.At.Add(-letter.FreezeLead).After(now) && !due:
		e, err := n.load(ctx, row)
		if err != nil {
			return err
		}
		if err := n.recheck(ctx, e); err != nil {
			return heldBack(err)
		}
		return n.tellChanged(ctx, letter, row, heldBack(n.freeze(ctx, e, "")))
	}
	switch {
	case waits(letter, row) && due:
		return n.atSlot(ctx, letter, row)
	case waits(letter, row) && row.Revision > 0:
		return n.remind(ctx, letter, row)
	case !due || !n.goesOut(letter, row):
		return nil
	}
	e, err := n.load(ctx, row)
	if err != nil {
		return err
	}
	if again, err := n.mailedBefore(ctx, row); err != nil || again {
		return err // whom a mended revision goes to is an operator's to say
	}
	if n.Keys.Locked() {
		return n.tellLocked(ctx, letter, row)
	}
	_, err = n.order(ctx, e, SendOptions{})
	return n.tellChanged(ctx, letter, row, heldBack(err))
}

// heldBack makes nothing of an edition that was stopped: its editors have been told,
// and it is where it belongs.
func heldBack(err error) error {
	var stopped *Stopped
	var faulty *Faulty
	if errors.As(err, &stopped) || errors.As(err, &faulty) {
		return nil
	}
	return err
}

// firstDraft makes the draft of an edition that was only opened, and tells the
// editors. One that is made at its slot and needs them is held at once, so that they
// are told one thing.
func (n *Newsroom) firstDraft(ctx context.Context, letter *config.Newsletter, row store.Edition, due bool) (store.Edition, error) {
	d, err := n.draft(ctx, letter, row, true, false)
	if err != nil {
		return row, err
	}
	row = d.Edition.Edition
	n.Log.Info("edition drafted", "edition", row.Name(), "state", row.State, "stories", len(d.Edition.Pick.Chosen))
	late := due && waits(letter, row)
	if late && row.State == digest.Draft {
		if err := n.Store.Transition(ctx, row.ID, []digest.State{digest.Draft}, digest.Held, n.Who, "drafted at its slot: it waits for an approval", n.Clock()); err != nil {
			return row, err
		}
		row.State, d.Edition.State = digest.Held, digest.Held
	}
	if err := n.tellDrafted(ctx, d, due); err != nil || !late {
		return row, err
	}
	if d.Edition.Pick.Verdict == digest.Unread {
		return row, n.wasTold(ctx, letter, row, "", unreadWord(row))
	}
	return row, n.wasTold(ctx, letter, row, "", heldWord(row))
}

// tellChanged tells the editors where a freeze found another rendering than the one
// that was approved. It returns err, and what kept it from telling.
func (n *Newsroom) tellChanged(ctx context.Context, letter *config.Newsletter, row store.Edition, err error) error {
	if !errors.Is(err, ErrChanged) {
		return err
	}
	return errors.Join(err, n.tell(ctx, letter, row.Name()+" has changed since its approval",
		fmt.Sprintf("It is a draft again. Look at it, and approve it again:\n\n    broadsheet approve %s\n", row.Name()),
		fmt.Sprintf("changed/%d#%d", row.ID, row.Revision)))
}

// mailedBefore tells whether a revision of the edition was mailed already.
func (n *Newsroom) mailedBefore(ctx context.Context, row store.Edition) (bool, error) {
	mailings, err := n.Store.Mailings(ctx, row.ID)
	return len(mailings) > 0, err
}

// goesOut tells whether a due edition is sent without another word.
func (n *Newsroom) goesOut(letter *config.Newsletter, row store.Edition) bool {
	switch row.State {
	case digest.Approved, digest.Frozen:
		return true
	case digest.Draft:
		return row.Revision > 0 && !waits(letter, row)
	}
	return false
}

// expire ends an edition that nobody approved in time. One that was frozen is an
// operator's to decide: it was ready, and was not sent. So is one that readers have
// and that was reopened, to be corrected.
func (n *Newsroom) expire(ctx context.Context, letter *config.Newsletter, row store.Edition) error {
	again, err := n.mailedBefore(ctx, row)
	if err != nil || again || row.State == digest.Frozen {
		return err
	}
	why := "not approved in time"
	if row.State == digest.Approved {
		why = "not sent in time, though it was approved: nothing was running"
	}
	err = n.Store.Transition(ctx, row.ID, []digest.State{row.State}, digest.Expired, n.Who, why+": stale news is not sent", n.Clock())
	if err != nil {
		return err
	}
	return n.tell(ctx, letter, row.Name()+" has expired",
		fmt.Sprintf("It was %s, and expired %s. Its stories are candidates for the next edition.", why, row.ExpiresAt.Format(clock)),
		fmt.Sprintf("expired/%d", row.ID))
}

// Unfinished lists the mailings that a sender has to run: laying or sending.
func (n *Newsroom) Unfinished(ctx context.Context) ([]store.Mailing, error) {
	return n.Store.UnfinishedMailings(ctx)
}
