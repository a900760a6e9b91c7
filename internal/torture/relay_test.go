package torture

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// moment is where a relay is in a message.
type moment string

// The moments, in the order of a message. With CHUNKING BDAT stands for 354, and the
// last byte of the chunk for the dot.
const (
	afterMail  moment = "after MAIL"
	afterRcpt  moment = "after RCPT"
	after354   moment = "after 354"
	inBody     moment = "in the body"
	halfADot   moment = "half a dot"
	dotSent    moment = "dot sent"
	halfAReply moment = "reply half read"
	replySent  moment = "reply sent"
)

// What a relay offers.
const (
	offerSteps      = "250-relay\r\n250 8BITMIME\r\n"
	offerPipelining = "250-relay\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
	offerChunking   = "250-relay\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n"
)

// taken is a message that the relay has: its queue id is its place in the list.
type taken struct {
	reader int
	at     time.Time // when its last byte was here, before the reply
}

// relay is an SMTP server in this process that knows who has what.
type relay struct {
	address string
	offer   string
	total   atomic.Int64 // messages taken
	count   []atomic.Int32

	// at is asked at each moment of the message for a reader; true hangs up there, and
	// what has not ended by then is not taken. Nil is never.
	at func(m moment, reader int) bool
	// read has every message, undone of its dots, before it counts. Nil reads nothing.
	read func(to string, reader int, msg []byte)

	mu       sync.Mutex
	list     []taken // where it is kept
	keepList bool
	stray    []string // what came for nobody of the audience
	waiting  []chan struct{}
	targets  []int64
}

// newRelay starts a relay, which is set before anybody is let in.
func newRelay(t testing.TB, offer string, readers int, set ...func(*relay)) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &relay{address: l.Addr().String(), offer: offer, count: make([]atomic.Int32, readers+1)}
	for _, set := range set {
		set(s)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[conn] = true
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				s.serve(bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn))
				mu.Lock()
				delete(open, conn)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for conn := range open {
			conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return s
}

// session is one connection.
type session struct {
	*relay
	r      *bufio.Reader
	w      *bufio.Writer
	to     string
	reader int
	msg    []byte
}

func (s *relay) serve(r *bufio.Reader, w *bufio.Writer) {
	c := &session{relay: s, r: r, w: w}
	c.say("220 relay\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil || !c.obey(line) {
			return
		}
	}
}

func (c *session) say(text string) { _, _ = c.w.WriteString(text) }

// is tells whether the session ends at a moment.
func (c *session) is(m moment) bool { return c.at != nil && c.at(m, c.reader) }

// obey carries out a command. It is false when the session is over.
func (c *session) obey(line []byte) bool {
	verb, rest, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
	switch string(verb) {
	case "EHLO":
		c.say(c.offer)
	case "MAIL":
		c.reader = 0
		if c.is(afterMail) {
			return false
		}
		c.say("250 2.1.0 ok\r\n")
	case "RCPT":
		c.to = string(bytes.TrimSuffix(bytes.TrimPrefix(rest, []byte("TO:<")), []byte(">")))
		c.reader = readerOf(c.to)
		if c.reader < 1 || c.reader >= len(c.count) {
			c.mu.Lock()
			c.stray = append(c.stray, c.to)
			c.mu.Unlock()
			c.reader = 0
		}
		if c.is(afterRcpt) {
			return false
		}
		c.say("250 2.1.5 ok\r\n")
	case "DATA":
		c.say("354 go on\r\n")
		return c.w.Flush() == nil && !c.is(after354) && c.message()
	case "BDAT":
		n, err := strconv.Atoi(string(bytes.TrimSuffix(rest, []byte(" LAST"))))
		return err == nil && !c.is(after354) && c.chunk(n)
	case "QUIT":
		c.say("221 2.0.0 bye\r\n")
		_ = c.w.Flush()
		return false
	default:
		c.say("250 2.0.0 ok\r\n")
	}
	return true
}

