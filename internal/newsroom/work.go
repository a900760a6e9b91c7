package newsroom

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// work gives a sender its slices (mailer.Source), while it lays the rest of the
// mailing and renews the lease of the slice at hand.
type work struct {
	n       *Newsroom
	mailing int64
	holder  string
	laid    chan struct{}               // a slice was laid, or laying ended
	hungry  chan struct{}               // the sender waits for the next slice
	layErr  error                       // set before laid is closed
	layOn   func()                      // lays what may be laid now, beside the sending
	begun   func(slice int64, wave int) // told of each slice that is taken
	stay    time.Duration               // how long the sender stays for what is due later
	stop    context.CancelFunc
	note    func(string)
	noted   time.Time // the last time that was noted
	running sync.WaitGroup

	mu   sync.Mutex
	held map[int64]mailer.Lease // by slice
}

func (n *Newsroom) newWork(ctx context.Context, m store.Mailing, holder string, note func(string), begun func(slice int64, wave int)) *work {
	ctx, stop := context.WithCancel(ctx)
	w := &work{
		n: n, mailing: m.ID, holder: holder, hungry: make(chan struct{}, 1), stop: stop, note: note, begun: begun,
		held: map[int64]mailer.Lease{},
	}
	w.layOn = func() {
		w.laid = make(chan struct{}, 1)
		w.running.Go(func() { w.lay(ctx) })
	}
	w.layOn()
	w.running.Go(func() { w.renew(ctx) })
	return w
}

// holderName is how one send signs for what it holds. In a container the next one has the
// number of the one that died.
func holderName() string {
	host, _ := os.Hostname()
	return host + ":" + strconv.Itoa(os.Getpid()) + ":" + strings.ToLower(rand.Text()[:4])
}

func (w *work) close() error {
	w.stop()
	w.running.Wait()
	var wait *store.ErrWait
	if errors.Is(w.layErr, context.Canceled) || errors.Is(w.layErr, mailer.ErrStopped) || errors.As(w.layErr, &wait) {
		return nil
	}
	return w.layErr
}

// restAfterLaying is how many times as long as it took to lay a slice the store is
// then left to claims. On SQLite there is one writer: laid without a rest, a million
// deliveries would let a window's claims through between two slices, and no more.
const restAfterLaying = 3

// lay writes the deliveries, slice by slice; sending starts with the first.
func (w *work) lay(ctx context.Context) {
	defer close(w.laid)
	for {
		begun := w.n.Clock()
		_, done, err := w.n.Store.Lay(ctx, w.mailing, sliceWidth, w.n.Clock())
		if err != nil || done {
			w.layErr = stopped(err)
			return
		}
		select {
		case w.laid <- struct{}{}:
		default:
		}
		w.rest(ctx, min(restAfterLaying*w.n.Clock().Sub(begun), time.Second))
	}
}

// rest waits for a while, and no longer than until the sender is out of slices.
func (w *work) rest(ctx context.Context, d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-w.hungry:
	case <-ctx.Done():
	}
}

// renew keeps the leases of the slices at hand while a relay is slow.
func (w *work) renew(ctx context.Context) {
	for range every(ctx, sliceLease/3) {
		for _, l := range w.leases() {
			if err := w.n.Store.RenewSlice(ctx, l, w.n.Clock().Add(sliceLease)); err != nil && ctx.Err() == nil {
				w.n.Log.Warn("lease not renewed", "mailing", w.mailing, "slice", l.Slice, "error", err)
			}
		}
	}
}

func (w *work) leases() []mailer.Lease {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Values(w.held))
}

func (w *work) hold(l mailer.Lease, held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if held {
		w.held[l.Slice] = l
		return
	}
	delete(w.held, l.Slice)
}

// Next is mailer.Source.
func (w *work) Next(ctx context.Context) (mailer.Lease, []mailer.Delivery, error) {
	for laying := true; ; {
		slice, err := w.n.Store.TakeSlice(ctx, w.mailing, w.holder, w.n.Clock(), sliceLease)
		var none *store.ErrNone
		switch {
		case err == nil:
			return w.take(ctx, slice)
		case !errors.As(err, &none):
			return mailer.Lease{}, nil, stopped(err)
		case !laying: // asked once more after the last slice was laid
			next, more, err := w.nextPart(ctx)
			if err != nil {
				return mailer.Lease{}, nil, err
			}
			if more {
				laying = true
				continue
			}
			if none.Leased && len(w.leases()) == 0 { // else our other connections have more of it
				w.say(none.Next)
			}
			return mailer.Lease{}, nil, &mailer.ErrNothingDue{Next: earliest(none.Next, next)}
		}
		select {
		case w.hungry <- struct{}{}:
		default:
		}
		select {
		case _, laying = <-w.laid:
			var wait *store.ErrWait
			if !laying && w.layErr != nil && !errors.As(w.layErr, &wait) {
				return mailer.Lease{}, nil, w.layErr
			}
		case <-ctx.Done():
			return mailer.Lease{}, nil, ctx.Err()
		}
	}
}

// Stopped tells, while nothing is asked for, whether the mailing is no longer to be sent.
func (w *work) Stopped(ctx context.Context) error {
	m, err := w.n.Store.Mailing(ctx, w.mailing)
	if err == nil && m.State != mailer.Laying && m.State != mailer.Sending {
		return mailer.ErrStopped
	}
	return err
}

