package smtp

import (
	"crypto/tls"
	"strings"
	"time"
)

// Offer is what a relay said of itself when a session with it was opened.
type Offer struct {
	TLS     string    // "TLS 1.3"; empty: the session is in clear
	Expires time.Time // end of the relay's certificate; zero in clear
	Auth    []string  // mechanisms it offers now; a relay may offer none once we are logged in
	Size    int       // most bytes of a message (RFC 1870); 0: it names no limit

	Pipelining, Chunking, EightBit, UTF8, Enhanced, RequireTLS bool
}

// Offer tells what the relay offers on this session.
func (s *Session) Offer() Offer {
	o := Offer{Size: s.size, Pipelining: s.pipelining, Chunking: s.chunking, EightBit: s.eightBit, UTF8: s.utf8}
	o.Enhanced, _ = s.client.Extension("ENHANCEDSTATUSCODES")
	o.RequireTLS, _ = s.client.Extension("REQUIRETLS")
	if ok, list := s.client.Extension("AUTH"); ok {
		o.Auth = strings.Fields(list)
	}
	if state, encrypted := s.client.TLSConnectionState(); encrypted {
		o.TLS = tls.VersionName(state.Version)
		if len(state.PeerCertificates) > 0 {
			o.Expires = state.PeerCertificates[0].NotAfter
		}
	}
	return o
}

// Ask names a message with its sender, its recipient and its size, as Send would, and
// takes it back: nothing is mailed. Accepted: the relay would hear the message. While
// a [Stream] of the session is open, Ask may not be called.
func (s *Session) Ask(e Envelope, msg []byte) Outcome {
	t, o, ok := s.prepare(e, msg, nil)
	if ok {
		s.sent++
		o = s.ask(&t)
	}
	o.Text, o.Relay = scrub(o.Text, e.To), s.relay.Name
	return o
}

func (s *Session) ask(t *transaction) Outcome {
	var r reply
	for step := stepMail; step <= stepRcpt; step++ {
		s.wire.allow()
		text := s.appendMail(s.out[:0], t)
		if step == stepRcpt {
			text = appendRcpt(s.out[:0], t)
		}
		_, err := s.write(nil, text)
		if err == nil {
			r, err = s.hear(s.stepTimeout(step))
		}
		if err != nil {
			s.dead = true
			return gone(stepStages[step], err)
		}
		if !goesOn(step, r) {
			o := s.refusal(stepStages[step], r)
			s.askNoMore()
			return o
		}
	}
	s.askNoMore()
	return Outcome{Class: OutcomeAccepted, Stage: StageRcpt, Code: r.code, Enhanced: r.enhanced, Text: r.text}
}

// askNoMore takes back what was named.
func (s *Session) askNoMore() {
	if s.dead {
		return
	}
	s.dead = true // until proven otherwise
	if _, err := s.write(nil, []byte("RSET\r\n")); err == nil {
		s.dead = s.skip(1) != nil || s.left
	}
}
