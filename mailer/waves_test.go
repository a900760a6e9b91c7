package mailer

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestShares(t *testing.T) {
	for s, want := range map[Share]string{10_000: "1%", 5_000: "0.5%", 3_000: "0.3%", 12_340: "1.234%", 1: "0.0001%", Whole: "100%", 200_000: "20%"} {
		if s.String() != want {
			t.Errorf("%d is written %s, want %s", int64(s), s, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, test := range []struct {
		Wave
		audience, want int64
	}{
		{Wave{Kind: WaveShare, Share: 10_000}, 120_412, 1205},
		{Wave{Kind: WaveShare, Share: 10_000}, 100, 1},
		{Wave{Kind: WaveShare, Share: 10_000}, 7, 1},
		{Wave{Kind: WaveShare, Share: 10_000}, 0, 0},
		{Wave{Kind: WaveReaders, Readers: 500}, 120_412, 500},
	} {
		if got := test.Size(test.audience); got != test.want {
			t.Errorf("%s of %d is %d, want %d", test.Wave, test.audience, got, test.want)
		}
	}
}

// TestSampleIsOneToOne: no two readers stand at one place, and none outside.
func TestSampleIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := SampleOf(rapid.Int64Range(1, 1<<40).Draw(t, "edition"), rapid.IntRange(1, 50).Draw(t, "revision"))
		first := rapid.Int64Range(0, PlacesOfSample-2000).Draw(t, "first")
		seen := map[int64]bool{}
		for n := first; n < first+1000; n++ {
			p := s.Place(n)
			if p < 0 || p >= PlacesOfSample || seen[p] {
				t.Fatalf("reader %d stands at %d", n, p)
			}
			seen[p] = true
		}
	})
}

// TestSampleIsFair: a tenth of any 10,000 readers in a row, and of their first half,
// is a tenth, within five times the spread of a fair draw; and one edition's tenth is
// not the next one's.
func TestSampleIsFair(t *testing.T) {
	const readers, tenth = 10_000, PlacesOfSample / 10
	rapid.Check(t, func(t *rapid.T) {
		edition := rapid.Int64Range(1, 1<<20).Draw(t, "edition")
		a, b := SampleOf(edition, 1), SampleOf(edition+1, 1)
		first := rapid.Int64Range(1, 1<<40).Draw(t, "first")
		half, all, both := 0, 0, 0
		for n := range int64(readers) {
			if a.Place(first+n) >= tenth {
				continue
			}
			all++
			if n < readers/2 {
				half++
			}
			if b.Place(first+n) < tenth {
				both++
			}
		}
		// Spreads: 30, 21 and 10.
		if all < 850 || all > 1150 || half < 394 || half > 606 || both > 150 {
			t.Fatalf("of %d: %d, of their first half %d, in the next edition too %d", readers, all, half, both)
		}
	})
}

func TestSpread(t *testing.T) {
	for _, test := range []struct {
		readers int64
		window  time.Duration
		width   int64
		every   time.Duration
	}{
		{0, time.Hour, 0, 0},
		{100, 0, 0, 0},
		{1, 4 * time.Hour, 1, 4 * time.Hour},
		{6, time.Hour, 1, 10 * time.Minute},
		{1440, 4 * time.Hour, 1, 10 * time.Second},
		{100_000, 4 * time.Hour, 70, 4 * time.Hour / 1429},
		{1_000_000, time.Hour, 2778, time.Hour / 360},
		{10, 5 * time.Second, 10, 5 * time.Second},
	} {
		width, every := Spread(test.readers, test.window)
		if width != test.width || every != test.every {
			t.Errorf("%d over %s: %d every %s, want %d every %s", test.readers, test.window, width, every, test.width, test.every)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		readers := rapid.Int64Range(1, 5_000_000).Draw(t, "readers")
		window := time.Duration(rapid.Int64Range(int64(time.Minute), int64(48*time.Hour)).Draw(t, "window"))
		width, every := Spread(readers, window)
		parts := (readers + width - 1) / width
		if last := time.Duration(parts-1) * every; last >= window || last < window*4/10 && parts > 1 {
			t.Fatalf("%d over %s: the last part comes after %s", readers, window, last)
		}
		if parts > 1 && every < windowStep {
			t.Fatalf("%d over %s: a part each %s", readers, window, every)
		}
	})
}

