package mailer

import (
	"errors"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// deliver gives the next claimed delivery to the stream. It is false when the turn
// is over: no session can be had, or no message be made.
func (w *worker) deliver() (more, park bool) {
	c := w.queue[0]
	if c.lost.Load() {
		w.drop()
		w.handBack(c)
		return true, false
	}
	if !w.session.Usable() {
		if w.stream != nil && w.stream.InFlight() > 0 {
			w.stream.Hear()
			w.requeue()
			return true, false
		}
		return w.ready()
	}
	w.openStream()
	msg, err := w.Composer.Compose(w.bufs[1-w.buf][:0], c.Delivery)
	switch {
	case errors.Is(err, ErrUnfit):
		w.drop()
		w.record(c, Outcome{Class: OutcomeRejected, Stage: "compose", Text: ErrUnfit.Error()})
		return true, false
	case err != nil:
		w.stop(fmt.Errorf("compose message for subscriber %d: %w", c.Number, err))
		return false, false
	}
	w.buf = 1 - w.buf
	w.bufs[w.buf] = msg
	w.drop()
	w.stream.Put(w.fly(c), smtp.Envelope{From: w.From, To: c.Address, Clean: w.Composer.Clean()}, msg)
	w.requeue()
	return true, false
}

// drop takes the first delivery out of the queue.
func (w *worker) drop() {
	w.queue = slices.Delete(w.queue, 0, 1)
}

// fly gives a delivery its tag.
func (w *worker) fly(c claimed) (tag int) {
	if len(w.free) == 0 {
		w.flying = append(w.flying, c)
		return len(w.flying) - 1
	}
	tag = w.free[len(w.free)-1]
	w.free = w.free[:len(w.free)-1]
	w.flying[tag] = c
	return tag
}

// reported takes what the stream says of a message. What the relay has not looked at
// goes out again, on another session; it costs the delivery no try.
func (w *worker) reported(r smtp.Report) {
	c, o := w.flying[r.Tag], r.Outcome
	w.heard++
	w.flying[r.Tag] = claimed{}
	w.free = append(w.free, r.Tag)
	switch {
	case r.Untried:
		w.returned = append(w.returned, c)
		return
	case w.hard.Err() != nil && o.Class == OutcomeDeferred && o.Code == 0:
		w.returned = append(w.returned, c) // cut off by ourselves, before the final dot
		return
	}
	w.record(c, o)
	trouble := isTrouble(o)
	// A session that breaks is one trouble, however many messages it carried.
	counted := trouble && w.broke && o.Code == 0
	w.dispatch.hear(w, c.lane, o, counted)
	if !trouble {
		w.relayWorks(w.circuit, w.relay)
		return
	}
	if o.Class == OutcomeInDoubt {
		w.doubts++
	}
	w.broke = w.broke || o.Code == 0
	if !counted && w.circuit.trouble(o) && w.failed == nil {
		w.failed = &smtp.Outcome{}
		*w.failed = o
	}
}

// requeue puts what the stream gave back before everything else.
func (w *worker) requeue() {
	if len(w.returned) > 0 {
		w.queue = slices.Insert(w.queue, 0, w.returned...)
		w.returned = w.returned[:0]
	}
}

// record decides what an outcome makes of a delivery, and hands that over.
func (w *worker) record(c claimed, o Outcome) {
	now := w.Clock()
	result := Next(c.Delivery, o, now, w.Policy)
	w.Ledger.Record(c.lease, result)
	w.Observe(Event{At: now, Kind: EventResult, Lease: c.lease, Relay: w.relay.Name, Result: result})
	w.settled(c)
}
