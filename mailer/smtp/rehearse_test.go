package smtp

import (
	"strings"
	"testing"
)

// TestAsk: the relay hears who and how much, and gets no message.
func TestAsk(t *testing.T) {
	for _, test := range []struct {
		name   string
		s      script
		class  Class
		stage  string
		usable bool
	}{
		{"taken", script{}, OutcomeAccepted, StageRcpt, true},
		{"sender refused", script{"MAIL": answer("550 5.7.1 suspended")}, OutcomeRefused, StageMail, true},
		{"recipient refused", script{"RCPT": answer("550 5.1.1 no such user")}, OutcomeRejected, StageRcpt, true},
		{"recipient later", script{"RCPT": answer("450 4.2.0 later")}, OutcomeDeferred, StageRcpt, true},
		{"too large", script{"EHLO": answer("250-relay\r\n250 SIZE 10")}, OutcomeRefused, StageMail, true},
		{"hangs up", script{"RCPT": hangUp}, OutcomeDeferred, StageRcpt, false},
		{"no reset", script{"RSET": answer("502 5.5.1 no")}, OutcomeAccepted, StageRcpt, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			address, took := listen(t, test.s)
			session := mustDial(t, toRelay(address))
			o := session.Ask(envelope, []byte(letter))
			if o.Class != test.class || o.Stage != test.stage || o.Relay != "test" {
				t.Errorf("got %+v, want %s at %s", o, test.class, test.stage)
			}
			if session.Usable() != test.usable {
				t.Errorf("usable afterwards: %t, want %t", session.Usable(), test.usable)
			}
			if test.usable && test.class == OutcomeAccepted {
				if o := session.Send(t.Context(), envelope, []byte(letter)); o.Class != OutcomeAccepted {
					t.Errorf("a message after it: %+v", o)
				}
				<-took
			}
			select {
			case m := <-took:
				t.Errorf("a message went out: %q", m)
			default:
			}
		})
	}
}

// TestAskTellsNobody: what the relay echoes holds no address.
func TestAskTellsNobody(t *testing.T) {
	address, _ := listen(t, script{"RCPT": answer("550 5.1.1 <" + envelope.To + "> is unknown")})
	if o := mustDial(t, toRelay(address)).Ask(envelope, []byte(letter)); strings.Contains(o.Text, "@") {
		t.Errorf("the reply still holds an address: %q", o.Text)
	}
}

func TestOffer(t *testing.T) {
	address, _ := listen(t, script{"EHLO": answer("250-relay\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250-REQUIRETLS\r\n250 SIZE 1000")})
	o := mustDial(t, toRelay(address)).Offer()
	if o.TLS != "" || !o.Expires.IsZero() || o.Size != 1000 || !o.Pipelining || o.Chunking || !o.RequireTLS || strings.Join(o.Auth, " ") != "PLAIN LOGIN" {
		t.Errorf("got %+v", o)
	}
}
