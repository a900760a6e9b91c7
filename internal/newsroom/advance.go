package newsroom

import (
	"context"
	"errors"

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
	var problems []error
	for _, row := range rows {
		if row.Kind != store.Regular {
			continue // an extra is sent by hand
		}
		if err := n.advance(ctx, row); err != nil {
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
	now := n.Clock()
	due := !row.At.After(now)
	switch {
	case !row.ExpiresAt.IsZero() && !now.Before(row.ExpiresAt):
		if row.State == digest.Frozen {
			return nil // an operator's to decide: it was ready, and was not sent
		}
		return n.Store.Transition(ctx, row.ID, []digest.State{row.State}, digest.Expired, n.Who,
			"not approved in time: stale news is not sent", now)
	case row.Revision == 0 && due:
		d, err := n.draft(ctx, letter, row, true)
		if err != nil || d.Edition.State != digest.Draft {
			return err
		}
		row = d.Edition.Edition
	}
	automatic := row.State == digest.Draft && letter.Approval == config.Automatic
	if !due || row.Revision == 0 || row.State != digest.Approved && row.State != digest.Frozen && !automatic {
		return nil
	}
	e, err := n.load(ctx, row)
	if err != nil {
		return err
	}
	_, err = n.order(ctx, e, "")
	return err
}

// Unfinished lists the mailings that a sender has to run: laying or sending.
func (n *Newsroom) Unfinished(ctx context.Context) ([]store.Mailing, error) {
	return n.Store.UnfinishedMailings(ctx)
}
