package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	gomail "github.com/wneessen/go-mail/smtp"
)

// Session is one connection to a relay, open and logged in. One goroutine at a time
// may use it.
type Session struct {
	relay  Relay
	client *gomail.Client
	wire   *wire
	tcp    *net.TCPConn // nil over TLS: see write

	pipelining bool
	chunking   bool
	utf8       bool
	eightBit   bool
	size       int // most bytes the relay takes; 0: it does not say

	sent     int       // messages tried
	dead     bool      // nothing more can be said on this connection
	left     bool      // the relay has said 421, and closes the channel (RFC 5321 3.8)
	hasty    bool      // the connection broke: what the relay said last is there already
	chunked  bool      // the relay has answered for a chunk
	noChunks bool      // it offers CHUNKING and refuses BDAT
	idle     bool      // the last Send found the relay gone: see FoundIdleDead
	mute     error     // why nothing more is heard
	spoken   time.Time // when the last message in flight was settled

	from, fromPath string // of the last message: nearly always the next one's too
	fromUTF8       bool

	// Scratch of what is written, so that a message costs no allocation.
	out, tail, stuffed, flat []byte
	pieceSpace               [2][]byte
	pieces                   net.Buffers
}

func newSession(d dialling) *Session {
	s := &Session{relay: d.relay, client: d.client, wire: d.wire}
	s.pipelining, _ = d.client.Extension("PIPELINING")
	s.chunking, _ = d.client.Extension("CHUNKING")
	s.utf8, _ = d.client.Extension("SMTPUTF8")
	s.eightBit, _ = d.client.Extension("8BITMIME")
	if ok, limit := d.client.Extension("SIZE"); ok { // RFC 1870 4: without a number, no fixed limit
		s.size, _ = strconv.Atoi(strings.TrimSpace(limit))
	}
	if _, encrypted := d.client.TLSConnectionState(); !encrypted {
		s.tcp, _ = d.wire.Conn.(*net.TCPConn)
	}
	return s
}

// Relay is the name of the session's relay.
func (s *Session) Relay() string { return s.relay.Name }

// Usable tells whether the session may carry another message. It is false once the
// connection is broken, the relay has said 421, or the session has carried as many
// messages as its relay allows.
func (s *Session) Usable() bool { return !s.dead && s.sent < s.relay.MessagesPerSession }

// Worn tells whether the session has carried as many messages as its relay allows,
// without breaking.
func (s *Session) Worn() bool { return !s.dead && s.sent >= s.relay.MessagesPerSession }

// RefusesChunks tells whether the relay offers CHUNKING and does not know BDAT. Streams of
// another session to it should have a window of 1, which is DATA.
func (s *Session) RefusesChunks() bool { return s.noChunks }

// FoundIdleDead tells whether the last Send met a relay that had hung up while the
// session was idle: the connection broke, or 421 came, in place of the reply to
// MAIL. Nothing of the message was sent. To send it on a new session is no second
// try.
func (s *Session) FoundIdleDead() bool { return s.idle }

// Close ends the session, with QUIT where the relay still listens. It waits no
// longer than the relay's Quit timeout, and never for a relay that is gone.
func (s *Session) Close() error {
	if !s.dead {
		s.dead = true
		s.wire.allow()
		s.wire.revive()
		if err := s.wire.within(s.relay.Timeouts.Quit); err == nil {
			_ = s.client.Quit() // nothing depends on the reply
		}
	}
	if err := s.wire.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// bind gives the session to a context: when it ends, what is on the wire is cut off.
// The session belongs to it until release.
func (s *Session) bind(ctx context.Context) (release func()) {
	s.wire.revive()
	if ctx.Done() == nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, s.wire.cut)
	return func() {
		if !stop() { // the cut has begun, and may come at any later moment
			s.dead = true
		}
	}
}

// lastWords is how long a relay that broke off is listened to: what it said before
// it hung up is there already.
const lastWords = 500 * time.Millisecond

// hear reads one reply.
func (s *Session) hear(timeout time.Duration) (reply, error) { return s.hearAs(timeout, false) }

// hearAs leaves out the words of a reply that lets us go on, where brief.
func (s *Session) hearAs(timeout time.Duration, brief bool) (reply, error) {
	if s.hasty {
		timeout = min(timeout, lastWords)
	}
	s.wire.expect(timeout)
	r, err := readReply(s.client.Text.R, brief)
	if err == nil && r.code == 421 {
		s.dead, s.left, s.hasty = true, true, true
	}
	return r, err
}

// broken tells errors of a connection that ended, as against one that is slow.
func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// whatBroke says for people what happened to a connection. It holds no reader's
// address: the errors of a connection name hosts and ports alone.
func whatBroke(err error) string {
	switch {
	case errors.Is(err, errGarbage):
		return err.Error()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "stopped before the relay answered"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "the relay did not answer in time"
	case broken(err):
		return "the relay closed the connection"
	}
	return err.Error()
}
