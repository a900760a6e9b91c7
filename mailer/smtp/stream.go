package smtp

import (
	"context"
	"time"
)

// Stream carries messages over a session with as few round trips as its relay
// allows:
//
//   - with PIPELINING, the end of a message and MAIL, RCPT and DATA of the next go
//     in one write (RFC 2920 3.1): one round trip a message;
//   - with PIPELINING and CHUNKING, a window of whole messages is in flight
//     (RFC 3030 4.2): no round trip is waited for;
//   - with neither, a step at a time.
//
// Put gives it a message, Hear has it finish the oldest one without waiting for a
// next. Each message is reported once. A stream is for one goroutine.
//
// What Put is given goes out whole, final dot included, as soon as the relay agrees:
// so whoever claims deliveries puts none whose claim is not durable.
type Stream struct {
	s       *Session
	ctx     context.Context
	release func()
	window  int // messages in flight at most, in chunks; 1: none are used
	report  func(Report)
	halted  func() bool

	flights []flight // a ring
	first   int
	n       int
}

// Report is what became of a message that a stream was given.
type Report struct {
	Tag     int // as Put was given it
	Outcome Outcome
	// Untried says that the session ended before the relay had said a word about this
	// message, that the relay cannot have it, and that others went before it: to send it
	// on another session is no second try. The first message of a session is never
	// untried for that, so that each session settles one; but see RefusesChunks.
	Untried bool
}

// flight is a message that the relay has heard of, and not answered yet.
type flight struct {
	transaction
	tag       int
	recipient string
	step      int  // the step whose reply comes next; only chunks have the others come later
	extra     int  // replies that come before those: to a lone dot, to RSET
	ended     bool // the write that holds its end has begun
	cut       bool // that write failed, and its end cannot have reached the relay
	begun     bool // it was not the first message of its session
}

// Stream begins to carry messages over the session. When ctx ends, what is on the
// wire is cut off, as with Send. Window is how many messages may be in flight where
// the relay takes chunks (RFC 3030); with fewer than 2, the stream uses DATA, which
// puts one message in doubt at most when the session breaks. Report is called for
// each message, within Put, Hear and Close. Halted is asked before the end of a
// message is written: from when it is true on, messages come back untried. Nil is
// never.
//
// Close ends it, and comes before the session's own Close.
func (s *Session) Stream(ctx context.Context, window int, report func(Report), halted func() bool) *Stream {
	if halted == nil {
		halted = func() bool { return false }
	}
	if !s.pipelining || !s.chunking || window < 2 {
		window = 1
	}
	return &Stream{
		s: s, ctx: ctx, release: s.bind(ctx), window: window, report: report, halted: halted,
		flights: make([]flight, max(2, window)),
	}
}

// InFlight is how many messages have no report yet.
func (c *Stream) InFlight() int { return c.n }

// Put gives the stream a message: msg has CRLF line endings and no dot stuffing. The
// stream reads it until the next Put or Hear returns, and never changes it. Where
// there is no room in flight, Put first hears of older messages.
func (c *Stream) Put(tag int, e Envelope, msg []byte) {
	s := c.s
	if s.dead {
		c.tell(tag, e.To, Outcome{Class: OutcomeDeferred, Stage: StageMail, Text: "the session is closed"}, true)
		return
	}
	slot := &c.flights[(c.first+c.n)%len(c.flights)]
	if c.n == len(c.flights) { // only chunks fill it
		c.Hear()
		c.Put(tag, e, msg)
		return
	}
	t, o, ok := s.prepare(e, msg, slot.dots)
	if !ok {
		c.tell(tag, e.To, o, false)
		return
	}
	f := flight{transaction: t, tag: tag, recipient: e.To, step: stepMail, begun: s.sent > 0}
	s.sent++
	s.wire.allow()
	switch {
	case c.window > 1:
		c.putChunk(f)
	case s.pipelining:
		c.putChained(f)
	default:
		c.putSteps(f)
	}
}

// Hear finishes the oldest message in flight, without a next one beside it, and
// whatever else the relay has answered by then.
func (c *Stream) Hear() {
	if c.n == 0 {
		return
	}
	c.s.wire.allow()
	switch {
	case c.window > 1:
		c.hearChunks()
	case c.oldest().ended:
		c.hearEnd()
	default:
		c.finishAlone()
	}
	if c.n == 0 {
		c.s.spoken = time.Now()
	}
}

// Close ends the stream, not the session: it hears of every message whose end is on
// the wire, and takes back one that the relay has only been told of, which costs the
// session.
func (c *Stream) Close() {
	for c.n > 0 && c.oldest().ended {
		c.Hear()
	}
	if c.n > 0 {
		c.takeBack()
	}
	c.release()
}

// takeBack gives back the oldest message, of which the relay knows the envelope
// alone. There is no way out of DATA but to hang up; no message comes of it.
func (c *Stream) takeBack() {
	c.s.dead = true
	c.settle(takenBack, true)
}

var takenBack = Outcome{Class: OutcomeDeferred, Stage: StageData, Text: "taken back before its end was sent"}

func (c *Stream) oldest() *flight { return &c.flights[c.first] }

func (c *Stream) push(f flight) {
	c.flights[(c.first+c.n)%len(c.flights)] = f
	c.n++
}

// settle reports the oldest message.
func (c *Stream) settle(o Outcome, untried bool) {
	f := c.oldest()
	tag, recipient := f.tag, f.recipient
	f.msg, f.recipient = nil, "" // the rest is scratch of the flight that takes its place
	c.first = (c.first + 1) % len(c.flights)
	c.n--
	c.tell(tag, recipient, o, untried)
}

func (c *Stream) tell(tag int, recipient string, o Outcome, untried bool) {
	o.Relay = c.s.relay.Name
	o.Text = scrub(o.Text, recipient)
	if o.RelayID != "" && scrub(o.RelayID, recipient) != o.RelayID { // an id made of the recipient is as telling
		o.RelayID = ""
	}
	c.report(Report{Tag: tag, Outcome: o, Untried: untried})
}

// gone is the outcome of a message that the relay cannot have, when the session
// broke at a step.
func gone(stage string, err error) Outcome {
	return Outcome{Class: OutcomeDeferred, Stage: stage, Text: whatBroke(err)}
}

// doubtful is the outcome of a message whose end the relay may have.
func doubtful(err error) Outcome {
	return Outcome{Class: OutcomeInDoubt, Stage: StageDot, Text: "the message was sent whole, then " + whatBroke(err)}
}
