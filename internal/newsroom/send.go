package newsroom

import (
	"context"
	"errors"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// SendOptions say how an edition is to be sent.
type SendOptions struct {
	Where string               // which part of it, an expression of package segment; empty: all
	To    mailer.Audience      // empty: the list; the rest, where some have it already
	Wait  time.Duration        // how long to stay for deliveries that are due later
	Watch func(Progress)       // called a few times a second while it runs; may be nil
	Told  func(handedTo *Busy) // called when a running serve does the sending; may be nil
	Note  func(words string)   // called when something keeps the send waiting that a person would wonder about; may be nil

	Ordered func() // called when it ends because it was paused or cancelled; may be nil

	Now   bool // wait for nothing between the parts of a mailing
	Alone bool // nobody watches: the editors are told by mail what keeps it

	Force string // why errors of the mail do not stop it; empty: they do

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
			return n.withLeft(ctx, e, a, err)
		}
		if err != nil {
			return Accounting{}, err
		}
		a, err := n.sendHere(ctx, e, o)
		return n.withLeft(ctx, e, a, errors.Join(err, unlock()))
	}
}

// withLeft adds to an accounting whom a send to a part has left out.
func (n *Newsroom) withLeft(ctx context.Context, e *Edition, a Accounting, err error) (Accounting, error) {
	if err == nil && a.Where != "" {
		a.Left, err = n.left(ctx, e.Edition)
	}
	return a, err
}

// handOver gives the order to the running serve, and watches.
func (n *Newsroom) handOver(ctx context.Context, e *Edition, serve *Busy, o SendOptions) (Accounting, error) {
	m, err := n.order(ctx, e, o)
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
	if n.Keys.Locked() {
		return Accounting{}, subscribers.ErrLocked
	}
	if err := n.TakeOver(ctx); err != nil {
		return Accounting{}, err
	}
	m, err := n.order(ctx, e, o)
	if err != nil {
		return Accounting{}, err
	}
	n.lettersBeside(ctx)
	begun, several := n.Clock(), false
	runErr := n.RunMailing(ctx, m, o)
	for runErr == nil && ctx.Err() == nil { // doubt that was settled may have put more than one back to work
		next, err := n.another(ctx, m)
		if err != nil || next.ID == 0 {
			runErr = err
			break
		}
		m, several = next, true
		runErr = n.RunMailing(ctx, m, o)
	}
	took := n.Clock().Sub(begun)
	n.lettersBeside(ctx)
	n.pruneBeside(ctx)
	var a Accounting
	if several {
		a, err = n.status(context.WithoutCancel(ctx), n.refreshed(ctx, e.Edition))
	} else {
		a, err = n.ofMailing(context.WithoutCancel(ctx), e.Edition, m.ID)
	}
	a.Seconds = max(0, took.Seconds()) // of this run: the mailing may have begun days ago
	return a, errors.Join(runErr, err)
}

// another is a mailing of the same edition that is under way, once m is done; none has
// the ID 0.
func (n *Newsroom) another(ctx context.Context, m store.Mailing) (store.Mailing, error) {
	all, err := n.Store.Mailings(ctx, m.Edition)
	if err != nil {
		return store.Mailing{}, err
	}
	next := store.Mailing{}
	for _, x := range all {
		if x.ID == m.ID && x.State != mailer.Done {
			return store.Mailing{}, nil
		}
		if x.ID != m.ID && (x.State == mailer.Laying || x.State == mailer.Sending) {
			next = x
		}
	}
	return next, nil
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

// pruneBeside forgets what is kept too long, since no serve does.
func (n *Newsroom) pruneBeside(ctx context.Context) {
	if err := n.Prune(ctx); err != nil && ctx.Err() == nil {
		n.Log.Warn("what is kept too long waits to be deleted", "error", err)
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
