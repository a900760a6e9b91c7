package smtp

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const pipeliningEhlo = "250-relay.example.net\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 100000000"

func TestSendAccepted(t *testing.T) {
	for _, ehlo := range []string{plainEhlo, pipeliningEhlo} {
		address, took := listen(t, script{"EHLO": answer(ehlo)})
		session := mustDial(t, toRelay(address))
		for range 3 {
			o := session.Send(t.Context(), envelope, []byte(letter))
			want := Outcome{
				Class: OutcomeAccepted, Stage: StageDot, Code: 250, Enhanced: "2.0.0",
				Text: "Ok: queued as 4F1A2B3C", RelayID: "4F1A2B3C", Relay: "test",
			}
			if o != want {
				t.Fatalf("got %+v, want %+v", o, want)
			}
			if got := <-took; got != letter {
				t.Errorf("the relay took %q", got)
			}
		}
	}
}

// TestSendAfterRefusal sees that the next message goes through on the same session.
func TestSendAfterRefusal(t *testing.T) {
	for _, ehlo := range []string{plainEhlo, pipeliningEhlo} {
		for _, step := range []string{"MAIL", "RCPT", "DATA"} {
			n, resets := 0, 0
			once := func(p *peer) bool {
				if n++; n > 1 {
					return answer(map[string]string{"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "554 5.6.0 no"}[step])(p)
				}
				return answer("450 4.2.0 later")(p)
			}
			s := script{"EHLO": answer(ehlo), step: once, "RSET": func(p *peer) bool {
				resets++
				return answer("250 reset")(p)
			}}
			if step == "RCPT" {
				s["DATA"] = answer("554 5.5.1 no valid recipients")
			}
			address, _ := listen(t, s)
			session := mustDial(t, toRelay(address))
			session.Send(t.Context(), envelope, []byte(letter))
			o := session.Send(t.Context(), envelope, []byte(letter))
			if step != "MAIL" && o.Stage != StageData || step == "MAIL" && o.Class != OutcomeAccepted {
				t.Errorf("%s: second message: %+v", step, o)
			}
			_ = session.Close()
			if resets == 0 {
				t.Errorf("%s: no RSET after the refusal", step)
			}
		}
	}
}

// TestSend354AfterRefusedRecipient: RFC 2920 3.1 lets a relay say 354 although no
// recipient was taken; an empty message ends that.
func TestSend354AfterRefusedRecipient(t *testing.T) {
	var body strings.Builder
	address, _ := listen(t, script{
		"EHLO": answer(pipeliningEhlo), "RCPT": answer("550 5.1.1 no such user"),
		"DATA": func(p *peer) bool {
			_ = answer("354 go on")(p)
			line, err := p.r.ReadString('\n')
			body.WriteString(line)
			return err == nil && answer("554 5.5.1 no valid recipients")(p)
		},
	})
	session := mustDial(t, toRelay(address))
	o := session.Send(t.Context(), envelope, []byte(letter))
	if o.Class != OutcomeRejected || o.Stage != StageRcpt || !session.Usable() {
		t.Errorf("got %+v, usable %v", o, session.Usable())
	}
	if body.String() != ".\r\n" {
		t.Errorf("the relay got %q for the refused recipient", body.String())
	}
}

// TestSendLastWords: a relay that has heard enough says why, then stops reading or
// hangs up.
func TestSendLastWords(t *testing.T) {
	for name, then := range map[string]act{"stall": stall, "reset": reset} {
		address, _ := listen(t, script{
			"EHLO": answer("250 relay.example.net"),
			"body": func(p *peer) bool {
				return answer("552 5.3.4 too big for us")(p) && then(p)
			},
		})
		o := mustDial(t, toRelay(address)).Send(t.Context(), envelope, []byte(bigLetter))
		if o.Stage != StageBody || o.Class != OutcomeRefused || o.Code != 552 {
			t.Errorf("%s: got %+v", name, o)
		}
	}
}

func TestIdleDead(t *testing.T) {
	for _, tt := range []struct {
		how  string
		do   act
		dead bool
	}{
		{"close", hangUp, true},
		{"421", after421, true},
		{"451", answer("451 4.3.0 no"), false},
		{"stall", stall, false},
	} {
		mails := 0
		address, _ := listen(t, script{"MAIL": func(p *peer) bool {
			if mails++; mails == 1 {
				return answer("250 ok")(p)
			}
			return tt.do(p)
		}})
		session := mustDial(t, toRelay(address))
		if o := session.Send(t.Context(), envelope, []byte(letter)); o.Class != OutcomeAccepted || session.FoundIdleDead() {
			t.Fatalf("%s: first message: %+v", tt.how, o)
		}
		session.Send(t.Context(), envelope, []byte(letter))
		if session.FoundIdleDead() != tt.dead {
			t.Errorf("%s: found dead when idle: %v", tt.how, session.FoundIdleDead())
		}
	}
}

func TestSendStopped(t *testing.T) {
	for _, tt := range []struct {
		step  string
		class Class
	}{{"MAIL", OutcomeDeferred}, {"DATA", OutcomeDeferred}, {"dot", OutcomeInDoubt}} {
		reached := make(chan struct{})
		address, _ := listen(t, script{tt.step: func(p *peer) bool { close(reached); return stall(p) }})
		r := toRelay(address)
		r.Timeouts.Mail, r.Timeouts.Data, r.Timeouts.Dot = time.Minute, time.Minute, time.Minute
		session := mustDial(t, r)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-reached; cancel() }()
		if o := session.Send(ctx, envelope, []byte(letter)); o.Class != tt.class {
			t.Errorf("stopped at %s: %+v", tt.step, o)
		}
	}
}

func TestSendChecksBeforeMail(t *testing.T) {
	address, _ := listen(t, script{
		"EHLO": answer("250-relay.example.net\r\n250 SIZE 200"),
		"MAIL": func(p *peer) bool { t.Error("MAIL was said"); return answer("250 ok")(p) },
	})
	session := mustDial(t, toRelay(address))
	for _, tt := range []struct {
		name     string
		from, to string
		msg      string
		class    Class
		stage    string
	}{
		{"injection", "", "a@b.example>\r\nRCPT TO:<c@d.example", letter, OutcomeRejected, StageRcpt},
		{"line feed", "", "a\n@b.example", letter, OutcomeRejected, StageRcpt},
		{"angle", "", "<a@b.example", letter, OutcomeRejected, StageRcpt},
		{"blank", "", "a b@b.example", letter, OutcomeRejected, StageRcpt},
		{"no at", "", "nobody", letter, OutcomeRejected, StageRcpt},
		{"empty", "", "", letter, OutcomeRejected, StageRcpt},
		{"UTF-8", "", "jörg@b.example", letter, OutcomeRejected, StageRcpt},
		{"bad sender", "a>b@c.example", "a@b.example", letter, OutcomeRefused, StageMail},
		{"UTF-8 sender", "jörg@b.example", "a@b.example", letter, OutcomeRefused, StageMail},
		{"too large", "", "a@b.example", strings.Repeat("x", 201), OutcomeRefused, StageMail},
		{"bare line feed", "", "a@b.example", "a\nb\r\n", OutcomeRefused, StageBody},
		{"bare carriage return", "", "a@b.example", "a\rb\r\n", OutcomeRefused, StageBody},
	} {
		o := session.Send(t.Context(), Envelope{From: tt.from, To: tt.to}, []byte(tt.msg))
		if o.Class != tt.class || o.Stage != tt.stage {
			t.Errorf("%s: got %+v", tt.name, o)
		}
		if strings.Contains(o.Text, "@") {
			t.Errorf("%s: the text holds an address", tt.name)
		}
	}
	if !session.Usable() {
		t.Error("the session is worn out by messages that were never sent")
	}
}

func TestSendWritesAddressesRight(t *testing.T) {
	for _, tt := range []struct{ from, to, ehlo, mail, rcpt string }{
		{"", "a@b.example", "", "MAIL FROM:<>", "RCPT TO:<a@b.example>"},
		{"n@o.example", "a@bücher.example", "", "MAIL FROM:<n@o.example>", "RCPT TO:<a@xn--bcher-kva.example>"},
		{"", "jörg@b.example", "SMTPUTF8", "MAIL FROM:<> SMTPUTF8", "RCPT TO:<jörg@b.example>"},
		{"", "a@b.example", "SIZE 1000", "MAIL FROM:<> SIZE=5", "RCPT TO:<a@b.example>"},
	} {
		address, heard := listenLines(t, tt.ehlo)
		session := mustDial(t, toRelay(address))
		if o := session.Send(t.Context(), Envelope{From: tt.from, To: tt.to}, []byte("a\r\n\r\n")); o.Class != OutcomeAccepted {
			t.Errorf("%+v", o)
		}
		if mail, rcpt := <-heard, <-heard; mail != tt.mail || rcpt != tt.rcpt {
			t.Errorf("the relay heard %q and %q", mail, rcpt)
		}
	}
}

// listenLines is a relay that repeats the lines of MAIL and RCPT.
func listenLines(t *testing.T, extension string) (address string, heard chan string) {
	heard = make(chan string, 2)
	address, _ = listen(t, script{"greeting": func(p *peer) bool {
		_ = answer("220 hello")(p)
		for {
			line, err := p.r.ReadString('\n')
			if err != nil {
				return false
			}
			line = strings.TrimRight(line, "\r\n")
			switch verb, _, _ := strings.Cut(line, " "); verb {
			case "EHLO":
				_ = answer(strings.Split("250-hello\n250 "+extension, "\n")...)(p)
			case "DATA":
				_ = answer("354 go on")(p)
			case ".":
				_ = answer("250 ok")(p)
			case "MAIL", "RCPT":
				heard <- line
				_ = answer("250 ok")(p)
			case "QUIT":
				return false
			}
		}
	}})
	return address, heard
}

// TestBodyArrivesWhole: whatever the message, the relay undoes the stuffing and has
// the message back.
func TestBodyArrivesWhole(t *testing.T) {
	address, took := listen(t, script{"EHLO": answer("250-hello\r\n250 PIPELINING")})
	r := toRelay(address)
	r.MessagesPerSession = 1 << 30
	r.Timeouts.Block, r.Timeouts.Dot = 5*time.Second, 5*time.Second
	session := mustDial(t, r)
	line := rapid.SampledFrom([]string{"", ".", "..", ".a", "a.", ". .", "plain", strings.Repeat(".", 900), strings.Repeat("x", 998)})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 400).Draw(t, "lines")
		msg := strings.Join(lines, "\r\n")
		ended := rapid.Bool().Draw(t, "ended")
		if ended {
			msg += "\r\n"
		}
		before := msg
		o := session.Send(context.Background(), envelope, []byte(msg))
		if o.Class != OutcomeAccepted {
			t.Fatalf("%+v", o)
		}
		want := before
		if !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if got := <-took; got != want {
			t.Fatalf("%d bytes arrived as %d", len(want), len(got))
		}
	})
}

