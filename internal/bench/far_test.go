package bench

import (
	"fmt"
	"testing"
	"time"
)

// roundTrip is that of BenchmarkFar.
const roundTrip = 20 * time.Millisecond

// BenchmarkFar sends through a proxy that makes a round trip 20 ms, over 50
// connections, next to smtp-source with its connections kept. smtp-source sends few,
// since it is slow there: its rate does not depend on how many.
func BenchmarkFar(b *testing.B) {
	const connections = 50
	few := sized(3_000, 500)
	sec := newSection(4, "At a round trip of 20 ms", fmt.Sprintf(`Over %d connections, through a proxy, a process of its own that holds each reply
back for 20 ms, to our own sink, next to `+"`smtp-source -d`"+` through the same proxy (%s messages). smtp-source waits for four replies a
message, so 4 is the most that one round trip a message can reach. W is the most that a crash can put in doubt.`,
		connections, figure(float64(few), 0)),
		"the relay offers", "window", "W", "messages", "messages/s", "smtp-source -d/s", "ratio", "runs")
	for _, t := range []struct {
		name      string
		chunking  bool
		window, n int
		asked     float64
	}{{"PIPELINING", false, 8, sized(30_000, 3_000), 3.5}, {"CHUNKING", true, 64, sized(200_000, 10_000), 25}} {
		b.Run(fmt.Sprintf("%s/window=%d", t.name, t.window), func(b *testing.B) {
			s := startChild(b, role{What: "sink", Chunking: t.chunking})
			far := startChild(b, role{What: "proxy", To: s.address, Delay: roundTrip})
			for b.Loop() {
				var source series
				f := &free{}
				rounds(b, 100*time.Second, func() {
					source.add(smtpSource(b, far.address, connections, few, "-d"))
					s.counts(b)
					r := newRoom(b, t.n, false)
					defer r.remove(b)
					f.add(b, s, r.sendTo(b, far.address, connections, t.window))
				})
				ratio := f.rate.over(source)
				sec.row(t.name, fmt.Sprint(t.window), figure(float64(connections*t.window), 0), figure(float64(t.n), 0), f.rate.text(0),
					source.text(0), ratio.text(2), fmt.Sprint(len(source)))
				sec.goal(fmt.Sprintf("20 ms away, %s, window %d, W %d", t.name, t.window, connections*t.window),
					fmt.Sprintf("%v times smtp-source -d", t.asked), ratio.text(2)+" times", ratio.median() >= t.asked)
				f.report(b)
				report(b, ratio, "x-source-d")
			}
		})
	}
}
