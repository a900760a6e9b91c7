package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkMillion sends to 1,000,000 readers, once, and to 10,000: what a large list
// costs in memory, on the disk, and before the first message.
func BenchmarkMillion(b *testing.B) {
	many, few := sized(1_000_000, 50_000), sized(10_000, 10_000)
	const connections, window = 10, 16
	sec := newSection(3, "A large list", fmt.Sprintf(`Over %d connections with a window of %d (W is %d), PIPELINING, to our own sink. The
first message counts from the start of the process until the sink has the whole of it: opening, freezing and laying the first
slice lie before it. Memory is the most that the process had resident (wait4). The database's growth is that of its files,
deliveries, results and the relay's own ids (11 letters, as Postfix gives) included; its readers were there before. The rate is of the whole
process, with the accounting at its end; the slowest 10 seconds lie between its start and its last message.`,
		connections, window, connections*window),
		"readers", "messages/s", "slowest 10 s, messages/s", "first message, s", "memory, MiB", "database, bytes a delivery", "processor time, us a message", "runs")
	s := startChild(b, role{What: "sink"})
	for b.Loop() {
		small := freely(b, s, time.Minute, few, connections, window)
		large, slowest := once(b, s, many, connections, window)
		for _, f := range []struct {
			n       int
			f       *free
			slowest series
		}{{few, small, nil}, {many, large, slowest}} {
			sec.row(figure(float64(f.n), 0), f.f.rate.text(0), f.slowest.text(0), f.f.first.text(2), f.f.peak.text(1), f.f.grew.text(1), f.f.cpu.text(1),
				fmt.Sprint(len(f.f.rate)))
		}
		size := figure(float64(many), 0)
		sec.goal(size+" readers, to a sink that is no bottleneck", "10,000 a second, sustained",
			fmt.Sprintf("%s; in the slowest 10 s %s", large.rate.text(0), slowest.text(0)), large.rate.median() >= 10_000)
		more := large.peak.median() - small.peak.median()
		sec.goal("memory, "+size+" readers", "under 128 MiB, and within 20 MiB of "+figure(float64(few), 0)+" readers",
			fmt.Sprintf("%s MiB, %s more", large.peak.text(1), figure(more, 1)), large.peak.median() < 128 && more <= 20)
		sec.goal("first message, "+size+" readers", "within 1 s", large.first.text(2)+" s", large.first.median() <= 1)
		sec.goal("the database's growth", "100 bytes a delivery or less", large.grew.text(1)+" bytes", large.grew.median() <= 100)
		large.report(b)
	}
}

// once is one send, whose rate is looked at every second.
func once(b *testing.B, s *child, readers, connections, window int) (f *free, slowest series) {
	b.Helper()
	if time.Now().After(ends) {
		b.Fatalf("no time left of the %v that a run may take", *within)
	}
	r := newRoom(b, readers, false)
	defer r.remove(b)
	s.counts(b)
	done, watched := make(chan struct{}), make(chan []counts)
	go func() { watched <- eachSecond(s, done) }()
	sent := r.sendTo(b, s.address, connections, window)
	close(done)
	all := <-watched
	f = &free{}
	f.add(b, s, sent, all...)
	var rates []int64
	for _, c := range all {
		rates = append(rates, c.Messages)
	}
	b.Logf("messages in each second: %d", rates)
	// After the last message comes the accounting, which the rate of the whole counts.
	for len(rates) > 0 && rates[len(rates)-1] == 0 {
		rates = rates[:len(rates)-1]
	}
	const span = 10
	for i := range max(0, len(rates)-span+1) {
		sum := int64(0)
		for _, n := range rates[i : i+span] {
			sum += n
		}
		slowest.add(float64(sum) / span)
	}
	if len(slowest) > 0 {
		slowest = series{slices.Min(slowest)}
	}
	return f, slowest
}

// eachSecond asks a child for its counts every second, until done is closed.
func eachSecond(s *child, done <-chan struct{}) (all []counts) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c, err := s.ask()
			if err != nil {
				return all // whoever asks next says so
			}
			all = append(all, c)
		case <-done:
			return all
		}
	}
}