// nextPart lays the next part of a mailing that goes out in parts, if it is due: then
// there is more to send. Else it says when it is; zero where nothing is left to lay,
// or the part at hand is to be through first.
func (w *work) nextPart(ctx context.Context) (next time.Time, more bool, err error) {
	var wait *store.ErrWait
	if !errors.As(w.layErr, &wait) {
		return time.Time{}, false, nil
	}
	_, done, err := w.n.Store.Lay(ctx, w.mailing, sliceWidth, w.n.Clock())
	switch {
	case errors.As(err, &wait):
		w.sayNext(wait.Until)
		return wait.Until, false, nil
	case err != nil:
		return time.Time{}, false, stopped(err)
	case done:
		w.layErr = nil
		return time.Time{}, true, nil
	}
	w.layOn()
	return time.Time{}, true, nil
}

// sayNext tells once what a sender stays for.
func (w *work) sayNext(until time.Time) {
	if w.note == nil || !until.After(w.noted) || until.After(w.n.Clock().Add(w.stay)) {
		return
	}
	w.noted = until
	w.note("The next part of it is due " + until.Local().Format("15:04:05") + ".")
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// stopped says in the mailer's words that a mailing is no longer to be sent: paused,
// cancelled, or done by another process.
func stopped(err error) error {
	var state *store.ErrState
	if errors.As(err, &state) {
		return mailer.ErrStopped
	}
	return err
}

// say tells once that the rest is in the hands of a sender that may be dead: its
// lease has to end first.
func (w *work) say(until time.Time) {
	if w.note != nil && until.After(w.noted) {
		w.note("Another sender holds the rest until " + until.In(w.n.zone()).Format("15:04:05 MST") + "; if it is gone, this one goes on then.")
	}
	w.noted = until
}

func (w *work) take(ctx context.Context, slice store.Slice) (mailer.Lease, []mailer.Delivery, error) {
	if slice.TakenOver > 0 {
		w.n.Log.Warn("took a slice over", "mailing", w.mailing, "slice", slice.Number, "in_doubt", slice.TakenOver)
		if w.note != nil {
			w.note(DoubtWords(slice.TakenOver, slice.Policy))
		}
	}
	deliveries, err := w.n.deliveries(ctx, slice)
	if err != nil {
		return slice.Lease, nil, errors.Join(err, w.n.Store.ReleaseSlice(context.WithoutCancel(ctx), slice.Lease, w.n.Clock()))
	}
	w.hold(slice.Lease, true)
	w.begun(slice.Slice, slice.Wave)
	return slice.Lease, deliveries, nil
}

// DoubtWords tells people of deliveries whose sender died before it stored what
// became of them.
func DoubtWords(n int64, policy mailer.DoubtPolicy) string {
	was, are := "were", "are"
	if n == 1 {
		was, are = "was", "is"
	}
	if policy == mailer.Hold {
		return fmt.Sprintf("%s %s in doubt since the last sender died; \"broadsheet doubt\" decides on them.", figures.Of(n), are)
	}
	return fmt.Sprintf("%s %s in doubt after the last sender died and %s sent again.", figures.Of(n), was, are)
}

// Release is mailer.Source.
func (w *work) Release(ctx context.Context, l mailer.Lease) error {
	err := w.n.Store.ReleaseSlice(ctx, l, w.n.Clock())
	if err != nil && !errors.Is(err, mailer.ErrLeaseLost) {
		return err // it stays held, for giveBack
	}
	w.hold(l, false)
	return nil
}

// giveBack releases what Release could not, such as on a full disk: who goes on,
// be it this process, need not wait for the leases to end.
func (w *work) giveBack(ctx context.Context) error {
	for _, l := range w.leases() {
		if err := w.Release(ctx, l); err != nil {
			return fmt.Errorf("release slice: %w", err)
		}
	}
	return nil
}

// deliveries unseals the due recipients of a slice. An address that does not open
// stops the send: it is the key that is wrong, not the reader. Where another process has
// changed the master key, it is taken up.
func (n *Newsroom) deliveries(ctx context.Context, slice store.Slice) ([]mailer.Delivery, error) {
	all, err := n.unsealed(ctx, slice)
	if n.stale(ctx, err) {
		if err := n.FollowKeys(ctx); err != nil {
			return nil, err
		}
		return n.unsealed(ctx, slice)
	}
	return all, err
}

func (n *Newsroom) unsealed(ctx context.Context, slice store.Slice) ([]mailer.Delivery, error) {
	recipients, err := n.Store.Recipients(ctx, slice.Slice, n.Clock())
	if err != nil {
		return nil, err
	}
	all := make([]mailer.Delivery, len(recipients))
	for i, r := range recipients {
		d := mailer.Delivery{Number: r.Number, ID: r.ID, Generation: r.Generation, Variant: r.Variant, Attempts: r.Attempts, First: r.First, Relay: r.Relay, Confirmed: r.Confirmed}
		if d.Address, err = n.Keys.Open(addressOf(r.ID), r.Address); err != nil {
			return nil, err
		}
		if len(r.Name) > 0 {
			if d.Name, err = n.Keys.Open(nameOf(r.ID), r.Name); err != nil {
				return nil, err
			}
		}
		all[i] = d
	}
	return all, nil
}

// addressOf and nameOf are where a subscriber's sealed values are stored.
func addressOf(id subscribers.ID) subscribers.Place {
	return subscribers.Place{Table: "subscriber", Row: id, Field: "address"}
}

func nameOf(id subscribers.ID) subscribers.Place {
	return subscribers.Place{Table: "subscriber", Row: id, Field: "name"}
}
