package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// SendOptions say how an edition is to be sent.
type SendOptions struct {
	To    mailer.Audience      // empty: the list; the rest, where some have it already
	Wait  time.Duration        // how long to stay for deliveries that are due later
	Watch func(Accounting)     // called a few times a second while it runs; may be nil
	Told  func(handedTo *Busy) // called when a running serve does the sending; may be nil
	Note  func(words string)   // called when something keeps the send waiting that a person would wonder about; may be nil

	GiveUpDialing time.Duration // how long every relay may be down; 0: 5 minutes
}

// Send sends an edition, or continues a send that was stopped, until nothing is
// due within o.Wait. It freezes an approved edition first. Where a serve is
// running in this newsroom, that one sends, and this call watches.
//
// Errors: *Busy (another send is at work), *mailer.ErrRelaysDown, ErrChanged, and
// what keeps the edition from being sent, in words. The accounting is true beside
// an error too, where a mailing exists.
func (n *Newsroom) Send(ctx context.Context, name string, o SendOptions) (Accounting, error) {
	e, err := n.drafted(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	for {
		unlock, err := n.Lock(RoleSend)
		var busy *Busy
		if errors.As(err, &busy) && busy.Role == RoleServe {
			a, err := n.handOver(ctx, e, busy, o)
			if errors.Is(err, errServeGone) {
				continue
			}
			return a, err
		}
		if err != nil {
			return Accounting{}, err
		}
		a, err := n.sendHere(ctx, e, o)
		return a, errors.Join(err, unlock())
	}
}

// handOver gives the order to the running serve, and watches.
func (n *Newsroom) handOver(ctx context.Context, e *Edition, serve *Busy, o SendOptions) (Accounting, error) {
	m, err := n.order(ctx, e, o.To)
	if err != nil {
		return Accounting{}, err
	}
	if o.Told != nil {
		o.Told(serve)
	}
	return n.follow(ctx, e.Edition, m.ID, o, n.serveGone)
}

// sendHere sends in this process, which holds the lock.
func (n *Newsroom) sendHere(ctx context.Context, e *Edition, o SendOptions) (Accounting, error) {
	if err := n.TakeOver(ctx); err != nil {
		return Accounting{}, err
	}
	m, err := n.order(ctx, e, o.To)
	if err != nil {
		return Accounting{}, err
	}
	n.lettersBeside(ctx)
	begun := n.Clock()
	runErr := n.RunMailing(ctx, m, o)
	took := n.Clock().Sub(begun)
	n.lettersBeside(ctx)
	a, err := n.ofMailing(context.WithoutCancel(ctx), e.Edition, m.ID)
	a.Seconds = max(0, took.Seconds()) // of this run: the mailing may have begun days ago
	return a, errors.Join(runErr, err)
}

// senderGone is serveGone for one who only watches: on PostgreSQL, where there is
// no lock, other machines may send.
func (n *Newsroom) senderGone() bool { return n.Store.Engine() == "sqlite" && n.serveGone() }

// errServeGone says that the serve that was watched has ended.
var errServeGone = errors.New("the serve that sent it has ended")

// serveGone tells whether nobody holds the newsroom's lock any more.
func (n *Newsroom) serveGone() bool {
	unlock, err := n.Lock(RoleSend)
	if err != nil {
		return false
	}
	return unlock() == nil
}

// lettersBeside sends the letters that wait, since no serve does. A letter that a
// relay does not take now waits on, and never keeps an edition.
func (n *Newsroom) lettersBeside(ctx context.Context) {
	if err := n.SendLetters(ctx); err != nil {
		n.Log.Warn("letters wait", "error", err)
	}
}

// TakeOver frees what a dead process of this newsroom held. Only the holder of
// the lock may call it.
func (n *Newsroom) TakeOver(ctx context.Context) error {
	if n.Store.Engine() == "sqlite" {
		if err := n.Store.BreakLeases(ctx); err != nil {
			return err
		}
	}
	return n.sweep(ctx)
}

// sweep puts in doubt what a dead process left claimed in a mailing that was then
// cancelled: nobody continues that one.
func (n *Newsroom) sweep(ctx context.Context) error {
	swept, err := n.Store.SweepCancelled(ctx, n.Clock())
	if swept > 0 {
		n.Log.Warn("a cancelled mailing has deliveries whose sender died", "in_doubt", swept)
	}
	return err
}

// order makes sure that an edition has a mailing to run: the one under way, or a
// new one of its frozen revision.
func (n *Newsroom) order(ctx context.Context, e *Edition, to mailer.Audience) (store.Mailing, error) {
	mailings, err := n.Store.Mailings(ctx, e.ID)
	if err != nil {
		return store.Mailing{}, err
	}
	for _, m := range mailings {
		if m.Finished() {
			continue
		}
		if m.State == mailer.Paused {
			return m, fmt.Errorf("%s is paused (%s): \"broadsheet resume %s\" lets it go on", e.Ref(), m.Reason, e.Ref())
		}
		if to != "" && to != m.Audience {
			return m, fmt.Errorf("%s is being sent to the %s: let it end, or cancel it, before sending to the %s", e.Ref(), m.Audience, to)
		}
		return m, nil
	}
	if e, err = n.ready(ctx, e, to); err != nil {
		return store.Mailing{}, err
	}
	if to == "" {
		if to, err = n.audienceFor(ctx, e); err != nil {
			return store.Mailing{}, err
		}
	}
	now := n.Clock()
	return n.Store.StartMailing(ctx, store.NewMailing{
		Edition: e.ID, Revision: e.Revision.Number, Audience: to, Policy: e.Letter.InDoubt,
		Date: now, At: now, Who: n.Who, Stories: mailedBy(e),
	})
}

// ready brings an edition to frozen, or says what keeps it.
func (n *Newsroom) ready(ctx context.Context, e *Edition, to mailer.Audience) (*Edition, error) {
	if err := n.maySend(ctx, e, to); err != nil {
		return nil, err
	}
	if err := n.signing[e.Letter.Name].err; err != nil {
		return nil, err
	}
	if e.State == digest.Draft && e.Letter.Approval == config.Automatic {
		_, err := n.Approve(ctx, e.Ref())
		if err != nil && n.refreshed(ctx, e.Edition).State == digest.Draft { // else another process was faster
			return nil, err
		}
		if e, err = n.load(ctx, n.refreshed(ctx, e.Edition)); err != nil {
			return nil, err
		}
	}
	if e.State == digest.Approved {
		if err := n.freeze(ctx, e); err != nil {
			return nil, err
		}
	}
	return n.load(ctx, n.refreshed(ctx, e.Edition))
}

func (n *Newsroom) maySend(ctx context.Context, e *Edition, to mailer.Audience) error {
	switch e.State {
	case digest.Approved, digest.Frozen:
		return n.notExpired(ctx, e)
	case digest.Draft, digest.Held:
		if NeedsApproval(e) {
			return fmt.Errorf("%s is %s: look at it with \"broadsheet preview %s\" and approve it with \"broadsheet approve %s\"", e.Ref(), e.State, e.Ref(), e.Ref())
		}
		return n.notExpired(ctx, e)
	case digest.Sent, digest.Sending:
		if e.State == digest.Sent && (to == mailer.ToRest || to == mailer.ToDelivered) {
			left, err := n.Store.AudienceSize(ctx, e.ID, to, n.Clock())
			if err != nil || left > 0 {
				return err
			}
		}
		a, err := n.status(ctx, e.Edition)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s has been sent: %d of %d handed over. To mend it, \"broadsheet reopen %s\": the new revision can go to the rest, or as a correction to those who have it", e.Ref(), a.Accepted, a.Audience, e.Ref())
	}
	return fmt.Errorf("%s is %s: \"broadsheet reopen %s\" makes a new revision of it", e.Ref(), e.State, e.Ref())
}

// audienceFor is who a send goes to that does not say: the list, or, where some
// readers have an earlier revision, the rest. Nobody gets it twice unasked.
func (n *Newsroom) audienceFor(ctx context.Context, e *Edition) (mailer.Audience, error) {
	again, err := n.mailedBefore(ctx, e.Edition)
	if again {
		return mailer.ToRest, err
	}
	return mailer.ToList, err
}

// mailedBy lists what readers have seen once an edition is sent: the stories it
// prints, and those of the same events that they stand for.
func mailedBy(e *Edition) []digest.Mailed {
	known := map[string]digest.Story{}
	for _, s := range e.Snapshot.Stories {
		known[s.ID] = s
	}
	var mailed []digest.Mailed
	add := func(s digest.Story) {
		mailed = append(mailed, digest.Mailed{
			ID: s.ID, Source: s.Source, GUID: s.GUID, URL: s.URL, Title: s.Title,
			Published: s.Date(), Edition: e.Ref(),
		})
	}
	for _, c := range e.Pick.Chosen {
		add(c.Story)
		for _, id := range c.Also {
			if s, ok := known[id]; ok {
				add(s)
			}
		}
	}
	return mailed
}

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
