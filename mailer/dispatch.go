package mailer

import (
	"cmp"
	"sync"
	"sync/atomic"
	"time"
)

// dispatch holds what is loaded of the slices, in lanes by domain, and gives each
// connection the next deliveries that its relay may carry. Whatever cannot go soon is
// parked: see park.go.
//
//	source --load--> lanes --pick, round robin--> a connection of a relay
//	   ^               |
//	   '-----park------'
//
// Everything in it is guarded by the Traffic's mutex.
type dispatch struct {
	*run
	traffic *Traffic
	mu      *sync.Mutex // the traffic's
	outlets []*outlet
	whole   use // the mailing, over all relays: the newsletter's limits
	weighed bool

	connections  int // in all
	standbyAfter time.Duration
	reviewed     bool // somebody has to look from time to time

	lanes  map[string]*lane
	ring   []*lane // those with something pending
	cursor int
	total  int // deliveries pending
	free   int // of them, those that nothing holds back
	low    int // load more when fewer than this are free
	closed bool

	named  string        // the operator's word
	hungry chan struct{} // told when more may be loaded
}

// outlet is a relay, as the dispatch sees it.
type outlet struct {
	Route
	index    int
	circuit  *circuit
	use                  // by all connections
	noChunks atomic.Bool // it offers CHUNKING and refuses it
	pressed  atomic.Bool // fewer are used than are allowed
	waiting  []*worker
	rests    bool      // on standby, and not needed
	pass     float64   // what it took, by its weight
	took     time.Time // last
	starved  bool      // there was nothing for it
}

const (
	// loaded is how many deliveries are in memory at most, before those that are held back
	// are parked.
	loaded = 20_000
	// keptFor is how long a delivery may be kept in memory that cannot go now.
	keptFor = 30 * time.Second
	// standbyAfter is how long every other relay has failed before one on standby takes over.
	standbyAfter = 10 * time.Second
	// recheck is how often who waits looks by itself.
	recheck = time.Second
)

func newDispatch(r *run, traffic *Traffic) *dispatch {
	d := &dispatch{run: r, traffic: traffic, mu: &traffic.mu, lanes: map[string]*lane{}, hungry: make(chan struct{}, 1)}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, route := range r.Relays {
		o := &outlet{Route: route, index: i, circuit: r.circuits[i]}
		o.way = traffic.way(wayName{relay: o.Name}, o.Limits, o.Connections)
		d.outlets = append(d.outlets, o)
		d.weighed = d.weighed || o.Weight > 0
		o.pressed.Store(o.way.pressed())
		d.connections += o.Connections
	}
	if !r.Limits.Zero() {
		d.whole.way = traffic.way(wayName{newsletter: r.Newsletter}, r.Limits, d.connections)
	}
	d.low = max(1000, 4*d.connections*r.part)
	d.standbyAfter = min(standbyAfter, r.GiveUpDialing/8)
	d.atRest()
	return d
}

// next waits for deliveries that a worker's relay may carry. It is false when the run
// ends, and when the worker has waited for long.
func (d *dispatch) next(w *worker, patience time.Duration) (window, bool) {
	for end := d.Clock().Add(patience); ; {
		d.mu.Lock()
		win, again := d.pick(w)
		if len(win.pieces) > 0 {
			d.mu.Unlock()
			return win, true
		}
		w.out.waiting = append(w.out.waiting, w)
		d.mu.Unlock()
		wait := recheck
		if !again.IsZero() {
			wait = min(wait, max(again.Sub(d.Clock()), time.Millisecond))
		}
		err := waitFor(d.soft, wait, w.wake)
		d.mu.Lock()
		w.out.waiting = without(w.out.waiting, w)
		d.mu.Unlock()
		if err != nil || d.Clock().After(end) {
			return window{}, false
		}
	}
}

func without(all []*worker, w *worker) []*worker {
	for i := range all {
		if all[i] == w {
			return append(all[:i], all[i+1:]...)
		}
	}
	return all
}

// tryNext is next without waiting.
func (d *dispatch) tryNext(w *worker) (window, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	win, _ := d.pick(w)
	return win, len(win.pieces) > 0
}

// pick finds up to a part of a window for a worker, and wakes who may take the next.
// Where it finds nothing, it says when to look again, or that it does not know. The
// caller holds mu.
func (d *dispatch) pick(w *worker) (win window, again time.Time) {
	d.drop(w)
	o, now := w.out, d.Clock()
	want, again := d.roomOver(w, now)
	if want == 0 {
		return win, again
	}
	for range len(d.ring) {
		if len(d.ring) == 0 || want == 0 {
			break
		}
		d.cursor %= len(d.ring)
		l := d.ring[d.cursor]
		n, later := d.roomIn(l, w, want, now)
		var part []Delivery
		b := win.batch
		if n > 0 {
			if b, part = d.from(l, o, win.batch, n, now); len(part) == 0 {
				later = now.Add(recheck)
			}
		} else if later.Sub(now) > d.soon() {
			d.parkIfHeld(l, now)
		}
		if len(part) > 0 {
			win.batch = b
			win.pieces = append(win.pieces, piece{l, part})
			want -= len(part)
			d.took(w, l, part, now)
		} else if again.IsZero() || later.Before(again) {
			again = later
		}
		if l.pending == 0 {
			d.tidy(l)
		} else {
			d.cursor++
		}
	}
	o.starved = len(win.pieces) == 0
	if d.free < d.low {
		signal(d.hungry)
	}
	if !o.starved && d.total > 0 {
		d.wake(o)
		for _, x := range d.outlets {
			if d.weighed && x != o {
				d.wake(x)
			}
		}
	}
	return win, again
}

