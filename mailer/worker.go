package mailer

import (
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// idleSession is how long a connection without work is kept open.
const idleSession = 15 * time.Second

// worker is one connection to one relay. It works in turns: while a turn lasts, it
// claims ahead, a part of its window at a time, and gives what is claimed to a stream
// of its session, so that neither the disk nor the relay waits for the other.
type worker struct {
	*run
	out     *outlet
	relay   smtp.Relay
	circuit *circuit
	wake    chan struct{} // there may be something to take
	seated  bool          // it counts as a connection that holds deliveries
	holds   holding
	round   int // of the circuit, for this turn
	heard   int // reports in this turn

	session *smtp.Session
	stream  *smtp.Stream
	careful bool          // a session broke with messages in doubt: no chunks
	doubts  int           // messages that this session left in doubt
	broke   bool          // that this session broke has been counted
	parked  time.Duration // last wait because the relay lets no more sessions in

	claims      chan answer // of the claim in progress
	claiming    bool
	asked       window    // what the claim in progress is for
	outstanding int       // deliveries claimed, or being claimed, that have no result
	queue       []claimed // what the stream is to have next
	returned    []claimed // what it gave back untried, to go before the queue
	flying      []claimed // what it has, by tag
	free        []int     // tags
	failed      *Outcome  // trouble that opens the circuit
	bufs        [2][]byte // messages: the stream still reads the last while the next is made
	buf         int       // the one made last
	numbers     []int64   // scratch
}

func newWorker(r *run, o *outlet) *worker {
	return &worker{
		run: r, out: o, relay: o.Relay, circuit: o.circuit, wake: make(chan struct{}, 1), claims: make(chan answer, 1),
	}
}

func (w *worker) work() {
	defer w.hangUp()
	for {
		round, err := w.circuit.enter(w.soft)
		if err != nil {
			return
		}
		w.round = round
		park := false
		if win, ok := w.dispatch.next(w, idleSession); ok {
			park = w.turn(win)
		} else {
			w.hangUp() // a session that had nothing to do for long
		}
		w.dispatch.leave(w)
		w.circuit.leave(round)
		if park && waitFor(w.soft, w.parked, nil) != nil || w.soft.Err() != nil {
			return
		}
	}
}

// turn does a window's work, and that of those which follow without a pause. What it
// does not claim goes back to the others. park says that the relay wants fewer sessions.
func (w *worker) turn(win window) (park bool) {
	// The session comes first: nothing is claimed for a relay that is not there.
	ok, park := w.ready()
	if !ok {
		w.giveBack(win)
		return park
	}
	w.heard = 0
	w.claim(win)
	for more := true; more && !w.stopping(); {
		more, park = w.step()
	}
	w.finish()
	return park
}

// stopping tells whether what is claimed and not on its way is to be handed back:
// the run ends, or the relay has failed.
//
// A turn that has its session tries one message all the same: the relay may have
// refused others for their number alone.
func (w *worker) stopping() bool {
	return w.ending() || w.heard > 0 && w.circuit.failedSince(w.round)
}

// ending tells whether even a message that the relay has heard of is to be taken
// back, which costs the session: the run ends, or this session met the trouble.
func (w *worker) ending() bool { return w.failed != nil || w.soft.Err() != nil }

// step does what there is to do next. It is false when the turn is over.
func (w *worker) step() (more, park bool) {
	w.lookAhead()
	switch {
	case len(w.queue) > 0:
		return w.deliver()
	case w.stream != nil && w.stream.InFlight() > 0:
		w.stream.Hear()
		w.requeue()
	case w.claiming:
		w.await()
	default:
		return false, false
	}
	return true, false
}

// finish ends a turn: of what is claimed, nothing stays. Messages whose end is on
// the wire are heard of.
func (w *worker) finish() {
	if w.claiming {
		w.await()
	}
	for !w.ending() && w.stream != nil && w.stream.InFlight() > 0 {
		w.stream.Hear()
	}
	if w.ending() {
		w.closeStream()
	}
	w.requeue()
	w.handBack(w.queue...)
	w.queue = w.queue[:0]
	if o := w.failed; o != nil {
		w.failed = nil
		w.hangUp()
		w.relayFailed(w.circuit, w.round, w.relay, *o)
	}
}

// ready sees to it that there is a session that can carry a message, and a stream
// on it.
func (w *worker) ready() (ok, park bool) {
	if w.session != nil && w.session.Usable() {
		w.openStream()
		return true, false
	}
	w.hangUp()
	session, o, err := smtp.Dial(w.soft, w.relay)
	switch {
	case err == nil:
		w.session, w.parked = session, 0
		w.sessions(1)
		w.doubts, w.broke = 0, false
		w.openStream()
		return true, false
	case w.soft.Err() != nil:
		return false, false
	case w.circuit.busy():
		w.parked = min(max(2*w.parked, w.circuit.first), w.circuit.most)
		w.dispatch.full(w.out, w.circuit.open())
		w.Log.Info("relay lets no more sessions in", "relay", w.relay.Name, "stage", o.Stage, "code", o.Code,
			"text", o.Text, "wait", w.parked)
		return false, true
	}
	w.relayFailed(w.circuit, w.round, w.relay, o)
	return false, false
}

func (w *worker) openStream() {
	if w.stream != nil {
		return
	}
	window := w.relay.Window
	if w.careful || w.out.noChunks.Load() {
		window = 1
	}
	w.stream = w.session.Stream(w.hard, window, w.reported, w.ending)
}

func (w *worker) closeStream() {
	if w.stream == nil {
		return
	}
	w.stream.Close()
	w.stream = nil
}

// hangUp ends the session. A relay that dropped a session with messages in doubt gets
// the end of one at a time, until a session has carried all that it should: it may
// have a limit that it does not name, and each session would run into it.
func (w *worker) hangUp() {
	if w.session == nil {
		return
	}
	w.closeStream()
	switch {
	case w.doubts > 0:
		w.careful = true
	case w.session.Worn():
		w.careful = false
	}
	if w.session.RefusesChunks() && !w.out.noChunks.Swap(true) {
		w.Log.Warn("relay offers CHUNKING and refuses BDAT; its messages go with DATA", "relay", w.relay.Name)
	}
	if err := w.session.Close(); err != nil {
		w.Log.Debug("close session", "relay", w.relay.Name, "err", err)
	}
	w.session = nil
	w.sessions(-1)
}

// sessions notes that a session of the relay opened (1) or closed (-1).
func (w *worker) sessions(n int) {
	w.circuit.sessions(n)
	w.Observe(Event{At: w.Clock(), Kind: EventSessions, Relay: w.relay.Name, N: n})
}
