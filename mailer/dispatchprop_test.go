package mailer

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// moody admits by a drawn list, and keeps count of what it admitted and was told of.
type moody struct {
	moods    []bool
	n        int
	admitted map[int64]int
}

func (g *moody) Admit(_ string, d Delivery, now time.Time) (bool, time.Time) {
	g.n++
	if g.moods[g.n%len(g.moods)] {
		g.admitted[d.Number]++
		return true, time.Time{}
	}
	return false, now.Add(3 * time.Millisecond)
}

func drawLimits(rt *rapid.T, label string) Limits {
	return Limits{
		Connections: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(rt, label+" connections"),
		Rate:        rapid.SampledFrom([]int{0, 0, 2000}).Draw(rt, label+" rate"),
		Hourly:      rapid.SampledFrom([]int{0, 0, 1000}).Draw(rt, label+" hourly"),
	}
}

// TestDispatchProperty: over several relays that fail as they like, with limits, weights,
// one on standby, a gate and an operator's word, every delivery is taken once, each that
// was admitted is told of once, and W is kept.
func TestDispatchProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 3).Draw(rt, "relays")
		readers := rapid.IntRange(1, 80).Draw(rt, "readers")
		m := newMemory(t, readers, rapid.IntRange(5, 40).Draw(rt, "slice"))
		s := sender(m)
		names := []string{"one", "two", "three"}
		var relays []*relay
		for i := range n {
			fates := rapid.SliceOfN(rapid.SampledFrom([]fate{
				take, take, take, deferRcpt, policyRcpt, refuseMail, breakMail, breakData, takeAndLeave, leave,
			}), 1, 20).Draw(rt, "fates")
			k := 0
			b := startRelay(t, &relay{chunking: rapid.Bool().Draw(rt, "chunking"), decide: func(string, int) fate {
				if k++; k > len(fates) {
					return take
				}
				return fates[k-1]
			}})
			relays = append(relays, b)
			r := Route{
				Relay:  b.config(names[i], rapid.IntRange(1, 3).Draw(rt, "connections")),
				Weight: rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(rt, "weight"), Limits: drawLimits(rt, "relay"),
				DomainLimits: map[string]Limits{"d1.example": drawLimits(rt, "d1"), "d2.example": drawLimits(rt, "d2")},
				Standby:      i == n-1 && rapid.Bool().Draw(rt, "standby"),
			}
			r.Window = rapid.IntRange(1, 8).Draw(rt, "window")
			s.Relays = append(s.Relays, r)
		}
		s.DomainLimits = map[string]Limits{"d2.example": drawLimits(rt, "newsletter's d2")}
		s.Limits = drawLimits(rt, "newsletter")
		for i := range m.rows {
			m.rows[i].Relay = rapid.SampledFrom([]string{"", "", "", "one", "gone"}).Draw(rt, "relay that may have it")
		}
		s.GiveUpDialing = 640 * time.Millisecond
		s.Policy = RetryPolicy{First: 5 * time.Millisecond, Most: 20 * time.Millisecond, GiveUp: time.Minute, InDoubt: Hold}
		var gate *moody
		if rapid.Bool().Draw(rt, "gate") {
			gate = &moody{admitted: map[int64]int{}, moods: append(rapid.SliceOfN(rapid.Bool(), 1, 9).Draw(rt, "moods"), true)}
			s.Gate = gate
		}
		seen := watch(s)
		err := s.Run(t.Context())
		var down *ErrRelaysDown
		if err != nil && !errors.As(err, &down) {
			rt.Fatal(err)
		}
		m.within(t, s)
		c := m.counts()
		if err == nil && c.Queued+c.Deferred != 0 || c.Rejected != 0 {
			rt.Fatalf("%v: %+v", err, c)
		}
		for _, r := range m.rows {
			sum := 0
			for _, b := range relays {
				taken, _ := b.of(r.Address)
				sum += taken
			}
			// A chunk whose session broke may have been taken: in doubt, and left so under hold.
			if want := map[DeliveryState]int{Accepted: 1}[r.state]; sum != want && (r.state != InDoubt || sum > 1) {
				rt.Fatalf("delivery %d is %s: taken %d times", r.Number, r.state, sum)
			}
		}
		told, admitted := 0, 0
		for _, states := range seen.states {
			for _, n := range states {
				told += n
			}
		}
		if gate != nil {
			for _, n := range gate.admitted {
				admitted += n
			}
			if told != admitted {
				rt.Fatalf("%d were admitted, %d told of", admitted, told)
			}
		}
	})
}
