package demo

import "time"

// The newspaper's schedule: Fridays at nine, by its own clock.
const (
	schedule = "0 9 * * FRI"
	timezone = "Europe/Berlin"
	expires  = "7d"
)

// afterSlot is how long after its slot the demo makes the edition.
const afterSlot = 2 * time.Minute

// newestSlot is the newest Friday at nine that has come, in the newspaper's zone.
func newestSlot(now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	back := (int(now.Weekday()) - int(time.Friday) + 7) % 7
	slot := time.Date(now.Year(), now.Month(), now.Day()-back, 9, 0, 0, 0, zone)
	if slot.After(now) {
		slot = time.Date(now.Year(), now.Month(), now.Day()-back-7, 9, 0, 0, 0, zone)
	}
	return slot
}

// clockFrom is a clock that shows start now and goes on from there.
func clockFrom(start time.Time, real func() time.Time) func() time.Time {
	begun := real()
	return func() time.Time { return start.Add(real().Sub(begun)) }
}
