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

	pipelining bool
	utf8       bool
	size       int // most bytes the relay takes; 0: it does not say

	sent int   // messages tried
	dead bool  // nothing more can be said on this connection
	idle bool  // the last Send found the relay gone: see FoundIdleDead
	dots []int // scratch of body
}

func newSession(d dialling) *Session {
	s := &Session{relay: d.relay, client: d.client, wire: d.wire}
	s.pipelining, _ = d.client.Extension("PIPELINING")
	s.utf8, _ = d.client.Extension("SMTPUTF8")
	if ok, limit := d.client.Extension("SIZE"); ok { // RFC 1870 4: without a number, no fixed limit
		s.size, _ = strconv.Atoi(strings.TrimSpace(limit))
	}
	return s
}

// Relay is the name of the session's relay.
func (s *Session) Relay() string { return s.relay.Name }

// Usable tells whether the session may carry another message. It is false once the
// connection is broken, the relay has said 421, or the session has carried as many
// messages as its relay allows.
func (s *Session) Usable() bool { return !s.dead && s.sent < s.relay.MessagesPerSession }

// FoundIdleDead tells whether the last Send met a relay that had hung up while the
// session was idle: the connection broke, or 421 came, in place of the reply to
// MAIL. Nothing of the message was sent. To send it on a new session is no second
// try.
func (s *Session) FoundIdleDead() bool { return s.idle }

// Close ends the session, with QUIT where the relay still listens. It waits no
// longer than the relay's Quit timeout, and never for a relay that is gone.
func (s *Session) Close() error {
	if s.dead {
		return s.wire.Close()
	}
	s.dead = true
	s.wire.allow()
	if err := s.wire.SetDeadline(time.Now().Add(s.relay.Timeouts.Quit)); err == nil {
		_ = s.client.Quit() // nothing depends on the reply
	}
	if err := s.wire.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// patience sets how long the next read or write may take. A context that has ended
// leaves it no time at all.
func (s *Session) patience(ctx context.Context, timeout time.Duration) error {
	if err := s.wire.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if ctx.Err() != nil { // it may have ended just before, and its cut been overwritten
		s.wire.cut()
	}
	return nil
}

// hear reads one reply.
func (s *Session) hear(ctx context.Context, timeout time.Duration) (reply, error) {
	if err := s.patience(ctx, timeout); err != nil {
		return reply{}, err
	}
	r, err := readReply(s.client.Text.R)
	if err == nil && r.code == 421 { // RFC 5321 3.8: the relay closes the channel
		s.dead = true
	}
	return r, err
}

// say writes what was put in the buffer.
func (s *Session) say(ctx context.Context, timeout time.Duration) error {
	if err := s.patience(ctx, timeout); err != nil {
		return err
	}
	return s.client.Text.W.Flush()
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
