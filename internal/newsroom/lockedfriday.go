package newsroom

import (
	"context"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// waitsForKey is what who watches a mailing is told while the list is locked.
const waitsForKey = "the list is locked: it goes on as soon as somebody hands over the key on the machine that runs serve: broadsheet unlock"

// tellLocked tells the editors that an edition is due and the list is locked. It is
// sent as soon as the node is unlocked, if it has not expired by then.
func (n *Newsroom) tellLocked(ctx context.Context, letter *config.Newsletter, row store.Edition) error {
	n.Log.Warn("an edition waits for the key", "edition", row.Name())
	until := ""
	if !row.ExpiresAt.IsZero() {
		until = " It expires " + row.ExpiresAt.In(letter.Location).Format(clock) + "."
	}
	return n.tell(ctx, letter, row.Name()+" waits: the list is locked",
		"It is due, and goes out as soon as somebody hands over the key on the machine that runs serve:"+until+"\n\n    broadsheet unlock --ttl 6h\n",
		fmt.Sprintf("locked/%d/%s", row.ID, row.At.UTC().Format(time.DateOnly)))
}

// tellLockedMailings tells the editors of what is being sent and stopped because the
// list is locked, once for each mailing.
func (n *Newsroom) tellLockedMailings(ctx context.Context) error {
	if !n.Keys.Locked() {
		return nil
	}
	mailings, err := n.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, m := range mailings {
		letter, ours := n.Config.Newsletter(m.Newsletter)
		if !ours || m.State == mailer.Paused {
			continue
		}
		row, err := n.Store.Edition(ctx, m.Edition)
		if err != nil {
			return err
		}
		n.Log.Warn("a mailing waits for the key", "edition", row.Name(), "mailing", m.ID)
		err = n.tell(ctx, letter, row.Name()+" stopped: the list is locked",
			"It goes on as soon as somebody hands over the key on the machine that runs serve. Whoever has it by now does not get it again:\n\n    broadsheet unlock --ttl 6h\n",
			fmt.Sprintf("locked-mailing/%d", m.ID))
		if err != nil {
			return err
		}
	}
	return nil
}
