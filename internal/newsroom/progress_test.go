package newsroom

import (
	"errors"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

var begun = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// TestSumUp makes one picture of what several senders say.
func TestSumUp(t *testing.T) {
	m := store.Mailing{State: mailer.Sending, Total: 1000}
	down := RelayProgress{Name: "main", State: RelayRefuses, Since: begun, Words: "550 no", Refused: 3, Accepted: 5}
	up := RelayProgress{Name: "main", State: RelayUp, Connections: 4, Rate: 20, Accepted: 60}
	first := word{Began: begun, Base: &tally{Accepted: 100, Deferred: 10}, Done: tally{Accepted: 60, Deferred: -4, Rejected: 1}, Rate: 20, Flying: 8, Relays: []RelayProgress{up}, live: true}
	second := word{Began: begun.Add(time.Second), Done: tally{Accepted: 5, Deferred: 2}, Rate: 5, Flying: 2, Relays: []RelayProgress{down}, live: true}
	dead := second
	dead.live = false
	late := second // two that began at once both counted: the later base has the first's work in it
	late.Base = &tally{Accepted: 160}
	type want struct {
		accepted, deferred, queued, flying int64
		rate                               float64
		senders                            int
		relay                              RelayProgress
	}
	for _, test := range []struct {
		name  string
		words []word
		want  want
	}{
		{"nobody", nil, want{queued: 1000}},
		{"one", []word{first}, want{160, 6, 833, 8, 20, 1, up}},
		{"two share it", []word{first, second}, want{165, 8, 826, 10, 25, 2, RelayProgress{Name: "main", State: RelayUp, Connections: 4, Rate: 20, Accepted: 65, Refused: 3}}},
		{"one of two is dead: what it did counts", []word{first, dead}, want{165, 8, 826, 8, 20, 1, RelayProgress{Name: "main", State: RelayUp, Connections: 4, Rate: 20, Accepted: 65, Refused: 3}}},
		{"the dead one comes first", []word{dead, first}, want{165, 8, 826, 8, 20, 1, RelayProgress{Name: "main", State: RelayUp, Connections: 4, Rate: 20, Accepted: 65, Refused: 3}}},
		{"both counted", []word{late, first}, want{165, 8, 826, 10, 25, 2, RelayProgress{Name: "main", State: RelayUp, Connections: 4, Rate: 20, Accepted: 65, Refused: 3}}},
		{"its relay refuses it", []word{second}, want{5, 2, 993, 2, 5, 1, down}},
	} {
		p := sumUp(Accounting{Edition: "weekly"}, m, test.words, begun)
		got := want{p.Accepted, p.Deferred, p.Queued, p.Flying, p.Rate, p.Senders, RelayProgress{}}
		if len(p.Relays) > 0 {
			got.relay = p.Relays[0]
		}
		if !reflect.DeepEqual(got, test.want) || !p.Balanced() || p.Edition != "weekly" {
			t.Errorf("%s: %+v\nwant %+v", test.name, got, test.want)
		}
	}
}

// TestSumUpLaying looks ahead while the audience is laid.
func TestSumUpLaying(t *testing.T) {
	m := store.Mailing{State: mailer.Laying, Total: 900, LaidThrough: 1000, Watermark: 10_000}
	p := sumUp(Accounting{}, m, []word{{Base: &tally{}, Done: tally{Accepted: 400}, Rate: 100, live: true}}, begun)
	if p.Audience != 900 || p.Expected != 9000 || p.Left != 86 {
		t.Errorf("%+v", p)
	}
	// What was done is never more than the audience, whatever is behind.
	m.Total = 10
	if p = sumUp(Accounting{}, m, []word{{Base: &tally{Deferred: 3}, Done: tally{Accepted: 11, Deferred: 2}}}, begun); !p.Balanced() || p.Queued < 0 || p.Deferred != 0 {
		t.Errorf("%+v", p)
	}
}

// TestMeter counts a run's events.
func TestMeter(t *testing.T) {
	routes := mailer.Routes(smtp.Relay{Name: "main"}, smtp.Relay{Name: "spare"})
	routes[1].Standby = true
	m := newMeter(routes, &tally{Accepted: 7}, begun)
	result := func(class mailer.Class, state mailer.DeliveryState, tries int) {
		m.observe(mailer.Event{Kind: mailer.EventResult, Relay: "main", Result: mailer.Result{State: state, Attempts: tries, Outcome: mailer.Outcome{Class: class}}})
	}
	m.observe(mailer.Event{Kind: mailer.EventSessions, Relay: "main", N: 1})
	m.observe(mailer.Event{Kind: mailer.EventSessions, Relay: "main", N: 1})
	m.observe(mailer.Event{Kind: mailer.EventSessions, Relay: "main", N: -1})
	m.observe(mailer.Event{Kind: mailer.EventClaims, Relay: "main", N: 12})
	result(mailer.OutcomeAccepted, mailer.Accepted, 1)
	result(mailer.OutcomeAccepted, mailer.Accepted, 2) // was deferred
	result(mailer.OutcomeDeferred, mailer.Deferred, 1)
	result(mailer.OutcomeDeferred, mailer.Deferred, 1)
	result(mailer.OutcomeDeferred, mailer.Deferred, 2) // again
	result(mailer.OutcomeRejected, mailer.Rejected, 1)
	result(mailer.OutcomeInDoubt, mailer.InDoubt, 1)
	result(mailer.OutcomeRefused, mailer.Queued, 1)
	result("", mailer.Queued, 0)  // handed back
	result("", mailer.Skipped, 0) // not granted
	m.observe(mailer.Event{Kind: mailer.EventResult, Relay: "main", Result: mailer.Result{State: mailer.Rejected, Attempts: 1, Outcome: mailer.Outcome{Class: mailer.OutcomeRejected, Stage: "compose"}}})
	w := m.word(begun.Add(2 * time.Second))
	main := RelayProgress{Name: "main", State: RelayUp, Connections: 1, Rate: 3.5, Accepted: 2, Deferred: 3, Rejected: 1, Refused: 1}
	if w.Done != (tally{Accepted: 2, Deferred: 1, Rejected: 2, InDoubt: 1, Skipped: 1}) || w.Flying != 1 || w.Rate != 2.5 || w.Relays[0] != main {
		t.Errorf("%+v\nwant of main %+v", w, main)
	}
	if w.Relays[1].State != RelayStandby {
		t.Errorf("%+v", w.Relays[1])
	}
	m.observe(mailer.Event{Kind: mailer.EventStandbyOn, Relay: "spare"})
	if r := m.word(begun).Relays[1]; r.State != RelayUp {
		t.Errorf("it has taken over: %+v", r)
	}
	m.observe(mailer.Event{Kind: mailer.EventStandbyOff, Relay: "spare"})
	if r := m.word(begun).Relays[1]; r.State != RelayStandby {
		t.Errorf("it rests again: %+v", r)
	}
	for i := range 3 { // said with each vain try; it began with the first
		m.observe(mailer.Event{
			Kind: mailer.EventRelayDown, At: begun.Add(time.Duration(i) * time.Minute), Relay: "main",
			Outcome: mailer.Outcome{Class: mailer.OutcomeRefused, Code: 550, Enhanced: "5.7.1", Text: "suspended"},
		})
	}
	if r := m.word(begun).Relays[0]; r.State != RelayRefuses || !r.Since.Equal(begun) || r.Words != "550 5.7.1 suspended" {
		t.Errorf("%+v", r)
	}
	m.observe(mailer.Event{Kind: mailer.EventRelayUp, Relay: "main"})
	if r := m.word(begun).Relays[0]; r.State != RelayUp || !r.Since.IsZero() || r.Words != "" {
		t.Errorf("%+v", r)
	}
}

// TestMeterRate measures over the last ten seconds alone.
func TestMeterRate(t *testing.T) {
	m := newMeter(mailer.Routes(smtp.Relay{Name: "main"}), &tally{}, begun)
	now := begun
	for second := range 60 {
		rate := 100
		if second >= 30 {
			rate = 10
		}
		for range rate {
			m.observe(mailer.Event{Kind: mailer.EventResult, Relay: "main", Result: mailer.Result{State: mailer.Accepted, Attempts: 1, Outcome: mailer.Outcome{Class: mailer.OutcomeAccepted}}})
		}
		now = now.Add(time.Second)
		m.beat(now)
		if w := m.word(now); second == 29 && w.Rate != 100 || second == 59 && (w.Rate != 10 || w.Relays[0].Rate != 10) {
			t.Errorf("after %d s: %v a second, %+v", second+1, w.Rate, w.Relays)
		}
	}
	if len(m.past) > 12 {
		t.Errorf("%d marks are kept", len(m.past))
	}
	if w := m.word(begun.Add(-time.Hour)); w.Rate != 0 {
		t.Errorf("with the clock set back: %v a second", w.Rate)
	}
}

// BenchmarkMeter is what watching costs a message: its claim's share and its result.
func BenchmarkMeter(b *testing.B) {
	m := newMeter(mailer.Routes(smtp.Relay{Name: "main"}, smtp.Relay{Name: "second"}), &tally{}, begun)
	e := mailer.Event{Kind: mailer.EventResult, Relay: "second", Result: mailer.Result{State: mailer.Accepted, Attempts: 1, Outcome: mailer.Outcome{Class: mailer.OutcomeAccepted}}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.observe(e)
		}
	})
}

