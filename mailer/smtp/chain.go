package smtp

import "errors"

// How a reset may fail.
var (
	errLeft    = errors.New("the relay closes the connection (421)")
	errNoReset = errors.New("the relay does not know RSET")
)

// putChained tells the relay of a message, in one write with the end of the one
// before:
//
//	body of A, final dot, MAIL B, RCPT B, DATA    -->
//	                                              <--  250 (A), 250, 250, 354 (B)
//
// So two messages are in flight at most: one that ended, one that was named.
func (c *Stream) putChained(f flight) {
	s := c.s
	for c.n > 0 && c.oldest().ended {
		c.hearEnd()
	}
	s.out = s.out[:0]
	named := c.n > 0 && c.hearEnvelope(&f)
	if s.dead {
		c.push(f)
		c.abandon(nil)
		return
	}
	s.out = s.appendEnvelope(s.out, &f.transaction)
	if named {
		if c.push(f); !c.writeEnd(s.out) || s.dead {
			c.abandonAfterEnd()
		}
		return
	}
	c.push(f)
	if _, err := s.write(nil, s.out); err != nil {
		s.dead = true
		c.settle(gone(StageMail, err), broken(err) && f.begun)
	}
}

// abandonAfterEnd has the broken message say its last, then gives up the one that
// was to be named beside it.
func (c *Stream) abandonAfterEnd() {
	if c.n > 0 && c.oldest().ended {
		c.hearEnd()
	}
	c.abandon(nil)
}

// finishAlone ends the oldest message, of which the relay knows the envelope, with
// nothing beside it.
func (c *Stream) finishAlone() {
	if !c.hearEnvelope(nil) {
		return
	}
	if c.writeEnd(nil) {
		c.hearEnd()
	}
}

// hearEnvelope hears the three replies to the oldest message's envelope. It is false
// when the message was refused or the session broke; then its outcome is reported,
// and the transaction is undone: at once, or before the next message's envelope.
func (c *Stream) hearEnvelope(next *flight) bool {
	s, f := c.s, c.oldest()
	if err := s.skip(f.extra); err != nil {
		s.dead = true
		c.settle(gone(StageMail, err), true)
		return false
	}
	var refused Outcome
	refusals, step := 0, stepMail
	var last reply
	for ; step <= stepData; step++ {
		r, err := s.hearAs(s.stepTimeout(step), true)
		if err != nil && refusals == 0 {
			s.dead = true
			c.settle(gone(stepStages[step], err), step == stepMail && broken(err) && f.begun)
			return false
		}
		if err != nil {
			s.dead = true
			break
		}
		if last = r; !goesOn(step, r) {
			if refusals++; refusals == 1 { // the first decides, whatever comes after it
				refused = s.refusal(stepStages[step], r)
			}
		}
		if s.left { // nothing follows
			break
		}
	}
	if refusals == 0 {
		return true
	}
	c.settle(refused, step == stepMail && s.left && f.begun)
	waits := step > stepData && last.code == 354
	switch {
	case s.dead:
	case next != nil:
		s.out, next.extra = appendReset(s.out, waits)
	default:
		c.reset(waits)
	}
	return false
}
