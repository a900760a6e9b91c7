package smtp

import (
	"bytes"
	"context"
	"errors"
)

// errBareLine is a message whose lines do not end in CRLF. RFC 5321 2.3.8 forbids
// it, and relays that read such lines differently can be made to see two messages
// in one (SMTP smuggling), so it never goes out.
var errBareLine = errors.New("the message has a carriage return or line feed by itself; its lines must end in CRLF")

// stuffing appends to dots where msg needs a dot before its own (RFC 5321 4.5.2):
// the places of the dots that begin a line.
func stuffing(dots []int, msg []byte) ([]int, error) {
	if len(msg) > 0 && msg[0] == '.' {
		dots = append(dots, 0)
	}
	lines := 0
	for at := 0; ; {
		i := bytes.IndexByte(msg[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		lines++
		if at < 2 || msg[at-2] != '\r' {
			return dots, errBareLine
		}
		if at < len(msg) && msg[at] == '.' {
			dots = append(dots, at)
		}
	}
	if bytes.Count(msg, []byte{'\r'}) != lines {
		return dots, errBareLine
	}
	return dots, nil
}

const (
	// block is how much is written under one Block timeout.
	block = 64 << 10
	// lastPart is how much of the message goes out together with the final dot. It
	// fits the writer's buffer even if every other byte had to be stuffed.
	lastPart = 1 << 10
)

// writeBody writes the message, stuffed, and the final dot. s.dots has the places
// of its dots. dotWritten says that the write that holds the final dot had begun:
// part of it may have reached the relay.
//
// The bytes go from msg to the connection as they are, but for lines that begin with
// a dot: the buffer is empty, so a bufio.Writer passes large pieces on.
func (s *Session) writeBody(ctx context.Context, msg []byte) (dotWritten bool, err error) {
	cut := max(0, len(msg)-lastPart)
	next := 0 // of s.dots
	for at := 0; at < cut; {
		to := min(at+block, cut)
		if err := s.patience(ctx, s.relay.Timeouts.Block); err != nil {
			return false, err
		}
		if next, err = s.writeStuffed(msg, at, to, next); err != nil {
			return false, err
		}
		at = to
	}
	if err := s.say(ctx, s.relay.Timeouts.Block); err != nil {
		return false, err
	}
	if _, err := s.writeStuffed(msg, cut, len(msg), next); err != nil {
		return false, err
	}
	w := s.client.Text.W
	if !bytes.HasSuffix(msg, []byte("\r\n")) {
		_, _ = w.WriteString("\r\n")
	}
	_, _ = w.WriteString(".\r\n")
	if ctx.Err() != nil { // the last moment at which nothing is in doubt
		return false, context.Cause(ctx)
	}
	return true, s.say(ctx, s.relay.Timeouts.Block)
}

// writeStuffed writes msg[from:to] with a dot added at each of s.dots[next:] that
// lies in it, and returns the index of the first dot after it.
func (s *Session) writeStuffed(msg []byte, from, to, next int) (int, error) {
	w := s.client.Text.W
	for ; next < len(s.dots) && s.dots[next] < to; next++ {
		if _, err := w.Write(msg[from:s.dots[next]]); err != nil {
			return next, err
		}
		if err := w.WriteByte('.'); err != nil {
			return next, err
		}
		from = s.dots[next]
	}
	_, err := w.Write(msg[from:to])
	return next, err
}