// message reads to the final dot, line by line.
func (c *session) message() bool {
	c.msg = c.msg[:0]
	for lines := 0; ; lines++ {
		line, err := c.r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return false
		}
		if len(line) == 3 && line[0] == '.' {
			return !c.is(halfADot) && c.take()
		}
		if lines == 20 && c.is(inBody) {
			return false
		}
		if c.read != nil {
			c.msg = append(c.msg, bytes.TrimPrefix(line, []byte("."))...)
		}
	}
}

func (c *session) chunk(n int) bool {
	if cap(c.msg) < n {
		c.msg = make([]byte, n)
	}
	c.msg = c.msg[:n]
	for _, part := range []struct {
		to int
		moment
	}{{n / 2, inBody}, {n - 1, halfADot}} {
		have := n / 2
		if part.to == n/2 {
			have = 0
		}
		if _, err := io.ReadFull(c.r, c.msg[have:part.to]); err != nil || c.is(part.moment) {
			return false
		}
	}
	if _, err := io.ReadFull(c.r, c.msg[n-1:]); err != nil {
		return false
	}
	return c.take()
}

// take counts a message that is here whole, and answers.
func (c *session) take() bool {
	at := time.Now()
	if c.read != nil {
		c.read(c.to, c.reader, c.msg)
	}
	c.count[c.reader].Add(1)
	n := c.total.Add(1)
	c.mu.Lock()
	if c.keepList {
		c.list = append(c.list, taken{c.reader, at})
		n = int64(len(c.list))
	}
	for i, target := range c.targets {
		if n >= target && c.waiting[i] != nil {
			close(c.waiting[i])
			c.waiting[i] = nil
		}
	}
	c.mu.Unlock()
	if c.is(dotSent) {
		return false
	}
	if c.at != nil && c.w.Flush() == nil {
		c.say("250 2.")
		if c.w.Flush() != nil || c.is(halfAReply) {
			return false
		}
		c.say(fmt.Sprintf("0.0 Ok: queued as T%d\r\n", n))
		return c.w.Flush() == nil && !c.is(replySent)
	}
	c.say("250 2.0.0 Ok: queued as T")
	c.say(strconv.FormatInt(n, 10))
	c.say("\r\n")
	return true
}

// reached is closed when n messages have been taken.
func (s *relay) reached(n int64) <-chan struct{} {
	done := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total.Load() >= n {
		close(done)
		return done
	}
	s.targets, s.waiting = append(s.targets, n), append(s.waiting, done)
	for len(s.waiting) > 0 && s.waiting[0] == nil {
		s.targets, s.waiting = s.targets[1:], s.waiting[1:]
	}
	return done
}

// tally says how many readers have it not at all, and how many messages were one too
// many for their reader.
func (s *relay) tally() (missed, doubled int) {
	for i := range s.count {
		switch n := int(s.count[i].Load()); {
		case i == 0: // nobody's
		case n == 0:
			missed++
		default:
			doubled += n - 1
		}
	}
	return missed, doubled
}

// Addresses of readers hold their number, and a word that stands nowhere else.
const canary = "canary"

func addressOf(reader int) string {
	return fmt.Sprintf("reader%07d@%s%d.example", reader, canary, reader%7)
}

// nameOf is one that needs encoding for every eighth reader.
func nameOf(reader int) string {
	if reader%8 == 0 {
		return fmt.Sprintf("Zoë Canary-Čtenářová %07d", reader)
	}
	return fmt.Sprintf("Canary Reader %07d", reader)
}

// readerOf is 0 for an address that is no reader's.
func readerOf(address string) int {
	digits, ok := strings.CutPrefix(address, "reader")
	if !ok || len(digits) < 7 {
		return 0
	}
	n, err := strconv.Atoi(digits[:7])
	if err != nil || addressOf(n) != address {
		return 0
	}
	return n
}
