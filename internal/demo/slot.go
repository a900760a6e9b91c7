package demo

import (
	"sync/atomic"
	"time"
)

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

// clock goes on from start while the edition is made, as it would have been at its
// slot. From Today on it is as late as it really is: mail is dated when it is sent,
// and receivers mistrust an old date.
type clock struct {
	start, begun time.Time
	real         func() time.Time
	today        atomic.Bool
}

func clockFrom(start time.Time, real func() time.Time) *clock {
	return &clock{start: start, begun: real(), real: real}
}

func (c *clock) now() time.Time {
	real := c.real()
	made := c.start.Add(real.Sub(c.begun))
	if c.today.Load() && real.After(made) {
		return real
	}
	return made
}

// Today ends the making of the edition: what follows happens now.
func (d *Demo) Today() { d.clock.today.Store(true) }
