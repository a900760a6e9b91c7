package bench

import (
	"io"
	"net"
	"time"
)

// pass passes one connection on, and holds each reply back, so that a round trip
// takes that long. What the sender writes the kernel passes on at once, and without
// limit.
func pass(near net.Conn, to string, roundTrip time.Duration) {
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	late := make(chan said, 1000)
	go hear(far, roundTrip, late)
	for s := range late {
		<-time.After(time.Until(s.at))
		if _, err := near.Write(s.text); err != nil {
			far.Close() // and with it hear ends
		}
	}
}

// said is what a relay said, and when it may be heard.
type said struct {
	text []byte
	at   time.Time
}

func hear(far io.Reader, wait time.Duration, late chan<- said) {
	defer close(late)
	for {
		text := make([]byte, 4096)
		n, err := far.Read(text)
		if n > 0 {
			late <- said{text[:n], time.Now().Add(wait)}
		}
		if err != nil {
			return
		}
	}
}
