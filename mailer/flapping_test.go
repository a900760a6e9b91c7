package mailer

import (
	"context"
	"errors"
	"testing"
	"time"
)

// flap is a relay that takes forty messages and fails forty, in turns.
func flap(kinds ...fate) func(string, int) fate {
	n := 0
	return func(string, int) fate {
		if n++; n/40%2 == 1 {
			return kinds[n%len(kinds)]
		}
		return take
	}
}

// BenchmarkFlapping measures a relay while two others flap, by closing, refusing and
// stalling, and by itself. All are 20 ms away: that bounds their rates, not the cores
// that they share.
func BenchmarkFlapping(b *testing.B) {
	alone := 0.0
	for _, others := range []bool{false, true} {
		name := map[bool]string{false: "alone", true: "two flap"}[others]
		b.Run(name, func(b *testing.B) {
			rate := thirdsRate(b, others)
			b.ReportMetric(rate, "messages/s")
			if !others {
				alone = rate
			}
			b.ReportMetric(rate/alone, "x-alone")
		})
	}
}

// thirdsRate is that of the relay over b.N messages, after a hundred to begin with.
func thirdsRate(b *testing.B, others bool) (rate float64) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var begin time.Time
	n := 0
	third := startRelay(b, &relay{decide: func(string, int) fate {
		switch n++; n {
		case 100:
			begin = time.Now()
		case 100 + b.N:
			rate = float64(b.N) / time.Since(begin).Seconds()
			cancel()
		}
		return take
	}})
	up := third.config("third", 10)
	up.Address = delayed(b, third.address, roundTrip)
	relays := []Route{{Relay: up}}
	if others {
		one := startRelay(b, &relay{decide: flap(breakMail, breakData, takeAndLeave)})
		two := startRelay(b, &relay{decide: flap(refuseMail, leave, stallData)})
		context.AfterFunc(ctx, func() { close(two.letGo) })
		for i, r := range Routes(one.config("one", 10), two.config("two", 10)) {
			r.Address = delayed(b, []*relay{one, two}[i].address, roundTrip)
			relays = append(relays, r)
		}
	}
	t := &tally{to: 1 << 40}
	s := &Sender{Relays: relays, Ledger: t, Source: t, Composer: plain{}, From: "news@observer.example", Clock: time.Now}
	if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
	return rate
}

// TestRunFlapping: of three relays two flap, by closing, refusing and stalling. None is
// lost, and the third has what it can take: nearly all.
func TestRunFlapping(t *testing.T) {
	const readers = 4000
	one := startRelay(t, &relay{decide: flap(breakMail, breakData, takeAndLeave)})
	two := startRelay(t, &relay{decide: flap(refuseMail, leave, stallData, deferRcpt)})
	n := 0
	up := startRelay(t, &relay{decide: func(string, int) fate {
		if n++; n == readers/2 { // what is stalled is let go late
			close(two.letGo)
		}
		return take
	}})
	m := newMemory(t, readers, 500)
	s := sender(m, one.config("one", 4), two.config("two", 4), up.config("up", 4))
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != readers {
		t.Errorf("%+v", c)
	}
	taken := one.total() + two.total() + up.total()
	doubts := 0
	for _, r := range m.rows {
		for _, b := range []*relay{one, two, up} {
			_, d := b.of(r.Address)
			doubts += d
		}
	}
	if taken != readers+doubts {
		t.Errorf("%d taken, %d of them without a reply", taken, doubts)
	}
	m.within(t, s)
	t.Logf("%d, %d and %d", one.total(), two.total(), up.total())
}
