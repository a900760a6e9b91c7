package bench

import (
	"fmt"
	"testing"
)

// BenchmarkWhere shows where a sender's processor time goes.
func BenchmarkWhere(b *testing.B) {
	n := sized(100_000, 10_000)
	const connections, window = 10, 16
	sec := newSection(6, "Where the sender's processor time goes", fmt.Sprintf(`From a processor profile of one send of %s messages to our own sink, over %d connections with
a window of %d, PIPELINING, as `+"`send`"+` runs it. A sample counts for the first of these parts that one of its calls belongs to, so
time in the kernel is told with what asked for it.`, figure(float64(n), 0), connections, window),
		"part", "us a message", "of all")
	s := startChild(b, role{What: "sink"})
	for b.Loop() {
		r := newRoom(b, n, false)
		total := 0.0
		for _, sh := range shares(r.profile(b, s.address, connections, window), n) {
			us := float64(sh.each.Nanoseconds()) / 1e3
			total += us
			sec.row(sh.part, figure(us, 1), figure(100*sh.of, 1)+"%")
		}
		sec.row("all", figure(total, 1), "100%")
		r.remove(b)
		b.ReportMetric(total, "cpu-us/message")
		b.ReportMetric(0, "ns/op")
	}
}
