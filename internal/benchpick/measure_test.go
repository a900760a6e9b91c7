package benchpick

import (
	"math"
	"testing"
)

// tally compares groupings with the truth, over any number of pools.
type tally struct {
	stories           float64
	precision, recall float64 // B-cubed, summed over stories
	both, made, told  float64 // pairs that are together in both, in ours, in the truth
}

// compare adds a pool: for each story the group it was put into, and its event.
func (t *tally) compare(group []int, event []string) {
	type cell struct {
		group int
		event string
	}
	groups, events, cells := map[int]int{}, map[string]int{}, map[cell]int{}
	for i := range group {
		groups[group[i]]++
		events[event[i]]++
		cells[cell{group[i], event[i]}]++
	}
	for i := range group {
		both := float64(cells[cell{group[i], event[i]}])
		t.precision += both / float64(groups[group[i]])
		t.recall += both / float64(events[event[i]])
	}
	t.stories += float64(len(group))
	t.both += pairsIn(cells)
	t.made += pairsIn(groups)
	t.told += pairsIn(events)
}

// pairsIn sums whole numbers, so that the map's order is none of the result.
func pairsIn[K comparable](sizes map[K]int) float64 {
	pairs := 0
	for _, n := range sizes {
		pairs += n * (n - 1) / 2
	}
	return float64(pairs)
}

// bcubed is the B-cubed F1 (Bagga, Baldwin: Entity-Based Cross-Document Coreferencing
// Using the Vector Space Model, ACL 1998), precision and recall averaged over stories.
func (t tally) bcubed() float64 { return f1(t.precision/t.stories, t.recall/t.stories) }

// pairs is the F1 of the pairs of stories that are together.
func (t tally) pairs() float64 { return f1(t.both/t.made, t.both/t.told) }

func f1(precision, recall float64) float64 { return 2 * precision * recall / (precision + recall) }

// TestMeasures counts a small grouping by hand.
func TestMeasures(t *testing.T) {
	var got tally
	// Truth aaa bb c; ours {a a b} {a} {b c}.
	got.compare([]int{1, 1, 2, 1, 3, 3}, []string{"a", "a", "a", "b", "b", "c"})
	precision := (2./3 + 2./3 + 1 + 1./3 + 1./2 + 1./2) / 6
	recall := (2./3 + 2./3 + 1./3 + 1./2 + 1./2 + 1) / 6
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"B-cubed F1", got.bcubed(), 2 * precision * recall / (precision + recall)},
		{"pair F1", got.pairs(), 2. / 8}, // of 4 pairs made and 4 true ones, 1
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
}
