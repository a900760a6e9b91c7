package digest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const dateLayout = time.DateOnly

// WithDates lays a newsletter's "dates" over the schedule: holidays and moved
// days. A key is a slot ("2026-12-25T09:00") or a day ("2026-12-25": the slots of
// that day). A value is "skip", a wall-clock time to move the slot to
// ("2026-12-24T12:00"), or a day to move it to at its own time ("2026-12-24").
//
// A moved slot keeps its name. The error lists every entry that is wrong, in the
// order of the keys.
func (s Schedule) WithDates(dates map[string]string) (Schedule, error) {
	laid := make(map[Slot]dated, len(dates))
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(dates)) {
		if err := s.layDate(laid, key, dates[key]); err != nil {
			problems = append(problems, fmt.Errorf("dates: %s: %w", key, err))
		}
	}
	if len(problems) > 0 {
		return s, errors.Join(problems...)
	}
	s.dates = laid
	return s, nil
}

func (s Schedule) layDate(laid map[Slot]dated, key, value string) error {
	slots, err := s.slotsNamed(key)
	if err != nil {
		return err
	}
	if value != "skip" && len(slots) > 1 {
		return fmt.Errorf("the day has %d slots; name the one to move, such as %s", len(slots), slots[0])
	}
	for _, slot := range slots {
		if _, twice := laid[slot]; twice {
			return fmt.Errorf("slot %s is given twice, by its day and by its name; keep one", slot)
		}
		entry, err := dateFor(slot, value)
		if err != nil {
			return err
		}
		laid[slot] = entry
	}
	return nil
}

func dateFor(slot Slot, value string) (dated, error) {
	if value == "skip" {
		return dated{skip: true}, nil
	}
	wall, ok := Slot(value).wall()
	if !ok {
		own, _ := slot.wall()
		day, err := time.Parse(dateLayout, value)
		if err != nil {
			return dated{}, fmt.Errorf("%q is not \"skip\", nor a day such as %s, nor a time such as %s", value, slot.Date(), slot)
		}
		wall = day.Add(own.Sub(own.Truncate(24 * time.Hour)))
	}
	if slotOf(wall) == slot {
		return dated{}, errors.New("moves the slot to where it is; take the line out")
	}
	return dated{wall: wall}, nil
}

// slotsNamed finds the slots of the cron line that a key of "dates" names.
func (s Schedule) slotsNamed(key string) ([]Slot, error) {
	if wall, ok := Slot(key).wall(); ok {
		if next, found := s.nextWall(wall.Add(-time.Minute)); found && next.Equal(wall) {
			return []Slot{Slot(key)}, nil
		}
		return nil, fmt.Errorf("no slot of %q; near it come %s", s.line, s.near(wall))
	}
	day, err := time.Parse(dateLayout, key)
	if err != nil {
		return nil, errors.New("is neither a day such as 2026-12-25 nor a slot such as 2026-12-25T09:00")
	}
	var slots []Slot
	end := day.AddDate(0, 0, 1)
	wall, ok := s.nextWall(day.Add(-time.Minute))
	for ok && wall.Before(end) {
		slots = append(slots, slotOf(wall))
		wall, ok = s.nextWall(wall)
	}
	if len(slots) == 0 {
		return nil, fmt.Errorf("%s is no day of %q; near it come %s", day.Weekday(), s.line, s.near(day))
	}
	return slots, nil
}

// near names the slots around a wall-clock time, for an error.
func (s Schedule) near(wall time.Time) string {
	var names []string
	if prev := (Schedule{line: s.line, spec: s.spec}).Prev(wall); prev != "" {
		names = append(names, string(prev))
	}
	if next, ok := s.nextWall(wall); ok {
		names = append(names, string(slotOf(next)))
	}
	return strings.Join(names, " and ")
}
