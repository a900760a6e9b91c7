package newsroom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
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
	relays, err := n.relays()
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
	ledger := n.Store.NewCommitter(store.CommitterOptions{Now: n.Clock, Lease: sliceLease})
	work := n.newWork(ctx, m, o.Note)
	watch := n.watch(ctx, m, o.Watch)
	sender := mailer.Sender{
		Relays: relays, Ledger: ledger, Source: work, Composer: compose,
		Policy: retryPolicy(letter), From: letter.Envelope,
		Clock: n.Clock, Log: n.Log, Wait: o.Wait,
		GiveUpDialing: o.GiveUpDialing, Observe: watch.observe,
	}
	err = sender.Run(ctx)
	done := context.WithoutCancel(ctx)
	err = errors.Join(settled(ctx, err), n.settle(done, ledger), work.close(), ledger.Close(done))
	watch.close()
	if err == nil && ctx.Err() == nil {
		err = n.finish(done, letter, m)
	}
	return n.told(done, m, err)
}

// finish ends a mailing in which nothing is left to do, and tells the editors.
func (n *Newsroom) finish(ctx context.Context, letter *config.Newsletter, m store.Mailing) error {
	finished, err := n.Store.FinishMailing(ctx, m.ID, n.Clock())
	if err != nil || !finished {
		return err
	}
	return n.tellSent(ctx, letter, m)
}

// settled drops the ends of a run that are no failure: an order to stop, or the
// rest being due later.
func settled(ctx context.Context, err error) error {
	var later *mailer.ErrNothingDue
	if errors.As(err, &later) || errors.Is(err, mailer.ErrStopped) ||
		ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}

// told adds to a failure what a person wants to know: how many wait.
func (n *Newsroom) told(ctx context.Context, m store.Mailing, err error) error {
	var down *mailer.ErrRelaysDown
	if errors.As(err, &down) {
		if c, countErr := n.Store.CountMailing(ctx, m.ID); countErr == nil {
			down.Waiting = int(c.Open())
		}
		return err
	}
	if errors.Is(err, store.ErrDiskFull) {
		return fmt.Errorf("%w: the send stopped before the next message; make room, and \"broadsheet send\" continues it", err)
	}
	return err
}

// composer splices the frozen variants of a mailing.
type composer struct {
	n        *Newsroom
	letter   *config.Newsletter
	mailing  int64
	variants map[string]*message.Compiled
	signer   *message.Signer // nil: not signed here
	unsigned sync.Pool       // of *[]byte: messages on their way to the signer
}

func (n *Newsroom) composer(ctx context.Context, letter *config.Newsletter, m store.Mailing) (*composer, error) {
	stored, err := n.Store.Variants(ctx, m.Edition, m.Revision)
	if err != nil {
		return nil, err
	}
	signer, err := n.signer(letter, m.Date, m.StartedAt)
	if err != nil {
		return nil, err
	}
	c := &composer{n: n, letter: letter, mailing: m.ID, variants: map[string]*message.Compiled{}, signer: signer}
	c.unsigned.New = func() any { return new([]byte) }
	for _, v := range stored {
		compiled := new(message.Compiled)
		if err := compiled.UnmarshalBinary(v.Compiled); err != nil {
			return nil, fmt.Errorf("the frozen variant %s of edition %d: %w", v.Name, m.Edition, err)
		}
		if c.variants[v.Name], err = compiled.Dated(m.Date.In(letter.Location)); err != nil {
			return nil, fmt.Errorf("the frozen variant %s of edition %d: %w", v.Name, m.Edition, err)
		}
	}
	if c.variants[string(templates.Digest)] == nil {
		return nil, fmt.Errorf("edition %d, revision %d has no frozen digest: reopen it", m.Edition, m.Revision)
	}
	return c, nil
}

// Compose is mailer.Composer.
func (c *composer) Compose(dst []byte, d mailer.Delivery) ([]byte, error) {
	v := c.variants[d.Variant]
	if v == nil {
		v = c.variants[string(templates.Digest)]
	}
	reader := c.n.reader(c.letter, d.Address, d.Name, d.ID, d.Generation, c.mailing)
	if c.signer != nil {
		return c.signed(dst, v, reader)
	}
	out, err := v.Splice(dst, reader)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", mailer.ErrUnfit, err)
	}
	return out, nil
}

// signed splices a message beside dst, and signs it into dst.
func (c *composer) signed(dst []byte, v *message.Compiled, r message.Reader) ([]byte, error) {
	buf := c.unsigned.Get().(*[]byte)
	defer c.unsigned.Put(buf)
	msg, err := v.Splice((*buf)[:0], r)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", mailer.ErrUnfit, err)
	}
	*buf = msg
	return c.signer.Sign(dst, msg)
}

