package event

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Same is how alike two stories must be, dates aside, to be one story told twice: so
// much that hiding the second hides nothing. It is strict, since a wrong match hides
// a story, and a missed one only shows an event twice. Chosen between pairs of
// titles of either kind: see TestSame.
const Same = 0.75

// Same tells whether two stories are one told twice: alike in title and, where both
// have one, in lead; within reach in time; and with no contradiction between the
// titles.
func (a *Archive) Same(s, t *Story) bool {
	title := len(s.lead) == 0 || len(t.lead) == 0
	return inReach(s.at, t.at) && !s.title.short() && !t.title.short() &&
		same(dot(a.vector(s, title), a.vector(t, title))) && !contradict(s.title, t.title)
}

// same compares in floating point: a constant of 2^30 times Same is no whole number.
func same(likeness int64) bool { return float64(likeness) >= Same*one*one }

func inReach(a, b int64) bool { return a == 0 || b == 0 || max(a-b, b-a) <= reach }

// short tells whether a title says too little to be compared ("Obituaries").
func (s said) short() bool { return len(s.words) < 2 }

// contradict tells whether two titles that are alike cannot be the same: both give
// numbers and neither has all of the other's ("3-1" is not "2-0"), one denies and
// the other does not, or they are word for word the same but for one place ("closes"
// and "reopens", "in Leeds" and "in York").
func contradict(a, b said) bool {
	return a.denies != b.denies || !subset(a.numbers, b.numbers) && !subset(b.numbers, a.numbers) || swapped(a.words, b.words)
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
// another.
type Index struct {
	archive *Archive
	order   []int // the index in the caller's list, in order of date
	at      []int64
	titles  []said
	entries map[uint64][]entry // in order of date
}

// NewIndex indexes stories by their titles.
func NewIndex(stories []Story, archive *Archive) *Index {
	x := &Index{archive: archive, entries: map[uint64][]entry{}}
	for i := range stories {
		if !stories[i].title.short() {
			x.order = append(x.order, i)
		}
	}
	slices.SortStableFunc(x.order, func(a, b int) int { return cmp.Compare(stories[a].at, stories[b].at) })
	for n, i := range x.order {
		x.at, x.titles = append(x.at, stories[i].at), append(x.titles, stories[i].title)
		for _, p := range archive.vector(&stories[i], true) {
			x.entries[p.hash] = append(x.entries[p.hash], entry{int32(n), p.weight})
		}
	}
	return x
}

// Find is the index of the story that is the same, in the list that was indexed; of
// several the most alike, and of those the first.
func (x *Index) Find(s *Story) (int, bool) {
	if s.title.short() {
		return 0, false
	}
	undated := int32(sort.Search(len(x.at), func(n int) bool { return x.at[n] != 0 }))
	from, to := undated, int32(len(x.at))
	if s.at != 0 {
		from = undated + int32(sort.Search(len(x.at)-int(undated), func(n int) bool { return x.at[int(undated)+n] >= s.at-reach }))
		to = int32(sort.Search(len(x.at), func(n int) bool { return x.at[n] > s.at+reach }))
	}
	sums := map[int32]int64{}
	for _, p := range x.archive.vector(s, true) {
		entries := x.entries[p.hash]
		for _, e := range entries[:lower(entries, undated)] {
			sums[e.story] += int64(e.weight) * int64(p.weight)
		}
		for _, e := range entries[lower(entries, from):] {
			if e.story >= to {
				break
			}
			sums[e.story] += int64(e.weight) * int64(p.weight)
		}
	}
	best, most := -1, int64(0)
	for n, sum := range sums {
		if !same(sum) || contradict(s.title, x.titles[n]) {
			continue
		}
		if i := x.order[n]; sum > most || sum == most && i < best {
			best, most = i, sum
		}
	}
	return best, best >= 0
}

// lower is the first entry of a story not before n.
func lower(entries []entry, n int32) int {
	i, _ := slices.BinarySearchFunc(entries, n, func(e entry, n int32) int { return cmp.Compare(e.story, n) })
	return i
}

// String lists a title's words, for tests and people.
func (s said) String() string { return strings.Join(s.words, " ") }
