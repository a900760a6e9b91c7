package mailer

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"
)

const (
	// ownShare is how many readers make a domain a provider of its own. Fewer are counted
	// under other: a count of one person's domain would be one of a person.
	ownShare = 200
	// mostDomains bounds what is kept of domains while readers are gathered.
	mostDomains = 50_000
)

// RampAudience finds those who are to be mailed the new way: of each provider the
// readers who confirmed last. It is given each reader once, in any order, and keeps
// no address and of each provider no more than its share.
type RampAudience struct {
	left  func(provider string) (left int, known bool)
	kept  map[string]*recent
	small *recent // of domains beyond mostDomains
}

// NewRampAudience begins. Left tells how many more a provider may get today, and
// whether it has been counted by this name before.
func NewRampAudience(left func(provider string) (int, bool)) *RampAudience {
	other, _ := left(ProviderOther)
	return &RampAudience{left: left, kept: map[string]*recent{}, small: &recent{most: other}}
}

// Add takes a reader who is not mailed yet.
func (a *RampAudience) Add(d Delivery) {
	name := Provider(d.Address)
	r := a.kept[name]
	if r == nil {
		left, known := a.left(name)
		switch {
		case known, providers[name] != "":
			r = &recent{most: left, own: true}
		case len(a.kept) < mostDomains:
			r = &recent{most: max(left, ownShare)}
		default:
			a.small.add(placeOf(d))
			return
		}
		a.kept[name] = r
	}
	r.add(placeOf(d))
}

// Want is how many messages each provider could get today, at most its share, and how
// many readers it has in all.
func (a *RampAudience) Want() (want, need map[string]int) {
	a.settle()
	want, need = map[string]int{}, map[string]int{}
	for name, r := range a.kept {
		left, _ := a.left(name)
		want[name], need[name] = min(left, len(r.places)), r.seen
	}
	return want, need
}

// settle counts the domains of few readers under other.
func (a *RampAudience) settle() {
	other := a.small
	for name, r := range a.kept {
		if r.own || r.seen >= ownShare {
			continue
		}
		for _, p := range r.places {
			other.add(p)
			other.seen--
		}
		other.seen += r.seen
		delete(a.kept, name)
	}
	if other.seen > 0 {
		other.own = true
		a.kept[ProviderOther] = other
	}
	a.small = &recent{most: other.most}
}

// Plan says who is among those to be mailed the new way, where each provider gets so
// many, at most what it was said to want. Began is what is known of their day so far.
func (a *RampAudience) Plan(granted map[string]int, began map[string]RampDay) RampPlan {
	p := RampPlan{}
	for name, r := range a.kept {
		share := rampShare{granted: granted[name], cut: rampPlace{number: -1}, day: began[name]}
		if n := granted[name]; n < r.seen {
			share.cut = r.last(n)
		}
		p[name] = &share
	}
	return p
}

// RampPlan is a day's plan, by provider.
type RampPlan map[string]*rampShare

// Providers lists the providers of a plan.
func (p RampPlan) Providers() []string { return slices.Sorted(maps.Keys(p)) }

func (p RampPlan) of(d Delivery) *rampShare {
	if s := p[Provider(d.Address)]; s != nil {
		return s
	}
	return p[ProviderOther]
}

// rampPlace is a reader's place in line: who confirmed later comes first, and among
// those who did so at once, the one with the higher number.
type rampPlace struct{ confirmed, number int64 }

func placeOf(d Delivery) rampPlace {
	if d.Confirmed.IsZero() {
		return rampPlace{0, d.Number}
	}
	return rampPlace{d.Confirmed.UnixMicro(), d.Number}
}

func (p rampPlace) compare(q rampPlace) int {
	return cmp.Or(cmp.Compare(p.confirmed, q.confirmed), cmp.Compare(p.number, q.number))
}

// recent keeps the first places in line: a heap, the last of them on top.
type recent struct {
	places []rampPlace
	most   int
	seen   int
	own    bool // counted by its own name, however few they are
}

func (r *recent) Len() int           { return len(r.places) }
func (r *recent) Less(i, j int) bool { return r.places[i].compare(r.places[j]) < 0 }
func (r *recent) Swap(i, j int)      { r.places[i], r.places[j] = r.places[j], r.places[i] }
func (r *recent) Push(x any)         { r.places = append(r.places, x.(rampPlace)) }
func (r *recent) Pop() any {
	last := len(r.places) - 1
	x := r.places[last]
	r.places = r.places[:last]
	return x
}

func (r *recent) add(p rampPlace) {
	r.seen++
	switch {
	case r.most <= 0:
	case len(r.places) < r.most:
		heap.Push(r, p)
	case r.places[0].compare(p) < 0:
		r.places[0] = p
		heap.Fix(r, 0)
	}
}

// last is the nth place in line.
func (r *recent) last(n int) rampPlace {
	if n <= 0 || len(r.places) == 0 {
		return rampPlace{confirmed: 1<<63 - 1}
	}
	slices.SortFunc(r.places, func(p, q rampPlace) int { return q.compare(p) })
	return r.places[min(n, len(r.places))-1]
}

// rampShare is what one provider may get of a run, and what it has got.
type rampShare struct {
	granted int
	cut     rampPlace // who is at this place, or before it, is mailed the new way
	flying  int       // admitted, and not heard of
	day     RampDay   // of all runs, as far as known here
	heard   RampDay   // of this run, since it was last taken
	used    int       // tries of this run
}

func (s *rampShare) takes(d Delivery) bool {
	return s != nil && s.used+s.flying < s.granted && placeOf(d).compare(s.cut) >= 0 && !s.day.Ends()
}
