package newsroom

import (
	"context"
	"fmt"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// SettleDoubt decides on every delivery of an edition that is in doubt: it is sent
// again, or counted as handed over. It returns how many there were.
func (n *Newsroom) SettleDoubt(ctx context.Context, name string, resend bool) (int64, Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return 0, Accounting{}, err
	}
	if err := n.forgotten(row); err != nil {
		return 0, Accounting{}, err
	}
	if err := n.sweep(ctx); err != nil {
		return 0, Accounting{}, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return 0, Accounting{}, err
	}
	to := mailer.Accepted
	if resend {
		to = mailer.Queued
	}
	settled := int64(0)
	for _, m := range mailings {
		some, err := n.Store.SettleDoubt(ctx, m.ID, to, n.Who, n.Clock())
		if err != nil {
			return settled, Accounting{}, err
		}
		settled += some
	}
	a, err := n.Status(ctx, row.Name())
	if err == nil && settled == 0 {
		err = fmt.Errorf("%s has no delivery in doubt", row.Name())
	}
	return settled, a, err
}
