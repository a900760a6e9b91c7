package smtp

import "context"

// putSteps carries a message a step at a time, as RFC 5321 3.3 has it without
// PIPELINING, and stops at the first refusal.
func (c *Stream) putSteps(f flight) {
	s := c.s
	c.push(f)
	for step := stepMail; step <= stepData; step++ {
		s.out = s.out[:0]
		switch step {
		case stepMail:
			s.out = s.appendMail(s.out, &f.transaction)
		case stepRcpt:
			s.out = appendRcpt(s.out, &f.transaction)
		case stepData:
			s.out = append(s.out, "DATA\r\n"...)
		}
		_, err := s.write(nil, s.out)
		var r reply
		if err == nil {
			r, err = s.hearAs(s.stepTimeout(step), true)
		}
		if err != nil {
			s.dead = true
			c.settle(gone(stepStages[step], err), step == stepMail && broken(err) && f.begun)
			return
		}
		if !goesOn(step, r) {
			o := s.refusal(stepStages[step], r)
			c.settle(o, step == stepMail && s.left && f.begun)
			c.reset(false)
			return
		}
	}
	if c.writeEnd(nil) {
		c.hearEnd()
	}
}

// writeEnd writes the oldest message, its final dot, and what is to follow it. It is
// false when the message broke before its dot; then its outcome is reported.
func (c *Stream) writeEnd(next []byte) bool {
	s, f := c.s, c.oldest()
	if c.ctx.Err() != nil { // the last moment at which nothing is in doubt
		s.dead = true
		c.settle(gone(StageBody, context.Cause(c.ctx)), false)
		return false
	}
	if c.halted() {
		c.takeBack()
		return false
	}
	var body []byte
	body, s.stuffed = stuffed(s.stuffed, f.msg, f.dots)
	s.tail = append(append(s.tail[:0], ".\r\n"...), next...)
	n, err := s.write(body, s.tail)
	if err == nil {
		f.ended = true
		return true
	}
	s.dead, s.hasty = true, true
	if n > len(body) {
		// Even so the relay may have the dot, and its reply may be on its way.
		f.ended = true
		return true
	}
	// Some relays say why (552, 421) before they hang up.
	o := gone(StageBody, err)
	if c.ctx.Err() == nil {
		if r, heard := s.hear(lastWords); heard == nil && r.code >= 400 {
			o = s.refusal(StageBody, r)
		}
	}
	c.settle(o, false)
	return false
}

// hearEnd hears what became of the oldest message, whose end is on the wire. From
// here on only a reply can tell.
func (c *Stream) hearEnd() {
	s := c.s
	r, err := s.hear(s.relay.Timeouts.Dot)
	if err != nil {
		s.dead = true
		c.settle(doubtful(err), false)
	} else {
		c.settle(s.verdict(r), false)
	}
	c.abandon(err)
}

// abandon gives up the message that the relay was told of beside the end of another,
// when the session has ended: nothing of it was sent.
func (c *Stream) abandon(err error) {
	if !c.s.dead {
		return
	}
	for c.n > 0 {
		o := Outcome{Class: OutcomeDeferred, Stage: StageMail, Text: "the session ended before the relay answered"}
		if err != nil {
			o.Text = whatBroke(err)
		}
		c.settle(o, true)
	}
}

// reset makes the session ready for the next message after a refusal. Whatever goes
// wrong in it is the session's trouble, not the message's.
func (c *Stream) reset(waitsForMessage bool) {
	s := c.s
	if s.dead {
		return
	}
	var replies int
	s.out, replies = appendReset(s.out[:0], waitsForMessage)
	s.dead = true // until proven otherwise
	if _, err := s.write(nil, s.out); err != nil {
		return
	}
	s.dead = s.skip(replies) != nil || s.left
}

// appendReset ends a refused transaction. A relay that pipelines may say 354
// although it refused the recipient; RFC 2920 3.1 asks for an empty message then.
func appendReset(dst []byte, waitsForMessage bool) (text []byte, replies int) {
	if waitsForMessage {
		dst = append(dst, ".\r\n"...)
		replies++
	}
	return append(dst, "RSET\r\n"...), replies + 1
}

// skip hears the replies to a reset: that to a lone dot is of no interest.
func (s *Session) skip(replies int) error {
	for ; replies > 0; replies-- {
		timeout := s.relay.Timeouts.Mail
		if replies > 1 {
			timeout = s.relay.Timeouts.Dot
		}
		r, err := s.hear(timeout)
		switch {
		case err != nil:
			return err
		case s.left:
			return errLeft
		case replies == 1 && !r.positive():
			return errNoReset
		}
	}
	return nil
}
