package store

import (
	"math"
	"testing"
)

// TestCompany: who is alone waits once, and neither for those who have stopped nor for
// one who asks once in a while.
func TestCompany(t *testing.T) {
	c := company{size: math.MaxInt}
	for i, step := range []struct {
		claims int
		late   bool
		want   int
	}{
		{0, true, math.MaxInt}, // results alone
		{7, false, math.MaxInt},
		{3, true, 3},
		{3, false, 3},
		{0, true, 3},
		{2, false, 3}, // somebody flushed: nobody was late
		{5, false, 3},
		{3, false, 3},
		{5, false, 3},
		{5, false, 3},
		{4, false, 4}, // three times more, in a row
		{1, true, 1},
	} {
		if c = c.next(step.claims, step.late); c.size != step.want {
			t.Fatalf("%d: %+v, got %+v", i, step, c)
		}
	}
}