// TestJoin: a sender that comes to others goes on from their count, and one that comes
// after dead ones counts anew.
func TestJoin(t *testing.T) {
	for _, test := range []struct {
		name   string
		engine string
		words  []word
		age    time.Duration
		joins  bool
	}{
		{"nobody", "postgres", nil, 0, false},
		{"one at work", "postgres", []word{{Done: tally{Accepted: 3}}}, time.Second, true},
		{"one that has ended", "postgres", []word{{Ended: true}}, time.Second, false},
		{"a dead one", "postgres", []word{{}}, time.Minute, false},
		{"on SQLite nobody else can be at work", "sqlite", []word{{}}, time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var spoke []spoken
			for _, w := range test.words {
				spoke = append(spoke, spoken{word: w, at: begun.Add(-test.age)})
			}
			if got := joins(test.engine, spoke, begun); got != test.joins {
				t.Errorf("joins: %v", got)
			}
		})
	}
}

// TestFullDisk: what is left of a full disk is for results.
func TestFullDisk(t *testing.T) {
	w := &watcher{n: &Newsroom{Log: slog.New(slog.DiscardHandler)}}
	w.said(errors.New("some other trouble"))
	if w.full {
		t.Error("any trouble ends it")
	}
	w.said(store.ErrDiskFull)
	if !w.full {
		t.Error("it goes on writing")
	}
}
