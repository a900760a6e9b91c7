package mailer

import (
	"slices"
	"time"
)

// never is when a gate that gives no time is asked again.
const never = time.Hour

// asked is how many deliveries of a lane a gate is asked about at once.
const asked = 64

// cut takes up to n deliveries off a lane, which are of one batch: b, where that is not
// nil.
func (d *dispatch) cut(l *lane, b *batch, n int) (*batch, []Delivery) {
	for len(l.runs) > 0 && l.runs[0].lost.Load() {
		gone := l.runs[0]
		l.runs = l.runs[1:]
		d.count(l, -len(gone.deliveries))
		gone.done(len(gone.deliveries))
	}
	if len(l.runs) == 0 || b != nil && l.runs[0].batch != b {
		return b, nil
	}
	s := &l.runs[0]
	b, n = s.batch, min(n, len(s.deliveries))
	part := s.deliveries[:n:n]
	if s.deliveries = s.deliveries[n:]; len(s.deliveries) == 0 {
		l.runs = l.runs[1:]
	}
	d.count(l, -n)
	return b, part
}

// from takes up to n deliveries off a lane that a relay may carry: first those that were
// kept apart, since some other relay may not.
func (d *dispatch) from(l *lane, o *outlet, b *batch, n int, now time.Time) (*batch, []Delivery) {
	if d.Gate == nil && len(l.aside) == 0 {
		return d.cut(l, b, n)
	}
	var got []Delivery
	kept := l.aside[:0]
	for _, a := range l.aside {
		switch {
		case a.lost.Load():
			d.count(l, -1)
			a.done(1)
		case len(got) < n && (b == nil || a.batch == b) && d.admits(&a, o, now):
			d.count(l, -1)
			b, got = a.batch, append(got, a.deliveries...)
		default:
			if !d.parkRefused(l, a, now) {
				kept = append(kept, a)
			}
		}
	}
	clear(l.aside[len(kept):])
	l.aside = kept
	if d.Gate == nil && len(got) == 0 {
		return d.cut(l, b, n)
	}
	for tries := 0; d.Gate != nil && len(got) < n && tries < asked; tries++ {
		at, one := d.cut(l, b, 1)
		if len(one) == 0 {
			break
		}
		a := apart{batch: at, deliveries: one}
		if d.admits(&a, o, now) {
			b, got = at, append(got, one...)
			continue
		}
		d.count(l, 1)
		if !d.parkRefused(l, a, now) {
			l.aside = append(l.aside, a)
		}
	}
	return b, got
}

// admits tells whether a relay may carry a delivery now: it is not another that may have
// it already, while that one works, and the gate lets it.
func (d *dispatch) admits(a *apart, o *outlet, now time.Time) bool {
	if a.only != nil && a.only != o && d.works(a.only, now) {
		return false
	}
	if d.Gate == nil {
		return true
	}
	if a.again != nil && now.Before(a.again[o.index]) {
		return false
	}
	ok, again := d.Gate.Admit(o.Name, a.deliveries[0], now)
	if ok {
		return true
	}
	if a.again == nil {
		a.again = make([]time.Time, len(d.outlets))
	}
	if again.IsZero() {
		again = now.Add(never)
	}
	a.again[o.index] = again
	if a.only == o {
		a.only = nil
	}
	return false
}

// works tells whether a relay takes mail now, or soon.
func (d *dispatch) works(o *outlet, now time.Time) bool {
	since, _ := o.circuit.down()
	_, again := o.way.room(now, 1)
	return since.IsZero() && d.inUse(o) && !o.rests && again.Sub(now) <= d.soon()
}

// parkRefused parks a delivery that no relay admits soon, and that is not in its lane's
// list any more.
func (d *dispatch) parkRefused(l *lane, a apart, now time.Time) bool {
	if a.again == nil {
		return false
	}
	var first time.Time
	for _, o := range d.outlets {
		if !d.inUse(o) || o.rests {
			continue
		}
		again := a.again[o.index]
		if again.IsZero() { // not asked yet
			return false
		}
		if first.IsZero() || again.Before(first) {
			first = again
		}
	}
	if first.Sub(now) <= d.soon() {
		return false
	}
	d.count(l, -1)
	d.park(strip{a.batch, slices.Clone(a.deliveries)}, first)
	return true
}
