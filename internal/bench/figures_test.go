package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// BenchmarkSend is one send as the flags -readers, -connections, -window and -chunks
// have it, to a sink that is no bottleneck: for trying things out. It is not on the
// page.
func BenchmarkSend(b *testing.B) {
	if *people == 0 {
		b.Skip("it needs -readers N")
	}
	s := startChild(b, role{What: "sink", Chunking: *chunks})
	for b.Loop() {
		f := freely(b, s, *within, *people, *conns, *window)
		f.report(b)
		report(b, f.first, "s-to-first")
		report(b, f.grew, "db-B/delivery")
		report(b, f.size, "B/message")
	}
}

// sizeSeen is that of our messages, in bytes, on the wire.
var sizeSeen float64

// free are the figures of sends to a sink that is no bottleneck.
type free struct {
	rate, cpu, peak, grew, first, sinkCPU, size, source series
}

func (f *free) report(b *testing.B) {
	b.Helper()
	report(b, f.rate, "messages/s")
	report(b, f.cpu, "cpu-us/message")
	report(b, f.peak, "peak-MiB")
	report(b, f.sinkCPU, "sink-us/message")
}

// freely sends so many messages to a sink, several times.
func freely(b *testing.B, s *child, share time.Duration, readers, connections, window int) *free {
	b.Helper()
	f := &free{}
	rounds(b, share, func() {
		r := newRoom(b, readers, false)
		defer r.remove(b)
		f.add(b, s, r.sendTo(b, s.address, connections, window))
	})
	return f
}

// ofSize holds messages to about 40 kB: an edition that came out short would make every
// figure better than it is.
func ofSize(b *testing.B, bytes float64) float64 {
	b.Helper()
	if bytes < 36_000 || bytes > 44_000 {
		b.Fatalf("messages have %.0f bytes; about 40,000 are measured", bytes)
	}
	return bytes
}

// add takes in a send, with what the sink saw of it; before is what it said of it
// already.
func (f *free) add(b *testing.B, s *child, sent sent, before ...counts) {
	b.Helper()
	c := s.counts(b)
	for _, e := range before {
		c.Messages, c.Bytes, c.CPU = c.Messages+e.Messages, c.Bytes+e.Bytes, c.CPU+e.CPU
		if c.First.IsZero() || !e.First.IsZero() && e.First.Before(c.First) {
			c.First = e.First
		}
	}
	n := float64(c.Messages)
	if c.Messages != int64(sent.n) {
		b.Fatalf("the sink took %d messages of %d", c.Messages, sent.n)
	}
	f.rate.add(sent.rate())
	f.cpu.add(sent.cpuEach())
	f.peak.add(sent.peakMiB())
	f.grew.add(sent.grewEach())
	f.first.add(c.First.Sub(sent.begun).Seconds())
	f.sinkCPU.add(float64(c.CPU.Microseconds()) / n)
	f.size.add(ofSize(b, float64(c.Bytes)/n))
	sizeSeen = f.size.median()
}

// BenchmarkPostfixSink sends to smtp-sink, next to smtp-source.
func BenchmarkPostfixSink(b *testing.B) {
	n := sized(20_000, 3_000)
	sec := newSection(1, "To Postfix's smtp-sink", fmt.Sprintf(`%s messages, PIPELINING, next to `+
		"`smtp-source -s CONNECTIONS -l %d -m %d -c ADDRESS`"+`, which opens a connection for each message, and to the same with `+"`-d`"+`,
which keeps them. smtp-sink is one process: from some rate on it is the bottleneck for all. Ours is the rate of the whole
process, from its start to its end, laying and freezing included.`, figure(float64(n), 0), yardMessage, n),
		"connections", "window", "W", "ours, messages/s", "smtp-source/s", "ratio", "smtp-source -d/s", "ratio to -d", "runs")
	for _, t := range []struct {
		connections int
		windows     []int
	}{{1, []int{4, 16, 64}}, {10, []int{4, 16}}, {50, []int{4, 16}}} {
		b.Run(fmt.Sprintf("connections=%d", t.connections), func(b *testing.B) {
			for b.Loop() {
				againstPostfix(b, sec, n, t.connections, t.windows)
			}
		})
	}
}

