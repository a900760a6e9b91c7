package mailer

import (
	"errors"
	"fmt"
)

// claimed is a delivery that is durably ours to send.
type claimed struct {
	Delivery
	*batch
	lane *lane
}

// answer is what a ledger made of a claim.
type answer struct {
	window
	granted []int64
	err     error
}

// lookAhead takes in what was claimed meanwhile, and claims more while there is room
// in the window, without waiting for either. A relay that is being tried gets no
// more than it is tried with.
func (w *worker) lookAhead() {
	if w.claiming {
		select {
		case a := <-w.claims:
			w.receive(a)
		default:
			return
		}
	}
	if since, _ := w.circuit.down(); w.outstanding+w.part > w.relay.Window || !since.IsZero() {
		return
	}
	if win, ok := w.dispatch.tryNext(w); ok {
		w.claim(win)
	}
}

// claim asks the ledger for a window. No message is put on the wire for any delivery
// that it does not grant, nor before it does.
func (w *worker) claim(win window) {
	w.claiming = true
	w.asked = win
	w.outstanding += win.size()
	w.numbers = w.numbers[:0]
	for _, p := range win.pieces {
		for i := range p.deliveries {
			w.numbers = append(w.numbers, p.deliveries[i].Number)
		}
	}
	w.Ledger.Claim(win.lease, w.relay.Name, w.numbers, func(granted []int64, err error) { w.claims <- answer{win, granted, err} })
}

// await takes the answer to the claim in progress. At the very end of a run it does not
// wait any more: what was granted all the same will be in doubt.
func (w *worker) await() {
	select {
	case a := <-w.claims:
		w.receive(a)
	case <-w.last.Done():
		w.receive(answer{window: w.asked, err: w.last.Err()})
	}
}

// giveBack returns a window that was not claimed.
func (w *worker) giveBack(win window) {
	if w.Gate != nil {
		w.Observe(Event{At: w.Clock(), Kind: EventClaims, Lease: win.lease, Relay: w.relay.Name, N: win.size()})
		for _, p := range win.pieces {
			for i := range p.deliveries {
				w.tell(win.lease, &p.deliveries[i], Queued)
			}
		}
	}
	w.dispatch.putBack(w, win)
}

// tell has watchers know of a delivery that was meant for this relay, and has not gone
// there.
func (w *worker) tell(l Lease, d *Delivery, s DeliveryState) {
	now := w.Clock()
	w.Observe(Event{
		At: now, Kind: EventResult, Lease: l, Relay: w.relay.Name,
		Result: Result{Number: d.Number, State: s, Attempts: d.Attempts, At: now},
	})
}

// receive queues what was granted.
func (w *worker) receive(a answer) {
	w.claiming = false
	w.Observe(Event{At: w.Clock(), Kind: EventClaims, Lease: a.lease, Relay: w.relay.Name, N: a.size()})
	granted := 0
	switch {
	case a.err == nil:
	case errors.Is(a.err, ErrLeaseLost):
		if !a.lost.Swap(true) {
			w.Log.Warn("another process holds the slice now", "mailing", a.lease.Mailing, "slice", a.lease.Slice)
		}
	case errors.Is(a.err, ErrStopped):
		a.lost.Store(true)
		w.stop(ErrStopped)
	default:
		a.lost.Store(true)
		w.stop(fmt.Errorf("claim deliveries: %w", a.err))
	}
	for _, p := range a.pieces {
		for i := range p.deliveries { // granted is in the same order
			d := &p.deliveries[i]
			switch {
			case a.err != nil:
				w.tell(a.lease, d, Queued)
			case granted < len(a.granted) && d.Number == a.granted[granted]:
				w.queue = append(w.queue, claimed{Delivery: *d, batch: a.batch, lane: p.lane})
				granted++
				continue
			default:
				w.tell(a.lease, d, Skipped)
			}
			w.dispatch.unused(w, p.lane)
			w.holds.add(p.lane, -1)
			w.outstanding--
			a.done(1)
		}
	}
}

// settled ends a claim, whatever came of it.
func (w *worker) settled(c claimed) {
	w.outstanding--
	w.holds.add(c.lane, -1)
	c.done(1)
}

// handBack returns claims that were not used.
func (w *worker) handBack(claims ...claimed) {
	now := w.Clock()
	for _, c := range claims {
		result := Result{Number: c.Number, State: Queued, Attempts: c.Attempts, At: now}
		w.dispatch.unused(w, c.lane)
		w.Ledger.Record(c.lease, result)
		w.Observe(Event{At: now, Kind: EventResult, Lease: c.lease, Relay: w.relay.Name, Result: result})
		w.settled(c)
	}
}
