package smtp

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"time"
)

// Envelope is who a message is from and whom it goes to, which its headers need not
// repeat.
type Envelope struct {
	From string // "" is the null sender, RFC 5321 4.5.5
	To   string
}

// Send carries one message to one recipient and says what came of it. msg has CRLF
// line endings and no dot stuffing; Send neither changes nor keeps it.
//
// When ctx ends, what is on the wire is cut off: deferred before the final dot, in
// doubt after it. Who wants a message finished gives Send a context of its own.
//
// A Send of minutes (the reply to the final dot may take 10) holds its session; the
// outcome is true whenever it comes.
func (s *Session) Send(ctx context.Context, e Envelope, msg []byte) Outcome {
	s.idle = false
	o := s.send(ctx, e, msg)
	o.Relay = s.relay.Name
	o.Text = scrub(o.Text, e.To)
	return o
}

func (s *Session) send(ctx context.Context, e Envelope, msg []byte) Outcome {
	if s.dead {
		s.idle = true
		return Outcome{Class: OutcomeDeferred, Stage: StageMail, Text: "the session is closed"}
	}
	t, o, ok := s.prepare(e, msg)
	if !ok {
		return o
	}
	s.sent++
	s.wire.allow()
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, s.wire.cut)
		defer stop()
	}
	if o, ok := s.envelope(ctx, t); !ok {
		return o
	}
	return s.content(ctx, msg)
}

// transaction is an envelope that may go on the wire.
type transaction struct {
	from, to string
	params   string // of MAIL, with a blank before each
}

// prepare checks what can be known before a word is said.
func (s *Session) prepare(e Envelope, msg []byte) (t transaction, o Outcome, ok bool) {
	from, fromUTF8, err := wirePath(e.From)
	if err != nil && e.From != "" {
		return t, Outcome{Class: OutcomeRefused, Stage: StageMail, Text: "sender: " + err.Error()}, false
	}
	to, toUTF8, err := wirePath(e.To)
	if err != nil {
		return t, Outcome{Class: OutcomeRejected, Stage: StageRcpt, Enhanced: "5.1.3", Text: err.Error()}, false
	}
	if (fromUTF8 || toUTF8) && !s.utf8 {
		// RFC 6531 3.5 names 5.6.7 and says who cannot be served: the recipient, or our own sender.
		o = Outcome{Class: OutcomeRejected, Stage: StageRcpt, Enhanced: "5.6.7", Text: errAddressUTF8.Error()}
		if fromUTF8 {
			o.Class, o.Stage, o.Text = OutcomeRefused, StageMail, "sender: "+errAddressUTF8.Error()
		}
		return t, o, false
	}
	if s.size > 0 && len(msg) > s.size { // RFC 1870 5: no use in trying
		text := fmt.Sprintf("the message has %d bytes, the relay takes %d", len(msg), s.size)
		return t, Outcome{Class: OutcomeRefused, Stage: StageMail, Enhanced: "5.3.4", Text: text}, false
	}
	if s.dots, err = stuffing(s.dots[:0], msg); err != nil {
		return t, Outcome{Class: OutcomeRefused, Stage: StageBody, Text: err.Error()}, false
	}
	t = transaction{from: from, to: to}
	if s.size > 0 {
		t.params += " SIZE=" + strconv.Itoa(len(msg))
	}
	if fromUTF8 || toUTF8 {
		t.params += " SMTPUTF8"
	}
	return t, Outcome{}, true
}

// envelope goes through MAIL, RCPT and DATA, and is ok when the relay waits for the
// message.
func (s *Session) envelope(ctx context.Context, t transaction) (o Outcome, ok bool) {
	var answers [3]reply
	var n int
	var err error
	if s.pipelining {
		n, err = s.pipelined(ctx, t, &answers)
	} else {
		n, err = s.stepwise(ctx, t, &answers)
	}
	// The first refusal decides, whatever came after it.
	for i := range n {
		if r := answers[i]; !expected(i, r) {
			o := s.refusal(envelopeStages[i], r)
			s.idle = i == 0 && r.code == 421 && s.sent > 1
			if err != nil {
				s.dead = true
			}
			s.reset(ctx, n == 3 && answers[2].code == 354)
			return o, false
		}
	}
	if err != nil {
		s.dead = true
		s.idle = n == 0 && broken(err)
		return Outcome{Class: OutcomeDeferred, Stage: envelopeStages[n], Text: whatBroke(err)}, false
	}
	return Outcome{}, true
}

var envelopeStages = [3]string{StageMail, StageRcpt, StageData}

// expected tells whether a reply lets the envelope go on: 250, then 250 or 251 or
// 252, then 354.
func expected(step int, r reply) bool {
	if step == 2 {
		return r.code == 354
	}
	return r.positive()
}

func (s *Session) envelopeTimeout(step int) time.Duration {
	t := s.relay.Timeouts
	return [3]time.Duration{t.Mail, t.Rcpt, t.Data}[step]
}

