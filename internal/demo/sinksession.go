package demo

import (
	"bytes"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"
)

// sinkSession is one client's session.
type sinkSession struct {
	sink *Sink
	conn net.Conn
	to   []string
}

// buffers hold messages while they arrive.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Mail takes any sender.
func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	if fault := s.sink.faults.Mail; fault != nil {
		return s.answer(fault(from))
	}
	return nil
}

// Rcpt takes any recipient.
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if fault := s.sink.faults.Rcpt; fault != nil {
		if err := s.answer(fault(to)); err != nil {
			return err
		}
	}
	s.to = append(s.to, to)
	return nil
}

// Data files a message. The library has undone the dots (RFC 5321 4.5.2) and
// nothing else: the line ends are those that came.
func (s *sinkSession) Data(r io.Reader) error {
	if !s.sink.begin() {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Going away"}
	}
	defer s.sink.running.Done()
	message := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(message)
	message.Reset()
	if _, err := message.ReadFrom(r); err != nil {
		return err
	}
	to := slices.Clone(s.to)
	if fault := s.sink.faults.Data; fault != nil {
		if err := s.answer(fault(to)); err != nil {
			return err
		}
	}
	if s.sink.maildir != nil {
		if err := s.sink.maildir.file(message.Bytes()); err != nil {
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "The message could not be filed"}
		}
	}
	s.sink.messages.Add(1)
	s.sink.bytes.Add(int64(message.Len()))
	if fault := s.sink.faults.Filed; fault != nil {
		return s.answer(fault(to))
	}
	return nil
}

// answer carries out a fault's reply.
func (s *sinkSession) answer(r Reply) error {
	s.sink.wait(r.Delay)
	switch {
	case r.Drop:
		_ = s.conn.Close()
		return net.ErrClosed // nobody hears it
	case r.Code != 0:
		return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.NoEnhancedCode, Message: r.Text}
	}
	return nil
}

// Reset forgets the message under way.
func (s *sinkSession) Reset() { s.to = s.to[:0] }

// Logout ends the session.
func (s *sinkSession) Logout() error { return nil }