func TestLimits(t *testing.T) {
	usual := Thresholds{Rejected: 50_000, Refused: 200_000, Deferred: 200_000, Complained: 3_000}
	for _, test := range []struct {
		name string
		Thresholds
		Tally
		want string
	}{
		{"nothing yet", usual, Tally{}, ""},
		{"all well", usual, Tally{Accepted: 1000}, ""},
		{"one bad colleague of five", usual, Tally{Accepted: 4, Rejected: 1}, ""},
		{"four bad colleagues of five", usual, Tally{Accepted: 1, Rejected: 4}, ""},
		{"every colleague", usual, Tally{Rejected: 3}, "3 of 3 were rejected, and the limit is 5%"},
		{"one reader, rejected", usual, Tally{Rejected: 1}, ""},
		{"at the limit", usual, Tally{Accepted: 95, Rejected: 5}, ""},
		{"beyond it", usual, Tally{Accepted: 94, Rejected: 6}, "6 of 100 were rejected, and the limit is 5%"},
		{"bounced counts as rejected", usual, Tally{Accepted: 90, Bounced: 4, Rejected: 4, InDoubt: 2}, "8 of 100 were rejected, and the limit is 5%"},
		{"greylisted by some", usual, Tally{Accepted: 80, Deferred: 20}, ""},
		{"greylisted by many", usual, Tally{Accepted: 79, Deferred: 21}, "21 of 100 were put off by the relay, and the limit is 20%"},
		{"three complaints in a thousand", usual, Tally{Accepted: 1000, Complained: 3}, ""},
		{"six complaints in a thousand", usual, Tally{Accepted: 1000, Complained: 6}, "6 of 1,000 called it spam, and the limit is 0.3%"},
		{
			"the account is suspended", usual,
			Tally{Accepted: 3, Refused: 5},
			"5 of 8 tries were refused, and the limit is 20%. The relay refuses us, not your readers. Nobody was removed",
		},
		{"a relay of three refuses, the others go on", usual, Tally{Accepted: 900, Refused: 40}, ""},
		{"no limit", Thresholds{}, Tally{Rejected: 1000, Refused: 1000, Deferred: 1000, Complained: 1000}, ""},
		{"a limit of its own", Thresholds{Deferred: 900_000}, Tally{Rejected: 1000, Deferred: 8000}, ""},
	} {
		if got := test.Stop(test.Tally, 0); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestThresholdsUnderWay: the first domain in trouble is not the wave.
func TestThresholdsUnderWay(t *testing.T) {
	l := Thresholds{Rejected: 50_000, Deferred: 200_000}
	for _, test := range []struct {
		of    int64
		tally Tally
		stops bool
	}{
		{1000, Tally{Rejected: 50}, false},
		{1000, Tally{Rejected: 51}, true},
		{1000, Tally{Deferred: 200}, false},
		{1000, Tally{Deferred: 201}, true},
		{1000, Tally{Rejected: 95, Accepted: 1905}, false},
		{1000, Tally{Rejected: 101, Accepted: 1899}, true},
		{5, Tally{Rejected: 4}, false},
		{5, Tally{Rejected: 5}, true},
		{3, Tally{Rejected: 2}, false},
		{3, Tally{Rejected: 3}, true},
	} {
		if got := l.Stop(test.tally, test.of); (got != "") != test.stops {
			t.Errorf("%+v of %d: %q", test.tally, test.of, got)
		}
	}
}

func TestTally(t *testing.T) {
	var tally Tally
	for _, r := range []Result{
		{State: Accepted, Attempts: 1},
		{State: Deferred, Attempts: 1},
		{State: Deferred, Attempts: 2}, // the same reader, once more
		{State: Rejected, Attempts: 3},
		{State: InDoubt, Attempts: 1},
		{State: Queued},
		{State: Queued, Outcome: Outcome{Class: OutcomeRefused}},
	} {
		tally.Count(r)
	}
	if want := (Tally{Accepted: 1, Rejected: 1, InDoubt: 1, Refused: 1}); tally != want {
		t.Errorf("%+v, want %+v", tally, want)
	}
}
