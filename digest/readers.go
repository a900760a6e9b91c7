package digest

import (
	"math/bits"
	"slices"
	"time"
)

// fewReadings is how many stories of one section and age must have page views for
// them to be compared among themselves. With fewer, a story is compared with its
// whole section, and if need be with all.
const fewReadings = 5

// readership ranks page views among stories of one section and age: a column of
// Thursday is not held against Monday's front page.
type readership struct {
	views map[string]int
	to    time.Time
	peers map[peers][]int // page views, in order
}

// peers are the stories that one is compared with. Section -1, age -1: all.
type peers struct{ section, age int }

func newReadership(list []*candidate, views map[string]int, to time.Time) readership {
	r := readership{views: views, to: to, peers: map[peers][]int{}}
	for _, c := range list {
		n, known := views[c.story.ID]
		if !known {
			continue
		}
		for _, p := range r.circles(c) {
			r.peers[p] = append(r.peers[p], n)
		}
	}
	for _, list := range r.peers {
		slices.Sort(list)
	}
	return r
}

// circles are whom a story may be compared with, the closest first.
func (r readership) circles(c *candidate) [3]peers {
	return [3]peers{{c.section, ageBand(r.to.Sub(c.date))}, {c.section, -1}, {-1, -1}}
}

// ageBand sorts ages into bands that double: a day, two, four, eight. Page views
// come fast at first, then ever more slowly.
func ageBand(age time.Duration) int { return bits.Len(uint(max(0, age/(24*time.Hour)))) }

// points are the weight times the story's percentile: 0 for the least read of its
// peers, all for the most read, the middle where nothing is known.
func (r readership) points(c *candidate, weight int) (points int, unknown bool) {
	n, known := r.views[c.story.ID]
	if !known {
		return (weight + 1) / 2, true
	}
	var list []int
	for _, p := range r.circles(c) {
		if list = r.peers[p]; len(list) >= fewReadings {
			break
		}
	}
	if len(list) < 2 {
		return (weight + 1) / 2, false
	}
	below, _ := slices.BinarySearch(list, n)
	upTo, _ := slices.BinarySearch(list, n+1)
	// Those of the same number share the middle of their places.
	return share(weight, int64(below+upTo-1), int64(2*(len(list)-1))), false
}
