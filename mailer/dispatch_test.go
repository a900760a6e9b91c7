package mailer

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// watched counts a sender's events by kind and relay.
type watched struct {
	mu     sync.Mutex
	kinds  []EventKind
	states map[string]map[DeliveryState]int
}

func watch(s *Sender) *watched {
	w := &watched{states: map[string]map[DeliveryState]int{}}
	s.Observe = func(e Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if e.Kind != EventResult {
			w.kinds = append(w.kinds, e.Kind)
			return
		}
		if w.states[e.Relay] == nil {
			w.states[e.Relay] = map[DeliveryState]int{}
		}
		w.states[e.Relay][e.Result.State]++
	}
	return w
}

// within fails where more deliveries were claimed at once than W.
func (m *memory) within(t *testing.T, s *Sender) {
	t.Helper()
	w := 0
	for _, r := range s.Relays {
		window := r.Window
		if window == 0 {
			window = 4
		}
		w += r.Connections * window
	}
	if m.most > w {
		t.Errorf("%d deliveries were claimed at once, W is %d", m.most, w)
	}
}

// TestRunOneDomainPutsOff: a relay that puts one domain off gets few of its
// deliveries to see, and all of the others; when it takes the domain, that has all.
func TestRunOneDomainPutsOff(t *testing.T) {
	const readers = 3000 // 600 of them at each of five domains
	others, early := 0, 0
	b := startRelay(t, &relay{decide: func(to string, n int) fate {
		switch {
		case !strings.HasSuffix(to, "@d0.example"):
			others++
		case others < readers*4/5:
			early++
			return deferRcpt
		}
		return take
	}})
	m := newMemory(t, readers, 500)
	s := sender(m, b.config("one", 10))
	s.Policy = RetryPolicy{First: 50 * time.Millisecond, Most: 2 * time.Second}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != readers || b.total() != readers {
		t.Errorf("%+v, taken %d", c, b.total())
	}
	if early > 300 || m.parked == 0 {
		t.Errorf("%d deliveries were put off before the domain was left alone, %d parked", early, m.parked)
	}
	m.within(t, s)
}

// TestRunDomainOutOfTime: a domain that never takes anything is given up, each of its
// readers after a try of their own; nobody else is.
func TestRunDomainOutOfTime(t *testing.T) {
	b := startRelay(t, &relay{decide: func(to string, n int) fate {
		if strings.HasSuffix(to, "@d0.example") {
			return deferRcpt
		}
		return take
	}})
	m := newMemory(t, 500, 100)
	s := sender(m, b.config("one", 4))
	s.Policy = RetryPolicy{First: 20 * time.Millisecond, Most: 100 * time.Millisecond, GiveUp: 300 * time.Millisecond}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 400 || c.Rejected != 100 {
		t.Errorf("%+v", c)
	}
	for _, r := range m.rows {
		if r.state == Rejected && (r.Attempts == 0 || !strings.HasPrefix(r.results[len(r.results)-1].Outcome.Text, "out of time")) {
			t.Errorf("delivery %d: %+v", r.Number, r.results)
		}
	}
}

// TestRunHourly: what an hour does not hold is parked, and the run says when it goes on.
func TestRunHourly(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 300, 100)
	s := sender(m, b.config("one", 3))
	s.Policy = RetryPolicy{}
	s.Relays[0].Limits.Hourly = 50
	s.Traffic = NewTraffic()
	for range 2 { // the second run finds the hour used up
		var later *ErrNothingDue
		if err := s.Run(t.Context()); !errors.As(err, &later) || later.Next.Before(time.Now().Add(58*time.Minute)) {
			t.Fatalf("%v", err)
		}
		if c := m.counts(); c.Accepted != 50 || c.Queued != 250 || b.total() != 50 {
			t.Errorf("%+v", c)
		}
	}
}

// TestRunHourlyOther: what one relay's hour does not hold, another takes; the newsletter's
// own limit bounds both.
func TestRunHourlyOther(t *testing.T) {
	one, two := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 300, 100)
	s := sender(m, one.config("one", 3), two.config("two", 3))
	s.Policy = RetryPolicy{}
	s.Relays[0].Limits.Hourly = 50
	s.Newsletter, s.Limits.Hourly = "weekly", 200
	var later *ErrNothingDue
	if err := s.Run(t.Context()); !errors.As(err, &later) {
		t.Fatalf("%v", err)
	}
	if c := m.counts(); c.Accepted != 200 || one.total() > 50 || one.total()+two.total() != 200 {
		t.Errorf("%+v: %d and %d", c, one.total(), two.total())
	}
}

// TestRunDomainLimits: no more connections carry a limited domain at once than it has,
// over one relay and over all, and its rate does not keep the others.
func TestRunDomainLimits(t *testing.T) {
	one, two := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 1000, 100)
	s := sender(m, one.config("one", 6), two.config("two", 6))
	s.Relays[0].DomainLimits = map[string]Limits{"d0.example": {Connections: 2}, "d1.example": {Rate: 400}}
	s.DomainLimits = map[string]Limits{"d2.example": {Connections: 1}}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 1000 {
		t.Errorf("%+v", c)
	}
	if one.most["d0.example"] > 2 {
		t.Errorf("%d connections carried d0 at once", one.most["d0.example"])
	}
	if n := one.most["d2.example"] + two.most["d2.example"]; one.most["d2.example"] > 1 || two.most["d2.example"] > 1 {
		t.Errorf("%d connections carried d2 at once", n)
	}
	m.within(t, s)
}

