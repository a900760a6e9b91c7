package event

import (
	"math"
	"testing"
)

// The parts at the ends of a word count for two.
func TestEnds(t *testing.T) {
	s := Read(Text{Title: "Harbour"})
	if len(s.grams) != 7 {
		t.Fatalf("%d parts", len(s.grams))
	}
	square := 0.0
	for _, g := range s.grams {
		square += ends(g) * ends(g)
	}
	if math.Abs(square-9) > 1e-9 {
		t.Errorf("^ha arb rbo ... ur$ count for %v, not for 9", square)
	}
	if s := Read(Text{Title: "Ö"}); len(s.grams) != 1 || ends(s.grams[0]) != math.Sqrt2 {
		t.Errorf("a word of one letter: %v", s.grams)
	}
}

// The logarithm is cut, never rounded up.
func TestLog2(t *testing.T) {
	for _, c := range [][2]uint64{{1, 1}, {2, 1}, {3, 1}, {3, 2}, {2003, 3}, {1 << 30, 1}, {999983, 7}, {1000, 999}} {
		want := int64(math.Floor(math.Log2(float64(c[0])/float64(c[1])) * (1 << logBits)))
		if got := log2(c[0], c[1]); got != want {
			t.Errorf("log2(%d/%d) is %d, want %d", c[0], c[1], got, want)
		}
	}
}
