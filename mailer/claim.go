package mailer

import (
	"errors"
	"fmt"
	"time"
)

// claimed is a delivery that is durably ours to send.
type claimed struct {
	Delivery
	*share
}

// share is what of a window was granted.
type share struct {
	window
	left int // deliveries without a result
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
	select {
	case win := <-w.windows:
		if win.lost.Load() {
			win.parts.Done()
			return
		}
		w.claim(win)
	default:
	}
}

// claim asks the ledger for a window. No message is put on the wire for any delivery
// that it does not grant, nor before it does.
func (w *worker) claim(win window) {
	if win = w.admit(win); len(win.deliveries) == 0 {
		win.parts.Done()
		return
	}
	w.claiming = true
	w.outstanding += len(win.deliveries)
	w.numbers = w.numbers[:0]
	for _, d := range win.deliveries {
		w.numbers = append(w.numbers, d.Number)
	}
	go func() {
		granted, err := w.Ledger.Claim(w.hard, win.lease, w.relay.Name, w.numbers)
		w.claims <- answer{win, granted, err}
	}()
}

// admit leaves in a window what the gate admits, and parks the rest.
func (w *worker) admit(win window) window {
	if w.Gate == nil {
		return win
	}
	now := w.Clock()
	var in []Delivery
	for _, d := range win.deliveries {
		w.gate.Lock()
		ok, again := w.Gate.Admit(w.relay.Name, d, now)
		w.gate.Unlock()
		if ok {
			in = append(in, d)
			continue
		}
		if len(w.Relays) > 1 || again.IsZero() {
			again = now.Add(time.Second) // another relay may carry it
		}
		w.Ledger.Park(win.lease, again, []int64{d.Number})
	}
	win.deliveries = in
	return win
}

// notGranted tells a watcher of what was claimed in vain.
func (w *worker) notGranted(a answer) {
	state, granted := Skipped, a.granted
	if a.err != nil {
		state, granted = Queued, nil
	}
	if len(granted) == len(a.deliveries) {
		return
	}
	now := w.Clock()
	for _, d := range a.deliveries {
		if len(granted) > 0 && granted[0] == d.Number {
			granted = granted[1:]
			continue
		}
		w.Observe(Event{
			At: now, Kind: EventResult, Lease: a.lease, Relay: w.relay.Name,
			Result: Result{Number: d.Number, State: state, Attempts: d.Attempts, At: now},
		})
	}
}

// receive queues what was granted.
func (w *worker) receive(a answer) {
	w.claiming = false
	s := &share{window: a.window}
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
	for _, d := range a.deliveries { // granted is in the same order
		if a.err == nil && s.left < len(a.granted) && d.Number == a.granted[s.left] {
			w.queue = append(w.queue, claimed{Delivery: d, share: s})
			s.left++
		}
	}
	w.outstanding -= len(a.deliveries) - s.left
	w.notGranted(a)
	if s.left == 0 {
		a.parts.Done()
	}
}

// settled ends a claim, whatever came of it.
func (w *worker) settled(c claimed) {
	w.outstanding--
	if c.left--; c.left == 0 {
		c.parts.Done()
	}
}

// handBack returns claims that were not used.
func (w *worker) handBack(claims ...claimed) {
	now := w.Clock()
	for _, c := range claims {
		result := Result{Number: c.Number, State: Queued, Attempts: c.Attempts, At: now}
		w.Ledger.Record(c.lease, result)
		w.Observe(Event{At: now, Kind: EventResult, Lease: c.lease, Relay: w.relay.Name, Result: result})
		w.settled(c)
	}
}
