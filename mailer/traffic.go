package mailer

import (
	"sync"
	"time"
)

// Traffic remembers what went which way, and how well, so that limits hold over
// several runs and over mailings side by side, and a domain that takes nothing is not
// found out anew by each run. One for a process; make it with NewTraffic.
type Traffic struct {
	mu   sync.Mutex // also guards what a run has in its dispatch
	ways map[wayName]*way
}

// NewTraffic is a Traffic that has seen nothing yet.
func NewTraffic() *Traffic { return &Traffic{ways: map[wayName]*way{}} }

// wayName says which way: over a relay, or of a newsletter over any; in all, or to the
// recipients of a domain.
type wayName struct{ relay, newsletter, domain string }

// way is one way that messages go.
type way struct {
	meter
	feedback

	settled int       // since from, for the rate at which it really goes
	from    time.Time // zero: not measured
}

// way finds a way, or opens it; the caller holds mu. Limits that have changed since
// hold from now on.
func (t *Traffic) way(name wayName, l Limits, connections int) *way {
	if l.Connections > 0 {
		connections = min(connections, l.Connections)
	}
	w := t.ways[name]
	if w == nil {
		w = &way{feedback: newFeedback(connections)}
		t.ways[name] = w
	}
	w.Limits = l
	if most := float64(max(1, connections)); w.window == w.most {
		w.most, w.window = most, most
	} else {
		w.most, w.window = most, min(w.window, most)
	}
	return w
}

// forget closes a way that holds nothing back and counts nothing.
func (t *Traffic) forget(name wayName) { delete(t.ways, name) }

// allowed is how many connections may carry something this way now.
func (w *way) allowed(now time.Time, giveUp time.Duration) int {
	if w.dead(now) && !w.outOfTime(now, giveUp) {
		return 0
	}
	return int(w.window)
}

// outOfTime tells whether nothing has gone this way for so long that each delivery is
// tried once more and given up.
func (w *way) outOfTime(now time.Time, giveUp time.Duration) bool {
	return !w.since.IsZero() && now.Sub(w.since) >= giveUp
}

// pace is how many messages a second go this way, by its limits or by what was seen; 10
// a connection where there is neither.
func (w *way) pace(now time.Time) float64 {
	if rate := w.perSecond(); rate > 0 {
		return rate
	}
	if seen := now.Sub(w.from); !w.from.IsZero() && seen > time.Second {
		return max(1, float64(w.settled)/seen.Seconds())
	}
	return 10 * w.window
}
