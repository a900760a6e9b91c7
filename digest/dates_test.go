package digest

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWithDates(t *testing.T) {
	s, err := mustSchedule(t, "0 9 * * FRI", "Europe/Berlin").WithDates(map[string]string{
		"2026-12-25":       "skip",
		"2027-01-01T09:00": "2026-12-31T12:00",
		"2027-03-26":       "2027-03-28", // to a day on which 02:00 to 03:00 is left out
	})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Skips("2026-12-25T09:00") || s.Skips("2027-01-01T09:00") || s.Skips("2026-12-18T09:00") {
		t.Error("the wrong slots are skipped")
	}
	if !s.Moved("2027-01-01T09:00") || s.Moved("2026-12-25T09:00") {
		t.Error("the wrong slots are moved")
	}
	for slot, want := range map[Slot]string{
		"2026-12-25T09:00": "2026-12-25T09:00:00+01:00",
		"2027-01-01T09:00": "2026-12-31T12:00:00+01:00",
		"2027-03-26T09:00": "2027-03-28T09:00:00+02:00",
	} {
		if got := s.Instant(slot).Format(time.RFC3339); got != want {
			t.Errorf("%s comes at %s, want %s", slot, got, want)
		}
	}
	due := s.Due(instant(t, "2026-12-20T00:00:00Z"), instant(t, "2027-01-09T00:00:00Z"))
	if want := []Slot{"2026-12-25T09:00", "2027-01-01T09:00", "2027-01-08T09:00"}; !slices.Equal(due, want) {
		t.Errorf("due %v, want %v: skipped ones too, moved ones once", due, want)
	}
	if got := s.Prev(instant(t, "2026-12-31T12:00:00+01:00")); got != "2027-01-01T09:00" {
		t.Errorf("Prev = %s, want the moved slot by its own name", got)
	}
	if got := s.NextAfter(instant(t, "2026-12-31T12:00:00+01:00")); got != "2027-01-08T09:00" {
		t.Errorf("NextAfter = %s: the moved slot came already", got)
	}
}

func TestWithDatesBad(t *testing.T) {
	daily := mustSchedule(t, "0 8,17 * * *", "UTC")
	weekly := mustSchedule(t, "0 9 * * FRI", "UTC")
	for _, c := range []struct {
		s          Schedule
		key, value string
		want       string
	}{
		{weekly, "2026-12-24", "skip", "Thursday is no day of \"0 9 * * FRI\"; near it come 2026-12-18T09:00 and 2026-12-25T09:00"},
		{weekly, "2026-12-25T10:00", "skip", "no slot of"},
		{weekly, "Christmas", "skip", "neither a day"},
		{weekly, "2026-02-30", "skip", "neither a day"},
		{weekly, "2026-12-25", "skipped", `"skipped" is not "skip", nor a day such as 2026-12-25, nor a time`},
		{weekly, "2026-12-25", "2026-12-25", "to where it is"},
		{weekly, "2026-12-25", "2026-12-25T09:00", "to where it is"},
		{daily, "2026-12-25", "2026-12-26", "the day has 2 slots; name the one to move, such as 2026-12-25T08:00"},
	} {
		_, err := c.s.WithDates(map[string]string{c.key: c.value})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "dates: "+c.key) {
			t.Errorf("%s: %s: %v, want %q", c.key, c.value, err, c.want)
		}
	}
	_, err := daily.WithDates(map[string]string{"2026-12-25": "skip", "2026-12-25T08:00": "skip", "x": "skip"})
	if err == nil || !strings.Contains(err.Error(), "given twice") || !strings.Contains(err.Error(), "dates: x:") {
		t.Errorf("%v, want both mistakes", err)
	}
	if s, err := daily.WithDates(map[string]string{"2026-12-25": "skip"}); err != nil || !s.Skips("2026-12-25T17:00") {
		t.Errorf("a day skips all its slots: %v", err)
	}
}

func TestWindow(t *testing.T) {
	at := instant(t, "2026-11-27T09:00:00Z")
	for _, c := range []struct {
		last, from time.Time
		what       string
	}{
		{time.Time{}, at.AddDate(0, 0, -7), "first edition"},
		{at.AddDate(0, 0, -14), at.AddDate(0, 0, -14), "a week was skipped"},
		{at, at, "nothing to add"},
		{at.Add(time.Hour), at, "never backwards"},
	} {
		if from, to := Window(c.last, at); !from.Equal(c.from) || !to.Equal(at) {
			t.Errorf("%s: [%s, %s)", c.what, from, to)
		}
	}
}
