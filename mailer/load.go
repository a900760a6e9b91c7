package mailer

import (
	"slices"
	"strings"
	"time"
)

// load puts a slice's deliveries into their lanes.
func (d *dispatch) load(b *batch, deliveries []Delivery) {
	if len(deliveries) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Clock()
	lanes, counts, deliveries := d.sorted(deliveries)
	for i, l := range lanes {
		d.put(l, b, deliveries[:counts[i]:counts[i]])
		deliveries = deliveries[counts[i]:]
		if l.limited.Load() {
			d.parkIfHeld(l, now)
		}
	}
	for _, o := range d.outlets {
		d.wake(o)
	}
}

// sorted brings deliveries to the same domain together. Their order within it stays.
func (d *dispatch) sorted(deliveries []Delivery) (lanes []*lane, counts []int, out []Delivery) {
	slots := map[*lane]int{}
	at := make([]int, len(deliveries))
	var last *lane
	for i := range deliveries {
		l := d.lane(domain(deliveries[i].Address), last)
		slot, seen := slots[l]
		if !seen {
			slot = len(lanes)
			slots[l] = slot
			lanes, counts = append(lanes, l), append(counts, 0)
		}
		at[i], last = slot, l
		counts[slot]++
	}
	starts := make([]int, len(lanes))
	for i := 1; i < len(lanes); i++ {
		starts[i] = starts[i-1] + counts[i-1]
	}
	out = make([]Delivery, len(deliveries))
	for i, slot := range at {
		out[starts[slot]] = deliveries[i]
		starts[slot]++
	}
	return lanes, counts, out
}

// lane finds a domain's lane, or opens it.
func (d *dispatch) lane(name string, last *lane) *lane {
	if last != nil && last.domain == name {
		return last
	}
	l := d.lanes[name]
	if l == nil {
		l = &lane{domain: strings.Clone(name), ring: -1, uses: make([]use, len(d.outlets))}
		d.lanes[l.domain] = l
		for i, o := range d.outlets {
			limits := o.DomainLimits[name]
			if key := (wayName{relay: o.Name, domain: name}); !limits.Zero() || d.traffic.ways[key] != nil {
				l.uses[i].way = d.traffic.way(key, limits, o.Connections)
			}
		}
		if limits := d.DomainLimits[name]; !limits.Zero() {
			l.all.way = d.traffic.way(wayName{newsletter: d.Newsletter, domain: name}, limits, d.connections)
		}
		l.limited.Store(l.held())
	}
	return l
}

// held tells whether anything holds the lane back.
func (l *lane) held() bool {
	for i := range l.uses {
		if l.uses[i].way != nil {
			return true
		}
	}
	return l.all.way != nil
}

// relimit notes that a lane is held back, or not any more.
func (d *dispatch) relimit(l *lane) {
	was, is := l.limited.Load(), l.held()
	if was == is {
		return
	}
	l.limited.Store(is)
	if is {
		d.free -= l.pending
	} else {
		d.free += l.pending
	}
}

// put adds deliveries to a lane. Those that one relay may have already are kept apart.
func (d *dispatch) put(l *lane, b *batch, deliveries []Delivery) {
	rest := deliveries
	for i := range deliveries {
		o := d.outlet(deliveries[i].Relay)
		if o == nil {
			continue
		}
		one := deliveries[i : i+1 : i+1]
		l.aside = append(l.aside, apart{batch: b, deliveries: one, only: o})
		before := len(rest) - (len(deliveries) - i)
		l.append(b, rest[:before:before])
		rest = deliveries[i+1:]
	}
	l.append(b, rest)
	d.count(l, len(deliveries))
}

func (l *lane) append(b *batch, deliveries []Delivery) {
	if len(deliveries) > 0 {
		l.runs = append(l.runs, strip{b, deliveries})
	}
}

// count notes that n more deliveries of a lane are pending.
func (d *dispatch) count(l *lane, n int) {
	l.pending += n
	d.total += n
	if !l.limited.Load() {
		d.free += n
	}
	if l.ring < 0 && l.pending > 0 {
		l.ring = len(d.ring)
		d.ring = append(d.ring, l)
	}
}

// tidy takes a lane with nothing pending out of the ring, and forgets it where nobody
// holds anything of it.
func (d *dispatch) tidy(l *lane) {
	if l.pending > 0 {
		return
	}
	if l.ring >= 0 {
		last := d.ring[len(d.ring)-1]
		d.ring[l.ring], last.ring = last, l.ring
		d.ring[len(d.ring)-1] = nil
		d.ring, l.ring = d.ring[:len(d.ring)-1], -1
	}
	if l.all.busy == 0 && d.lanes[l.domain] == l && !d.Clock().Before(l.parkedTo) {
		delete(d.lanes, l.domain)
	}
}

