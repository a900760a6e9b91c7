package mailer

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// TestMeterProperty: whoever asks before they take never sees more than Rate in a
// second, nor more than Hourly in 60 minutes, wherever those begin; and a meter that has
// no room says when it has some, and is right.
func TestMeterProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := meter{Limits: Limits{Rate: rapid.IntRange(0, 300).Draw(rt, "rate"), Hourly: rapid.IntRange(0, 900).Draw(rt, "hourly")}}
		now := start
		var gone []time.Time
		for range rapid.IntRange(1, 400).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(rapid.SampledFrom([]time.Duration{
				time.Millisecond, 30 * time.Millisecond, time.Second, 20 * time.Minute,
			}).Draw(rt, "scale"))).Draw(rt, "wait")))
			want := rapid.IntRange(1, 40).Draw(rt, "want")
			n, again := m.room(now, want)
			if n > want || n < 0 || n == 0 == again.IsZero() || n == 0 && !again.After(now) {
				rt.Fatalf("room for %d of %d, again at %v, now %v", n, want, again, now)
			}
			if n == 0 && rapid.Bool().Draw(rt, "patient") {
				now = again
				if n, again = m.room(now, want); n == 0 {
					rt.Fatalf("no room at the time that was given, but at %v", again)
				}
			}
			m.take(now, n)
			back := 0
			if n > 0 && rapid.IntRange(0, 9).Draw(rt, "back") == 0 {
				back = rapid.IntRange(1, n).Draw(rt, "given back")
				m.giveBack(back)
			}
			for range n - back {
				gone = append(gone, now)
			}
		}
		for i, from := 0, 0; i < len(gone); i++ {
			for from < i && gone[i].Sub(gone[from]) >= time.Second {
				from++
			}
			if n := i - from + 1; m.Rate > 0 && n > m.Rate {
				rt.Fatalf("%d messages in a second, with a rate of %d", n, m.Rate)
			}
		}
		for i, from := 0, 0; i < len(gone); i++ {
			for from < i && gone[i].Sub(gone[from]) >= time.Hour {
				from++
			}
			if n := i - from + 1; m.Hourly > 0 && n > m.Hourly {
				rt.Fatalf("%d messages in an hour, with %d allowed", n, m.Hourly)
			}
		}
	})
}

// TestMeterReaches: over a long time nearly all that the limits allow goes.
func TestMeterReaches(t *testing.T) {
	for _, l := range []Limits{{Rate: 1}, {Rate: 20}, {Rate: 100}, {Rate: 5000}, {Hourly: 60}, {Hourly: 100_000}, {Rate: 7, Hourly: 10_000}} {
		m := meter{Limits: l}
		sent, now := 0, start
		for end := start.Add(4 * time.Hour); now.Before(end) && sent < 1_000_000; {
			n, again := m.room(now, 8)
			if n == 0 {
				now = again
				continue
			}
			m.take(now, n)
			sent += n
		}
		if rate, want := float64(sent)/now.Sub(start).Seconds(), m.perSecond(); rate < 0.94*want {
			t.Errorf("%+v: %.2f a second of %.2f", l, rate, want)
		}
	}
}

func TestFeedback(t *testing.T) {
	const first, most = time.Minute, 30 * time.Minute
	f := newFeedback(10)
	failures := 0
	for !f.bad(start, first, most) {
		if failures++; failures > 100 {
			t.Fatal("it never dies")
		}
	}
	if failures < 10 || failures > 40 || !f.dead(start) || f.until != start.Add(first) {
		t.Errorf("died after %d failures, until %v", failures, f.until)
	}
	if f.bad(start.Add(time.Second), first, most) {
		t.Error("it died twice of what began before")
	}
	now, waits := start, []time.Duration{2, 4, 8, 16, 30, 30}
	for _, want := range waits {
		now = f.until
		if f.dead(now) || !f.tried(now) {
			t.Fatalf("at %v it may not be tried", now)
		}
		if !f.bad(now, first, most) || f.until.Sub(now) != want*time.Minute {
			t.Errorf("left alone for %v, want %d minutes", f.until.Sub(now), want)
		}
	}
	if f.since != start {
		t.Errorf("it fails since %v", f.since)
	}
	f.good()
	if f.window != 2 || f.tried(now) || !f.pressed() {
		t.Errorf("after a success: %+v", f)
	}
	for range 100 {
		f.good()
	}
	if f.pressed() {
		t.Errorf("after many: %+v", f)
	}
}

// TestFeedbackProperty: the window stays within its bounds; one failure in ten leaves
// half of it at least, and never makes the way dead.
func TestFeedbackProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		most := rapid.IntRange(1, 200).Draw(rt, "most")
		f, now := newFeedback(most), start
		for _, good := range rapid.SliceOfN(rapid.Bool(), 1, 400).Draw(rt, "outcomes") {
			if now = now.Add(time.Second); good {
				f.good()
			} else {
				f.bad(now, time.Minute, time.Hour)
			}
			if f.window < 1 || f.window > float64(most) {
				rt.Fatalf("window %v of %d", f.window, most)
			}
			if f.until.Sub(now) > time.Hour {
				rt.Fatalf("left alone until %v", f.until)
			}
		}
		f = newFeedback(most)
		place := rapid.IntRange(0, 9).Draw(rt, "place")
		for i := range 500 {
			if i%10 == place {
				if f.bad(now, time.Minute, time.Hour) {
					rt.Fatal("dead")
				}
				continue
			}
			f.good()
			if f.window < float64(most)/2 {
				rt.Fatalf("window %v of %d", f.window, most)
			}
		}
	})
}
