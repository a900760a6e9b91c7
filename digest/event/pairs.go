package event

import (
	"cmp"
	"slices"
)

// reach is how far apart in time two stories may be and still tell one event, in
// seconds: 72 hours. Their likeness fades evenly until then. An event that lasts
// longer is held together by the stories between. (Yang, Pierce, Carbonell: A Study
// of Retrospective and On-Line Event Detection, SIGIR 1998, found that reports of
// an event come in bursts, and that a window or decay in time helps to tell similar
// events apart.)
const reach = 72 * 60 * 60

// least is the likeness below which two stories have nothing in common but
// everyday words: 1/24. It keeps the pairs few, and everyday words out of the averages;
// docs/picking.md has what others come to.
const least = one * one / 24

// compared is how many of the stories in reach before it a story is compared with: the
// latest, and as many without a date. It keeps the time in proportion to the stories
// where a busy feed or a false date puts very many into 72 hours; a week of 4,000 is
// compared whole.
const compared = 2000

// edge is a likeness to another story or group.
type edge struct {
	to  int32
	sum int64 // likeness in 1/(one*one); between groups: the sum over all pairs
}

// faded is the likeness of two stories, less what their dates take of it. What is the
// same is so for as long as it is in reach. What would be the same but for its numbers
// is not alike at all: the parts of a series, the results of two games. (One other
// word is no such sign: of twelve such pairs in a week of labelled news nine told one
// event, of two agencies.)
func faded(likeness int64, a, b *Story) int64 {
	switch {
	case !same(likeness):
		return fade(likeness, a.at, b.at)
	case otherNumbers(a.title, b.title):
		return 0
	case contradict(a.title, b.title):
		return fade(likeness, a.at, b.at)
	case !inReach(a.at, b.at):
		return 0
	}
	return likeness
}

// fade multiplies a likeness by the kernel of the time between two stories.
func fade(likeness, a, b int64) int64 {
	if a == 0 || b == 0 || likeness < least {
		return likeness
	}
	return likeness * max(0, reach-max(a-b, b-a)) / reach
}

// postings lists for each term the stories that have it, in the order in which they
// were added: those without a date first, then by date.
type postings struct {
	of  map[uint64]int32 // number of a term
	all []posting
}

type posting struct {
	entries []entry
	undated int // so many of the first have no date
	early   int // first of those that is still compared
	from    int // first dated entry that is still in reach
}

type entry struct {
	story  int32
	weight int32
}

// pairs finds for each story the others that it is like, among stories in order of
// date, and of those before it among so many as are compared. own are the vectors of those
// of a series without its label.
func pairs(stories []*Story, vectors, own [][]part, compared int) [][]edge {
	n := len(stories)
	index := postings{of: make(map[uint64]int32, 16*n), all: make([]posting, 0, 16*n)}
	edges := make([][]edge, n)
	sums := make([]int32, n) // no more than one*one, and a rounding
	var touched []int32
	var alike []edge
	first, undated := int32(0), 0 // dated story in reach; stories without a date
	for i, s := range stories {
		for at := stories[first].at; int(first) < i && (at == 0 || at < s.at-reach || int(first) < i-compared); at = stories[first].at {
			first++
		}
		early := int32(max(0, undated-compared))
		if s.at == 0 {
			undated++
		}
		touched = touched[:0]
		for _, p := range vectors[i] {
			list := index.list(p.hash)
			list.expire(early, first)
			for _, e := range list.entries[list.early:list.undated] {
				touched = addTo(sums, touched, e, p.weight)
			}
			for _, e := range list.entries[list.from:] {
				touched = addTo(sums, touched, e, p.weight)
			}
			list.add(entry{int32(i), p.weight}, s.at)
		}
		alike = alike[:0]
		for _, j := range touched {
			sum := int64(sums[j])
			if s.sameSeries(stories[j]) {
				sum = dot(own[i], own[j])
			}
			if likeness := faded(sum, s, stories[j]); likeness >= least {
				alike = append(alike, edge{j, likeness})
			}
			sums[j] = 0
		}
		near := nearest(alike)
		edges[i] = make([]edge, 0, 2*len(near)) // as many of those after it, about
		for _, e := range near {
			edges[i] = append(edges[i], e)
			edges[e.to] = append(edges[e.to], edge{int32(i), e.sum})
		}
	}
	return edges
}

// neighbours is how many of the stories before it a story is compared with: those it
// is most like. It bounds time and memory where every story is like every other.
const neighbours = 100

// nearest are the neighbours among the stories that one is like, in no order.
func nearest(alike []edge) []edge {
	if len(alike) <= neighbours {
		return alike
	}
	const shift = 22 // to 256 steps
	var counts [one*one>>shift + 2]int
	step := func(e edge) int { return min(int(e.sum>>shift), len(counts)-1) }
	for _, e := range alike {
		counts[step(e)]++
	}
	cut, in := len(counts)-1, 0
	for ; in+counts[cut] <= neighbours; cut-- {
		in += counts[cut]
	}
	// What is above the step of the cut is in; of what is on it, the nearest.
	above, on := alike[:0], make([]edge, 0, counts[cut])
	for _, e := range alike {
		switch n := step(e); {
		case n > cut:
			above = append(above, e)
		case n == cut:
			on = append(on, e)
		}
	}
	slices.SortFunc(on, func(a, b edge) int { return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.to, b.to)) })
	return append(above, on[:neighbours-in]...)
}

func addTo(sums, touched []int32, e entry, weight int32) []int32 {
	if sums[e.story] == 0 {
		touched = append(touched, e.story)
	}
	sums[e.story] += e.weight * weight
	return touched
}

func (p *postings) list(hash uint64) *posting {
	n, ok := p.of[hash]
	if !ok {
		n = int32(len(p.all))
		p.of[hash] = n
		p.all = append(p.all, posting{})
	}
	return &p.all[n]
}

func (l *posting) add(e entry, at int64) {
	if at == 0 {
		l.undated++
		l.from++
	}
	l.entries = append(l.entries, e)
}

// expire passes over the entries that are out of reach of now and of all later.
func (l *posting) expire(early, first int32) {
	for l.early < l.undated && l.entries[l.early].story < early {
		l.early++
	}
	for l.from < len(l.entries) && l.entries[l.from].story < first {
		l.from++
	}
}
