package newsroom

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// rateOver is the time that a rate is measured over.
const rateOver = 10 * time.Second

// meter keeps what a sender did, from its events. A million of them pass through it:
// it counts, and nothing else.
type meter struct {
	mu     sync.Mutex
	began  time.Time
	base   *tally
	done   tally
	flying int64
	relays []*relayMeter
	note   string
	past   []mark // oldest first, a beat apart
}

type relayMeter struct {
	RelayProgress
	standby bool // it rests
}

// answered is how many messages the relay has said something about.
func (r *relayMeter) answered() int64 { return r.Accepted + r.Deferred + r.Rejected + r.Refused }

// mark is what the meter stood at.
type mark struct {
	at      time.Time
	settled int64
	relays  []int64 // answered, in the order of the meter's
}

func newMeter(routes []mailer.Route, base *tally, began time.Time) *meter {
	m := &meter{began: began, base: base}
	ordinary := slices.ContainsFunc(routes, func(r mailer.Route) bool { return !r.Standby }) // else none rests
	for _, r := range routes {
		m.relays = append(m.relays, &relayMeter{RelayProgress: RelayProgress{Name: r.Name, State: RelayUp}, standby: r.Standby && ordinary})
	}
	m.past = []mark{m.read(began)}
	return m
}

func (m *meter) relay(name string) *relayMeter {
	for _, r := range m.relays {
		if r.Name == name {
			return r
		}
	}
	r := &relayMeter{RelayProgress: RelayProgress{Name: name, State: RelayUp}}
	m.relays = append(m.relays, r)
	return r
}

// observe is mailer.Sender's.
func (m *meter) observe(e mailer.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e.Kind {
	case mailer.EventResult:
		m.result(e)
	case mailer.EventClaims:
		m.flying += int64(e.N)
	case mailer.EventSessions:
		m.relay(e.Relay).Connections += int64(e.N)
	case mailer.EventStandbyOn, mailer.EventStandbyOff:
		m.relay(e.Relay).standby = e.Kind == mailer.EventStandbyOff
	case mailer.EventRelayDown:
		m.relay(e.Relay).fails(e)
	case mailer.EventRelayUp:
		r := m.relay(e.Relay)
		r.State, r.Since, r.Words = RelayUp, time.Time{}, ""
	}
}

func (m *meter) result(e mailer.Event) {
	m.flying--
	r := m.relay(e.Relay)
	if e.Result.Outcome.Stage != "compose" { // else no relay has heard of it
		r.count(e.Result.Outcome.Class)
	}
	if e.Result.State == mailer.Queued {
		return
	}
	// A delivery that was tried before was deferred, but for the few that a takeover
	// has queued again.
	if tries := e.Result.Attempts; tries > 1 || tries == 1 && e.Result.State == mailer.Skipped {
		m.done.Deferred--
	}
	switch e.Result.State {
	case mailer.Accepted:
		m.done.Accepted++
	case mailer.Deferred:
		m.done.Deferred++
	case mailer.Rejected:
		m.done.Rejected++
	case mailer.InDoubt:
		m.done.InDoubt++
	case mailer.Skipped:
		m.done.Skipped++
	}
}

func (r *relayMeter) count(c mailer.Class) {
	switch c {
	case mailer.OutcomeAccepted:
		r.Accepted++
	case mailer.OutcomeDeferred:
		r.Deferred++
	case mailer.OutcomeRejected:
		r.Rejected++
	case mailer.OutcomeRefused:
		r.Refused++
	}
}

// fails notes what opened the relay's circuit. It is said again with each vain try.
func (r *relayMeter) fails(e mailer.Event) {
	if r.Since.IsZero() {
		r.Since = e.At
	}
	r.State = RelayDown
	if e.Outcome.Class == mailer.OutcomeRefused {
		r.State = RelayRefuses
	}
	r.Words = wordsOf(e.Outcome)
}

// wordsOf is a reply as the relay gave it: code, enhanced code, text.
func wordsOf(o mailer.Outcome) string {
	var said []string
	if o.Code != 0 {
		said = append(said, fmt.Sprint(o.Code))
	}
	if o.Enhanced != "" && !strings.HasPrefix(o.Text, o.Enhanced) {
		said = append(said, o.Enhanced)
	}
	return strings.Join(append(said, o.Text), " ")
}

// begin says what was done before.
func (m *meter) begin(base tally) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.base = &base
}

func (m *meter) say(note string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note = note
}

// beat keeps a mark, to measure rates from.
func (m *meter) beat(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.past = append(m.past, m.read(now))
	for len(m.past) > 2 && now.Sub(m.past[1].at) >= rateOver {
		m.past = m.past[1:]
	}
}

func (m *meter) read(now time.Time) mark {
	r := mark{at: now, settled: m.done.settled()}
	for _, relay := range m.relays {
		r.relays = append(r.relays, relay.answered())
	}
	return r
}

// word is what there is to say now.
func (m *meter) word(now time.Time) word {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := word{Began: m.began, Base: m.base, Done: m.done, Flying: m.flying, Note: m.note, live: true}
	before := m.past[0]
	took := now.Sub(before.at).Seconds()
	rate := func(now, before int64) float64 {
		if took < 0.1 { // too short to measure; or a clock set back
			return 0
		}
		return max(0, float64(now-before)/took)
	}
	w.Rate = rate(m.done.settled(), before.settled)
	for i, r := range m.relays {
		p := r.RelayProgress
		if i < len(before.relays) {
			p.Rate = rate(r.answered(), before.relays[i])
		}
		if p.State == RelayUp && r.standby {
			p.State = RelayStandby
		}
		w.Relays = append(w.Relays, p)
	}
	return w
}
