package torture

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// mannWhitney is how likely two samples are to differ so much in rank where they are of
// one distribution: the two-sided p of the U test, by its normal approximation with the
// correction for ties. It sees a shift.
func mannWhitney(a, b []time.Duration) float64 {
	type sample struct {
		value time.Duration
		first bool
	}
	all := make([]sample, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, sample{v, true})
	}
	for _, v := range b {
		all = append(all, sample{v, false})
	}
	slices.SortFunc(all, func(x, y sample) int { return int(x.value - y.value) })
	ranks, ties := 0.0, 0.0
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].value == all[from].value {
			to++
		}
		rank := float64(from+to+1) / 2 // the mean of from+1 ... to
		for _, s := range all[from:to] {
			if s.first {
				ranks += rank
			}
		}
		n := float64(to - from)
		ties += n*n*n - n
		from = to
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	sum := n + m
	sigma := math.Sqrt(n * m / 12 * (sum + 1 - ties/(sum*(sum-1))))
	return math.Erfc(math.Abs(u-n*m/2) / sigma / math.Sqrt2)
}

// kolmogorovSmirnov is the same by the greatest distance between the two distributions,
// by its limit. It sees other shapes, too.
func kolmogorovSmirnov(a, b []time.Duration) float64 {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	distance := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		at := min(a[i], b[j])
		for i < len(a) && a[i] == at {
			i++
		}
		for j < len(b) && b[j] == at {
			j++
		}
		distance = max(distance, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	x := distance * math.Sqrt(float64(len(a))*float64(len(b))/float64(len(a)+len(b)))
	if x < 0.2 {
		return 1 // the sum does not converge, and is 1 to many digits
	}
	p := 0.0
	for k := 1.0; k <= 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	return p
}

// TestRanks holds both to what is reckoned by hand: z is 2.3094 and 0.7454 for the first,
// and Kolmogorov's function of 1.4142 and 0.4082 for the second.
func TestRanks(t *testing.T) {
	for _, c := range []struct {
		a, b   []time.Duration
		mw, ks float64
	}{
		{[]time.Duration{1, 2, 3, 4}, []time.Duration{8, 7, 6, 5}, 0.020921, 0.036631},
		{[]time.Duration{1, 2, 1}, []time.Duration{2, 1, 2}, 0.456057, 0.996255},
		{[]time.Duration{1, 2, 3}, []time.Duration{3, 1, 2}, 1, 1},
	} {
		if mw, ks := mannWhitney(c.a, c.b), kolmogorovSmirnov(c.a, c.b); math.Abs(mw-c.mw) > 1e-5 || math.Abs(ks-c.ks) > 1e-5 {
			t.Errorf("got %.6f and %.6f, want %.6f and %.6f", mw, ks, c.mw, c.ks)
		}
	}
}

// TestRanksByChance: of samples of one distribution about one in twenty has a p below 0.05,
// and a shift by a tenth of the spread is found among 10,000.
func TestRanksByChance(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	sample := func(n, shift int) []time.Duration {
		all := make([]time.Duration, n)
		for i := range all {
			all[i] = time.Duration(1000*draw.NormFloat64()) + time.Duration(shift)
		}
		return all
	}
	low := [2]int{}
	const trials = 2000
	for range trials {
		a, b := sample(100, 0), sample(100, 0)
		for i, p := range []float64{mannWhitney(a, b), kolmogorovSmirnov(a, b)} {
			if p < 0.05 {
				low[i]++
			}
		}
	}
	for i, n := range low {
		if n < trials/50 || n > trials*7/100 {
			t.Errorf("test %d: %d of %d below 0.05", i, n, trials)
		}
	}
	if a, b := sample(10_000, 0), sample(10_000, 100); mannWhitney(a, b) > 1e-6 || kolmogorovSmirnov(a, b) > 1e-6 {
		t.Errorf("a shift: %g, %g", mannWhitney(a, b), kolmogorovSmirnov(a, b))
	}
}
