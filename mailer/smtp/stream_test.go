package smtp

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
)

const chunkingEhlo = "250-relay.example.net\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME"

// carry sends messages over a stream, all at once as far as it goes, and returns what
// it reported of each.
func carry(t *testing.T, s *Session, window int, msgs ...string) []Report {
	t.Helper()
	reports := make([]Report, len(msgs))
	stream := s.Stream(t.Context(), window, func(r Report) {
		if reports[r.Tag].Outcome.Class != "" {
			t.Errorf("message %d is reported twice: %+v and %+v", r.Tag, reports[r.Tag], r)
		}
		reports[r.Tag] = r
	}, nil)
	for i, msg := range msgs {
		stream.Put(i, envelope, []byte(msg))
	}
	for stream.InFlight() > 0 {
		stream.Hear()
	}
	stream.Close()
	for i, r := range reports {
		if r.Outcome.Class == "" {
			t.Errorf("message %d is not reported", i)
		}
	}
	return reports
}

func TestStreamAccepted(t *testing.T) {
	for name, ehlo := range map[string]string{"steps": plainEhlo, "chained": pipeliningEhlo, "chunked": chunkingEhlo} {
		for _, window := range []int{1, 2, 3, 8} {
			address, took := listen(t, script{"EHLO": answer(ehlo)})
			var msgs []string
			for i := range 20 {
				msgs = append(msgs, fmt.Sprintf("Subject: %d\r\n\r\n%s.\r\n", i, strings.Repeat(".line\r\n", i*i)))
			}
			session := mustDial(t, toRelay(address))
			for i, r := range carry(t, session, window, msgs...) {
				if r.Outcome.Class != OutcomeAccepted || r.Outcome.RelayID != "4F1A2B3C" || r.Untried {
					t.Errorf("%s, window %d, message %d: %+v", name, window, i, r)
				}
				if got := <-took; got != msgs[i] {
					t.Errorf("%s, window %d: the relay took %q as message %d", name, window, got, i)
				}
			}
			if !session.Usable() {
				t.Errorf("%s, window %d: the session is not usable", name, window)
			}
		}
	}
}

// turns counts how often we fall silent and listen.
type turns struct {
	net.Conn
	spoke bool
	n     int
}

func (c *turns) Write(p []byte) (int, error) {
	c.spoke = true
	return c.Conn.Write(p)
}

func (c *turns) Read(p []byte) (int, error) {
	if c.spoke {
		c.spoke = false
		c.n++
	}
	return c.Conn.Read(p)
}

// TestStreamRoundTrips counts the times at which a stream waits for its relay.
func TestStreamRoundTrips(t *testing.T) {
	for _, tt := range []struct {
		name, ehlo    string
		window, trips int
	}{
		{"steps", plainEhlo, 1, 80},
		{"chained", pipeliningEhlo, 1, 21}, // one before the first body
		{"chunked", chunkingEhlo, 20, 1},
	} {
		address, _ := listen(t, script{"EHLO": answer(tt.ehlo)})
		session := mustDial(t, toRelay(address))
		count := &turns{Conn: session.wire.Conn}
		session.wire.Conn, session.tcp = count, nil
		for _, r := range carry(t, session, tt.window, slices.Repeat([]string{letter}, 20)...) {
			if r.Outcome.Class != OutcomeAccepted {
				t.Errorf("%s: %+v", tt.name, r)
			}
		}
		if count.n != tt.trips {
			t.Errorf("%s: 20 messages took %d round trips, want %d", tt.name, count.n, tt.trips)
		}
	}
}

// TestStreamMisbehaviour has a relay fail in each way at each stage of the second of
// three messages.
func TestStreamMisbehaviour(t *testing.T) {
	for _, mode := range []string{"chained", "chunked"} {
		for _, tt := range misbehaviours {
			chunked := mode == "chunked"
			if chunked && tt.step == "DATA" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s %s", mode, tt.step, tt.how), func(t *testing.T) {
				t.Parallel()
				s := script{tt.step: tt.do, "EHLO": answer(pipeliningEhlo)}.second()
				if chunked {
					s["EHLO"] = answer(chunkingEhlo)
				}
				address, _ := listen(t, s)
				session := mustDial(t, toRelay(address))
				msg := letter
				if tt.msg != "" {
					msg = tt.msg
				}
				session.size = 0
				reports := carry(t, session, 4, letter, msg, letter)
				if first := reports[0]; first.Outcome.Class != OutcomeAccepted {
					t.Errorf("the message before it: %+v", first)
				}
				want := Report{Tag: 1, Outcome: Outcome{Class: tt.class, Stage: tt.stage, Code: tt.code}}
				broke := tt.code == 0
				if chunked && broke && tt.step != "body" { // it was written whole
					want.Outcome.Class, want.Outcome.Stage = OutcomeInDoubt, StageDot
				}
				// Told nothing about it, we send it again, unless the relay was slow or talked nonsense.
				want.Untried = tt.step == "MAIL" && (tt.how == "421" || !chunked && (tt.how == "close" || tt.how == "reset" || tt.how == "half a line"))
				check(t, reports[1], want)
				checkThird(t, reports[2], chunked, tt.code, tt.step)
				if goesOn := tt.code >= 400 && tt.code != 421; goesOn != session.Usable() {
					t.Errorf("usable: %v", session.Usable())
				}
			})
		}
	}
}

