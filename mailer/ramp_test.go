package mailer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRampNext(t *testing.T) {
	for _, test := range []struct {
		name string
		ramp Ramp
		last RampDay
		want int
		step RampStep
	}{
		{"the first day", Ramp{}, RampDay{}, 50, RampBegins},
		{"the first day as configured", Ramp{First: 200}, RampDay{}, 200, RampBegins},
		{"all taken", Ramp{}, RampDay{Share: 50, Accepted: 50}, 75, RampGrows},
		{"by more", Ramp{Growth: 2}, RampDay{Share: 50, Accepted: 50}, 100, RampGrows},
		{"half the share says something", Ramp{}, RampDay{Share: 50, Accepted: 25}, 75, RampGrows},
		{"less does not", Ramp{}, RampDay{Share: 50, Accepted: 24}, 50, RampIdle},
		{"nothing was sent", Ramp{}, RampDay{Share: 50}, 50, RampIdle},
		{"a share of one grows", Ramp{}, RampDay{Share: 1, Accepted: 1}, 2, RampGrows},
		{"few deferred", Ramp{}, RampDay{Share: 100, Accepted: 96, Deferred: 4}, 150, RampGrows},
		{"five of a hundred", Ramp{}, RampDay{Share: 100, Accepted: 95, Deferred: 5}, 100, RampHolds},
		{"bounces count as well", Ramp{}, RampDay{Share: 100, Accepted: 95, Rejected: 5}, 100, RampHolds},
		{"twenty of a hundred", Ramp{}, RampDay{Share: 100, Accepted: 80, Deferred: 20}, 50, RampHalves},
		{"of all kinds", Ramp{}, RampDay{Share: 100, Accepted: 80, Deferred: 7, Rejected: 7, Refused: 6}, 50, RampHalves},
		{"a day that ended early", Ramp{}, RampDay{Share: 1000, Accepted: 2, Refused: 3}, 500, RampHalves},
		{"two of three are no reason to halve", Ramp{}, RampDay{Share: 50, Accepted: 1, Deferred: 2}, 50, RampHolds},
		{"never less than one", Ramp{}, RampDay{Share: 1, Deferred: 12}, 1, RampHalves},
		{"above every need", Ramp{Growth: 3}, RampDay{Share: 900_000, Accepted: 900_000}, rampMost, RampGrows},
	} {
		if test.last != (RampDay{}) {
			test.last.Day = "2026-12-01"
		}
		if got, step := test.ramp.Next(test.last); got != test.want || step != test.step {
			t.Errorf("%s: %d, %s; want %d, %s", test.name, got, step, test.want, test.step)
		}
	}
}

func TestRampDays(t *testing.T) {
	r := Ramp{}
	for _, test := range []struct{ need, left, share, want int }{
		{0, 50, 50, 1}, {50, 50, 50, 1}, {51, 50, 50, 2}, {125, 50, 50, 2}, {126, 50, 50, 3}, {100_000, 50, 50, 18}, {100, 0, 50, 3},
	} {
		if got := r.Days(test.need, test.left, test.share); got != test.want {
			t.Errorf("%d readers, %d left of %d today: %d days, want %d", test.need, test.left, test.share, got, test.want)
		}
	}
}

// TestRampNeverGrowsAfterABadDay: whatever the day was like.
func TestRampNeverGrowsAfterABadDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 500).Draw(t, name) }
		d := RampDay{Day: "d", Share: 1 + n("share"), Accepted: n("accepted"), Deferred: n("deferred"), Rejected: n("rejected"), Refused: n("refused")}
		r := Ramp{First: n("first"), Growth: rapid.Float64Range(0, 3).Draw(t, "growth")}
		next, step := r.Next(d)
		if bad := d.Deferred + d.Rejected + d.Refused; bad > 0 && bad*20 >= d.Tried() && next > d.Share {
			t.Fatalf("%+v is followed by %d (%s)", d, next, step)
		}
		if next < 1 || float64(next) > max(float64(d.Share)+1, float64(d.Share)*3) {
			t.Fatalf("%+v is followed by %d (%s)", d, next, step)
		}
	})
}

