package mailer

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fastSink is a relay that takes everything, as fast as it can, and keeps nothing
// but its count. It answers when it has read all that came.
type fastSink struct {
	address  string
	chunking bool
	taken    atomic.Int64
}

func startFastSink(t testing.TB, chunking bool) *fastSink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fastSink{address: l.Addr().String(), chunking: chunking}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				s.serve(bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return s
}

func (s *fastSink) serve(r *bufio.Reader, w *bufio.Writer) {
	_, _ = w.WriteString("220 sink\r\n")
	for {
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		said := "250 ok\r\n"
		switch {
		case bytes.HasPrefix(line, []byte("EHLO")):
			said = "250-sink\r\n250 PIPELINING\r\n"
			if s.chunking {
				said = "250-sink\r\n250-CHUNKING\r\n250 PIPELINING\r\n"
			}
		case bytes.HasPrefix(line, []byte("DATA")):
			_, _ = w.WriteString("354 go on\r\n")
			if w.Flush() != nil || !readToDot(r) {
				return
			}
			s.taken.Add(1)
		case bytes.HasPrefix(line, []byte("BDAT ")):
			n, err := strconv.Atoi(string(bytes.TrimSuffix(line[5:], []byte(" LAST\r\n"))))
			if err != nil {
				return
			}
			if _, err := r.Discard(n); err != nil {
				return
			}
			s.taken.Add(1)
		case bytes.HasPrefix(line, []byte("QUIT")):
			_, _ = w.WriteString("221 bye\r\n")
			_ = w.Flush()
			return
		}
		_, _ = w.WriteString(said)
	}
}

// readToDot reads a message. Its lines are those of the benchmarks: none ends a
// buffer but at its own end.
func readToDot(r *bufio.Reader) bool {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return false
		}
		if len(line) == 3 && line[0] == '.' {
			return true
		}
	}
}

// delayed passes connections on to a relay, and holds each reply back, so that a
// round trip takes that long. What the sender writes the kernel passes on at once, and
// without limit.
func delayed(t testing.TB, relay string, roundTrip time.Duration) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", relay)
			if err != nil {
				near.Close()
				continue
			}
			all.Go(func() {
				_, _ = io.Copy(far, near)
				_ = far.(*net.TCPConn).CloseWrite()
			})
			all.Go(func() {
				defer near.Close()
				defer far.Close()
				holdBack(near, far, roundTrip)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

// said is what a relay said, and when it may be heard.
type said struct {
	text []byte
	at   time.Time
}

func holdBack(near io.Writer, far io.Reader, wait time.Duration) {
	late := make(chan said, 1000)
	go func() {
		defer close(late)
		for {
			text := make([]byte, 2048)
			n, err := far.Read(text)
			if err != nil {
				return
			}
			late <- said{text[:n], time.Now().Add(wait)}
		}
	}()
	for s := range late {
		<-time.After(time.Until(s.at))
		_, _ = near.Write(s.text)
	}
}
