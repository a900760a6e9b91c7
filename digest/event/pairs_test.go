package event

import (
	"cmp"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestComparedBound: as many stories as are compared are compared all, so that a week of
// the usual size is grouped as without a bound; and of more, each is compared with the
// latest, dated and undated, and with no other.
func TestComparedBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stories := readAll(drawTexts(rt, "s", vocabulary, monday))
		slices.SortStableFunc(stories, func(a, b Story) int { return cmp.Compare(a.at, b.at) })
		archive := NewArchive(stories)
		sorted, vectors := make([]*Story, len(stories)), make([][]part, len(stories))
		for i := range stories {
			sorted[i], vectors[i] = &stories[i], archive.vector(&stories[i], false)
		}
		all := pairs(sorted, vectors, nil, 1<<30)
		if got := pairs(sorted, vectors, nil, len(stories)); !reflect.DeepEqual(got, all) {
			rt.Fatalf("%v, without a bound %v", got, all)
		}
		bound := rapid.IntRange(0, len(stories)+1).Draw(rt, "bound")
		undated := 0
		for undated < len(stories) && stories[undated].at == 0 {
			undated++
		}
		want := make([][]edge, len(stories))
		for i := range all {
			for _, e := range all[i] {
				early, late := min(i, int(e.to)), max(i, int(e.to))
				if early < undated && min(late, undated)-early <= bound || early >= undated && late-early <= bound {
					want[i] = append(want[i], e)
				}
			}
		}
		got := pairs(sorted, vectors, nil, bound)
		for i := range got {
			byStory := func(a, b edge) int { return cmp.Compare(a.to, b.to) }
			slices.SortFunc(got[i], byStory)
			slices.SortFunc(want[i], byStory)
			if !slices.Equal(got[i], want[i]) {
				rt.Fatalf("story %d, of at most %d: %v, want %v", i, bound, got[i], want[i])
			}
		}
	})
}
