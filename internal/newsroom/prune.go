package newsroom

import (
	"context"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	unconfirmedKept = 7 * 24 * time.Hour // a sign-up that nobody confirms
	pruneEvery      = time.Hour

	// forgetAtOnce is how many rows go in one transaction: a mailing beside it waits for
	// some milliseconds with each.
	forgetAtOnce = 500
)

// Prune drops what was kept long enough; asked more than once an hour, it does nothing
// but empty a log that holds what was erased while somebody read it.
func (n *Newsroom) Prune(ctx context.Context) error {
	if err := n.Store.EmptyLog(ctx); err != nil {
		return err
	}
	now := n.Clock()
	if last := n.holder.pruned.Load(); last != 0 && now.Sub(time.Unix(last, 0)) < pruneEvery {
		return nil
	}
	n.holder.pruned.Store(now.Unix())
	dropped, err := n.Store.Prune(ctx, now.Add(-unconfirmedKept), now)
	if dropped > 0 {
		n.Log.Info("sign-ups that nobody confirmed are deleted", "count", dropped)
	}
	if err != nil {
		return err
	}
	if err := n.Store.ForgetAsked(ctx, now.Add(-askEvery)); err != nil {
		return err
	}
	return n.forget(ctx, now)
}

// forget drops who got what was mailed longer ago than keep_deliveries says, and the
// letters of then. It may die anywhere: the next call goes on.
func (n *Newsroom) forget(ctx context.Context, now time.Time) error {
	if err := n.sweep(ctx); err != nil {
		return err
	}
	before := now.Add(-n.Config.KeepDeliveries)
	editions, err := n.Store.ForgetEditions(ctx, before, now)
	if err != nil {
		return err
	}
	rows := int64(0)
	for done := false; !done; {
		var some int64
		if some, done, err = n.Store.DropForgotten(ctx, forgetAtOnce); err != nil {
			return err
		}
		rows += some
	}
	welcomes, err := inBatches(func() (int64, error) { return n.Store.ForgetWelcomes(ctx, forgetAtOnce) })
	if err != nil {
		return err
	}
	rows += welcomes
	letters, err := inBatches(func() (int64, error) { return n.Store.ForgetLetters(ctx, before, forgetAtOnce) })
	if err != nil {
		return err
	}
	if editions > 0 || rows > 0 {
		n.Log.Info("who got old editions is deleted; the counts stay", "editions", editions, "deliveries", rows, "letters", letters)
	}
	if first := n.holder.emptied.CompareAndSwap(false, true); rows+letters > 0 || first { // one that died may have left them in the log
		return n.Store.Checkpoint(ctx)
	}
	return nil
}

// inBatches forgets until a batch is not full, and says how many rows that were.
func inBatches(forget func() (int64, error)) (rows int64, err error) {
	for some := int64(forgetAtOnce); some >= forgetAtOnce && err == nil; rows += some {
		some, err = forget()
	}
	return rows, err
}

// forgotten refuses what would need to know who got an edition, where that is deleted.
func (n *Newsroom) forgotten(row store.Edition) error {
	if row.ForgottenAt.IsZero() {
		return nil
	}
	return fmt.Errorf("%s: %w, since %s (keep_deliveries), so that some would get it twice: for what is still to be said open an extra, \"broadsheet extra %s NAME\"",
		row.Name(), store.ErrForgotten, row.ForgottenAt.In(n.zoneOf(row.Newsletter)).Format("2 January 2006"), row.Newsletter)
}
