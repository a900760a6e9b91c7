package smtp

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// peer is a relay that does what a script says, at one connection. It is a raw TCP
// server, since no real one misbehaves on order.
type peer struct {
	net.Conn
	r     *bufio.Reader
	done  <-chan struct{} // the test is over
	mails int             // messages named so far
}

// act is what a peer does at a step. It is false when the connection is over.
type act func(*peer) bool

// script says what a peer does at each step: greeting, EHLO, MAIL, RCPT, DATA, body
// (when 354 was said, or BDAT read), dot (the reply to BDAT, too), RSET, QUIT. Steps
// that it leaves out go well.
type script map[string]act

// second makes a script of one that holds for the second message alone.
func (s script) second() script {
	late := script{}
	for step, a := range s {
		late[step] = func(p *peer) bool { return a(p) }
	}
	late["second"] = hangUp // a mark
	return late
}

// at gives what the script says of a step, for the message of the moment.
func (s script) at(p *peer, step string) (act, bool) {
	a, ok := s[step]
	_, second := s["second"]
	return a, ok && (!second || step == "greeting" || step == "EHLO" || p.mails == 2)
}

// answer answers with lines, each ended by CRLF.
func answer(lines ...string) act {
	return func(p *peer) bool {
		_, err := io.WriteString(p, strings.Join(lines, "\r\n")+"\r\n")
		return err == nil
	}
}

// rawThenHangUp answers with exactly these bytes, then hangs up.
func rawThenHangUp(text string) act {
	return func(p *peer) bool {
		_, _ = io.WriteString(p, text)
		return false
	}
}

func hangUp(*peer) bool { return false }

// reset ends the connection with RST instead of FIN.
func reset(p *peer) bool {
	_ = p.Conn.(*net.TCPConn).SetLinger(0)
	return false
}

// stall says nothing until the test is over.
func stall(p *peer) bool {
	<-p.done
	return false
}

// after421 answers 421 and hangs up, as RFC 5321 3.8 has it.
var after421 = rawThenHangUp("421 4.3.2 shutting down\r\n")

const plainEhlo = "250-relay.example.net\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 10000000"

// listen starts a relay that follows the script in every connection, and returns
// its address and a channel of the messages it took.
func listen(t testing.TB, s script) (address string, took chan string) {
	t.Helper()
	return listenEach(t, func(int) script { return s })
}

// listenEach follows another script in each connection, counted from 0.
func listenEach(t testing.TB, each func(conn int) script) (address string, took chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	took = make(chan string, 100)
	var conns sync.WaitGroup
	conns.Go(func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p := &peer{Conn: conn, r: bufio.NewReader(conn), done: done}
			conns.Go(func() {
				defer conn.Close()
				p.follow(each(n), took)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		close(done)
		conns.Wait()
	})
	return l.Addr().String(), took
}

func (p *peer) follow(s script, took chan<- string) {
	_ = p.SetDeadline(time.Now().Add(20 * time.Second))
	do := func(step, otherwise string) bool {
		if a, ok := s.at(p, step); ok {
			return a(p)
		}
		return answer(otherwise)(p)
	}
	if !do("greeting", "220 relay.example.net ESMTP") {
		return
	}
	normal := map[string]string{"EHLO": plainEhlo, "HELO": "250 hello", "DATA": "354 go on", "QUIT": "221 2.0.0 bye"}
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		if verb == "MAIL" {
			p.mails++
		}
		otherwise := normal[verb]
		if otherwise == "" {
			otherwise = "250 2.0.0 fine"
		}
		_, data := s.at(p, "DATA")
		_, noRcpt := s.at(p, "RCPT")
		_, noMail := s.at(p, "MAIL")
		switch {
		case verb == "BDAT":
			if !p.chunk(s, do, rest, noRcpt || noMail, took) {
				return
			}
			continue
		case verb == "DATA" && !data && noRcpt:
			otherwise = "503 5.5.1 no valid recipients"
		}
		if !do(verb, otherwise) {
			return
		}
		if verb == "DATA" && strings.HasPrefix(otherwise, "354") && !data {
			if !p.message(s, do, took) {
				return
			}
		}
		if verb == "QUIT" {
			return
		}
	}
}

// chunk reads a message that comes as one chunk, RFC 3030 2; without a recipient it
// throws it away.
func (p *peer) chunk(s script, do func(step, otherwise string) bool, args string, refused bool, took chan<- string) bool {
	if a, ok := s.at(p, "body"); ok && !a(p) {
		return false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(args, " LAST"))
	if err != nil {
		return answer("501 5.5.4 how many?")(p)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(p.r, body); err != nil {
		return false
	}
	if refused {
		return answer("503 5.5.1 no valid recipients")(p)
	}
	select {
	case took <- string(body):
	default:
	}
	return do("dot", "250 2.0.0 Ok: queued as 4F1A2B3C")
}

// message reads a message, undoing the stuffing (RFC 5321 4.5.2).
func (p *peer) message(s script, do func(step, otherwise string) bool, took chan<- string) bool {
	if a, ok := s.at(p, "body"); ok && !a(p) {
		return false
	}
	var body strings.Builder
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		body.WriteString(strings.TrimPrefix(line, "."))
	}
	select {
	case took <- body.String():
	default:
	}
	return do("dot", "250 2.0.0 Ok: queued as 4F1A2B3C")
}

// toRelay is a Relay for a peer, with timeouts that a test can wait for.
func toRelay(address string) Relay {
	short := 600 * time.Millisecond // of a busy machine; none but a test of a stall waits for it
	return Relay{
		Name: "test", Address: address, TLS: NoTLS, Hello: "client.example.org",
		Timeouts: Timeouts{
			Connect: time.Second, Greeting: short, Hello: short, Mail: short, Rcpt: short, Data: short,
			Block: short, Dot: short, Quit: short,
		},
	}
}

func mustDial(t testing.TB, r Relay) *Session {
	t.Helper()
	s, o, err := Dial(t.Context(), r)
	if err != nil {
		t.Fatalf("dial: %v (%+v)", err, o)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var envelope = Envelope{From: "news@observer.example", To: "jane.doe@reader.example"}

const letter = "From: News <news@observer.example>\r\nSubject: Hello\r\n\r\nLine one.\r\n.A line with a dot\r\n..\r\nEnd.\r\n"
