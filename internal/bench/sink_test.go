package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// sink is a relay that takes everything, as fast as it can, and keeps nothing but
// its counts. It answers when it has read all that came, with a queue id as long as
// Postfix's.
type sink struct {
	chunking bool
	look     time.Duration // how often it looks at a connection; 0: as soon as something comes
	messages atomic.Int64
	bytes    atomic.Int64
	first    atomic.Int64 // nanoseconds since 1970; 0: none yet
	ids      atomic.Int64
}

// take gives the counts, and begins anew.
func (s *sink) take() counts {
	c := counts{Messages: s.messages.Swap(0), Bytes: s.bytes.Swap(0)}
	if first := s.first.Swap(0); first > 0 {
		c.First = time.Unix(0, first)
	}
	return c
}

// readers are of connections that have ended: smtp-source may open one a message.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 256<<10) }}

func (s *sink) serve(conn net.Conn) {
	defer conn.Close()
	r, w := readers.Get().(*bufio.Reader), bufio.NewWriterSize(conn, 1<<10)
	defer readers.Put(r)
	r.Reset(conn)
	_, _ = w.WriteString("220 sink.example ESMTP\r\n")
	var look <-chan time.Time
	if s.look > 0 {
		every := time.NewTicker(s.look)
		defer every.Stop()
		look = every.C
	}
	for {
		if r.Buffered() == 0 {
			if w.Flush() != nil {
				return
			}
			if look != nil {
				<-look
			}
		}
		line, err := r.ReadSlice('\n')
		if err != nil || !s.answer(line, r, w) {
			_ = w.Flush()
			return
		}
	}
}

// answer carries out one command. It is false when the session is over.
func (s *sink) answer(line []byte, r *bufio.Reader, w *bufio.Writer) bool {
	switch {
	case bytes.HasPrefix(line, []byte("EHLO")):
		_, _ = w.WriteString("250-sink.example\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n")
		if s.chunking {
			_, _ = w.WriteString("250-CHUNKING\r\n")
		}
		_, _ = w.WriteString("250 HELP\r\n")
	case bytes.HasPrefix(line, []byte("DATA")):
		_, _ = w.WriteString("354 go on\r\n")
		if w.Flush() != nil {
			return false
		}
		n, err := readToDot(r)
		if err != nil {
			return false
		}
		s.taken(n, w)
	case bytes.HasPrefix(line, []byte("BDAT ")):
		size, last := bytes.CutSuffix(bytes.TrimRight(line[5:], "\r\n"), []byte(" LAST"))
		n, err := strconv.Atoi(string(size))
		if err != nil || !last {
			return false
		}
		if _, err := r.Discard(n); err != nil {
			return false
		}
		s.taken(n, w)
	case bytes.HasPrefix(line, []byte("QUIT")):
		_, _ = w.WriteString("221 2.0.0 Bye\r\n")
		return false
	default:
		_, _ = w.WriteString("250 2.1.0 Ok\r\n")
	}
	return true
}

func (s *sink) taken(n int, w *bufio.Writer) {
	if s.messages.Add(1) == 1 {
		s.first.CompareAndSwap(0, time.Now().UnixNano())
	}
	s.bytes.Add(int64(n))
	fmt.Fprintf(w, "250 2.0.0 Ok: queued as %011X\r\n", 0x4F000000000+s.ids.Add(1))
}

// theEnd is that of a message (RFC 5321 4.5.2), less the CR before, which is part of
// its last line. No message here is empty.
var theEnd = []byte("\n.\r\n")

// group is more than a sender may say before it waits: MAIL, RCPT to one, DATA, which
// is the last of a group (RFC 2920 3.1), of 512 bytes at most each.
const group = 2 << 10

// readToDot reads a message, and says how long it was. It looks where the end can be
// and nowhere else, so that the sink takes a small part of the machine: after it,
// one group of commands may have come.
func readToDot(r *bufio.Reader) (size int, err error) {
	const keep = 3 // of the end, that may have come already
	for {
		have, _ := r.Peek(r.Buffered())
		from := max(0, len(have)-group)
		if i := bytes.Index(have[from:], theEnd); i >= 0 {
			n, err := r.Discard(from + i + len(theEnd))
			return size + n, err
		}
		n, _ := r.Discard(max(0, len(have)-keep))
		size += n
		if _, err := r.Peek(r.Buffered() + 1); err != nil {
			return size, err
		}
	}
}
