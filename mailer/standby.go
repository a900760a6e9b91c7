package mailer

import "time"

// reviewEvery is how often the operator's word and the standby relays are looked after.
const reviewEvery = 250 * time.Millisecond

// review looks after the operator's word and the standby relays, until the run stops.
func (d *dispatch) review() {
	tick := time.NewTicker(reviewEvery)
	defer tick.Stop()
	for {
		d.look()
		select {
		case <-tick.C:
		case <-d.soft.Done():
			return
		}
	}
}

// look asks for the operator's word, and sees which relays rest. A standby relay takes
// over when every other one in use has failed for a while, and rests again as soon as
// one of them takes mail.
func (d *dispatch) look() {
	named := ""
	if d.Use != nil {
		named = d.Use()
	}
	var events []Event
	d.mu.Lock()
	changed := d.named != named
	if d.named = named; d.outlet(named) == nil {
		d.named = ""
	}
	now := d.Clock()
	needed := d.needed(now)
	for _, o := range d.outlets {
		rests := o.Standby && !needed && d.named != o.Name
		if rests == o.rests {
			continue
		}
		o.rests, changed = rests, true
		kind := EventStandbyOn
		if rests {
			kind = EventStandbyOff
		}
		events = append(events, Event{At: now, Kind: kind, Relay: o.Name})
	}
	if changed {
		d.wakeAll()
		signal(d.hungry)
	}
	d.mu.Unlock()
	for _, e := range events {
		if e.Kind == EventStandbyOn {
			d.Log.Warn("no other relay takes mail: the standby relay takes over", "relay", e.Relay)
		} else {
			d.Log.Info("another relay takes mail again: the standby relay rests", "relay", e.Relay)
		}
		d.Observe(e)
	}
}

// needed tells whether no relay but those on standby takes mail.
func (d *dispatch) needed(now time.Time) bool {
	for _, o := range d.outlets {
		if o.Standby || !d.inUse(o) {
			continue
		}
		if since, _ := o.circuit.down(); since.IsZero() || now.Sub(since) < d.standbyAfter {
			return false
		}
	}
	return true
}

// allDown tells whether every relay in use has failed for as long as a run tries.
func (d *dispatch) allDown(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range d.outlets {
		if since, _ := o.circuit.down(); d.inUse(o) && (since.IsZero() || now.Sub(since) < d.GiveUpDialing) {
			return false
		}
	}
	return true
}

// atRest has standby relays rest from the start, of which nobody need be told.
func (d *dispatch) atRest() {
	ordinary := false
	for _, o := range d.outlets {
		ordinary = ordinary || !o.Standby
	}
	for _, o := range d.outlets {
		o.rests = o.Standby && ordinary
		d.reviewed = d.reviewed || o.Standby
	}
	d.reviewed = d.reviewed || d.Use != nil
}