func TestRunWeights(t *testing.T) {
	one, two := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 4000, 500)
	s := sender(m, one.config("one", 3), two.config("two", 8))
	s.Relays[0].Weight, s.Relays[1].Weight = 3, 1
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 4000 {
		t.Errorf("%+v", c)
	}
	if n := one.total(); n < 2880 || n > 3120 {
		t.Errorf("the relay of weight 3 took %d of 4,000", n)
	}
}

// TestRunWeightsOfOneDown: a relay that takes nothing is not waited for.
func TestRunWeightsOfOneDown(t *testing.T) {
	down, up := startRelay(t, &relay{decide: func(string, int) fate { return refuseMail }}), startRelay(t, &relay{})
	m := newMemory(t, 500, 100)
	s := sender(m, down.config("down", 2), up.config("up", 2))
	s.Relays[0].Weight, s.Relays[1].Weight = 9, 1
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 500 {
		t.Errorf("%+v", c)
	}
}

// TestRunStandby: a standby relay takes over when the other fails, rests again when that
// comes back, and both are said.
func TestRunStandby(t *testing.T) {
	var spared atomic.Int64
	back := make(chan struct{})
	isBack := sync.OnceFunc(func() { close(back) })
	spare := startRelay(t, &relay{decide: func(string, int) fate {
		if spared.Add(1) == 1000 {
			<-back // however fast it is, some are left
		}
		return take
	}})
	first := startRelay(t, &relay{decide: func(string, int) fate {
		if spared.Load() < 200 {
			return refuseMail
		}
		isBack()
		return take
	}})
	m := newMemory(t, 5000, 500)
	s := sender(m, first.config("first", 4), spare.config("spare", 1))
	s.Relays[1].Standby = true
	s.GiveUpDialing = 800 * time.Millisecond // over after a hundred of them; tried again after 25 and more
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	seen := watch(s)
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 5000 || first.total() == 0 || spare.total() < 200 || first.total()+spare.total() != 5000 {
		t.Errorf("%+v: %d and %d", c, first.total(), spare.total())
	}
	want := []EventKind{EventStandbyOn, EventStandbyOff}
	for _, k := range seen.kinds {
		if len(want) > 0 && k == want[0] {
			want = want[1:]
		}
	}
	if len(want) > 0 || !strings.Contains(log.String(), "the standby relay takes over") || !strings.Contains(log.String(), "the standby relay rests") {
		t.Errorf("%v\n%s", seen.kinds, log.String())
	}
}

// TestRunStandbyRests: while another relay takes mail, one on standby gets none, nor a
// connection.
func TestRunStandbyRests(t *testing.T) {
	first, spare := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 500, 100)
	s := sender(m, first.config("first", 2), spare.config("spare", 2))
	s.Relays[1].Standby = true
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if first.total() != 500 || spare.sessions() != 0 {
		t.Errorf("%d, and %d sessions", first.total(), spare.sessions())
	}
}

// TestRunUse: the operator's word holds at once, for the relay on standby too.
func TestRunUse(t *testing.T) {
	first, spare := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 1000, 100)
	s := sender(m, first.config("first", 2), spare.config("spare", 2))
	s.Relays[1].Standby = true
	var once sync.Once
	s.Use = func() string {
		if first.total() < 100 {
			return ""
		}
		return "spare"
	}
	first.decide = func(string, int) fate {
		if len(first.taken) >= 100 {
			return hold // until the word is heard
		}
		return take
	}
	spare.decide = func(string, int) fate {
		once.Do(func() { close(first.letGo) })
		return take
	}
	seen := watch(s)
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 1000 || first.total() > 110 || spare.total() < 890 {
		t.Errorf("%+v: %d and %d, %v", c, first.total(), spare.total(), seen.kinds)
	}
}

// TestRunResendsToTheSame: a message that a relay may have goes to that relay again, as
// long as it works.
func TestRunResendsToTheSame(t *testing.T) {
	for name, works := range map[string]bool{"works": true, "is down": false} {
		t.Run(name, func(t *testing.T) {
			one, two := startRelay(t, &relay{}), startRelay(t, &relay{})
			if !works {
				one.decide = func(string, int) fate { return refuseMail }
			}
			m := newMemory(t, 200, 50)
			for n := range int64(20) {
				m.rows[n*10].Relay = "one"
			}
			if err := sender(m, one.config("one", 1), two.config("two", 5)).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c := m.counts(); c.Accepted != 200 {
				t.Errorf("%+v", c)
			}
			for n := range int64(20) {
				if taken, _ := one.of(m.rows[n*10].Address); taken != 1 && works {
					t.Errorf("delivery %d went elsewhere", n*10)
				}
			}
		})
	}
}

// TestRunRefusesConnections: a relay that nobody answers at costs nothing but the time,
// and none is lost when it comes back.
func TestRunRefusesConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	up := startRelay(t, &relay{})
	m := newMemory(t, 500, 100)
	gone := smtp.Relay{Name: "gone", Address: address, TLS: smtp.NoTLS, Hello: "client.example.org", Connections: 3}
	s := sender(m, gone, up.config("up", 3))
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range m.rows {
		if r.state != Accepted || r.Attempts != 1 || len(r.results) != 1 {
			t.Errorf("delivery %d: %s after %d attempts", r.Number, r.state, r.Attempts)
		}
	}
	m.within(t, s)
}