// outlet finds a relay by its name.
func (d *dispatch) outlet(name string) *outlet {
	if name != "" {
		for _, o := range d.outlets {
			if o.Name == name {
				return o
			}
		}
	}
	return nil
}

// putBack takes a window back that was not claimed after all.
func (d *dispatch) putBack(w *worker, win window) {
	d.mu.Lock()
	for _, p := range win.pieces {
		w.holds.add(p.lane, -len(p.deliveries))
		d.uncount(w.out, p.lane, len(p.deliveries))
		p.lane.runs = slices.Insert(p.lane.runs, 0, strip{win.batch, p.deliveries})
		d.count(p.lane, len(p.deliveries))
	}
	d.drop(w)
	for _, o := range d.outlets {
		if o != w.out {
			d.wake(o)
		}
	}
	d.mu.Unlock()
}

// unused notes that a delivery of a lane was not sent after all.
func (d *dispatch) unused(w *worker, l *lane) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uncount(w.out, l, 1)
}

// uncount takes back what the limits counted.
func (d *dispatch) uncount(o *outlet, l *lane, n int) {
	for _, u := range [...]*use{&o.use, &d.whole, &l.uses[o.index], &l.all} {
		if u.way != nil {
			u.way.giveBack(n)
		}
	}
	o.pass -= float64(n) / float64(max(1, o.Weight))
}

// wantsMore tells whether another slice may be loaded. Where memory is full of what is
// held back while little else is left, that is parked first.
func (d *dispatch) wantsMore() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free >= d.low {
		return false
	}
	if d.total >= loaded {
		d.shed(d.Clock())
	}
	return true
}

// clear takes everything back that no worker took. Nothing of it is claimed.
func (d *dispatch) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, l := range d.lanes {
		for _, s := range l.takeAll() {
			s.done(len(s.deliveries))
		}
	}
	d.lanes, d.ring, d.total, d.free = map[string]*lane{}, nil, 0, 0
}

// hear takes in what came back of a delivery.
func (d *dispatch) hear(w *worker, l *lane, o Outcome, counted bool) {
	relay := isTrouble(o)
	bad := o.Class == OutcomeDeferred && o.Code/100 == 4 && !relay && !strings.HasPrefix(o.Enhanced, mailboxFull)
	if !relay && !bad && !l.limited.Load() && !w.out.pressed.Load() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Clock()
	switch out := w.out; {
	case relay && !counted:
		out.way.press()
		out.pressed.Store(true)
	case !relay && out.pressed.Load():
		out.way.good()
		out.pressed.Store(out.way.pressed())
		d.wake(out)
	}
	switch u := &l.uses[w.out.index]; {
	case bad:
		d.heldBack(l, w.out, now)
	case o.Class == OutcomeAccepted && u.way != nil:
		d.letGo(l, w.out, now)
	}
}

// mailboxFull is about one reader (RFC 3463 3.3), and says nothing about the domain.
const mailboxFull = "4.2.2"

// full notes that a relay let no more sessions in than it has.
func (d *dispatch) full(o *outlet, sessions int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o.way.narrow(sessions)
	o.pressed.Store(o.way.pressed())
}

// heldBack notes that a domain put a delivery off.
func (d *dispatch) heldBack(l *lane, o *outlet, now time.Time) {
	u := &l.uses[o.index]
	if u.way == nil {
		u.way = d.traffic.way(wayName{relay: o.Name, domain: l.domain}, Limits{}, o.Connections)
		d.relimit(l)
	}
	// A domain's first wait is a fifth of a delivery's, its longest an eighth: 1 minute and
	// 30. A domain costs one try to ask.
	if u.way.bad(now, d.Policy.First/5, d.Policy.Most/8) {
		if l.pending >= 10 { // a smaller one might tell of a reader
			d.Log.Info("a domain puts mail off; its deliveries wait", "relay", o.Name, "domain", l.domain,
				"until", u.way.until.Format(time.RFC3339))
		}
		d.parkIfHeld(l, now)
	}
}

// letGo notes that a domain took a delivery.
func (d *dispatch) letGo(l *lane, o *outlet, now time.Time) {
	u := &l.uses[o.index]
	u.way.good()
	if u.way.from.IsZero() {
		u.way.from = now
	}
	u.way.settled++
	if !u.way.pressed() && u.way.Limits.Zero() {
		u.way = nil
		d.traffic.forget(wayName{relay: o.Name, domain: l.domain})
		d.relimit(l)
	}
	d.wake(o)
}
