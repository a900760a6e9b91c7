package mailer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// Run sends until nothing is due, and returns
//
//   - nil: every delivery is settled;
//   - *ErrNothingDue: the rest is due later than Wait from now;
//   - *ErrRelaysDown: no relay would take anything for GiveUpDialing;
//   - ErrStopped: the mailing was paused or cancelled;
//   - the context's cause: it ended;
//   - anything else: the store's or the composer's own error.
//
// In every case the messages in flight were finished first, what was claimed and not
// sent was handed back as queued, and all of it is durable, unless an error of the
// ledger says otherwise. So a run that is told to stop leaves nothing in doubt,
// except what a relay had not answered when Drain was over.
//
// # Slow relays and slow ledgers
//
// A relay may take 10 minutes for its reply to the final dot (RFC 5321 4.5.3.2.6),
// and only a claim renews a lease. So the lease has to be longer than that, or
// another process takes the slice over meanwhile: then the claim of that one message
// is in doubt, and its late result is refused by its epoch. Nothing is lost, and one
// message may be doubled. Other connections go on with other slices.
//
// A ledger that is slow slows the claims, and with them the sending; nothing piles
// up, since a connection has one window claimed at most.
func (s *Sender) Run(ctx context.Context) error {
	r, err := newRun(ctx, s)
	if err != nil {
		return err
	}
	defer r.end()
	r.hire()
	err = r.feed()
	r.stop(err)
	r.workers.Wait()
	r.clear()
	r.batches.Wait()
	if flushErr := r.Ledger.Flush(r.last); flushErr != nil {
		return errors.Join(err, fmt.Errorf("record results: %w", flushErr))
	}
	return err
}

// clear takes back the windows that no worker took. Nothing of them is claimed.
func (r *run) clear() {
	for {
		select {
		case win := <-r.windows:
			win.parts.Done()
		default:
			return
		}
	}
}

// run is one Run of a Sender.
type run struct {
	Sender   // a copy, defaults filled in
	circuits []*circuit
	gate     sync.Mutex // Gate is asked by one at a time

	// Three contexts, each ending after the one before: soft when the run is to stop,
	// hard when messages in flight are cut off, last when the ledger is waited for no
	// longer.
	soft, hard, last context.Context
	stop             context.CancelCauseFunc // ends soft
	end              func()                  // ends all three

	// windows holds one for each connection, so that who looks for more work while it
	// sends finds it there, without waiting for the feeder.
	windows  chan window
	part     int // deliveries in each
	workers  sync.WaitGroup
	batches  sync.WaitGroup
	open     atomic.Int64  // batches that are not released
	released chan struct{} // told when one is
}

// batch is a slice in work.
type batch struct {
	lease Lease
	lost  atomic.Bool    // another holder has it, or it shall not go on
	parts sync.WaitGroup // windows that are not done
}

// window is what a connection claims at once: a part of all that it may have claimed.
type window struct {
	*batch
	deliveries []Delivery
}

func newRun(ctx context.Context, s *Sender) (*run, error) {
	if len(s.Relays) == 0 {
		return nil, errors.New("no relay is configured; add one under relays: in broadsheet.yaml")
	}
	if s.Ledger == nil || s.Source == nil || s.Composer == nil || s.Clock == nil {
		return nil, errors.New("a Sender needs its Ledger, Source, Composer and Clock")
	}
	r := &run{Sender: *s, released: make(chan struct{}, 1)}
	r.Policy = r.Policy.withDefaults()
	r.Window = cmp.Or(max(r.Window, 0), defaultWindow)
	r.Drain = cmp.Or(max(r.Drain, 0), 30*time.Second)
	r.GiveUpDialing = cmp.Or(max(r.GiveUpDialing, 0), 5*time.Minute)
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Observe == nil {
		r.Observe = func(Event) {}
	}
	r.Relays = slices.Clone(r.Relays)
	for i, relay := range r.Relays {
		if err := relay.validate(); err != nil {
			return nil, err
		}
		r.Relays[i].Relay = relay.WithDefaults()
		r.Relays[i].Window = cmp.Or(relay.Window, r.Window)
		most := min(circuitMost, r.GiveUpDialing/4)
		r.circuits = append(r.circuits, newCircuit(r.Clock, min(circuitFirst, most/8), most))
	}
	r.part = part(r.Relays)
	connections := 0
	for _, relay := range r.Relays {
		connections += relay.Connections
	}
	r.windows = make(chan window, connections)
	r.contexts(ctx)
	return r, nil
}

// defaultWindow is the least with which a connection need not wait for the disk: of
// four claims, one has its end on the wire, one is named beside it, and the other two
// are being claimed or wait.
const defaultWindow = 4

// part is how many deliveries are claimed at once: half of the smallest window, so
// that a connection sends one half while it claims the other; a quarter of a large
// one, so that claims come evenly.
func part(relays []Route) int {
	smallest := slices.MinFunc(relays, func(a, b Route) int { return cmp.Compare(a.Window, b.Window) }).Window
	if smallest < 8 {
		return max(1, smallest/2)
	}
	return smallest / 4
}

