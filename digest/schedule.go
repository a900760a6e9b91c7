package digest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule names the slots of a newsletter and says when each one comes.
//
// The cron line is a rule on wall-clock time. It is iterated on a calendar without
// time zones, so that daylight saving takes no slot away and doubles none; only
// then is each wall-clock time mapped to an instant, by [Schedule.Instant].
//
// The zero Schedule has no slots. Make one with [ParseSchedule].
type Schedule struct {
	line  string
	spec  *cron.SpecSchedule
	zone  *time.Location
	dates map[Slot]dated
}

// dated is what the configuration's "dates" make of one slot.
type dated struct {
	skip bool
	wall time.Time // where it moves to, as UTC; zero when skipped
}

// A wall-clock time and its instant, held as UTC, are never further apart than
// this: offsets run from -12 to +14 hours today, and to 15:14 in the 19th century.
const widestOffset = 16 * time.Hour

// longestPause is how far two slots of a line can lie apart: 29 February 2096 is
// followed by that of 2104, and a day moved by "dates" by as much as people like.
const longestPause = 9 * 366 * 24 * time.Hour

// ParseSchedule reads a cron line of five fields (minute, hour, day of month,
// month, day of week; names and @weekly and its like are taken) and the name of an
// IANA time zone, such as Europe/Berlin. The zone's data comes from the machine
// or from the program, which should import time/tzdata.
func ParseSchedule(line, timezone string) (Schedule, error) {
	spec, err := parseCron(line)
	if err != nil {
		return Schedule{}, err
	}
	if timezone == "" || timezone == "Local" {
		return Schedule{}, fmt.Errorf("time zone %q: name one, such as Europe/Berlin, America/New_York or UTC", timezone)
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return Schedule{}, fmt.Errorf("time zone %q is not known; write a name such as Europe/Berlin, America/New_York or UTC", timezone)
	}
	return Schedule{line: line, spec: spec, zone: zone}, nil
}

// String is the cron line and its zone, for people.
func (s Schedule) String() string { return s.line + " " + s.Zone().String() }

// Zone is the time zone of the schedule.
func (s Schedule) Zone() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// Next is the slot that follows after in the calendar of the cron line, moved or
// skipped ones by their names. It is empty when after is not a regular slot.
func (s Schedule) Next(after Slot) Slot {
	wall, ok := after.wall()
	if !ok {
		return ""
	}
	next, ok := s.nextWall(wall)
	if !ok {
		return ""
	}
	return slotOf(next)
}

// nextWall iterates the cron line on wall-clock time held as UTC. The library
// gives up after five years, which is short of the leap day after 29 February 2096.
func (s Schedule) nextWall(after time.Time) (time.Time, bool) {
	if s.spec == nil {
		return time.Time{}, false
	}
	for range 2 {
		if next := s.spec.Next(after); !next.IsZero() {
			return next, true
		}
		after = after.AddDate(5, 0, 0)
	}
	return time.Time{}, false
}

// Instant is when a regular slot comes: at its name's wall-clock time, or where
// "dates" moved it. The slot keeps its name when it moves. The instant is in the
// schedule's zone. It is zero for a slot that is not regular; an extra comes when
// an operator says so.
func (s Schedule) Instant(slot Slot) time.Time {
	wall, ok := slot.wall()
	if !ok {
		return time.Time{}
	}
	if moved := s.dates[slot].wall; !moved.IsZero() {
		wall = moved
	}
	return atWall(wall, s.Zone())
}

// Skips tells whether "dates" skips the slot: it is due like any other, and its
// edition is then skipped.
func (s Schedule) Skips(slot Slot) bool { return s.dates[slot].skip }

// Moved tells whether "dates" moves the slot.
func (s Schedule) Moved(slot Slot) bool { return !s.dates[slot].wall.IsZero() }

// Due lists the slots whose instants lie in (after, now], by instant. Asked
// over any partition of a stretch of time, it gives each slot exactly once.
func (s Schedule) Due(after, now time.Time) []Slot {
	if !now.After(after) {
		return nil
	}
	type due struct {
		slot Slot
		at   time.Time
	}
	var found []due
	add := func(slot Slot) {
		if at := s.Instant(slot); at.After(after) && !at.After(now) {
			found = append(found, due{slot, at})
		}
	}
	last := now.UTC().Add(widestOffset)
	wall, ok := s.nextWall(after.UTC().Add(-widestOffset))
	for ok && !wall.After(last) {
		if slot := slotOf(wall); !s.Moved(slot) {
			add(slot)
		}
		wall, ok = s.nextWall(wall)
	}
	for slot := range s.dates {
		if s.Moved(slot) {
			add(slot)
		}
	}
	slices.SortFunc(found, func(a, b due) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.slot, b.slot))
	})
	slots := make([]Slot, len(found))
	for i, d := range found {
		slots[i] = d.slot
	}
	return slots
}

// Prev is the last slot that comes at or before now; empty when there is none.
// It may be a skipped one: ask Skips.
func (s Schedule) Prev(now time.Time) Slot {
	for back := time.Hour; ; back *= 4 {
		back = min(back, longestPause)
		if slots := s.Due(now.Add(-back), now); len(slots) > 0 {
			return slots[len(slots)-1]
		}
		if back == longestPause {
			return ""
		}
	}
}

// NextAfter is the first slot that comes after now; empty when there is none. It
// may be a skipped one: ask Skips.
func (s Schedule) NextAfter(now time.Time) Slot {
	for ahead := time.Hour; ; ahead *= 4 {
		ahead = min(ahead, longestPause)
		if slots := s.Due(now, now.Add(ahead)); len(slots) > 0 {
			return slots[0]
		}
		if ahead == longestPause {
			return ""
		}
	}
}

// atWall maps a wall-clock time, held as UTC, to an instant as RFC 5545 3.3.5
// asks: a time that comes twice is the first of them; one that the clocks leap
// over is read with the offset before the leap, so 02:30 comes at 03:30. (Where a
// whole day is left out, as 2011-12-30 in Pacific/Apia, it comes a day later.)
// time.Date promises neither.
func atWall(wall time.Time, zone *time.Location) time.Time {
	probe := wall.Add(-widestOffset).In(zone)
	_, before := probe.Zone()
	for {
		_, offset := probe.Zone()
		start, end := probe.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if !start.IsZero() && at.Before(start) {
			at = wall.Add(-time.Duration(before) * time.Second)
			return at.In(zone)
		}
		if end.IsZero() || at.Before(end) {
			return at.In(zone)
		}
		probe, before = end.In(zone), offset
	}
}
