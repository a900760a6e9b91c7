package newsroom

import (
	"context"
	"errors"
	"fmt"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// tellDown counts who waits while no relay can be used, notes it with the mailing, for
// status, and tells the editors where nobody watches: once a day.
func (n *Newsroom) tellDown(ctx context.Context, letter *config.Newsletter, m store.Mailing, o SendOptions, down *mailer.ErrRelaysDown) error {
	row, err := n.Store.Edition(ctx, m.Edition)
	if err != nil {
		return err
	}
	a, err := n.ofMailing(ctx, row, m.ID)
	if err != nil {
		return err
	}
	down.Waiting = int(a.Queued + a.Deferred)
	if err := n.Store.SetTrouble(ctx, m.ID, down.Error()); err != nil || !o.Alone {
		return err
	}
	body := fmt.Sprintf("%s\n\n%s readers have it. It is tried again by itself, and goes on where it stopped:\n\n    broadsheet status %s\n    broadsheet relays test\n",
		down.Error(), figures.Of(a.Accepted), row.Name())
	return n.tell(ctx, letter, row.Name()+" waits: no relay takes mail", body,
		fmt.Sprintf("down/%d/%s", m.ID, n.Clock().UTC().Format("2006-01-02")))
}

// tellStopped tells the editors of a mailing that has stopped by itself. Of any number
// of calls, in any number of processes, they get one letter a stop.
func (n *Newsroom) tellStopped(ctx context.Context, letter *config.Newsletter, mailing int64) error {
	m, err := n.Store.Mailing(ctx, mailing)
	if err != nil || m.State != mailer.Paused || m.StoppedAt.IsZero() {
		return err
	}
	row, err := n.Store.Edition(ctx, m.Edition)
	if err != nil {
		return err
	}
	a, err := n.status(ctx, row)
	if err != nil {
		return err
	}
	ref := row.Name()
	body := fmt.Sprintf("It stopped by itself, in %s.\n\n%s readers have it, and it cannot be recalled; %s are untouched.\n\n"+
		"What was wrong stands in the log of the tries and with the relay. Then, one of these:\n\n"+
		"- it may go on as it is: `broadsheet resume %s`\n"+
		"- it is to be mended first: `broadsheet reopen %s`, edit, approve, `broadsheet send %s --to rest`\n"+
		"- it is to be left: `broadsheet cancel %s`\n",
		m.Reason, figures.Of(a.Accepted), figures.Of(a.Queued+a.Deferred), ref, ref, ref, ref)
	return n.tell(ctx, letter, ref+" has stopped", body, fmt.Sprintf("stopped/%d#%d", m.ID, m.Stops))
}

// tellStops tells of every mailing that stopped by itself: whoever stopped it may have
// died before it could.
func (n *Newsroom) tellStops(ctx context.Context) error {
	mailings, err := n.Store.UnfinishedMailings(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, m := range mailings {
		if letter, ok := n.Config.Newsletter(m.Newsletter); ok && !m.StoppedAt.IsZero() {
			problems = append(problems, n.tellStopped(ctx, letter, m.ID))
		}
	}
	return errors.Join(problems...)
}