func TestMessagesPerSession(t *testing.T) {
	address, _ := listen(t, nil)
	r := toRelay(address)
	r.MessagesPerSession = 2
	session := mustDial(t, r)
	for i := range 2 {
		if !session.Usable() {
			t.Fatalf("worn out after %d messages", i)
		}
		session.Send(t.Context(), envelope, []byte(letter))
	}
	if session.Usable() {
		t.Error("still usable after 2 messages")
	}
}

func BenchmarkSend(b *testing.B) {
	address, _ := listen(b, script{"EHLO": answer("250-hello\r\n250 PIPELINING"), "body": func(p *peer) bool { return true }})
	r := toRelay(address)
	r.MessagesPerSession = 1 << 30
	r.Timeouts = Timeouts{}
	session := mustDial(b, r)
	msg := []byte(strings.Repeat(strings.Repeat("x", 74)+"\r\n", 40_000/76))
	b.SetBytes(int64(len(msg)))
	b.ReportAllocs()
	for b.Loop() {
		if o := session.Send(b.Context(), envelope, msg); o.Class != OutcomeAccepted {
			b.Fatalf("%+v", o)
		}
	}
}

func TestIsEightBit(t *testing.T) {
	for n := range 80 {
		msg := []byte(strings.Repeat("x", n))
		if isEightBit(msg) {
			t.Fatalf("%d bytes of ASCII", n)
		}
		for i := range msg {
			msg[i] = 0x80
			if !isEightBit(msg) {
				t.Fatalf("%d bytes, the one at %d is not ASCII", n, i)
			}
			msg[i] = 'x'
		}
	}
}