func TestProvider(t *testing.T) {
	for address, want := range map[string]string{
		"a@gmail.com": "google", "a@GoogleMail.com": "google", "a@hotmail.com": "microsoft", "a@ymail.com": "yahoo",
		"a@web.de": "gmx", "a@mac.com": "apple", "a@bk.ru": "mail.ru", "a@pm.me": "proton", "a@Harbour.Example": "harbour.example",
	} {
		if got := Provider(address); got != want {
			t.Errorf("%s is of %s, want %s", address, got, want)
		}
	}
	seen := map[string]string{}
	for name := range providers {
		for domain, of := range providerOf {
			if of == name && seen[domain] != "" {
				t.Errorf("%s is of two providers", domain)
			}
		}
	}
}

var rampNow = time.Date(2026, 12, 4, 9, 0, 0, 0, time.UTC)

// rampReaders draws readers of a few providers, many of whom confirmed at once.
func rampReaders(t *rapid.T) []Delivery {
	domains := []string{"gmail.com", "googlemail.com", "outlook.com", "club.example", "quay.example", "mole.example"}
	readers := make([]Delivery, rapid.IntRange(0, 300).Draw(t, "readers"))
	for i := range readers {
		readers[i] = Delivery{
			Number: int64(i + 1), Address: "r@" + rapid.SampledFrom(domains).Draw(t, "domain"),
			Confirmed: rampNow.Add(-time.Duration(rapid.IntRange(1, 30).Draw(t, "days")) * 24 * time.Hour),
		}
	}
	return readers
}

// TestRampPlan: a plan takes of each provider the readers who confirmed last, as many
// as it was granted.
func TestRampPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := rampReaders(t)
		share := rapid.IntRange(0, 120).Draw(t, "share")
		left := func(string) (int, bool) { return share, false }
		a := NewRampAudience(left)
		for _, d := range readers {
			a.Add(d)
		}
		want, need := a.Want()
		counts := map[string]int{}
		for _, d := range readers {
			counts[Provider(d.Address)]++
		}
		of := func(d Delivery) string {
			if p := Provider(d.Address); counts[p] >= ownShare || providers[p] != "" {
				return p
			}
			return ProviderOther
		}
		by := map[string][]Delivery{}
		for _, d := range readers {
			by[of(d)] = append(by[of(d)], d)
		}
		granted := map[string]int{}
		for name, of := range by {
			if need[name] != len(of) || want[name] != min(share, len(of)) {
				t.Fatalf("%s: wants %d for %d of %d readers with a share of %d", name, want[name], need[name], len(of), share)
			}
			granted[name] = rapid.IntRange(0, want[name]).Draw(t, "granted")
		}
		plan := a.Plan(granted, nil)
		for name, all := range by {
			slices.SortFunc(all, func(d, e Delivery) int { return placeOf(e).compare(placeOf(d)) })
			for i, d := range all {
				if got := plan.of(d).takes(d); got != (i < granted[name]) {
					t.Fatalf("%s: reader %d of %d, granted %d: taken %t", name, i+1, len(all), granted[name], got)
				}
			}
		}
	})
}