func (r *run) contexts(ctx context.Context) {
	base := context.WithoutCancel(ctx)
	last, cutLast := context.WithCancel(base)
	hard, cutHard := context.WithCancel(last)
	soft, stop := context.WithCancelCause(ctx)
	r.soft, r.hard, r.last, r.stop = soft, hard, last, stop

	var mu sync.Mutex
	var timers []*time.Timer
	unwatch := context.AfterFunc(soft, func() {
		mu.Lock()
		defer mu.Unlock()
		timers = append(timers, time.AfterFunc(r.Drain, cutHard), time.AfterFunc(2*r.Drain, cutLast))
	})
	r.end = func() {
		unwatch()
		stop(nil)
		mu.Lock()
		defer mu.Unlock()
		for _, t := range timers {
			t.Stop()
		}
		cutHard()
		cutLast()
	}
}

// hire starts a worker a connection.
func (r *run) hire() {
	for i, relay := range r.Relays {
		for range relay.Connections {
			r.workers.Go(newWorker(r, i).work)
		}
	}
}

// feed takes slices from the source and hands them out, until nothing is due or the
// run is stopped.
func (r *run) feed() error {
	for r.soft.Err() == nil {
		// Asked before Next: a slice that ends meanwhile may leave something that this
		// Next has not seen.
		inWork := r.open.Load() > 0
		lease, deliveries, err := r.Source.Next(r.soft)
		var nothing *ErrNothingDue
		switch {
		case r.soft.Err() != nil:
			if err == nil {
				r.release(lease)
			}
		case errors.As(err, &nothing):
			if done, err := r.await(nothing, inWork); done {
				return err
			}
		case errors.Is(err, ErrStopped):
			return ErrStopped
		case err != nil:
			return fmt.Errorf("next slice: %w", err)
		default:
			r.handOut(lease, deliveries)
		}
	}
	return context.Cause(r.soft)
}

// askAgain is how often a source that has nothing due is asked.
const askAgain = time.Second

// await does what there is to do when nothing is due: wait for slices in work, which
// may leave something; wait for what is due soon; or be done.
func (r *run) await(nothing *ErrNothingDue, inWork bool) (done bool, err error) {
	if inWork {
		select {
		case <-r.released:
		case <-r.soft.Done():
		}
		return false, nil
	}
	if nothing.Next.IsZero() {
		return true, nil
	}
	wait := nothing.Next.Sub(r.Clock())
	if wait > r.Wait {
		return true, nothing
	}
	// The source is asked again soon, since only it knows of a pause. What ends the
	// context, feed sees.
	_ = waitFor(r.soft, min(max(wait, 10*time.Millisecond), askAgain), nil)
	return false, nil
}

// handOut gives a slice's deliveries to the workers, ordered by domain, a part of a
// window at a time. It returns when all are handed out; what becomes of them is awaited aside,
// so that one slow connection does not hold up the next slice.
func (r *run) handOut(lease Lease, deliveries []Delivery) {
	byDomain(deliveries)
	b := &batch{lease: lease}
	r.open.Add(1)
	b.parts.Add(1)
	r.batches.Go(func() { r.finish(b) })
	defer b.parts.Done()
	for part := range slices.Chunk(deliveries, r.part) {
		if b.lost.Load() {
			return
		}
		b.parts.Add(1)
		select {
		case r.windows <- window{b, part}:
		case <-r.soft.Done():
			b.parts.Done()
			return
		}
	}
}

// finish releases a slice when its last window is done and durable.
func (r *run) finish(b *batch) {
	b.parts.Wait()
	if err := r.Ledger.Flush(r.last); err != nil {
		r.stop(fmt.Errorf("record results: %w", err))
	}
	r.release(b.lease)
	r.open.Add(-1)
	select {
	case r.released <- struct{}{}:
	default:
	}
}

func (r *run) release(lease Lease) {
	if err := r.Source.Release(r.last, lease); err != nil {
		r.stop(fmt.Errorf("release slice: %w", err))
	}
}

// byDomain brings deliveries to the same domain together, so that a relay can pass
// them on together.
func byDomain(deliveries []Delivery) {
	slices.SortStableFunc(deliveries, func(a, b Delivery) int {
		return cmp.Compare(domain(a.Address), domain(b.Address))
	})
}

func domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// relayFailed opens a relay's circuit, tells people, and ends the run when every
// relay has been down for too long.
func (r *run) relayFailed(c *circuit, round int, relay smtp.Relay, o Outcome) {
	if !c.fail(round, o) {
		return
	}
	now := r.Clock()
	r.Log.Warn("relay takes no mail", "relay", relay.Name, "stage", o.Stage, "class", string(o.Class),
		"code", o.Code, "enhanced", o.Enhanced, "text", o.Text)
	r.Observe(Event{At: now, Kind: EventRelayDown, Relay: relay.Name, Outcome: o})
	for _, c := range r.circuits {
		if since, _ := c.down(); since.IsZero() || now.Sub(since) < r.GiveUpDialing {
			return
		}
	}
	r.stop(&ErrRelaysDown{Relay: relay.Name, Outcome: o})
}

func (r *run) relayWorks(c *circuit, relay smtp.Relay) {
	if c.good() {
		r.Log.Info("relay takes mail again", "relay", relay.Name)
		r.Observe(Event{At: r.Clock(), Kind: EventRelayUp, Relay: relay.Name})
	}
}
