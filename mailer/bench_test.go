package mailer

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// messageSize is that of the benchmarks' messages, in bytes.
const messageSize = 40_000

// heavy composes a message of messageSize: a copy, as a splice is.
type heavy struct{ text []byte }

func newHeavy() heavy {
	line := []byte("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345\r\n")
	return heavy{append([]byte("Subject: Hello\r\n\r\n"), bytes.Repeat(line, messageSize/len(line))...)}
}

func (h heavy) Compose(dst []byte, _ Delivery) ([]byte, error) { return append(dst, h.text...), nil }
func (h heavy) Clean() bool                                    { return true }

// tally is a ledger and a source that cost next to nothing: claims are granted at
// once, results are counted.
type tally struct {
	mu       sync.Mutex
	next, to int64
	accepted atomic.Int64
}

func (t *tally) Next(context.Context) (Lease, []Delivery, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == t.to {
		return Lease{}, nil, &ErrNothingDue{}
	}
	var part []Delivery
	first := t.next
	for ; t.next < min(first+5000, t.to); t.next++ {
		part = append(part, Delivery{Number: t.next, Address: fmt.Sprintf("reader%d@d%d.example", t.next, t.next%50)})
	}
	return Lease{Mailing: 1, Slice: first, Epoch: 1}, part, nil
}

func (t *tally) Release(context.Context, Lease) error { return nil }
func (t *tally) Park(Lease, time.Time, []int64)       { panic("nothing is parked here") }
func (t *tally) Flush(context.Context) error          { return nil }
func (t *tally) Claim(_ Lease, _ string, numbers []int64, answer func([]int64, error)) {
	answer(append([]int64(nil), numbers...), nil)
}

func (t *tally) Record(_ Lease, results ...Result) {
	for _, r := range results {
		if r.State == Accepted {
			t.accepted.Add(1)
		}
	}
}

// run sends b.N messages, and reports the rate and what of our own processor time a
// message took.
func runBench(b *testing.B, r smtp.Relay, window int) (rate float64) {
	b.Helper()
	t := &tally{to: int64(b.N)}
	s := &Sender{
		Relays: Routes(r), Ledger: t, Source: t, Composer: newHeavy(), From: "news@observer.example", Clock: time.Now,
		Window: window,
	}
	before := processorTime()
	b.ResetTimer()
	if err := s.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	used := processorTime() - before
	if t.accepted.Load() != int64(b.N) {
		b.Fatalf("%d of %d accepted", t.accepted.Load(), b.N)
	}
	rate = float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "messages/s")
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-us/message")
	return rate
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchRelay(address string, connections int) smtp.Relay {
	return smtp.Relay{
		Name: "bench", Address: address, TLS: smtp.NoTLS, Hello: "client.example.org",
		Connections: connections, MessagesPerSession: 1 << 30,
	}
}

// BenchmarkPostfixSink sends to smtp-sink, next to smtp-source in the same run.
func BenchmarkPostfixSink(b *testing.B) {
	for _, connections := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			address := parts.StartPostfixSink(b)
			source := float64(b.N) / parts.PostfixSource(b.Context(), b, address, connections, messageSize, b.N).Seconds()
			kept := float64(b.N) / parts.PostfixSource(b.Context(), b, address, connections, messageSize, b.N, "-d").Seconds()
			rate := runBench(b, benchRelay(address, connections), 16)
			b.ReportMetric(rate/source, "x-source")
			b.ReportMetric(rate/kept, "x-source-d")
			b.ReportMetric(source, "source/s")
		})
	}
}

// BenchmarkFastSink sends to a sink that is no bottleneck, in this process.
func BenchmarkFastSink(b *testing.B) {
	for _, chunking := range []bool{false, true} {
		for _, connections := range []int{1, 10, 50} {
			b.Run(fmt.Sprintf("chunking=%v/connections=%d", chunking, connections), func(b *testing.B) {
				runBench(b, benchRelay(startFastSink(b, chunking).address, connections), 16)
			})
		}
	}
}

// roundTrip is that of BenchmarkFar.
const roundTrip = 20 * time.Millisecond

// BenchmarkFar sends through a proxy that makes a round trip 20 ms, over 50
// connections, next to smtp-source with its connections kept (-d). smtp-source sends
// few, since it is slow there: its rate does not depend on how many.
func BenchmarkFar(b *testing.B) {
	const connections = 50
	for _, tt := range []struct {
		name     string
		chunking bool
		window   int
	}{{"pipelining", false, 8}, {"chunking", true, 32}} {
		b.Run(fmt.Sprintf("%s/window=%d", tt.name, tt.window), func(b *testing.B) {
			near := startFastSink(b, tt.chunking).address
			far := delayed(b, near, roundTrip)
			n := min(b.N, 3000)
			source := float64(n) / parts.PostfixSource(b.Context(), b, far, connections, messageSize, n, "-d").Seconds()
			rate := runBench(b, benchRelay(far, connections), tt.window)
			b.ReportMetric(rate/source, "x-source-d")
			b.ReportMetric(source, "source-d/s")
		})
	}
}
