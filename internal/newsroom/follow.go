package newsroom

import (
	"context"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// followEvery is how often a watcher asks how far another process is.
const followEvery = 300 * time.Millisecond

// stillAfter is how long a followed mailing may make no progress before the
// watcher gives up watching; the mailing itself goes on.
const stillAfter = time.Minute

// goneAfter is how long a followed mailing may stand still before the watcher asks
// whether its sender is there at all.
const goneAfter = 3 * time.Second

// follow watches a mailing that another process runs, until nothing of it is due
// within o.Wait, nothing moves any more, gone says that nobody sends (errServeGone),
// or ctx ends.
func (n *Newsroom) follow(ctx context.Context, row store.Edition, mailing int64, o SendOptions, gone func() bool) (Accounting, error) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var before Accounting
	moved := n.Clock()
	for {
		a, err := n.ofMailing(ctx, row, mailing)
		if err != nil {
			return a, err
		}
		if o.Watch != nil {
			o.Watch(a)
		}
		if a.Accepted != before.Accepted || a.Queued != before.Queued || a.Deferred != before.Deferred {
			before, moved = a, n.Clock()
		}
		idle := a.Queued == 0 && a.Mailing == mailer.Sending && a.NextDue.After(n.Clock().Add(o.Wait))
		if idle || a.Mailing == mailer.Done || a.Mailing == mailer.Cancelled || a.Mailing == mailer.Paused {
			return a, nil
		}
		if n.Clock().Sub(moved) > goneAfter && gone() {
			return a, errServeGone
		}
		if n.Clock().Sub(moved) > stillAfter+o.Wait {
			return a, fmt.Errorf("%s does not move: %d wait; serve's log says why, and it goes on by itself", row.Name(), a.Queued+a.Deferred)
		}
		select {
		case <-ctx.Done():
			return a, nil // watching ends; the mailing goes on
		case <-tick.C:
		}
	}
}

// Follow watches the mailing of an edition under way, for status --watch.
func (n *Newsroom) Follow(ctx context.Context, name string, o SendOptions) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return Accounting{}, err
	}
	if len(mailings) == 0 {
		return n.status(ctx, row)
	}
	return n.follow(ctx, row, mailings[len(mailings)-1].ID, o, n.senderGone)
}

// UnderWay tells whether a mailing of the edition is under way already.
func (n *Newsroom) UnderWay(ctx context.Context, name string) (bool, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return false, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	for _, m := range mailings {
		if !m.Finished() {
			return true, err
		}
	}
	return false, err
}