func check(t *testing.T, got, want Report) {
	t.Helper()
	g, w := got.Outcome, want.Outcome
	if g.Class != w.Class || g.Stage != w.Stage || g.Code != w.Code || got.Untried != want.Untried {
		t.Errorf("got %s at %s, code %d (%q), untried %v; want %s at %s, code %d, untried %v",
			g.Class, g.Stage, g.Code, g.Text, got.Untried, w.Class, w.Stage, w.Code, want.Untried)
	}
	if g.Text == "" || g.Relay != "test" {
		t.Errorf("the outcome has no text or no relay: %+v", g)
	}
}

// checkThird sees what becomes of a message beside one that failed.
func checkThird(t *testing.T, got Report, chunked bool, code int, step string) {
	t.Helper()
	var class Class
	untried := false
	switch {
	case code >= 400 && code != 421:
		class = OutcomeAccepted
	case !chunked || code == 421 || step == "body":
		class, untried = OutcomeDeferred, true
	case code == 0 && got.Untried: // the break was there before it
		class, untried = OutcomeDeferred, true
	case code == 0:
		class = OutcomeInDoubt // it was on the wire
	default:
		class = OutcomeAccepted // out of step, but the relay went on
	}
	if got.Outcome.Class != class || got.Untried != untried {
		t.Errorf("the message after it: %+v; want %s, untried %v", got, class, untried)
	}
}

// TestStreamBetweenMessages has a relay end the session after the first message, in
// each way: the second was named, or on the wire, or neither.
func TestStreamBetweenMessages(t *testing.T) {
	for name, then := range map[string]string{"close": "", "421": "421 4.3.2 enough\r\n"} {
		for _, mode := range []string{"chained", "chunked", "alone"} {
			window := 4
			s := script{"dot": rawThenHangUp("250 2.0.0 Ok: queued as 1\r\n" + then), "EHLO": answer(pipeliningEhlo)}
			if mode == "chunked" {
				s["EHLO"] = answer(chunkingEhlo)
			}
			address, _ := listen(t, s)
			session := mustDial(t, toRelay(address))
			if mode == "alone" {
				if o := session.Send(t.Context(), envelope, []byte(letter)); o.Class != OutcomeAccepted {
					t.Errorf("%+v", o)
				}
				o := session.Send(t.Context(), envelope, []byte(letter))
				if !session.FoundIdleDead() || o.Class != OutcomeDeferred {
					t.Errorf("%s, %s: %+v", name, mode, o)
				}
				continue
			}
			reports := carry(t, session, window, letter, letter, letter)
			if reports[0].Outcome.Class != OutcomeAccepted {
				t.Errorf("%s, %s: first: %+v", name, mode, reports[0])
			}
			for _, r := range reports[1:] {
				doubt := mode == "chunked" && name == "close" && !r.Untried // else the close was there before it
				if r.Untried == doubt || doubt != (r.Outcome.Class == OutcomeInDoubt) {
					t.Errorf("%s, %s: %+v", name, mode, r)
				}
			}
		}
	}
}

// choked takes so many bytes, and then breaks.
type choked struct {
	net.Conn
	left int
}

func (c *choked) Write(p []byte) (int, error) {
	n, _ := c.Conn.Write(p[:min(len(p), c.left)])
	if c.left -= n; c.left == 0 {
		return n, net.ErrClosed
	}
	return n, nil
}

// TestStreamMidDot breaks the wire after each byte of a message's end.
func TestStreamMidDot(t *testing.T) {
	const head = "MAIL FROM:<news@observer.example>\r\nRCPT TO:<jane.doe@reader.example>\r\n"
	stuffed := strings.ReplaceAll(letter, "\n.", "\n..")
	chunk := fmt.Sprintf("BDAT %d LAST\r\n", len(letter))
	for _, tt := range []struct {
		name, ehlo string
		left       int
		class      Class
	}{
		{"before the end of the body", pipeliningEhlo, len(stuffed) - 3, OutcomeDeferred},
		{"before the dot", pipeliningEhlo, len(stuffed), OutcomeDeferred},
		{"after the dot", pipeliningEhlo, len(stuffed) + 1, OutcomeInDoubt},
		{"within its CRLF", pipeliningEhlo, len(stuffed) + 2, OutcomeInDoubt},
		{"in the next envelope", pipeliningEhlo, len(stuffed) + 20, OutcomeAccepted}, // the relay says so
		{"before the chunk's last byte", chunkingEhlo, len(chunk) + len(letter) - 1, OutcomeDeferred},
		{"within BDAT", chunkingEhlo, 3, OutcomeDeferred},
	} {
		address, _ := listen(t, script{"EHLO": answer(tt.ehlo)})
		session := mustDial(t, toRelay(address))
		left := tt.left + len(head)
		if tt.ehlo == pipeliningEhlo {
			left += len("DATA\r\n") + len(" SIZE=") + len(fmt.Sprint(len(letter)))
		}
		session.wire.Conn, session.tcp = &choked{session.wire.Conn, left}, nil
		reports := carry(t, session, 4, letter, letter)
		if o := reports[0].Outcome; o.Class != tt.class || reports[0].Untried {
			t.Errorf("%s: %+v", tt.name, reports[0])
		}
		if !reports[1].Untried {
			t.Errorf("%s: the next message: %+v", tt.name, reports[1])
		}
	}
}

