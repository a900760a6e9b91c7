package mailer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// fate is what a relay does with one message.
type fate int

const (
	take         fate = iota
	deferRcpt         // 450 to RCPT
	rejectRcpt        // 550 5.1.1 to RCPT
	policyRcpt        // 550 5.7.1 blocked to RCPT
	refuseMail        // 550 to MAIL
	breakMail         // hangs up instead of answering MAIL
	breakData         // hangs up instead of answering DATA
	loseReply         // takes the message and hangs up
	takeAndLeave      // takes the message, answers, and hangs up
	stallData         // does not answer DATA until let go
	hold              // takes the message, and answers when let go
	leave             // 421 to MAIL, and hangs up
)

// relay is an SMTP server that decides the fate of each message, and counts what it
// has really taken.
type relay struct {
	address  string
	chunking bool                        // offers CHUNKING
	noBDAT   bool                        // and does not know BDAT: it takes messages for commands
	greeting func() string               // nil: 220
	decide   func(to string, n int) fate // nil: take; n counts the tries at this recipient from 1

	mu      sync.Mutex
	busy    map[string]int // transactions at once, by domain: now
	most    map[string]int // and at most
	tries   map[string]int
	taken   map[string]int
	doubts  map[string]int
	conns   int
	holding chan struct{} // told when a message is held
	letGo   chan struct{}
}

func startRelay(t testing.TB, b *relay) *relay {
	t.Helper()
	b.tries, b.taken, b.doubts = map[string]int{}, map[string]int{}, map[string]int{}
	b.busy, b.most = map[string]int{}, map[string]int{}
	b.holding, b.letGo = make(chan struct{}, 1000), make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	var all sync.WaitGroup
	var open sync.Map
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(conn, true)
			all.Go(func() {
				defer conn.Close()
				b.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		all.Wait()
	})
	return b
}

func (b *relay) config(name string, connections int) smtp.Relay {
	return smtp.Relay{Name: name, Address: b.address, TLS: smtp.NoTLS, Hello: "client.example.org", Connections: connections}
}

func (b *relay) serve(conn net.Conn) {
	b.mu.Lock()
	b.conns++
	greeting := "220 relay.example.net"
	if b.greeting != nil {
		greeting = b.greeting()
	}
	b.mu.Unlock()
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say(greeting)
	if !strings.HasPrefix(greeting, "220") {
		return
	}
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "EHLO":
			chunking := ""
			if b.chunking {
				chunking = "250-CHUNKING\r\n"
			}
			say("250-relay.example.net\r\n250-PIPELINING\r\n" + chunking + "250 ENHANCEDSTATUSCODES")
		case "MAIL":
			if !b.transaction(r, say) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

// transaction reads RCPT and DATA, or a chunk, and lets the message have its fate. Those
// come in one group with MAIL, unless the client was idle: then it names the message and
// waits to hear of that first.
func (b *relay) transaction(r *bufio.Reader, say func(string)) bool {
	rcpt, err := r.ReadString('\n')
	if err != nil {
		return false
	}
	to := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(rcpt), "RCPT TO:<"), ">")
	content, waits := untilDot, r.Buffered() == 0
	if !waits {
		if content, err = b.content(r); err != nil {
			return false
		}
	}
	if content == nil && b.noBDAT {
		say("250 ok\r\n250 ok\r\n502 5.5.1 what is BDAT?")
		return true
	}
	f := b.fateOf(to)
	defer b.begins(domain(to))()
	named, goesOn := f.named()
	switch {
	case f == breakMail:
		return false
	case f == leave:
		say(named)
		return false
	case !goesOn && waits:
		say(named)
		return true
	case !goesOn:
		say(named + "\r\n503 no")
		return true
	}
	say(named)
	if waits {
		if content, err = b.content(r); err != nil {
			return false
		}
	}
	switch {
	case f == breakData:
		return false
	case f == stallData:
		b.holding <- struct{}{}
		<-b.letGo
		return false
	case content == nil: // a chunk: it is read already
		return b.take(say, to, f)
	}
	say("354 go on")
	return content(r) && b.take(say, to, f)
}

// named is what a relay says to MAIL and RCPT, and whether a message may follow.
func (f fate) named() (replies string, goesOn bool) {
	switch f {
	case deferRcpt:
		return "250 ok\r\n450 4.2.0 later", false
	case rejectRcpt:
		return "250 ok\r\n550 5.1.1 no such user", false
	case policyRcpt:
		return "250 ok\r\n550 5.7.1 blocked for your reputation", false
	case refuseMail:
		return "550 5.7.1 account suspended\r\n503 no", false
	case leave:
		return "421 4.3.2 enough", false
	}
	return "250 ok\r\n250 ok", true
}

// content reads DATA, and tells how to read the message; or a chunk: then it has read
// that, too, and how is nil. A relay that does not know BDAT reads a chunk as commands.
func (b *relay) content(r *bufio.Reader) (how func(*bufio.Reader) bool, err error) {
	line, err := r.ReadString('\n')
	size, isChunk := strings.CutPrefix(line, "BDAT ")
	switch {
	case err != nil || !isChunk:
		return untilDot, err
	case b.noBDAT:
		return nil, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, " LAST\r\n"))
	if err == nil {
		_, err = r.Discard(n)
	}
	return nil, err
}

func untilDot(r *bufio.Reader) bool {
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return err == nil
		}
	}
}

// take has the relay take a message, and answer or not.
func (b *relay) take(say func(string), to string, f fate) bool {
	b.mu.Lock()
	b.taken[to]++
	if f == loseReply {
		b.doubts[to]++
	}
	id := len(b.taken)
	b.mu.Unlock()
	if f == hold {
		b.holding <- struct{}{}
		<-b.letGo
	}
	if f == loseReply {
		return false
	}
	say(fmt.Sprintf("250 2.0.0 Ok: queued as %08X", id))
	return f != takeAndLeave
}

// begins counts a transaction until done.
func (b *relay) begins(domain string) (done func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy[domain]++
	b.most[domain] = max(b.most[domain], b.busy[domain])
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.busy[domain]--
	}
}

func (b *relay) fateOf(to string) fate {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries[to]++
	if b.decide == nil {
		return take
	}
	return b.decide(to, b.tries[to])
}

// of is how often a recipient's message was taken, and how often of these without a
// reply.
func (b *relay) of(to string) (taken, doubts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken[to], b.doubts[to]
}

func (b *relay) sessions() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.conns
}

// total is how many messages were taken, doubles included.
func (b *relay) total() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := 0
	for _, n := range b.taken {
		sum += n
	}
	return sum
}

func sender(m *memory, relays ...smtp.Relay) *Sender {
	return &Sender{
		Relays: Routes(relays...), Ledger: m, Source: m, Composer: plain{}, From: "news@observer.example", Clock: time.Now,
		Policy: RetryPolicy{First: 5 * time.Millisecond, Most: 40 * time.Millisecond, GiveUp: time.Minute},
		Wait:   time.Minute, Drain: 5 * time.Second, GiveUpDialing: 5 * time.Second,
	}
}