// TestRampShareIsNeverExceeded: a gate lets no more through to a provider than it was
// granted, whatever order results come in, with messages under way at any time; and
// the old relay gets nobody of the plan while the new one works.
func TestRampShareIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := rampReaders(t)
		share := rapid.IntRange(0, 60).Draw(t, "share")
		a := NewRampAudience(func(string) (int, bool) { return share, false })
		for _, d := range readers {
			a.Add(d)
		}
		want, _ := a.Want()
		plan := a.Plan(want, nil)
		g := &RampGate{
			Renew: func(time.Time) ([]*RampLane, time.Time, error) {
				return []*RampLane{{Name: "new", Relay: "new", Plan: plan}}, rampNow.Add(time.Hour), nil
			},
			Tomorrow: func(now time.Time) time.Time { return now.Add(24 * time.Hour) },
		}
		tried, flying := map[string]int{}, map[int64]Delivery{}
		for range rapid.IntRange(0, 400).Draw(t, "steps") {
			if len(flying) > 0 && rapid.Bool().Draw(t, "hear") {
				numbers := []int64{}
				for n := range flying {
					numbers = append(numbers, n)
				}
				slices.Sort(numbers)
				n := rapid.SampledFrom(numbers).Draw(t, "which")
				r := drawResult(t, n)
				g.Observe(Event{Kind: EventResult, Relay: "new", Result: r})
				if reached(r) {
					tried[name(plan, flying[n])]++
				}
				delete(flying, n)
				continue
			}
			if len(readers) == 0 {
				continue
			}
			d := rapid.SampledFrom(readers).Draw(t, "reader")
			if _, up := flying[d.Number]; up {
				continue
			}
			if ok, _ := g.Admit("new", d, rampNow); ok {
				flying[d.Number] = d
				if ok, _ := g.Admit("old", readers[0], rampNow); ok && plan.of(readers[0]).takes(readers[0]) {
					t.Fatal("the old relay took a reader of the plan")
				}
			}
			for _, d := range flying {
				up := 0
				for _, e := range flying {
					if name(plan, e) == name(plan, d) {
						up++
					}
				}
				if p := name(plan, d); tried[p]+up > share {
					t.Fatalf("%s: %d tried and %d under way, of a share of %d", p, tried[p], up, share)
				}
			}
		}
		for _, h := range g.Heard(false) {
			if h.Tried() != tried[h.Provider] {
				t.Fatalf("%s: %d heard, %d tried", h.Provider, h.Tried(), tried[h.Provider])
			}
			delete(tried, h.Provider)
		}
		for p, n := range tried {
			if n > 0 {
				t.Fatalf("%s: %d tried, and nothing heard", p, n)
			}
		}
	})
}

func name(p RampPlan, d Delivery) string {
	if _, own := p[Provider(d.Address)]; own {
		return Provider(d.Address)
	}
	return ProviderOther
}

func drawResult(t *rapid.T, n int64) Result {
	r := Result{Number: n}
	switch rapid.IntRange(0, 6).Draw(t, "result") {
	case 0, 1:
		r.State, r.Outcome = Accepted, Outcome{Class: OutcomeAccepted, Stage: "dot", Code: 250}
	case 2:
		r.State, r.Outcome = Deferred, Outcome{Class: OutcomeDeferred, Stage: "rcpt", Code: 450}
	case 3:
		r.State, r.Outcome = Queued, Outcome{Class: OutcomeRefused, Stage: "dot", Code: 550}
	case 4:
		r.State, r.Outcome = Queued, Outcome{Class: OutcomeRefused, Stage: "mail", Code: 550}
	case 5:
		r.State = Queued // handed back
	case 6:
		r.State = Skipped // not granted
	}
	return r
}

func reached(r Result) bool {
	return r.Outcome.Class != "" && r.Outcome.Stage != "mail"
}

