package smtp

import (
	"fmt"
	"strconv"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Envelope is who a message is from and whom it goes to, which its headers need not
// repeat.
type Envelope struct {
	From string // "" is the null sender, RFC 5321 4.5.5
	To   string

	// Clean says of the message that it is ASCII, that its lines end in CRLF, and that
	// none begins with a dot: whoever made it knows. Each octet of one that is not
	// clean is looked at, some 6 us for 40 kB.
	Clean bool
}

// transaction is a message that may go on the wire.
type transaction struct {
	from, to string // paths
	msg      []byte
	dots     []int // in msg: see stuffing
	utf8     bool
	eightBit bool
}

// prepare checks what can be known before a word is said. dots is scratch.
func (s *Session) prepare(e Envelope, msg []byte, dots []int) (t transaction, o Outcome, ok bool) {
	t = transaction{msg: msg, dots: dots[:0]}
	var err error
	if s.from != e.From || e.From == "" {
		s.from = e.From
		if s.fromPath, s.fromUTF8, err = wirePath(e.From); err != nil && e.From != "" {
			s.from = ""
			return t, Outcome{Class: OutcomeRefused, Stage: StageMail, Text: "sender: " + err.Error()}, false
		}
	}
	t.from, t.utf8 = s.fromPath, s.fromUTF8
	var toUTF8 bool
	if t.to, toUTF8, err = wirePath(e.To); err != nil {
		return t, Outcome{Class: OutcomeRejected, Stage: StageRcpt, Enhanced: "5.1.3", Text: err.Error()}, false
	}
	if t.utf8 = t.utf8 || toUTF8; t.utf8 && !s.utf8 {
		// RFC 6531 3.5 names 5.6.7 and says who cannot be served: the recipient, or our own sender.
		o = Outcome{Class: OutcomeRejected, Stage: StageRcpt, Enhanced: "5.6.7", Text: errAddressUTF8.Error()}
		if s.fromUTF8 {
			o.Class, o.Stage, o.Text = OutcomeRefused, StageMail, "sender: "+errAddressUTF8.Error()
		}
		return t, o, false
	}
	if s.size > 0 && len(msg) > s.size { // RFC 1870 5: no use in trying
		text := fmt.Sprintf("the message has %s bytes, the relay takes %s", figures.Of(len(msg)), figures.Of(s.size))
		return t, Outcome{Class: OutcomeRefused, Stage: StageMail, Enhanced: "5.3.4", Text: text}, false
	}
	if e.Clean {
		return t, Outcome{}, true
	}
	if t.dots, err = stuffing(t.dots, msg); err != nil {
		return t, Outcome{Class: OutcomeRefused, Stage: StageBody, Text: err.Error()}, false
	}
	if t.eightBit = isEightBit(msg); t.eightBit && !s.eightBit { // RFC 6152 3; RFC 3463 3.7 names 5.6.3
		text := "the message has 8-bit text, and the relay does not offer 8BITMIME"
		return t, Outcome{Class: OutcomeRefused, Stage: StageMail, Enhanced: "5.6.3", Text: text}, false
	}
	return t, Outcome{}, true
}

// appendMail puts MAIL in dst, with the parameters that the message needs.
func (s *Session) appendMail(dst []byte, t *transaction) []byte {
	dst = append(append(append(dst, "MAIL FROM:<"...), t.from...), '>')
	if s.size > 0 { // RFC 1870 3
		dst = strconv.AppendInt(append(dst, " SIZE="...), int64(len(t.msg)), 10)
	}
	if t.eightBit {
		dst = append(dst, " BODY=8BITMIME"...)
	}
	if t.utf8 {
		dst = append(dst, " SMTPUTF8"...)
	}
	if s.relay.RequireTLS { // Dial saw that the relay offers it, RFC 8689 2
		dst = append(dst, " REQUIRETLS"...)
	}
	return append(dst, "\r\n"...)
}

func appendRcpt(dst []byte, t *transaction) []byte {
	return append(append(append(dst, "RCPT TO:<"...), t.to...), ">\r\n"...)
}

// appendEnvelope puts MAIL, RCPT and DATA in dst: a group that DATA ends (RFC 2920
// 3.1).
func (s *Session) appendEnvelope(dst []byte, t *transaction) []byte {
	return append(appendRcpt(s.appendMail(dst, t), t), "DATA\r\n"...)
}

// The steps of a transaction, each with a reply.
const (
	stepReset = iota
	stepMail
	stepRcpt
	stepData // or the last chunk
)

var stepStages = [...]string{StageMail, StageMail, StageRcpt, StageData}

func (s *Session) stepTimeout(step int) time.Duration {
	times := s.relay.Timeouts
	return [...]time.Duration{times.Mail, times.Mail, times.Rcpt, times.Data}[step]
}

// goesOn tells whether a reply lets the envelope go on: 250, then 250 or 251 or 252,
// then 354.
func goesOn(step int, r reply) bool {
	if step == stepData {
		return r.code == 354
	}
	return r.positive()
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

// verdict is the outcome of the reply to a whole message.
func (s *Session) verdict(r reply) Outcome {
	o := Outcome{Class: OutcomeAccepted, Stage: StageDot, Code: r.code, Enhanced: r.enhanced, Text: r.text}
	switch {
	case r.code/100 == 3:
		s.dead = true
		o.Class, o.Text = OutcomeInDoubt, "unexpected reply: "+r.text
	case !r.positive():
		return s.refusal(StageDot, r)
	default:
		o.RelayID = relayID(r.text)
	}
	return o
}
