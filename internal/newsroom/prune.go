package newsroom

import (
	"context"
	"time"
)

const (
	unconfirmedKept = 7 * 24 * time.Hour // a sign-up that nobody confirms
	pruneEvery      = time.Hour
)

// Prune drops what was kept long enough; asked more than once an hour, it does nothing.
func (n *Newsroom) Prune(ctx context.Context) error {
	now := n.Clock()
	if last := n.holder.pruned.Load(); last != 0 && now.Sub(time.Unix(last, 0)) < pruneEvery {
		return nil
	}
	n.holder.pruned.Store(now.Unix())
	dropped, err := n.Store.Prune(ctx, now.Add(-unconfirmedKept), now)
	if dropped > 0 {
		n.Log.Info("sign-ups that nobody confirmed are deleted", "count", dropped)
	}
	return err
}