// writeStep puts one command of the envelope in the buffer.
func (t transaction) writeStep(w *bufio.Writer, step int) {
	switch step {
	case 0:
		_, _ = w.WriteString("MAIL FROM:<" + t.from + ">" + t.params + "\r\n")
	case 1:
		_, _ = w.WriteString("RCPT TO:<" + t.to + ">\r\n")
	case 2:
		_, _ = w.WriteString("DATA\r\n")
	}
}

// pipelined says all three at once, RFC 2920 3.1 (DATA ends a group), then hears
// all three, n being how many replies came.
func (s *Session) pipelined(ctx context.Context, t transaction, answers *[3]reply) (n int, err error) {
	for step := range answers {
		t.writeStep(s.client.Text.W, step)
	}
	if err := s.say(ctx, s.relay.Timeouts.Mail); err != nil {
		return 0, err
	}
	for step := range answers {
		if answers[step], err = s.hear(ctx, s.envelopeTimeout(step)); err != nil {
			return step, err
		}
		if s.dead { // 421: nothing follows
			return step + 1, nil
		}
	}
	return len(answers), nil
}

// stepwise says one command at a time and stops at the first refusal.
func (s *Session) stepwise(ctx context.Context, t transaction, answers *[3]reply) (n int, err error) {
	for step := range answers {
		t.writeStep(s.client.Text.W, step)
		if err := s.say(ctx, s.envelopeTimeout(step)); err != nil {
			return step, err
		}
		if answers[step], err = s.hear(ctx, s.envelopeTimeout(step)); err != nil {
			return step, err
		}
		if !expected(step, answers[step]) {
			return step + 1, nil
		}
	}
	return len(answers), nil
}

// refusal is the outcome of a reply that is not the one that goes on.
func (s *Session) refusal(stage string, r reply) Outcome {
	o := Outcome{Stage: stage, Code: r.code, Enhanced: r.enhanced, Text: r.text}
	if r.code < 400 { // a reply out of place: we and the relay are out of step
		s.dead = true
		o.Class, o.Text = OutcomeDeferred, "unexpected reply: "+r.text
		return o
	}
	o.Class = classify(stage, r)
	return o
}

// reset makes a session ready for the next message after a refusal. Whatever goes
// wrong in it is the session's trouble, not the message's.
//
// A relay that pipelines may say 354 although it refused the recipient; RFC 2920
// 3.1 asks for an empty message then.
func (s *Session) reset(ctx context.Context, waitsForMessage bool) {
	if s.dead {
		return
	}
	s.dead = true // until proven otherwise
	w := s.client.Text.W
	if waitsForMessage {
		_, _ = w.WriteString(".\r\n")
		if s.say(ctx, s.relay.Timeouts.Block) != nil {
			return
		}
		if r, err := s.hear(ctx, s.relay.Timeouts.Dot); err != nil || r.code == 421 {
			return
		}
	}
	_, _ = w.WriteString("RSET\r\n")
	if s.say(ctx, s.relay.Timeouts.Mail) != nil {
		return
	}
	if r, err := s.hear(ctx, s.relay.Timeouts.Mail); err == nil && r.positive() {
		s.dead = false
	}
}

// content sends the message and its final dot, and hears what became of it.
func (s *Session) content(ctx context.Context, msg []byte) Outcome {
	dotWritten, err := s.writeBody(ctx, msg)
	if err != nil && !dotWritten {
		return s.brokenBody(ctx, err)
	}
	// From here on only a reply can tell. Even when the write failed, the relay may
	// have the dot, and its reply may be on its way.
	patience := s.relay.Timeouts.Dot
	if err != nil {
		patience = min(patience, lastWords)
	}
	r, heard := s.hear(ctx, patience)
	switch {
	case heard != nil:
		s.dead = true
		return Outcome{Class: OutcomeInDoubt, Stage: StageDot, Text: "the message was sent whole, then " + whatBroke(heard)}
	case r.code/100 == 3:
		s.dead = true
		return Outcome{Class: OutcomeInDoubt, Stage: StageDot, Code: r.code, Text: "unexpected reply: " + r.text}
	case !r.positive():
		s.dead = s.dead || err != nil
		return s.refusal(StageDot, r)
	}
	s.dead = s.dead || err != nil
	return Outcome{
		Class: OutcomeAccepted, Stage: StageDot, Code: r.code, Enhanced: r.enhanced, Text: r.text, RelayID: relayID(r.text),
	}
}

// lastWords is how long a relay that broke off is listened to: what it said before
// it hung up is there already.
const lastWords = 500 * time.Millisecond

// brokenBody judges a message that broke before its final dot. Some relays say why
// (552, 421) before they hang up.
func (s *Session) brokenBody(ctx context.Context, err error) Outcome {
	s.dead = true
	o := Outcome{Class: OutcomeDeferred, Stage: StageBody, Text: whatBroke(err)}
	if ctx.Err() != nil {
		return o
	}
	if r, heard := s.hear(ctx, lastWords); heard == nil && r.code >= 400 {
		o = s.refusal(StageBody, r)
	}
	return o
}
