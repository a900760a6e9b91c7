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
// everyday words: 1/32. It keeps the pairs few.
const least = one * one / 32

// edge is a likeness to another story or group.
type edge struct {
	to  int32
	sum int64 // likeness in 1/(one*one); between groups: the sum over all pairs
}

// fade multiplies a likeness by the kernel of the time between two stories.
func fade(likeness, a, b int64) int64 {
	if a == 0 || b == 0 || likeness < least {
		return likeness
	}
	apart := max(a-b, b-a)
	if apart >= reach {
		return 0
	}
	return likeness * (reach - apart) / reach
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
	from    int // first dated entry that is still in reach
}

type entry struct {
	story  int32
	weight int32
}

// pairs finds for each story the earlier ones that it is like, among stories in
// order of date.
func pairs(at []int64, vectors [][]part) [][]edge {
	index := postings{of: make(map[uint64]int32, 16*len(at))}
	edges := make([][]edge, len(at))
	sums := make([]int32, len(at)) // no more than one*one, and a rounding
	var touched []int32
	first := int32(0) // dated story in reach
	for i, vector := range vectors {
		touched = touched[:0]
		for at[first] != 0 && at[first] <= at[i]-reach || at[first] == 0 && int(first) < i {
			first++
		}
		for _, p := range vector {
			list := index.list(p.hash)
			list.expire(first)
			for _, e := range list.entries[:list.undated] {
				touched = addTo(sums, touched, e, p.weight)
			}
			for _, e := range list.entries[list.from:] {
				touched = addTo(sums, touched, e, p.weight)
			}
			list.add(entry{int32(i), p.weight}, at[i])
		}
		for _, j := range touched {
			if s := fade(int64(sums[j]), at[i], at[j]); s >= least {
				edges[i] = append(edges[i], edge{j, s})
				edges[j] = append(edges[j], edge{int32(i), s})
			}
			sums[j] = 0
		}
	}
	for _, e := range edges {
		slices.SortFunc(e, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
	}
	return edges
}

func addTo(sums []int32, touched []int32, e entry, weight int32) []int32 {
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
func (l *posting) expire(first int32) {
	for l.from < len(l.entries) && l.entries[l.from].story < first {
		l.from++
	}
}
