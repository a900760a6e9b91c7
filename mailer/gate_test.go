package mailer

import (
	"errors"
	"testing"
	"time"
)

// quota admits so many deliveries to one relay, and counts what came of them.
type quota struct {
	relay string
	left  int
	again time.Time
	asked map[int64]int
}

func (q *quota) Admit(relay string, d Delivery, _ time.Time) (bool, time.Time) {
	if relay != q.relay {
		return true, time.Time{}
	}
	if q.left == 0 || d.Number%2 == 1 {
		return false, q.again
	}
	q.left--
	q.asked[d.Number]++
	return true, time.Time{}
}

// TestRunGate: a relay gets what the gate admits and no other, each is accounted for;
// the rest goes over the other relay, or waits.
func TestRunGate(t *testing.T) {
	for name, other := range map[string]bool{"another relay": true, "alone": false} {
		t.Run(name, func(t *testing.T) {
			young, old := startRelay(t, &relay{}), startRelay(t, &relay{})
			m := newMemory(t, 1000, 100)
			s := sender(m, young.config("young", 3))
			if other {
				s.Relays = append(s.Relays, Routes(old.config("old", 3))...)
			}
			s.Policy = RetryPolicy{}
			again := time.Now().Add(9 * time.Hour)
			q := &quota{relay: "young", left: 100, again: again, asked: map[int64]int{}}
			s.Gate = q
			seen := watch(s)
			err := s.Run(t.Context())
			c := m.counts()
			if other && (err != nil || c.Accepted != 1000 || young.total() != 100) {
				t.Errorf("%v, %+v, %d", err, c, young.total())
			}
			var later *ErrNothingDue
			if !other && (!errors.As(err, &later) || !later.Next.Equal(again) || c.Accepted != 100 || c.Queued != 900) {
				t.Errorf("%v, %+v", err, c)
			}
			told := 0
			for _, n := range seen.states["young"] {
				told += n
			}
			if told != 100 || seen.states["young"][Accepted] != 100 {
				t.Errorf("admitted 100, told of %v", seen.states["young"])
			}
		})
	}
}
