package digest

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tables below hold on a machine without zone files

	"pgregory.net/rapid"
)

func mustSchedule(t interface {
	Helper()
	Fatalf(string, ...any)
}, line, zone string,
) Schedule {
	t.Helper()
	s, err := ParseSchedule(line, zone)
	if err != nil {
		t.Fatalf("ParseSchedule(%q, %q): %v", line, zone, err)
	}
	return s
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestParseScheduleGood(t *testing.T) {
	for _, line := range []string{
		"0 9 * * FRI", "0 9 * * fri", " 0\t9 * * 5 ", "*/15 8-18/2 1,15 JAN-MAR MON-FRI", "0 9 29 2 *", "0 9 31 2 FRI",
		"? ? ? ? ?", "5/20 * * * *", "@weekly", "@hourly", "@daily", "@midnight", "@monthly", "@yearly", "@annually", "59 23 31 12 6",
	} {
		s := mustSchedule(t, line, "Europe/Berlin")
		if s.NextAfter(instant(t, "2026-11-22T00:00:00Z")) == "" {
			t.Errorf("%q: has no slot", line)
		}
	}
}

func TestParseScheduleBad(t *testing.T) {
	for _, c := range []struct{ line, zone, want string }{
		{"", "UTC", "empty; write five fields"},
		{"   ", "UTC", "empty; write five fields"},
		{"0 9 * *", "UTC", "4 fields; write five"},
		{"0 0 9 * * FRI", "UTC", "seconds are not taken"},
		{"0 0 9 * * FRI 2026", "UTC", "7 fields"},
		{"@every 1h", "UTC", "@every names no time of day"},
		{"@fortnightly", "UTC", "no such word; there are @hourly"},
		{"@Weekly", "UTC", "no such word"},
		{"TZ=UTC", "UTC", "a time zone does not belong in the line"},
		{"TZ=Asia/Tokyo 0 9 * * *", "UTC", "a time zone does not belong"},
		{"CRON_TZ=Asia/Tokyo 0 9 * * *", "UTC", "a time zone does not belong"},
		{"0 9 31 2 *", "UTC", "never comes"},
		{"0 9 30 FEB *", "UTC", "never comes"},
		{"0 9 31 4,6,9,11 *", "UTC", "never comes"},
		{"60 9 * * *", "UTC", `minute "60": "60" is not a number from 0 to 59`},
		{"0 24 * * *", "UTC", `"24" is not a number from 0 to 23`},
		{"0 9 0 * *", "UTC", "from 1 to 31"},
		{"0 9 * 13 *", "UTC", "from 1 to 12, or JAN to DEC"},
		{"0 9 * * 7", "UTC", "Sunday is 0 or SUN"},
		{"0 9 * * Friday", "UTC", "or SUN to SAT"},
		{"0 9 * * FRI-MON", "UTC", "runs backwards; write it as two ranges, such as FRI-6,0-MON"},
		{"0 9 1,,2 * *", "UTC", "take out the extra comma"},
		{", 9 * * *", "UTC", "take out the extra comma"},
		{"*/0 9 * * *", "UTC", "the step"},
		{"*/99 9 * * *", "UTC", "the step"},
		{"*/ 9 * * *", "UTC", "the step"},
		{"*/5/5 9 * * *", "UTC", "the step"},
		{"*-5 9 * * *", "UTC", `"*" is not a number`},
		{"1-2-3 9 * * *", "UTC", `"2-3" is not a number`},
		{"+5 9 * * *", "UTC", `"+5" is not a number`},
		{"-5 9 * * *", "UTC", `"" is not a number`},
		{"99999999999999999999 9 * * *", "UTC", "is not a number"},
		{"0 9 L * *", "UTC", `"L" is not a number`},
		{"0 9 * * FRI#2", "UTC", "is not a number"},
		{"0 9 * * FRI", "", "name one, such as Europe/Berlin"},
		{"0 9 * * FRI", "Local", "name one"},
		{"0 9 * * FRI", "Europe/Hamburg", "is not known"},
		{"0 9 * * FRI", "../../etc/passwd", "is not known"},
	} {
		_, err := ParseSchedule(c.line, c.zone)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseSchedule(%q, %q) = %v, want %q", c.line, c.zone, err, c.want)
		}
	}
}

