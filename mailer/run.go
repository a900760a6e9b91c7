package mailer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	r.dispatch.clear()
	r.batches.Wait()
	if flushErr := r.Ledger.Flush(r.last); flushErr != nil {
		return errors.Join(err, fmt.Errorf("record results: %w", flushErr))
	}
	return err
}

// run is one Run of a Sender.
type run struct {
	Sender   // a copy, defaults filled in
	circuits []*circuit

	// Three contexts, each ending after the one before: soft when the run is to stop,
	// hard when messages in flight are cut off, last when the ledger is waited for no
	// longer.
	soft, hard, last context.Context
	stop             context.CancelCauseFunc // ends soft
	end              func()                  // ends all three

	dispatch *dispatch
	part     int // deliveries that are claimed at once
	workers  sync.WaitGroup
	batches  sync.WaitGroup
	open     atomic.Int64  // batches that are not released
	released chan struct{} // told when one is
}

// batch is a slice in work.
type batch struct {
	lease Lease
	lost  atomic.Bool   // another holder has it, or it shall not go on
	left  atomic.Int64  // deliveries that are not done with
	over  chan struct{} // closed when none is left
}

// done notes that n deliveries are settled, parked, or left to whoever takes the slice
// next.
func (b *batch) done(n int) {
	if n > 0 && b.left.Add(-int64(n)) == 0 {
		close(b.over)
	}
}

// window is what a connection claims at once: a part of all that it may have claimed.
type window struct {
	*batch
	pieces []piece
}

// piece is what of a window is to one domain.
type piece struct {
	lane       *lane
	deliveries []Delivery
}

// size is how many deliveries a window has.
func (w window) size() (n int) {
	for _, p := range w.pieces {
		n += len(p.deliveries)
	}
	return n
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
		if most := relay.Limits.Connections; most > 0 {
			r.Relays[i].Connections = min(r.Relays[i].Connections, most)
		}
		most := min(circuitMost, r.GiveUpDialing/4)
		r.circuits = append(r.circuits, newCircuit(r.Clock, min(circuitFirst, most/8), most))
	}
	r.part = part(r.Relays)
	if r.Traffic == nil {
		r.Traffic = NewTraffic()
	}
	r.dispatch = newDispatch(r, r.Traffic)
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
	if r.dispatch.allDown(now) {
		r.stop(&ErrRelaysDown{Relay: relay.Name, Outcome: o})
	}
}

func (r *run) relayWorks(c *circuit, relay smtp.Relay) {
	if c.good() {
		r.Log.Info("relay takes mail again", "relay", relay.Name)
		r.Observe(Event{At: r.Clock(), Kind: EventRelayUp, Relay: relay.Name})
		if r.dispatch.reviewed {
			r.dispatch.look()
		}
	}
}
