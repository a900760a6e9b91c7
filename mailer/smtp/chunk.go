package smtp

import (
	"context"
	"strconv"
	"time"
)

// idleAfter is how long a session may be silent before its relay is asked first:
// one that has hung up meanwhile would leave a whole message in doubt.
const idleAfter = time.Second

// putChunk writes a whole message, as RFC 3030 4.2 has it, while others wait for
// their replies:
//
//	RSET, MAIL B, RCPT B, BDAT n LAST, body of B  -->
//	                                              <--  250, 250, 250, 250 (A)
//
// RSET stands before each but the first, since the message before it may yet be
// refused, and would leave its transaction open.
func (c *Stream) putChunk(f flight) {
	s := c.s
	if c.n == 0 && s.sent > 1 && time.Since(s.spoken) > idleAfter {
		if f.step, f.extra = stepReset, 0; !c.askFirst(&f) {
			return
		}
	}
	s.out = s.out[:0]
	if f.step == stepMail {
		s.out = c.appendNamed(s.out, &f)
	}
	s.out = strconv.AppendInt(append(s.out, "BDAT "...), int64(len(f.msg)), 10)
	s.out = append(s.out, " LAST\r\n"...)
	if c.ctx.Err() != nil { // the last moment at which nothing is in doubt
		s.dead = true
		c.tell(f.tag, f.recipient, gone(StageBody, context.Cause(c.ctx)), false)
		c.hearAll()
		return
	}
	if c.halted() {
		s.dead = s.dead || f.step == stepData // named already: see takeBack
		c.tell(f.tag, f.recipient, takenBack, true)
		return
	}
	n, err := s.write(s.out, f.msg)
	// A chunk has a length: without its last byte it is none, and nothing is in doubt.
	f.ended, f.cut = true, n < len(s.out)+len(f.msg)
	c.push(f)
	if err != nil {
		s.dead, s.hasty = true, true
		c.hearAll()
	}
}

// appendNamed puts the commands that go before a message's chunk in dst.
func (c *Stream) appendNamed(dst []byte, f *flight) []byte {
	if f.begun {
		dst = append(dst, "RSET\r\n"...)
		f.step = stepReset
	}
	return appendRcpt(c.s.appendMail(dst, &f.transaction), &f.transaction)
}

// askFirst names a message and waits until the relay agrees. It is false when it
// does not; then the outcome is reported.
func (c *Stream) askFirst(f *flight) bool {
	s := c.s
	s.out = c.appendNamed(s.out[:0], f)
	_, err := s.write(nil, s.out)
	for err == nil && f.step < stepData {
		var r reply
		if r, err = s.hearAs(s.stepTimeout(f.step), true); err != nil {
			break
		}
		if !goesOn(f.step, r) {
			c.tell(f.tag, f.recipient, s.refusal(stepStages[f.step], r), s.left && f.step <= stepMail)
			return false
		}
		f.step++
	}
	if err != nil {
		s.dead = true
		c.tell(f.tag, f.recipient, gone(stepStages[f.step], err), f.step <= stepMail && broken(err) && f.begun)
		return false
	}
	return true
}

// hearChunks hears of the oldest message, and of those whose replies came with its.
func (c *Stream) hearChunks() {
	c.hearChunk()
	for c.n > 0 && !c.s.dead && c.s.client.Text.R.Buffered() > 0 {
		c.hearChunk()
	}
	if c.s.dead {
		c.hearAll()
	}
}

// hearAll hears what the relay still says on a session that has ended, and reports
// every message. A relay that is slow or talks nonsense is not asked twice.
func (c *Stream) hearAll() {
	c.s.hasty = true
	for c.n > 0 {
		c.s.wire.allow()
		c.hearChunk()
	}
}

// hearChunk hears the replies to the oldest message, and reports it.
func (c *Stream) hearChunk() {
	s, f := c.s, c.oldest()
	silent := true // about this message
	var refused Outcome
	var r reply
	var err error
	for ; f.step <= stepData; f.step++ {
		if s.mute != nil {
			err = s.mute
		} else {
			r, err = s.hearAs(c.chunkTimeout(f.step), f.step < stepData)
		}
		if err != nil {
			s.dead, s.mute = true, err
			break
		}
		// What a relay that said 421 refuses after that, it has not looked at.
		silent = silent && (f.step == stepReset || s.left && !r.positive())
		switch {
		case r.positive() || f.step == stepData || refused.Class != "": // the first refusal decides
		case f.step == stepReset:
			s.dead = true // the session's trouble, not the message's
		default:
			refused = s.refusal(stepStages[f.step], r)
		}
	}
	switch {
	case refused.Class != "":
		// Without sender or recipient its chunk was thrown away (RFC 3030 2).
		c.settle(refused, silent && f.begun)
	case err != nil:
		c.settle(c.unanswered(f, err, silent && f.begun))
	case c.unknown(r):
		c.refuseChunks(r)
	default:
		s.chunked = true
		c.settle(c.chunkVerdict(r), false)
	}
}

// unknown tells the reply of a relay that does not know BDAT, although it offers
// CHUNKING: 500 to 504 are about the command (RFC 5321 4.2.2), and it has not taken a
// chunk yet.
func (c *Stream) unknown(r reply) bool { return !c.s.chunked && r.code >= 500 && r.code <= 504 }

// refuseChunks gives back every message in flight. The relay takes what it was sent for
// commands, so what it goes on to say answers none of ours; and it has no message, since
// each of them was a chunk.
//
// QUIRK: gateways that pass another server's EHLO on, and not its BDAT.
func (c *Stream) refuseChunks(r reply) {
	c.s.dead, c.s.noChunks = true, true
	for c.n > 0 {
		c.settle(Outcome{
			Class: OutcomeDeferred, Stage: StageData, Code: r.code, Enhanced: r.enhanced,
			Text: "the relay offers CHUNKING and refuses BDAT: " + r.text,
		}, true)
	}
}

func (c *Stream) chunkTimeout(step int) time.Duration {
	if step == stepData {
		return c.s.relay.Timeouts.Dot
	}
	return c.s.stepTimeout(step)
}

// unanswered judges a message whose reply will not come. A relay that said 421 has
// not looked at what came after (RFC 5321 3.8).
func (c *Stream) unanswered(f *flight, err error, silent bool) (o Outcome, untried bool) {
	switch {
	case c.s.left && silent:
		return gone(StageMail, errLeft), true
	case f.cut:
		return gone(StageBody, err), silent && broken(err)
	}
	return doubtful(err), false
}

// chunkVerdict is the outcome of the reply to the last chunk. A relay that does not
// know BDAT takes the message for commands: nothing more can be said to it.
func (c *Stream) chunkVerdict(r reply) Outcome {
	switch r.code {
	case 500, 501, 502, 503, 504: // RFC 5321 4.2.2: about the command, not the message
		c.s.dead = true
		return Outcome{Class: OutcomeRefused, Stage: StageData, Code: r.code, Enhanced: r.enhanced, Text: r.text}
	}
	return c.s.verdict(r)
}