// roomOver is how many deliveries a worker's relay, and the mailing as a whole, may
// carry now.
func (d *dispatch) roomOver(w *worker, now time.Time) (want int, again time.Time) {
	o := w.out
	if d.closed || !d.inUse(o) || o.rests {
		return 0, time.Time{}
	}
	want = d.part
	for _, u := range [...]*use{&o.use, &d.whole} {
		if u.way == nil {
			continue
		}
		if !seat(u, w.seated, u.way.allowed(now, d.Policy.GiveUp)) {
			return 0, time.Time{}
		}
		var later time.Time
		if want, later = u.way.room(now, want); want == 0 {
			return 0, later
		}
	}
	if d.weighed && !d.fair(o, now) {
		return 0, now.Add(recheck / 20)
	}
	return want, time.Time{}
}

// seat tells whether one more connection may be used, or one that is goes on.
func seat(u *use, seated bool, allowed int) bool {
	return u.busy < allowed || seated && u.busy == allowed
}

// roomIn is how many deliveries of a lane a worker may carry now.
func (d *dispatch) roomIn(l *lane, w *worker, want int, now time.Time) (n int, again time.Time) {
	if !l.limited.Load() {
		return want, time.Time{}
	}
	held := w.holds.of(l) >= 0
	for _, u := range [...]*use{&l.uses[w.out.index], &l.all} {
		y := u.way
		if y == nil {
			continue
		}
		switch allowed := y.allowed(now, d.Policy.GiveUp); {
		case allowed == 0:
			return 0, y.until
		case y.tried(now) && u.busy > 0, !seat(u, held, allowed):
			return 0, now.Add(recheck)
		case y.tried(now):
			want = 1
		}
		var later time.Time
		if want, later = y.room(now, want); want == 0 {
			return 0, later
		}
	}
	return want, time.Time{}
}

// took notes what a worker was given.
func (d *dispatch) took(w *worker, l *lane, part []Delivery, now time.Time) {
	o, n := w.out, len(part)
	if !w.seated {
		w.seated = true
		o.busy++
		d.whole.busy++
	}
	if w.holds.of(l) < 0 {
		w.holds = append(w.holds, share{lane: l})
		l.uses[o.index].busy++
		l.all.busy++
	}
	w.holds.add(l, n)
	for _, u := range [...]*use{&o.use, &d.whole, &l.uses[o.index], &l.all} {
		y := u.way
		if y == nil {
			continue
		}
		y.take(now, n)
		if u != &o.use && y.outOfTime(now, d.Policy.GiveUp) {
			for i := range part { // each is tried once more, and then given up
				if first := &part[i].First; first.IsZero() || y.since.Before(*first) {
					*first = y.since
				}
			}
		}
	}
	o.took = now
	o.pass += float64(n) / float64(max(1, o.Weight))
}

// drop takes back the seats that a worker needs no more.
func (d *dispatch) drop(w *worker) {
	i, freed := 0, false
	for _, h := range w.holds {
		if h.n > 0 {
			w.holds[i] = h
			i++
			continue
		}
		h.lane.uses[w.out.index].busy--
		h.lane.all.busy--
		freed = freed || h.lane.limited.Load()
		if h.lane.pending == 0 {
			d.tidy(h.lane)
		}
	}
	clear(w.holds[i:])
	w.holds = w.holds[:i]
	if i == 0 && w.seated {
		w.seated = false
		w.out.busy--
		d.whole.busy--
		freed = freed || w.out.pressed.Load() || d.whole.way != nil
	}
	if freed && d.total > 0 {
		for _, o := range d.outlets {
			d.wake(o)
		}
	}
}

// leave ends a worker's turn.
func (d *dispatch) leave(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop(w)
}

// wake has one connection of a relay look for work.
func (d *dispatch) wake(o *outlet) {
	if len(o.waiting) > 0 {
		w := o.waiting[0]
		o.waiting = o.waiting[1:]
		signal(w.wake)
	}
}

func (d *dispatch) wakeAll() {
	for _, o := range d.outlets {
		for len(o.waiting) > 0 {
			d.wake(o)
		}
	}
}

func signal(token chan struct{}) {
	select {
	case token <- struct{}{}:
	default:
	}
}

// fair tells whether a relay may take more by its weight: none is ahead of one that
// takes mail, too, by more than two windows' parts. One that has taken nothing for a
// second is not waited for; it begins again where the others are.
func (d *dispatch) fair(o *outlet, now time.Time) bool {
	least := -1.0
	for _, x := range d.outlets {
		if x == o || x.starved || now.Sub(x.took) > recheck {
			continue
		}
		if since, _ := x.circuit.down(); !since.IsZero() {
			continue
		}
		if least < 0 || x.pass < least {
			least = x.pass
		}
	}
	if least < 0 {
		return true
	}
	if now.Sub(o.took) > recheck {
		o.pass = max(o.pass, least)
	}
	weight := float64(max(1, o.Weight))
	return o.pass <= least+2*float64(d.part)/weight || cmp.Compare(o.pass, least) <= 0
}

// inUse tells whether the operator's word leaves a relay in use.
func (d *dispatch) inUse(o *outlet) bool { return d.named == "" || d.named == o.Name }
