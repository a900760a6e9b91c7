package mailer

import (
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// idleSession is how long a connection without work is kept open.
const idleSession = 15 * time.Second

// worker is one connection to one relay: it claims a window, composes, sends and
// records, a message at a time.
type worker struct {
	*run
	relay   smtp.Relay
	circuit *circuit
	round   int // of the circuit, for this turn
	session *smtp.Session
	buf     []byte        // the message of the moment
	parked  time.Duration // last wait because the relay lets no more sessions in
}

func (w *worker) work() {
	defer w.hangUp()
	for {
		round, err := w.circuit.enter(w.soft)
		if err != nil {
			return
		}
		w.round = round
		win, ok := w.take()
		if !ok {
			w.circuit.leave(round)
			return
		}
		park := w.serve(win)
		win.parts.Done()
		w.circuit.leave(round)
		if park && waitFor(w.soft, w.parked, nil) != nil {
			return
		}
	}
}

// take waits for a window. A session that has nothing to do for long is closed.
func (w *worker) take() (window, bool) {
	idle := time.NewTimer(idleSession)
	defer idle.Stop()
	for {
		select {
		case win := <-w.windows:
			return win, true
		case <-w.soft.Done():
			return window{}, false
		case <-idle.C:
			w.hangUp()
		}
	}
}

// serve does a window's work. What it does not claim stays queued, and the source
// gives it again. park says that the relay wants fewer sessions.
func (w *worker) serve(win window) (park bool) {
	if win.lost.Load() {
		return false
	}
	// The session comes first: nothing is claimed for a relay that is not there.
	if ok, park := w.ready(); !ok {
		return park
	}
	claimed := w.claim(win)
	for i, d := range claimed {
		if w.soft.Err() != nil || win.lost.Load() || !w.deliver(win.lease, d) {
			w.handBack(win.lease, claimed[i:])
			return false
		}
		if w.circuit.failedSince(w.round) {
			w.handBack(win.lease, claimed[i+1:])
			return false
		}
	}
	return false
}

// claim returns the deliveries that the ledger granted. No final dot is written for
// any other.
func (w *worker) claim(win window) []Delivery {
	numbers := make([]int64, len(win.deliveries))
	for i, d := range win.deliveries {
		numbers[i] = d.Number
	}
	granted, err := w.Ledger.Claim(w.hard, win.lease, numbers)
	switch {
	case err == nil:
	case errors.Is(err, ErrLeaseLost):
		if !win.lost.Swap(true) {
			w.Log.Warn("another process holds the slice now", "mailing", win.lease.Mailing, "slice", win.lease.Slice)
		}
		return nil
	case errors.Is(err, ErrStopped):
		win.lost.Store(true)
		w.stop(ErrStopped)
		return nil
	default:
		win.lost.Store(true)
		w.stop(fmt.Errorf("claim deliveries: %w", err))
		return nil
	}
	claimed := make([]Delivery, 0, len(granted))
	for _, d := range win.deliveries { // granted is in the same order
		if len(granted) > 0 && d.Number == granted[0] {
			claimed, granted = append(claimed, d), granted[1:]
		}
	}
	return claimed
}

// deliver sends one claimed delivery and records what came of it. It is false when
// the delivery was not tried and has to be handed back.
func (w *worker) deliver(l Lease, d Delivery) bool {
	msg, err := w.Composer.Compose(w.buf[:0], d)
	if errors.Is(err, ErrUnfit) {
		w.record(l, d, Outcome{Class: OutcomeRejected, Stage: "compose", Text: ErrUnfit.Error()})
		return true
	}
	if err != nil {
		w.stop(fmt.Errorf("compose message for subscriber %d: %w", d.Number, err))
		return false
	}
	w.buf = msg
	o, tried := w.send(smtp.Envelope{From: w.From, To: d.Address}, msg)
	if !tried || w.hard.Err() != nil && o.Class == OutcomeDeferred && o.Code == 0 {
		return false // cut off by ourselves before the final dot
	}
	w.record(l, d, o)
	if !isTrouble(o) {
		w.relayWorks(w.circuit, w.relay)
	} else if w.circuit.trouble(o) {
		w.hangUp()
		w.relayFailed(w.circuit, w.round, w.relay, o)
	}
	return true
}

// send carries a message over the worker's session. A session that the relay had
// closed while it was idle is replaced, once, and costs the delivery no try.
func (w *worker) send(e smtp.Envelope, msg []byte) (o Outcome, tried bool) {
	for again := range 2 {
		if ok, _ := w.ready(); !ok {
			return Outcome{}, false
		}
		o = w.session.Send(w.hard, e, msg)
		if again > 0 || !w.session.FoundIdleDead() {
			break
		}
	}
	return o, true
}

// ready sees to it that there is a session that can carry a message.
func (w *worker) ready() (ok, park bool) {
	if w.session != nil && w.session.Usable() {
		return true, false
	}
	w.hangUp()
	session, o, err := smtp.Dial(w.soft, w.relay)
	switch {
	case err == nil:
		w.session, w.parked = session, 0
		w.circuit.sessions(1)
		return true, false
	case w.soft.Err() != nil:
		return false, false
	case w.circuit.busy():
		w.parked = min(max(2*w.parked, w.circuit.first), w.circuit.most)
		w.Log.Info("relay lets no more sessions in", "relay", w.relay.Name, "stage", o.Stage, "code", o.Code,
			"text", o.Text, "wait", w.parked)
		return false, true
	}
	w.relayFailed(w.circuit, w.round, w.relay, o)
	return false, false
}

func (w *worker) hangUp() {
	if w.session == nil {
		return
	}
	if err := w.session.Close(); err != nil {
		w.Log.Debug("close session", "relay", w.relay.Name, "err", err)
	}
	w.session = nil
	w.circuit.sessions(-1)
}

func (w *worker) record(l Lease, d Delivery, o Outcome) {
	now := w.Clock()
	result := Next(d, o, now, w.Policy)
	w.Ledger.Record(l, result)
	w.Observe(Event{At: now, Kind: EventResult, Lease: l, Result: result})
}

// handBack returns claims that were not used.
func (w *worker) handBack(l Lease, deliveries []Delivery) {
	if len(deliveries) == 0 {
		return
	}
	now := w.Clock()
	results := make([]Result, len(deliveries))
	for i, d := range deliveries {
		results[i] = Result{Number: d.Number, State: Queued, Attempts: d.Attempts, At: now}
	}
	w.Ledger.Record(l, results...)
	for _, result := range results {
		w.Observe(Event{At: now, Kind: EventResult, Lease: l, Result: result})
	}
}
