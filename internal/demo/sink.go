package demo

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Limits of a sink.
const (
	sinkSessions   = 1000     // open at once; the next is greeted with 421
	sinkRecipients = 1000     // of one message
	sinkBytes      = 32 << 20 // of one message
	sinkLine       = 64 << 10 // bytes of a line; RFC 5321 4.5.3.1.6 allows 1000
	sinkRead       = 5 * time.Minute
	sinkWrite      = time.Minute
)

// SinkOptions say how a sink behaves.
type SinkOptions struct {
	Address string // host:port to listen on; empty: a free port of loopback
	Mailbox string // folder of the Maildir; empty: messages are counted and dropped
	Faults  Faults
}

// Faults make a sink behave as relays do on bad days. Each is asked before the
// command is carried out; the zero Reply lets it pass. They may be called at the
// same time from many sessions.
type Faults struct {
	Connect func() Reply            // before the greeting
	Mail    func(from string) Reply // MAIL FROM
	Rcpt    func(to string) Reply   // RCPT TO
	Data    func(to []string) Reply // the message is read; before it is filed
	Filed   func(to []string) Reply // the message is filed; before its reply
}

// Reply is what a fault answers.
type Reply struct {
	Delay time.Duration // wait so long first
	Drop  bool          // then close the connection without a word
	Code  int           // or answer this; 0: as if there were no fault
	Text  string
}

// Sink is an SMTP server (RFC 5321) that accepts everything, with PIPELINING,
// SIZE, 8BITMIME and CHUNKING, and files each message as it arrived as a file of
// a Maildir.
type Sink struct {
	server   *smtp.Server
	listener net.Listener
	greeted  chan net.Conn
	maildir  *maildir
	faults   Faults
	closing  chan struct{}
	once     sync.Once
	running  sync.WaitGroup

	mu     sync.Mutex // held to begin something that Close waits for
	closed bool

	open, sessions, messages, bytes atomic.Int64
}

// OpenSink starts a sink. Close ends it.
func OpenSink(o SinkOptions) (*Sink, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	s := &Sink{faults: o.Faults, closing: make(chan struct{}), greeted: make(chan net.Conn)}
	if o.Mailbox != "" {
		var err error
		if s.maildir, err = openMaildir(o.Mailbox); err != nil {
			return nil, err
		}
	}
	var err error
	if s.listener, err = net.Listen("tcp", o.Address); err != nil {
		return nil, fmt.Errorf("the demo's mail server: %w", err)
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &sinkSession{sink: s, conn: c.Conn()}, nil
	}))
	s.server.Domain = "sink.observer.example"
	s.server.MaxRecipients, s.server.MaxMessageBytes, s.server.MaxLineLength = sinkRecipients, sinkBytes, sinkLine
	s.server.ReadTimeout, s.server.WriteTimeout = sinkRead, sinkWrite
	s.server.ErrorLog = log.New(io.Discard, "", 0) // a client that leaves early is no news
	s.running.Go(s.accept)
	s.running.Go(func() { _ = s.server.Serve(greeted{s}) })
	return s, nil
}

// Address is where the sink listens, host:port.
func (s *Sink) Address() string { return s.listener.Addr().String() }

// Messages counts what was filed.
func (s *Sink) Messages() int64 { return s.messages.Load() }

// Bytes counts the bytes of what was filed.
func (s *Sink) Bytes() int64 { return s.bytes.Load() }

// Sessions counts the connections that were greeted.
func (s *Sink) Sessions() int64 { return s.sessions.Load() }

// Close ends every session and waits for what was being filed.
func (s *Sink) Close() error {
	var err error
	s.once.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		close(s.closing)
		err = errors.Join(s.listener.Close(), s.server.Close())
	})
	s.running.Wait()
	return err
}

// begin counts something that Close has to wait for; false once it is closing.
func (s *Sink) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running.Add(1)
	}
	return !s.closed
}

// accept takes connections, and lets each be greeted or turned away by itself.
func (s *Sink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return // Close; nothing else ends a loopback listener
		}
		s.running.Go(func() { s.greet(c) })
	}
}

func (s *Sink) greet(c net.Conn) {
	if s.open.Add(1) > sinkSessions {
		s.refuse(c, Reply{Code: 421, Text: "4.7.0 Too many connections"})
		return
	}
	if s.faults.Connect != nil {
		r := s.faults.Connect()
		s.wait(r.Delay)
		if r.Drop || r.Code != 0 {
			s.refuse(c, r)
			return
		}
	}
	select {
	case s.greeted <- &counted{Conn: c, sink: s}:
		s.sessions.Add(1)
	case <-s.closing:
		s.refuse(c, Reply{Drop: true})
	}
}

// refuse ends a connection before its greeting (RFC 5321 3.1).
func (s *Sink) refuse(c net.Conn, r Reply) {
	defer s.open.Add(-1)
	if !r.Drop {
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = fmt.Fprintf(c, "%d %s\r\n", r.Code, r.Text)
	}
	_ = c.Close()
}

func (s *Sink) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.closing:
	}
}

// counted is a connection that gives its place back once.
type counted struct {
	net.Conn
	sink *Sink
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.sink.open.Add(-1) })
	return c.Conn.Close()
}

// greeted is the listener that the library serves: connections that no fault
// turned away.
type greeted struct{ s *Sink }

func (g greeted) Accept() (net.Conn, error) {
	select {
	case c := <-g.s.greeted:
		return c, nil
	case <-g.s.closing:
		return nil, net.ErrClosed
	}
}

func (g greeted) Close() error   { return nil } // Sink.Close closes the true one
func (g greeted) Addr() net.Addr { return g.s.listener.Addr() }