func TestRampGate(t *testing.T) {
	reader := func(n int64, days int) Delivery {
		return Delivery{Number: n, Address: fmt.Sprintf("r%d@gmail.com", n), Confirmed: rampNow.AddDate(0, 0, -days)}
	}
	first, second := reader(1, 10), reader(2, 1)
	a := NewRampAudience(func(string) (int, bool) { return 1, false })
	a.Add(first)
	a.Add(second)
	want, _ := a.Want()
	lane := &RampLane{Name: "new", Relay: "new", Plan: a.Plan(want, nil)}
	tomorrow := rampNow.AddDate(0, 0, 1)
	rests := false
	renewed := 0
	g := &RampGate{
		Renew: func(time.Time) ([]*RampLane, time.Time, error) {
			renewed++
			return []*RampLane{lane}, tomorrow, nil
		},
		Tomorrow: func(time.Time) time.Time { return tomorrow },
		Rests:    func(relay string) bool { return rests && relay == "new" },
	}
	admits := func(what, relay string, d Delivery, want bool) {
		t.Helper()
		if ok, _ := g.Admit(relay, d, rampNow); ok != want {
			t.Errorf("%s: %t, want %t", what, ok, want)
		}
	}
	admits("who confirmed first goes the old way", "old", first, true)
	admits("and not the new", "new", first, false)
	if _, again := g.Admit("new", first, rampNow); !again.Equal(tomorrow) {
		t.Errorf("the rest is due %s, want %s", again, tomorrow)
	}
	admits("who confirmed last not the old way", "old", second, false)
	g.Observe(Event{Kind: EventRelayDown, Relay: "new"})
	admits("but when the new relay is down", "old", second, true)
	g.Observe(Event{Kind: EventRelayUp, Relay: "new"})
	rests = true
	admits("or at rest by order", "old", second, true)
	rests = false
	admits("who confirmed last goes the new way", "new", second, true)
	admits("once", "new", second, false)
	g.Observe(Event{Kind: EventResult, Relay: "new", Result: Result{Number: 2, State: Queued}})
	admits("again, when it came back untried", "new", second, true)
	g.Observe(Event{Kind: EventResult, Relay: "new", Result: Result{Number: 2, State: Deferred, Outcome: Outcome{Class: OutcomeDeferred, Stage: "rcpt", Code: 450}}})
	admits("a second try is over the share", "new", second, false)
	admits("and goes the old way", "old", second, true)
	if h := g.Heard(true); len(h) != 1 || h[0].Deferred != 1 || h[0].Tried() != 1 || h[0].Unused != 0 {
		t.Errorf("of the share of one: %+v", h)
	}
	if renewed != 1 {
		t.Errorf("%d plans were made in a day", renewed)
	}
	lane.Since = rampNow.Add(time.Second)
	admits("before its first day everybody goes the old way", "old", second, true)
	admits("and nobody the new", "new", second, false)
}

// TestRampEndsABadDay: what is deferred over and over is not tried on.
func TestRampEndsABadDay(t *testing.T) {
	a := NewRampAudience(func(string) (int, bool) { return 1000, false })
	for n := range int64(1000) {
		a.Add(Delivery{Number: n + 1, Address: "r@gmail.com"})
	}
	want, _ := a.Want()
	lane := &RampLane{Name: "new", Relay: "new", Plan: a.Plan(want, nil)}
	g := &RampGate{Renew: func(now time.Time) ([]*RampLane, time.Time, error) { return []*RampLane{lane}, now.Add(time.Hour), nil }, Tomorrow: func(now time.Time) time.Time { return now.Add(time.Hour) }}
	tries := 0
	for n := range int64(1000) {
		d := Delivery{Number: n + 1, Address: "r@gmail.com"}
		if ok, _ := g.Admit("new", d, rampNow); ok {
			tries++
			g.Observe(Event{Kind: EventResult, Relay: "new", Result: Result{Number: d.Number, Outcome: Outcome{Class: OutcomeDeferred, Stage: "rcpt", Code: 421}}})
		} else if ok, _ := g.Admit("old", d, rampNow); !ok {
			t.Fatal("the old relay does not take the rest")
		}
	}
	if tries != rampFew {
		t.Errorf("%d tries at a provider that defers all, want %d", tries, rampFew)
	}
}

func BenchmarkRampAudience(b *testing.B) {
	domains := []string{"gmail.com", "gmail.com", "gmail.com", "outlook.com", "yahoo.com", "web.de"}
	for b.Loop() {
		a := NewRampAudience(func(string) (int, bool) { return 5000, false })
		for n := range int64(1_000_000) {
			address := "reader@" + domains[n%6]
			if n%5 == 0 {
				address = fmt.Sprintf("reader@d%d.example", n%40_000)
			}
			a.Add(Delivery{Number: n, Address: address, Confirmed: rampNow.Add(-time.Duration(n*7919%1_000_003) * time.Second)})
		}
		want, _ := a.Want()
		a.Plan(want, nil)
	}
}