func TestInstant(t *testing.T) {
	for _, c := range []struct {
		zone, what string
		slot       Slot
		want       string
	}{
		{"Europe/Berlin", "winter", "2026-11-27T09:00", "2026-11-27T09:00:00+01:00"},
		{"Europe/Berlin", "summer", "2026-07-03T09:00", "2026-07-03T09:00:00+02:00"},
		{"Europe/Berlin", "before the gap", "2026-03-29T01:59", "2026-03-29T01:59:00+01:00"},
		{"Europe/Berlin", "gap begins", "2026-03-29T02:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "gap", "2026-03-29T02:30", "2026-03-29T03:30:00+02:00"},
		{"Europe/Berlin", "after the gap", "2026-03-29T03:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "twice", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"},
		{"Europe/Berlin", "after twice", "2026-10-25T03:00", "2026-10-25T03:00:00+01:00"},
		{"America/New_York", "gap", "2026-03-08T02:30", "2026-03-08T03:30:00-04:00"},
		{"America/New_York", "twice", "2026-11-01T01:30", "2026-11-01T01:30:00-04:00"},
		{"Australia/Lord_Howe", "half-hour gap", "2026-10-04T02:15", "2026-10-04T02:45:00+11:00"},
		{"Australia/Lord_Howe", "half hour twice", "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"},
		{"Asia/Kolkata", "no changes", "2026-03-29T02:30", "2026-03-29T02:30:00+05:30"},
		{"Pacific/Apia", "a day left out", "2011-12-30T09:00", "2011-12-31T09:00:00+14:00"},
		{"Pacific/Apia", "the day before", "2011-12-29T09:00", "2011-12-29T09:00:00-10:00"},
		{"Pacific/Apia", "the day after", "2011-12-31T09:00", "2011-12-31T09:00:00+14:00"},
		{"America/Sao_Paulo", "midnight left out", "2018-11-04T00:00", "2018-11-04T01:00:00-02:00"},
		{"Asia/Manila", "a day left out in 1844, with 15:56 between the offsets", "1844-12-31T09:00", "1845-01-01T09:00:00+08:03"},
		{"UTC", "", "2026-11-27T09:00", "2026-11-27T09:00:00Z"},
	} {
		got := mustSchedule(t, "* * * * *", c.zone).Instant(c.slot)
		if c.zone == "Asia/Manila" { // RFC 3339 has no seconds in an offset
			if got.Format("2006-01-02T15:04") != c.want[:16] {
				t.Errorf("%s %s: %s is %s, want %s", c.zone, c.what, c.slot, got, c.want)
			}
			continue
		}
		if !got.Equal(instant(t, c.want)) || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s %s: %s is %s, want %s", c.zone, c.what, c.slot, got.Format(time.RFC3339), c.want)
		}
	}
	for _, slot := range []Slot{"", "extra-blackout", "2026-02-30T09:00", "2026-11-27"} {
		if got := mustSchedule(t, "* * * * *", "UTC").Instant(slot); !got.IsZero() {
			t.Errorf("Instant(%q) = %s, want none", slot, got)
		}
	}
}

func TestNextAndPrev(t *testing.T) {
	s := mustSchedule(t, "0 9 * * FRI", "Europe/Berlin")
	if got := s.Next("2026-11-27T09:00"); got != "2026-12-04T09:00" {
		t.Errorf("Next = %s", got)
	}
	if got := s.Next("extra-blackout"); got != "" {
		t.Errorf("Next of an extra = %s", got)
	}
	now := instant(t, "2026-11-27T09:00:00+01:00")
	if got := s.Prev(now); got != "2026-11-27T09:00" {
		t.Errorf("Prev at the slot = %s", got)
	}
	if got := s.Prev(now.Add(-time.Nanosecond)); got != "2026-11-20T09:00" {
		t.Errorf("Prev before the slot = %s", got)
	}
	if got := s.NextAfter(now); got != "2026-12-04T09:00" {
		t.Errorf("NextAfter = %s", got)
	}
	leap := mustSchedule(t, "0 9 29 2 *", "UTC")
	if got := leap.NextAfter(instant(t, "2097-01-01T00:00:00Z")); got != "2104-02-29T09:00" {
		t.Errorf("the leap day after 2096 = %s", got)
	}
	if got := leap.Prev(instant(t, "2104-02-28T00:00:00Z")); got != "2096-02-29T09:00" {
		t.Errorf("the leap day before 2104 = %s", got)
	}
	var none Schedule
	if none.Next("2026-11-27T09:00") != "" || none.NextAfter(now) != "" || none.Prev(now) != "" {
		t.Error("the zero schedule has a slot")
	}
}