// TestStreamOnlyAsOffered sees that a message needs what its relay offers, and says
// so to MAIL; and that nothing is said of one that does not fit.
func TestStreamOnlyAsOffered(t *testing.T) {
	eight := "Subject: x\r\n\r\nna\xc3\xafve\r\n"
	for _, tt := range []struct {
		name, offers, msg, mail, enhanced string
	}{
		{"7 bit", "8BITMIME", letter, "MAIL FROM:<>", ""},
		{"8 bit", "8BITMIME", eight, "MAIL FROM:<> BODY=8BITMIME", ""},
		{"8 bit, not offered", "HELP", eight, "", "5.6.3"},
		{"too large", "SIZE 10", letter, "", "5.3.4"},
	} {
		address, heard := listenLines(t, tt.offers)
		session := mustDial(t, toRelay(address))
		o := session.Send(t.Context(), Envelope{To: "a@b.example"}, []byte(tt.msg))
		if tt.mail == "" {
			if o.Class != OutcomeRefused || o.Enhanced != tt.enhanced || len(heard) > 0 || !session.Usable() {
				t.Errorf("%s: %+v, usable %v", tt.name, o, session.Usable())
			}
			continue
		}
		if mail := <-heard; mail != tt.mail || o.Class != OutcomeAccepted {
			t.Errorf("%s: the relay heard %q, %+v", tt.name, mail, o)
		}
	}
}

// TestSendTellingID: a relay's id that is made of the recipient is not kept.
func TestSendTellingID(t *testing.T) {
	local, _, _ := strings.Cut(envelope.To, "@")
	address, took := listen(t, script{"EHLO": answer(plainEhlo), "dot": answer("250 2.0.0 queued as " + strings.ToUpper(local))})
	o := mustDial(t, toRelay(address)).Send(t.Context(), envelope, []byte(letter))
	<-took
	if o.Class != OutcomeAccepted || o.RelayID != "" {
		t.Errorf("got %+v", o)
	}
}
