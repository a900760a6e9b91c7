package event

import (
	"cmp"
	"slices"
)

// Same is how alike two stories must be, dates aside, to be one story told twice: so
// much that hiding the second hides nothing. It is strict, since a wrong match hides
// a story, and a missed one only shows an event twice. Chosen between pairs of
// titles of either kind: see TestSame.
const Same = 0.75

// Same tells whether two of the stories are one told twice: alike in title and, where
// both have one, in lead; within reach in time; and with no contradiction between
// the titles.
func (e *Events) Same(i, j int) bool {
	s, t := &e.stories[i], &e.stories[j]
	if !inReach(s.at, t.at) || s.title.short() || t.title.short() || contradict(s.title, t.title) {
		return false
	}
	if len(s.lead) > 0 && len(t.lead) > 0 {
		return same(e.dot(i, j))
	}
	if s.sameSeries(t) {
		s, t = s.own, t.own
	}
	return same(dot(e.archive.vector(s, true), e.archive.vector(t, true)))
}

// same compares in floating point: a constant of 2^30 times Same is no whole number.
func same(likeness int64) bool { return float64(likeness) >= Same*one*one }

func inReach(a, b int64) bool { return a == 0 || b == 0 || max(a-b, b-a) <= reach }

// short tells whether a title says too little to be compared ("Obituaries").
func (s said) short() bool { return len(s.words) < 2 }

// contradict tells whether two titles that are alike are not the same: one denies
// and the other does not, their numbers are others, or they are word for word the
// same but for one place ("in Leeds" and "in York").
func contradict(a, b said) bool {
	return a.denies != b.denies || otherNumbers(a, b) || swapped(a.words, b.words)
}

// otherNumbers tells whether both titles give numbers and neither has all of the
// other's: "3-1" and "2-0", "part 1" and "part 2".
func otherNumbers(a, b said) bool {
	return !subset(a.numbers, b.numbers) && !subset(b.numbers, a.numbers)
}

// subset tells whether all of a sorted list are in another.
func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool {
		_, found := slices.BinarySearch(b, s)
		return !found
	})
}

// swap is how many words may stand in the one place where two titles differ.
const swap = 2

// swapped tells whether two titles differ in one place, by words that are not akin.
func swapped(a, b []string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 || len(a) > swap || len(b) > swap {
		return false
	}
	for _, word := range a {
		if slices.ContainsFunc(b, func(other string) bool { return akin(word, other) }) {
			return false
		}
	}
	return true
}

// akin tells whether two words may be forms of one: they begin alike for two thirds
// of the longer.
func akin(a, b string) bool {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n > 0 && 3*n >= 2*max(len(a), len(b))
}

// dot is the likeness of two vectors.
func dot(a, b []part) int64 {
	// The parts of a vector are sorted by their hashes.
	var sum int64
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].hash < b[0].hash:
			a = a[1:]
		case a[0].hash > b[0].hash:
			b = b[1:]
		default:
			sum += int64(a[0].weight) * int64(b[0].weight)
			a, b = a[1:], b[1:]
		}
	}
	return sum
}

// Index finds among many stories, by title and date, one that is the same as
// another. It is not for use by several goroutines at once.
type Index struct {
	archive *Archive
	stories []indexed
	having  map[uint64][]int32 // the stories that have a term among their weightiest

	weigher weigher // scratch of Find
	near    []int32 // and this
}

type indexed struct {
	at     int64
	title  said
	vector []part
}

// NewIndex indexes stories by their titles.
func NewIndex(stories []Story, archive *Archive) *Index {
	x := &Index{archive: archive, stories: make([]indexed, len(stories)), having: map[uint64][]int32{}}
	for i := range stories {
		s := indexed{stories[i].at, stories[i].title, x.weigher.vector(archive, &stories[i], true)}
		x.stories[i] = s
		if s.title.short() {
			continue
		}
		for _, p := range weightiest(s.vector) {
			x.having[p.hash] = append(x.having[p.hash], int32(i))
		}
	}
	return x
}

// weightiest are so many terms of a vector that what is left is shorter than Same:
// what shares none of them cannot be as alike (by Cauchy and Schwarz; Bayardo, Ma,
// Srikant: Scaling Up All Pairs Similarity Search, WWW 2007).
func weightiest(vector []part) []part {
	sorted := slices.Clone(vector)
	slices.SortFunc(sorted, func(a, b part) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.hash, b.hash)) })
	left := int64(0)
	for n := len(sorted) - 1; n >= 0; n-- {
		left += int64(sorted[n].weight) * int64(sorted[n].weight)
		if float64(left) >= Same*Same*one*one {
			return sorted[:n+1]
		}
	}
	return sorted
}

// Find is the index of the story that is the same, in the list that was indexed; of
// several the most alike, and of those the first.
func (x *Index) Find(s *Story) (int, bool) {
	if s.title.short() {
		return 0, false
	}
	vector := x.weigher.vector(x.archive, s, true)
	near := x.near[:0]
	for _, p := range vector {
		for _, n := range x.having[p.hash] {
			if inReach(s.at, x.stories[n].at) {
				near = append(near, n)
			}
		}
	}
	x.near = near
	slices.Sort(near)
	best, most := -1, int64(0)
	for _, n := range slices.Compact(near) {
		other := &x.stories[n]
		if sum := dot(vector, other.vector); sum > most && same(sum) && !contradict(s.title, other.title) {
			best, most = int(n), sum
		}
	}
	return best, best >= 0
}
