package mailer

import (
	"bytes"
	"testing"
)

// heavy composes a message of 40 kB.
type heavy struct{ text []byte }

func (h heavy) Compose(dst []byte, _ Delivery) ([]byte, error) { return append(dst, h.text...), nil }

// BenchmarkRun sends 40 kB messages over 10 connections, the claims in memory. It
// measures the loop and the relay of the tests, which shares its processors.
func BenchmarkRun(b *testing.B) {
	r := startRelay(b, &relay{})
	m := newMemory(b, b.N, 10_000)
	s := sender(m, r.config("one", 10))
	s.Composer = heavy{bytes.Repeat([]byte("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345\r\n"), 540)}
	b.ResetTimer()
	if err := s.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
