package digest

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestEmbargoedStoryHasItsEdition: two editions in turn, each drafted ahead of its
// slot or late. A story that the first leaves out for its embargo is open to the
// next that goes out after it, however old it is by then.
func TestEmbargoedStoryHasItsEdition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := func(name string, from, to int) time.Duration {
			return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Hour
		}
		x := tale("x", "Audit: city paid twice", "News", 0)
		x.Published = weekFrom.Add(-hours("age", 1, 7*24))
		x.FirstSeen = x.Published.Add(time.Hour)
		x.Embargo = weekFrom.Add(hours("embargo", -24, 24))

		first := week()
		first.Slot, first.At, first.Stories = "2026-11-20T09:00", weekFrom, []Story{x}
		first.From, first.To = Window(time.Time{}, weekFrom.Add(hours("first drafted", -24, 24)))
		c, in := find(t, mustMake(t, first, Overlay{}), "x")
		if in || c.Reason.Rule == OutOfWindow && !x.Published.Before(first.To) {
			return // mailed, or newer than what the first edition looks at
		}
		if c.Reason.Rule != Embargoed {
			t.Fatalf("the first edition leaves it out: %+v", c.Reason)
		}
		next := week()
		next.Stories = []Story{x}
		next.From, next.To = Window(first.To, slotAt.Add(hours("next drafted", -24, 24)))
		if c, in := find(t, mustMake(t, next, Overlay{}), "x"); !in {
			t.Fatalf("embargoed until %s, and the edition after that leaves it out: %+v", x.Embargo, c.Reason)
		}
	})
}
