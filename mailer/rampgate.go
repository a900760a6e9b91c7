package mailer

import (
	"slices"
	"sync"
	"time"
)

// RampLane is a way that is being warmed up: a relay, or a sending domain whatever
// the relay.
type RampLane struct {
	Name  string
	Relay string // empty: every relay
	Day   string
	Since time.Time // nothing goes this way before
	Plan  RampPlan
}

func (l *RampLane) covers(relay string) bool { return l.Relay == "" || l.Relay == relay }

// takes tells whether the lane carries a delivery now.
func (l *RampLane) takes(d Delivery, now time.Time) bool {
	return !now.Before(l.Since) && l.Plan.of(d).takes(d)
}

// RampGate is the [Gate] of the plans of a day. Of each provider, a lane carries those
// of its plan and no others; a reader of the plan is left to it as long as its relay
// works, and for 20 seconds at most: limits, or a domain that puts mail off, may hold
// the relay up. Where there is no other way, the rest waits for the next day.
//
// What is admitted counts against the plan until its result is observed, so a share
// is never exceeded, whatever order results come in.
type RampGate struct {
	// Renew makes the lanes of another day, and tells when that ends; it is called by
	// Admit, with the first delivery of the day. An error keeps the lanes shut for some
	// time.
	Renew func(now time.Time) (lanes []*RampLane, until time.Time, err error)
	// Tomorrow is when the rest is to be asked about again.
	Tomorrow func(now time.Time) time.Time
	// Rests tells relays that carry nothing because an operator says so; nil: none does.
	Rests func(relay string) bool

	mu     sync.Mutex
	lanes  []*RampLane
	past   []*RampLane // of the day before: what was under way when it ended
	until  time.Time
	broken error // of the last Renew
	down   map[string]bool
	flying map[int64]rampFlight
	left   map[int64]time.Time // since when a reader is left to a lane
}

// rampFlight is a delivery that was admitted.
type rampFlight struct {
	relay  string
	shares []*rampShare
}

const (
	// rampAgain is when a delivery is asked about again that is left to another way.
	rampAgain = 5 * time.Second
	// rampLeft is how long it is left to that.
	rampLeft = 20 * time.Second
	// rampMended is when a plan is tried again that could not be made.
	rampMended = time.Minute
)

// Admit is [Gate]'s.
func (g *RampGate) Admit(relay string, d Delivery, now time.Time) (ok bool, again time.Time) {
	if err := g.today(now); err != nil {
		return false, now.Add(rampMended)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	var shares []*rampShare
	for _, l := range g.lanes {
		switch takes := l.takes(d, now); {
		case l.covers(relay) && !takes:
			return false, g.Tomorrow(now)
		case l.covers(relay):
			shares = append(shares, l.Plan.of(d))
		case takes && !g.down[l.Relay] && !g.rests(l.Relay) && g.leaves(d, now):
			return false, now.Add(rampAgain)
		}
	}
	if len(shares) == 0 {
		return true, time.Time{}
	}
	for _, s := range shares {
		s.flying++
	}
	if g.flying == nil {
		g.flying = map[int64]rampFlight{}
	}
	g.flying[d.Number] = rampFlight{relay, shares}
	return true, time.Time{}
}

// leaves tells whether a reader is left to the lane that takes them.
func (g *RampGate) leaves(d Delivery, now time.Time) bool {
	since, known := g.left[d.Number]
	if !known {
		if g.left == nil {
			g.left = map[int64]time.Time{}
		}
		g.left[d.Number] = now
		return true
	}
	return now.Sub(since) < rampLeft
}

func (g *RampGate) rests(relay string) bool { return g.Rests != nil && g.Rests(relay) }

// today sees to it that the lanes are those of the day.
func (g *RampGate) today(now time.Time) error {
	g.mu.Lock()
	over := !now.Before(g.until)
	err := g.broken
	g.mu.Unlock()
	if !over {
		return err
	}
	lanes, until, err := g.Renew(now)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken = err; err != nil {
		g.until = now.Add(rampMended)
		return err
	}
	g.past, g.lanes, g.until, g.left = g.lanes, lanes, until, nil
	return nil
}

// Observe is for Sender.Observe.
func (g *RampGate) Observe(e Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch e.Kind {
	case EventRelayDown, EventRelayUp:
		if g.down == nil {
			g.down = map[string]bool{}
		}
		g.down[e.Relay] = e.Kind == EventRelayDown
	case EventResult:
		f, ok := g.flying[e.Result.Number]
		if !ok || e.Relay != "" && e.Relay != f.relay {
			return
		}
		delete(g.flying, e.Result.Number)
		delete(g.left, e.Result.Number)
		for _, s := range f.shares {
			s.hear(e.Result)
		}
	}
}

// hear counts a result. A delivery that was handed back untried, or of which the
// relay alone spoke, the provider has not seen.
func (s *rampShare) hear(r Result) {
	s.flying--
	o := r.Outcome
	for _, d := range []*RampDay{&s.day, &s.heard} {
		switch {
		case o.Class == OutcomeAccepted, o.Class == OutcomeInDoubt:
			d.Accepted++
		case !aboutDelivery(o) || o.Code == 0:
			return
		case o.Class == OutcomeDeferred:
			d.Deferred++
		case o.Class == OutcomeRejected:
			d.Rejected++
		case o.Class == OutcomeRefused:
			d.Refused++
		default:
			return
		}
	}
	s.used++
}

// RampHeard is what is new of a provider's day: results, and what of the grant is
// given back.
type RampHeard struct {
	Lane, Provider string
	RampDay
	Unused int
}

// Heard tells what is new since the last call. With end, what was granted and not
// used is given back, and nothing more is admitted: the run has ended, or the day.
// What is under way counts as used then.
func (g *RampGate) Heard(end bool) []RampHeard {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []RampHeard
	for _, l := range slices.Concat(g.past, g.lanes) {
		for _, name := range l.Plan.Providers() {
			s := l.Plan[name]
			h := RampHeard{Lane: l.Name, Provider: name, RampDay: s.heard}
			h.Day = l.Day
			if left := s.granted - s.used - s.flying; end && left > 0 {
				h.Unused = left
				s.granted -= left
			}
			if h.Unused > 0 || h.Tried() > 0 {
				all = append(all, h)
			}
			s.heard = RampDay{}
		}
	}
	return all
}
