package bench

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// series is what the runs of one figure gave.
type series []float64

func (s *series) add(x float64) { *s = append(*s, x) }

// median is the middle one, or the mean of the two in the middle; 0 of none.
func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// over is each run's figure by that of the yardstick in the same run.
func (s series) over(yard series) series {
	all := make(series, min(len(s), len(yard)))
	for i := range all {
		all[i] = s[i] / yard[i]
	}
	return all
}

// text is the median, and with several runs the least and the most.
func (s series) text(decimals int) string {
	if len(s) == 0 {
		return "-"
	}
	if len(s) == 1 {
		return figure(s[0], decimals)
	}
	return fmt.Sprintf("%s (%s to %s)", figure(s.median(), decimals), figure(slices.Min(s), decimals), figure(slices.Max(s), decimals))
}

// figure is a number with so many decimals, its thousands apart.
func figure(x float64, decimals int) string {
	whole, part := math.Modf(math.Abs(x))
	rest := strconv.FormatFloat(part, 'f', decimals, 64)
	if rest[0] == '1' { // rounded up
		whole++
	}
	digits := strconv.FormatFloat(whole, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if x < 0 {
		digits = "-" + digits
	}
	return digits + rest[1:]
}