// work gives a sender its slices (mailer.Source), while it lays the rest of the
// mailing and renews the lease of the slice at hand.
type work struct {
	n       *Newsroom
	mailing int64
	holder  string
	laid    chan struct{} // a slice was laid, or laying ended
	layErr  error         // set before laid is closed
	stop    context.CancelFunc
	note    func(string)
	noted   time.Time // the last time that was noted
	running sync.WaitGroup

	mu   sync.Mutex
	held map[int64]mailer.Lease // by slice
}

func (n *Newsroom) newWork(ctx context.Context, m store.Mailing, note func(string)) *work {
	ctx, stop := context.WithCancel(ctx)
	host, _ := os.Hostname()
	w := &work{n: n, mailing: m.ID, holder: host + ":" + strconv.Itoa(os.Getpid()), laid: make(chan struct{}, 1), stop: stop, note: note, held: map[int64]mailer.Lease{}}
	w.running.Go(func() { w.lay(ctx) })
	w.running.Go(func() { w.renew(ctx) })
	return w
}

func (w *work) close() error {
	w.stop()
	w.running.Wait()
	if errors.Is(w.layErr, context.Canceled) || errors.Is(w.layErr, mailer.ErrStopped) {
		return nil
	}
	return w.layErr
}

// lay writes the deliveries, slice by slice; sending starts with the first.
func (w *work) lay(ctx context.Context) {
	defer close(w.laid)
	for {
		_, done, err := w.n.Store.Lay(ctx, w.mailing, sliceWidth, w.n.Clock())
		if err != nil || done {
			w.layErr = stopped(err)
			return
		}
		select {
		case w.laid <- struct{}{}:
		default:
		}
	}
}

// renew keeps the leases of the slices at hand while a relay is slow.
func (w *work) renew(ctx context.Context) {
	tick := time.NewTicker(sliceLease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, l := range w.leases() {
				if err := w.n.Store.RenewSlice(ctx, l, w.n.Clock().Add(sliceLease)); err != nil && ctx.Err() == nil {
					w.n.Log.Warn("lease not renewed", "mailing", w.mailing, "slice", l.Slice, "error", err)
				}
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
		case !laying && none.Leased:
			w.say(none.Next)
			return mailer.Lease{}, nil, &mailer.ErrNothingDue{Next: none.Next}
		case !laying: // asked once more after the last slice was laid
			return mailer.Lease{}, nil, &mailer.ErrNothingDue{Next: none.Next}
		}
		select {
		case _, laying = <-w.laid:
			if !laying && w.layErr != nil {
				return mailer.Lease{}, nil, w.layErr
			}
		case <-ctx.Done():
			return mailer.Lease{}, nil, ctx.Err()
		}
	}
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
		w.note("Another sender holds the rest until " + until.Local().Format("15:04:05") + "; if it is gone, this one goes on then.")
	}
	w.noted = until
}

func (w *work) take(ctx context.Context, slice store.Slice) (mailer.Lease, []mailer.Delivery, error) {
	if slice.TakenOver > 0 {
		w.n.Log.Warn("took a slice over", "mailing", w.mailing, "slice", slice.Number, "in_doubt", slice.TakenOver)
	}
	deliveries, err := w.n.deliveries(ctx, slice)
	if err != nil {
		return slice.Lease, nil, errors.Join(err, w.n.Store.ReleaseSlice(context.WithoutCancel(ctx), slice.Lease, w.n.Clock()))
	}
	w.hold(slice.Lease, true)
	return slice.Lease, deliveries, nil
}

// Release is mailer.Source.
func (w *work) Release(ctx context.Context, l mailer.Lease) error {
	w.hold(l, false)
	err := w.n.Store.ReleaseSlice(ctx, l, w.n.Clock())
	if errors.Is(err, mailer.ErrLeaseLost) {
		return nil
	}
	return err
}

// deliveries unseals the due recipients of a slice. An address that does not open
// stops the send: it is the key that is wrong, not the reader.
func (n *Newsroom) deliveries(ctx context.Context, slice store.Slice) ([]mailer.Delivery, error) {
	recipients, err := n.Store.Recipients(ctx, slice.Slice, n.Clock())
	if err != nil {
		return nil, err
	}
	all := make([]mailer.Delivery, len(recipients))
	for i, r := range recipients {
		d := mailer.Delivery{Number: r.Number, ID: r.ID, Generation: r.Generation, Variant: r.Variant, Attempts: r.Attempts, First: r.First}
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
