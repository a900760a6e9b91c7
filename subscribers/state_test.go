package subscribers

import (
	"testing"
	"time"
)

func TestMove(t *testing.T) {
	// Rows are states, columns the events in the order of Events.
	table := map[State][]State{
		None:         {Pending, None, Confirmed, Confirmed, None},
		Pending:      {Pending, Confirmed, Confirmed, Confirmed, Unsubscribed},
		Confirmed:    {Confirmed, Confirmed, Confirmed, Confirmed, Unsubscribed},
		Unsubscribed: {Pending, Unsubscribed, Unsubscribed, Confirmed, Unsubscribed},
	}
	if len(table) != len(States)+1 {
		t.Fatalf("the table has %d states of %d", len(table), len(States)+1)
	}
	for from, row := range table {
		for i, event := range Events {
			if got := Move(from, event, false); got != row[i] {
				t.Errorf("%q, %s: got %q, want %q", from, event, got, row[i])
			}
			want := from
			if event == Left {
				want = row[i]
			}
			if got := Move(from, event, true); got != want {
				t.Errorf("%q, %s, suppressed: got %q, want %q", from, event, got, want)
			}
		}
	}
}

func TestWeekOf(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-22T12:00:00Z":      "2026-W47",
		"2026-11-23T00:30:00+02:00": "2026-W47",
		"2027-01-01T00:00:00Z":      "2026-W53",
		"2024-12-30T00:00:00Z":      "2025-W01",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := WeekOf(instant); got != want {
			t.Errorf("WeekOf(%s) = %s, want %s", at, got, want)
		}
	}
}