// TestStreamHalts: once told to, a stream writes no other end of a message.
func TestStreamHalts(t *testing.T) {
	for _, ehlo := range []string{pipeliningEhlo, chunkingEhlo} {
		address, took := listen(t, script{"EHLO": answer(ehlo)})
		session := mustDial(t, toRelay(address))
		var accepted, untried int
		stream := session.Stream(t.Context(), 2, func(r Report) {
			switch {
			case r.Untried:
				untried++
			case r.Outcome.Class == OutcomeAccepted:
				accepted++
			default:
				t.Errorf("%+v", r)
			}
		}, func() bool { return accepted > 0 })
		for i := range 5 {
			stream.Put(i, envelope, []byte(letter))
		}
		stream.Close()
		if accepted+untried != 5 || accepted != len(took) || accepted > 2 {
			t.Errorf("%d accepted, %d taken, %d untried", accepted, len(took), untried)
		}
	}
}

// TestStreamStopped cuts a stream off by its context.
func TestStreamStopped(t *testing.T) {
	for ehlo, doubts := range map[string]int{pipeliningEhlo: 1, chunkingEhlo: 2} {
		reached, put := make(chan struct{}), make(chan struct{})
		address, _ := listen(t, script{"EHLO": answer(ehlo), "dot": func(p *peer) bool { close(reached); return stall(p) }})
		r := toRelay(address)
		r.Timeouts = Timeouts{}
		session := mustDial(t, r)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-reached; <-put; cancel() }()
		var classes []Class
		stream := session.Stream(ctx, 4, func(r Report) { classes = append(classes, r.Outcome.Class) }, nil)
		for i := range 2 {
			stream.Put(i, envelope, []byte(letter))
		}
		close(put)
		for stream.InFlight() > 0 {
			stream.Hear()
		}
		stream.Close()
		got := 0
		for _, class := range classes {
			if class == OutcomeInDoubt {
				got++
			}
		}
		if len(classes) != 2 || got != doubts || session.Usable() {
			t.Errorf("%v, usable %v", classes, session.Usable())
		}
	}
}

// TestChunkAsksFirst: a relay that has hung up while the session was idle costs no
// message, although chunks wait for nothing.
func TestChunkAsksFirst(t *testing.T) {
	scripts := map[string]script{"closed": script{"MAIL": hangUp}.second(), "well": {}}
	for name, s := range scripts {
		s["EHLO"] = answer(chunkingEhlo)
		address, took := listen(t, s)
		session := mustDial(t, toRelay(address))
		if r := carry(t, session, 4, letter)[0]; r.Outcome.Class != OutcomeAccepted {
			t.Fatalf("%+v", r)
		}
		<-took
		session.spoken = session.spoken.Add(-idleAfter)
		r := carry(t, session, 4, letter)[0]
		if name == "closed" && !r.Untried || name == "well" && (r.Outcome.Class != OutcomeAccepted || <-took != letter) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestStreamRealServer sends chunks and chains to emersion/go-smtp, over TLS, where
// one recipient in three is refused.
func TestStreamRealServer(t *testing.T) {
	for _, window := range []int{1, 8} {
		r, took := realServer(t, "127.0.0.1", false)
		session := mustDial(t, r)
		var classes []Class
		stream := session.Stream(t.Context(), window, func(r Report) { classes = append(classes, r.Outcome.Class) }, nil)
		for i := range 9 {
			to := fmt.Sprintf("reader%d@reader.example", i)
			if i%3 == 1 {
				to = "gone" + to
			}
			stream.Put(i, Envelope{To: to}, []byte(letter))
		}
		for stream.InFlight() > 0 {
			stream.Hear()
		}
		stream.Close()
		for i, class := range classes {
			if want := map[bool]Class{true: OutcomeRejected, false: OutcomeAccepted}[i%3 == 1]; class != want {
				t.Errorf("window %d, message %d: %s, want %s", window, i, class, want)
			}
		}
		for range 6 {
			if got := <-took; got != letter {
				t.Errorf("window %d: the server took %q", window, got)
			}
		}
	}
}