func againstPostfix(b *testing.B, sec *section, n, connections int, windows []int) {
	b.Helper()
	address := parts.StartPostfixSink(b)
	var source, kept series
	ours := make([]series, len(windows))
	rounds(b, 2*time.Minute, func() {
		source.add(smtpSource(b, address, connections, n))
		kept.add(smtpSource(b, address, connections, n, "-d"))
		for i, window := range windows {
			r := newRoom(b, n, false)
			sent := r.sendTo(b, address, connections, window)
			ours[i].add(sent.rate())
			r.remove(b)
		}
	})
	best := 0
	for i, window := range windows {
		sec.row(fmt.Sprint(connections), fmt.Sprint(window), fmt.Sprint(connections*window), ours[i].text(0), source.text(0),
			ours[i].over(source).text(2), kept.text(0), ours[i].over(kept).text(2), fmt.Sprint(len(source)))
		if ours[i].over(source).median() > ours[best].over(source).median() {
			best = i
		}
	}
	ratio := ours[best].over(source)
	what := fmt.Sprintf("to smtp-sink, connections %d, window %d", connections, windows[best])
	if connections == 1 {
		sec.told(what, "as near as durable claims allow", ratio.text(2)+" times")
	} else {
		sec.goal(what, "smtp-source's rate", ratio.text(2)+" times", ratio.median() >= 1)
	}
	report(b, ours[best], "messages/s")
	report(b, ratio, "x-source")
}

// BenchmarkFastSink sends to a sink that is no bottleneck: our own, a process of its
// own. smtp-source's rate into it is measured beside.
func BenchmarkFastSink(b *testing.B) {
	n := sized(100_000, 5_000)
	sec := newSection(2, "To a sink that is no bottleneck", fmt.Sprintf(`%s messages to a sink of our own, a process beside the sender on the
same cores. That it is none shows by what `+"`smtp-source -d`"+` reaches with it. Processor time is all that the kernel charged to the
process (wait4): opening, freezing, laying, the ledger and the end included.`, figure(float64(n), 0)),
		"the relay offers", "connections", "window", "W", "messages/s", "sender's processor time, us a message", "sink's, us a message", "smtp-source -d into it, messages/s", "runs")
	for _, t := range []struct {
		name                string
		chunking            bool
		connections, window int
	}{{"PIPELINING", false, 10, 4}, {"PIPELINING", false, 10, 16}, {"PIPELINING", false, 10, 64}, {"PIPELINING", false, 50, 16}, {"CHUNKING", true, 10, 16}} {
		b.Run(fmt.Sprintf("%s/connections=%d/window=%d", t.name, t.connections, t.window), func(b *testing.B) {
			s := startChild(b, role{What: "sink", Chunking: t.chunking})
			for b.Loop() {
				f := &free{}
				rounds(b, 70*time.Second, func() {
					f.source.add(smtpSource(b, s.address, t.connections, n/2, "-d"))
					s.counts(b)
					r := newRoom(b, n, false)
					defer r.remove(b)
					f.add(b, s, r.sendTo(b, s.address, t.connections, t.window))
				})
				sec.row(t.name, fmt.Sprint(t.connections), fmt.Sprint(t.window), fmt.Sprint(t.connections*t.window), f.rate.text(0),
					f.cpu.text(1), f.sinkCPU.text(1), f.source.text(0), fmt.Sprint(len(f.rate)))
				if t.connections == 10 && t.window >= 16 {
					sec.goal(fmt.Sprintf("sender's processor time, ledger included, %s, W %d", t.name, t.connections*t.window), "80 us a message or less", f.cpu.text(1)+" us", f.cpu.median() <= 80)
				}
				f.report(b)
				report(b, f.source, "source-d/s")
			}
		})
	}
	if len(sec.rows) > 0 {
		sec.note("A message was %s bytes.", figure(sizeSeen, 0))
	}
}
