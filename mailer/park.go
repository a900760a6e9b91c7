package mailer

import "time"

// parkIfHeld parks a lane of which nothing can go soon, over any relay.
func (d *dispatch) parkIfHeld(l *lane, now time.Time) {
	var first time.Time
	for _, o := range d.outlets {
		if !d.inUse(o) || o.rests {
			continue
		}
		at := now
		for _, u := range [...]*use{&l.uses[o.index], &l.all} {
			if u.way != nil {
				at = latest(at, u.way.openAt(now, d.Policy.GiveUp))
			}
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.Sub(now) > d.soon() {
		d.parkAll(l, first)
	}
}

// openAt is when something may go this way again, as far as is known.
func (w *way) openAt(now time.Time, giveUp time.Duration) time.Time {
	at := now
	if w.dead(now) && !w.outOfTime(now, giveUp) {
		at = w.until
	}
	if n, again := w.room(now, 1); n == 0 {
		at = latest(at, again)
	}
	return at
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// parkAll parks all that is pending of a lane.
func (d *dispatch) parkAll(l *lane, due time.Time) {
	n := l.pending
	for _, s := range l.takeAll() {
		d.park(s, due)
	}
	l.pending = n
	d.count(l, -n)
	d.tidy(l)
}

// park makes deliveries due later, which were taken off their lane.
func (d *dispatch) park(s strip, due time.Time) {
	numbers := make([]int64, len(s.deliveries))
	for i := range s.deliveries {
		numbers[i] = s.deliveries[i].Number
	}
	d.Ledger.Park(s.lease, due, numbers)
	s.done(len(numbers))
}

// shed parks of each lane that is held back what cannot go soon, so that others can be
// loaded: in parts that keep the lane busy for as long as that, one after the other.
func (d *dispatch) shed(now time.Time) {
	for _, l := range append([]*lane(nil), d.ring...) {
		if !l.limited.Load() || len(l.aside) > 0 {
			continue
		}
		pace := d.pace(l, now)
		keep := max(1, int(pace*d.soon().Seconds()))
		if l.pending <= keep {
			continue
		}
		n := l.pending - keep
		d.count(l, -n)
		l.parkedTo = latest(l.parkedTo, now.Add(d.soon()*3/4))
		for _, s := range l.tail(keep) {
			for len(s.deliveries) > 0 {
				k := min(keep, len(s.deliveries))
				d.park(strip{s.batch, s.deliveries[:k]}, l.parkedTo)
				s.deliveries = s.deliveries[k:]
				l.parkedTo = l.parkedTo.Add(time.Duration(float64(k) / pace * float64(time.Second)))
			}
		}
	}
}

// tail cuts off all but the first deliveries of a lane, whose count the caller has
// seen to.
func (l *lane) tail(keep int) []strip {
	for i := range l.runs {
		n := len(l.runs[i].deliveries)
		if n <= keep {
			keep -= n
			continue
		}
		cut := append([]strip{{l.runs[i].batch, l.runs[i].deliveries[keep:]}}, l.runs[i+1:]...)
		l.runs[i].deliveries = l.runs[i].deliveries[:keep:keep]
		l.runs = l.runs[:i+1]
		if keep == 0 {
			l.runs = l.runs[:i]
		}
		return cut
	}
	return nil
}

// pace is how many deliveries of a lane may go a second, over all relays.
func (d *dispatch) pace(l *lane, now time.Time) float64 {
	sum := 0.0
	for _, o := range d.outlets {
		u := &l.uses[o.index]
		switch {
		case !d.inUse(o) || o.rests:
		case u.way == nil:
			sum += 10 * float64(o.Connections)
		default:
			sum += u.way.pace(now)
		}
	}
	if l.all.way != nil {
		sum = min(sum, l.all.way.pace(now))
	}
	return max(sum, 0.01)
}

// soon is how long a delivery is kept in memory that cannot go now. Tests that run a
// policy of milliseconds wait accordingly.
func (d *dispatch) soon() time.Duration { return min(keptFor, d.Policy.First/10) }

// shut is when any relay may carry anything again, where that is later than soon; what
// is pending is parked until then. Zero: something may go. Relays that fail are the
// circuits' affair.
func (d *dispatch) shut(now time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	var first time.Time
	for _, o := range d.outlets {
		if !d.inUse(o) || o.rests {
			continue
		}
		_, at := o.way.room(now, 1)
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.IsZero() {
			first = now
		}
	}
	if d.whole.way != nil {
		_, at := d.whole.way.room(now, 1)
		first = latest(first, at)
	}
	if first.Sub(now) <= d.soon() {
		return time.Time{}
	}
	for _, l := range append([]*lane(nil), d.ring...) {
		d.parkAll(l, first)
	}
	return first
}
