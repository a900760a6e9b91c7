package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const (
	sliceWidth = 5000             // subscriber numbers a slice
	sliceLease = 60 * time.Second // renewed three times as often
)

// RunMailing lays and sends a mailing until nothing of it is due within o.Wait, it
// is paused or cancelled, or ctx ends: then it drains, and nothing is in doubt.
// Errors are the store's, or *mailer.ErrRelaysDown; everything that is left waits.
func (n *Newsroom) RunMailing(ctx context.Context, m store.Mailing, o SendOptions) error {
	letter, err := n.Newsletter(m.Newsletter)
	if err != nil {
		return err
	}
	relays, err := n.routes()
	if err != nil {
		return err
	}
	compose, err := n.composer(ctx, letter, m)
	if err != nil {
		return err
	}
	if err := n.keepReserve(); err != nil {
		return err
	}
	choice, err := n.watchChoice(ctx)
	if err != nil {
		return err
	}
	defer choice.close()
	holder := holderName()
	watch, err := n.watch(ctx, m, relays, holder, o.Watch)
	if err != nil {
		return err
	}
	running, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	ledger := n.Store.NewCommitter(store.CommitterOptions{Now: n.Clock, Lease: sliceLease, Gather: gather(relays)})
	guard := n.guard(running, m, halt)
	work := n.newWork(running, m, holder, watch.notes(o.Note), guard.begun)
	work.stay = o.Wait
	standby := standbyNotes(watch.notes(o.Note))
	ramp := n.ramp(running, letter, m, choice.use)
	sender := mailer.Sender{
		Relays: relays, Ledger: ledger, Source: work, Composer: compose,
		Policy: retryPolicy(letter), From: letter.Envelope,
		Clock: n.Clock, Log: n.Log, Wait: o.Wait,
		GiveUpDialing: o.GiveUpDialing, Use: choice.use,
		Newsletter: letter.Name, Limits: letter.Limits.Limits, DomainLimits: letter.Limits.Domains, Traffic: n.traffic,
		Observe: func(e mailer.Event) {
			watch.observe(e)
			guard.observe(e)
			standby(e)
			ramp.observe(e)
		},
	}
	if ramp != nil {
		sender.Gate = ramp.gate
	}
	err = sender.Run(running)
	done := context.WithoutCancel(ctx)
	err = errors.Join(o.settled(running, err), n.settle(done, ledger, work), work.close(), ledger.Close(done), ramp.close(done))
	watch.close()
	err = errors.Join(err, guard.close(done))
	if err == nil && running.Err() == nil {
		err = n.finish(done, letter, m)
	}
	return n.told(done, letter, m, o, err)
}

// finish ends a mailing in which nothing is left to do, and tells the editors.
func (n *Newsroom) finish(ctx context.Context, letter *config.Newsletter, m store.Mailing) error {
	finished, err := n.Store.FinishMailing(ctx, m.ID, n.Clock())
	if err != nil || !finished {
		return err
	}
	return n.tellSent(ctx, letter, m)
}

// settled drops the ends of a run that are no failure: an order to stop, which is told,
// or the rest being due later.
func (o SendOptions) settled(ctx context.Context, err error) error {
	if o.Ordered != nil && (errors.Is(err, mailer.ErrStopped) || errors.Is(context.Cause(ctx), mailer.ErrStopped)) {
		o.Ordered()
	}
	var later *mailer.ErrNothingDue
	if errors.As(err, &later) || errors.Is(err, mailer.ErrStopped) ||
		ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

// told adds to a failure what a person wants to know: how many wait. What keeps a
// mailing is noted with it, and the editors are told of it where nobody watches.
func (n *Newsroom) told(ctx context.Context, letter *config.Newsletter, m store.Mailing, o SendOptions, err error) error {
	var down *mailer.ErrRelaysDown
	switch {
	case errors.As(err, &down):
		return errors.Join(err, n.tellDown(ctx, letter, m, o, down))
	case errors.Is(err, store.ErrDiskFull) && o.Alone:
		return fmt.Errorf("%w: the send stopped before the next message; it goes on by itself once there is room", err)
	case errors.Is(err, store.ErrDiskFull):
		return fmt.Errorf("%w: the send stopped before the next message; make room, and \"broadsheet send\" continues it", err)
	case err != nil:
		return err
	}
	return n.tellStopped(ctx, letter, m.ID)
}

// gather is how many claims a commit waits for: a quarter of W.
func gather(routes []mailer.Route) int {
	outstanding := 0
	for _, r := range routes {
		outstanding += r.Connections * r.Window
	}
	return outstanding / 4
}