var zones = []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "UTC"}

// Over daylight saving, each local day has one slot, in the order of the calendar.
func TestEveryDayHasOneSlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := time.Unix(60*rapid.Int64Range(0, 24*60-1).Draw(t, "minute of day"), 0).UTC().Format("4 15") + " * * *"
		s := mustSchedule(t, line, rapid.SampledFrom(zones).Draw(t, "zone"))
		day := time.Date(2011, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "day"))
		from := s.Instant(slotOf(day))
		to := s.Instant(slotOf(day.AddDate(0, 0, 40)))
		seen := map[string]int{}
		for _, slot := range s.Due(from.Add(-48*time.Hour), to.Add(48*time.Hour)) {
			seen[slot.Date()]++
		}
		for i := range 40 {
			if date := day.AddDate(0, 0, i).Format(dateLayout); seen[date] != 1 {
				t.Fatalf("%s in %s: %s has %d slots", line, s.Zone(), date, seen[date])
			}
		}
	})
}

// However a stretch of time is cut up, Due gives each slot of it exactly once.
func TestDueOverPartitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"30 2 * * *", "*/20 1-3 * * *", "0 9 * * FRI", "@hourly"}).Draw(t, "line")
		s := mustSchedule(t, line, rapid.SampledFrom(zones).Draw(t, "zone"))
		start := rapid.SampledFrom([]int64{1325116800, 1774666800, 1774933200, 1792800000, 1793430000}).Draw(t, "start")
		from := time.Unix(start, 0)
		if next := s.NextAfter(from); line != "@hourly" && rapid.Bool().Draw(t, "moved") {
			moved, err := s.WithDates(map[string]string{string(next): string(slotOf(from.UTC().Add(100 * time.Hour)))})
			if err == nil {
				s = moved
			}
		}
		cuts := rapid.SliceOf(rapid.IntRange(0, 8*24*60)).Draw(t, "cuts")
		cuts = append(cuts, 0, 8*24*60)
		slices.Sort(cuts)
		var pieces []Slot
		for i := 1; i < len(cuts); i++ {
			pieces = append(pieces, s.Due(from.Add(time.Duration(cuts[i-1])*time.Minute), from.Add(time.Duration(cuts[i])*time.Minute))...)
		}
		whole := s.Due(from, from.Add(8*24*time.Hour))
		if !slices.Equal(pieces, whole) {
			t.Fatalf("in pieces %v, whole %v", pieces, whole)
		}
	})
}

// NextAfter and Prev agree with Due.
func TestNextAfterIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := mustSchedule(t, "30 2 * * *", rapid.SampledFrom(zones).Draw(t, "zone"))
		now := time.Unix(rapid.Int64Range(1324000000, 1900000000).Draw(t, "now"), 0)
		next, prev := s.NextAfter(now), s.Prev(now)
		if !s.Instant(next).After(now) || s.Instant(prev).After(now) {
			t.Fatalf("at %s: prev %s, next %s", now, s.Instant(prev), s.Instant(next))
		}
		if between := s.Due(s.Instant(prev), s.Instant(next).Add(-time.Nanosecond)); len(between) > 0 {
			t.Fatalf("between %s and %s lie %v", prev, next, between)
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, line := range []string{"0 9 * * FRI", "TZ=UTC", "@every 1s", ", , , , ,", "*/5 1-2,3 ? JAN-DEC 0"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := ParseSchedule(line, "UTC")
		if err == nil && s.NextAfter(time.Unix(1795000000, 0)) == "" {
			t.Errorf("%q was taken and never comes", line)
		}
	})
}
