package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// strict are limits that a test reaches.
var strict = mailer.Thresholds{Rejected: 50_000, Refused: 200_000, Deferred: 200_000, Complained: 3_000}

// plan starts a mailing of an edition in waves.
func plan(t testing.TB, s *store.Store, e store.Edition, p store.Planning) (store.Mailing, []store.Wave) {
	t.Helper()
	p.Sample = mailer.SampleOf(e.ID, 1)
	p.Waves = append(p.Waves, mailer.Wave{Kind: mailer.WaveRest})
	waves := must(s.PlanWaves(t.Context(), e.ID, mailer.ToList, store.Segment{}, p, friday))(t)
	m := must(s.StartMailing(t.Context(), store.NewMailing{
		Edition: e.ID, Revision: freeze(t, s, e), Audience: mailer.ToList, Policy: mailer.Resend, Date: friday, At: friday, Who: "test", Waves: waves,
	}))(t)
	return m, waves
}

// layWave lays all that may be laid at an instant, and says what keeps the rest.
func layWave(t testing.TB, s *store.Store, m store.Mailing, width int, at time.Time) (laid int64, done bool, why error) {
	t.Helper()
	for {
		n, done, err := s.Lay(t.Context(), m.ID, width, at)
		laid += n
		if err != nil || done {
			return laid, done, err
		}
	}
}

// waitsUntil tells what an answer of Lay waits for.
func waitsUntil(t testing.TB, err error) time.Time {
	t.Helper()
	var wait *store.ErrWait
	if !errors.As(err, &wait) {
		t.Fatalf("Lay = %v, want *ErrWait", err)
	}
	return wait.Until
}

func TestWavesFollowOneAnother(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where, ctx := dsn(), t.Context()
		s := must(store.Open(ctx, where))(t)
		all := subscribe(t, s, "weekly", 0, 200)
		m, waves := plan(t, s, open(t, s, "weekly"), store.Planning{Limits: strict, Staff: all[:3], Waves: []mailer.Wave{
			{Kind: mailer.WaveStaff}, {Kind: mailer.WaveShare, Share: 50_000, Wait: 10 * time.Minute}, {Kind: mailer.WaveReaders, Readers: 20, Wait: time.Hour},
		}})
		var sizes []int64
		for _, w := range waves {
			sizes = append(sizes, w.Expected)
		}
		if !slices.Equal(sizes, []int64{3, 10, 20, 167}) {
			t.Fatalf("planned for %v", sizes)
		}
		again := func() { // the process dies
			ok(t, s.Close())
			s = must(store.Open(ctx, where))(t)
		}
		now := friday
		for i, w := range waves[:3] {
			laid, done, err := layWave(t, s, m, 4, now)
			if until := waitsUntil(t, err); laid != w.Expected || done || !until.IsZero() {
				t.Fatalf("wave %d: laid %d, %v, until %v", i+1, laid, done, until)
			}
			again()
			if n, _, err := s.Lay(ctx, m.ID, 4, now.Add(time.Hour*24)); n != 0 || !waitsUntil(t, err).IsZero() {
				t.Fatalf("wave %d is not sent, and Lay = %d, %v", i+1, n, err)
			}
			sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
			if finished := must(s.FinishMailing(ctx, m.ID, now))(t); finished {
				t.Fatal("finished after a wave")
			}
			if w.Wait > 0 {
				for range 2 { // the wait counts from when its end was first seen
					if _, _, err := s.Lay(ctx, m.ID, 4, now); !waitsUntil(t, err).Equal(now.Add(w.Wait)) {
						t.Fatalf("wave %d: %v", i+1, err)
					}
					again()
				}
				if _, _, err := s.Lay(ctx, m.ID, 4, now.Add(w.Wait-1)); waitsUntil(t, err).IsZero() {
					t.Fatalf("wave %d: %v", i+1, err)
				}
			}
			now = now.Add(w.Wait)
		}
		if _, done, err := layWave(t, s, m, 50, now); err != nil || !done {
			t.Fatalf("the rest: %v, %v", done, err)
		}
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		if !must(s.FinishMailing(ctx, m.ID, now))(t) {
			t.Error("nothing is left, and it does not finish")
		}
		if c := must(s.CountMailing(ctx, m.ID))(t); c.Accepted != 200 || c.Audience != 200 {
			t.Errorf("in the end: %+v", c)
		}
		counts := must(s.CountWaves(ctx, m.ID))(t)
		for i, w := range waves {
			if c := counts[i+1]; c.Accepted != w.Expected {
				t.Errorf("wave %d: %+v, want %d", i+1, c, w.Expected)
			}
		}
		ok(t, s.Close())
	})
}

// TestTwoLayAtOnce: of any number of processes that look at a wave's end, one begins
// the next, and each slice is laid once.
func TestTwoLayAtOnce(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where, ctx := dsn(), t.Context()
		s := must(store.Open(ctx, where))(t)
		defer s.Close()
		other := s
		if s.Engine() != "sqlite" { // there one process writes
			other = must(store.Open(ctx, where))(t)
			defer other.Close()
		}
		subscribe(t, s, "weekly", 0, 100)
		m, _ := plan(t, s, open(t, s, "weekly"), store.Planning{Waves: []mailer.Wave{{Kind: mailer.WaveReaders, Readers: 10}, {Kind: mailer.WaveReaders, Readers: 15}}})
		for range 3 {
			ended := make(chan error, 4)
			for i := range 4 {
				from := []*store.Store{s, other}[i%2]
				go func() {
					for {
						_, done, err := from.Lay(ctx, m.ID, 3, friday)
						if err != nil || done {
							ended <- err
							return
						}
					}
				}()
			}
			for range 4 {
				var wait *store.ErrWait
				if err := <-ended; err != nil && !errors.As(err, &wait) {
					t.Fatal(err)
				}
			}
			sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		}
		if c := must(s.CountMailing(ctx, m.ID))(t); c.Accepted != 100 || c.Audience != 100 {
			t.Errorf("in the end: %+v", c)
		}
		begun := 0
		for _, l := range must(s.LogOf(ctx, m.Edition))(t) {
			if l.What == "wave begun" {
				begun++
			}
		}
		if begun != 3 {
			t.Errorf("%d waves were begun, want 3", begun)
		}
	})
}

// TestEveryoneIsInOneWave: whoever joins, leaves or comes back meanwhile, and however
// the waves are cut, nobody has two deliveries, and everyone who was on the list all
// the time has one.
func TestEveryoneIsInOneWave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		trial := 0
		rapid.Check(t, func(rt *rapid.T) {
			trial++
			letter := fmt.Sprintf("letter%d", trial)
			n := rapid.IntRange(0, 60).Draw(rt, "readers")
			all := subscribe(t, s, letter, 0, n)
			var p store.Planning
			for range rapid.IntRange(1, 4).Draw(rt, "waves") {
				switch rapid.IntRange(0, 2).Draw(rt, "kind") {
				case 0:
					if !slices.ContainsFunc(p.Waves, func(w mailer.Wave) bool { return w.Kind == mailer.WaveStaff }) {
						p.Waves = append(p.Waves, mailer.Wave{Kind: mailer.WaveStaff})
					}
				case 1:
					p.Waves = append(p.Waves, mailer.Wave{Kind: mailer.WaveShare, Share: mailer.Share(rapid.IntRange(1, 400_000).Draw(rt, "share"))})
				default:
					p.Waves = append(p.Waves, mailer.Wave{Kind: mailer.WaveReaders, Readers: rapid.Int64Range(1, 40).Draw(rt, "number")})
				}
			}
			for _, number := range all {
				if rapid.IntRange(0, 9).Draw(rt, "staff") == 0 {
					p.Staff = append(p.Staff, number)
				}
			}
			if rapid.Bool().Draw(rt, "window") {
				p.Window = time.Hour
			}
			e := open(t, s, letter)
			m, waves := plan(t, s, e, p)
			expected := int64(0)
			for _, w := range waves {
				expected += w.Expected
			}
			if expected != int64(n) {
				rt.Fatalf("planned for %d of %d: %+v", expected, n, waves)
			}
			left := map[int]bool{}
			now := friday
			for done := false; !done; {
				var err error
				_, done, err = s.Lay(ctx, m.ID, rapid.IntRange(1, 20).Draw(rt, "width"), now)
				var wait *store.ErrWait
				switch {
				case errors.As(err, &wait) && wait.Until.IsZero():
					sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
				case errors.As(err, &wait):
					now = wait.Until
				case err != nil:
					rt.Fatal(err)
				}
				if n == 0 {
					continue
				}
				switch i := rapid.IntRange(0, n-1).Draw(rt, "who"); rapid.IntRange(0, 8).Draw(rt, "meanwhile") {
				case 0:
					must(s.Unsubscribe(ctx, readerID(i), letter, friday))(t)
					left[i] = true
				case 1:
					subscribe(t, s, letter, 60+trial, 61+trial) // after the watermark or before it
				}
			}
			seen := map[int64]int{}
			for _, number := range must(store.SubscribersOf(ctx, s, m.ID))(t) {
				seen[number]++
			}
			for number, times := range seen {
				if times != 1 {
					rt.Fatalf("reader %d has %d deliveries", number, times)
				}
			}
			for i := range n {
				number := must(s.SubscriberByID(ctx, readerID(i)))(t).Number
				if !left[i] && seen[number] != 1 {
					rt.Fatalf("reader %d has %d deliveries; waves %+v", number, seen[number], waves)
				}
			}
		})
	})
}

// TestSampleInSQL: the store's places are the mailer's.
func TestSampleInSQL(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		all := subscribe(t, s, "weekly", 0, 300)
		e := open(t, s, "weekly")
		m, waves := plan(t, s, e, store.Planning{Waves: []mailer.Wave{{Kind: mailer.WaveReaders, Readers: 40}}})
		_, _, err := layWave(t, s, m, 7, friday)
		waitsUntil(t, err)
		sample := mailer.SampleOf(e.ID, 1)
		slices.SortFunc(all, func(a, b int64) int { return int(sample.Place(a) - sample.Place(b)) })
		want, got := slices.Sorted(slices.Values(all[:40])), must(store.SubscribersOf(t.Context(), s, m.ID))(t)
		slices.Sort(got)
		if !slices.Equal(got, want) || waves[0].High != sample.Place(all[39]) {
			t.Errorf("the first wave is %v, want %v", got, want)
		}
	})
}

func TestAWaveStops(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 100)
		p := store.Planning{Limits: strict, Waves: []mailer.Wave{{Kind: mailer.WaveReaders, Readers: 10}, {Kind: mailer.WaveReaders, Readers: 10}}}
		m, _ := plan(t, s, open(t, s, "weekly"), p)
		_, _, err := layWave(t, s, m, 50, friday)
		waitsUntil(t, err)
		sendAll(t, s, m, mailer.Rejected, mailer.OutcomeRejected)
		var state *store.ErrState
		for range 2 {
			if _, _, err = s.Lay(ctx, m.ID, 50, friday); !errors.As(err, &state) || state.Have != string(mailer.Paused) {
				t.Fatalf("Lay = %v, want paused", err)
			}
		}
		m = must(s.Mailing(ctx, m.ID))(t)
		if m.State != mailer.Paused || m.Stops != 1 || m.StoppedAt.IsZero() || m.Reason != "wave 1 (10 readers): 10 of 10 were rejected, and the limit is 5%" {
			t.Fatalf("stopped: %+v", m)
		}
		ok(t, s.ResumeMailing(ctx, m.ID, "anna", friday))
		laid, _, err := layWave(t, s, m, 50, friday)
		if waitsUntil(t, err); laid != 10 {
			t.Fatalf("told to go on, it laid %d", laid)
		}
		// The next wave is judged by itself.
		sendAll(t, s, m, mailer.Deferred, mailer.OutcomeDeferred)
		if _, _, err = s.Lay(ctx, m.ID, 50, friday); !errors.As(err, &state) {
			t.Fatalf("Lay = %v, want paused", err)
		}
		m = must(s.Mailing(ctx, m.ID))(t)
		if m.Stops != 2 || !strings.Contains(m.Reason, "10 of 10 were put off") {
			t.Errorf("stopped again: %+v", m)
		}
	})
}

// TestComplaintsStop: what comes during the wait counts, and what was there before
// the mailing does not.
func TestComplaintsStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		all := subscribe(t, s, "weekly", 0, 100)
		m, _ := plan(t, s, open(t, s, "weekly"), store.Planning{Limits: strict, Waves: []mailer.Wave{{Kind: mailer.WaveReaders, Readers: 60, Wait: time.Hour}}})
		_, _, err := layWave(t, s, m, 50, friday)
		waitsUntil(t, err)
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		_, _, err = s.Lay(ctx, m.ID, 50, friday)
		if !waitsUntil(t, err).Equal(friday.Add(time.Hour)) {
			t.Fatal(err)
		}
		in := map[int64]bool{}
		for _, number := range must(store.SubscribersOf(ctx, s, m.ID))(t) {
			in[number] = true
		}
		complained := 0
		for i := range all {
			number := must(s.SubscriberByID(ctx, readerID(i)))(t).Number
			switch {
			case !in[number]:
				ok(t, s.Suppress(ctx, index(i), store.Complaint, friday.Add(time.Minute))) // of another letter
			case complained < 5:
				ok(t, s.Suppress(ctx, index(i), store.Complaint, friday.Add(time.Minute)))
				complained++
			case complained < 10:
				ok(t, s.Suppress(ctx, index(i), store.Complaint, friday.Add(-time.Hour)))
				complained++
			}
		}
		_, _, err = s.Lay(ctx, m.ID, 50, friday.Add(2*time.Minute))
		var state *store.ErrState
		if !errors.As(err, &state) {
			t.Fatalf("Lay = %v, want paused", err)
		}
		if m = must(s.Mailing(ctx, m.ID))(t); m.Reason != "wave 1 (60 readers): 5 of 60 called it spam, and the limit is 0.3%" {
			t.Errorf("stopped: %s", m.Reason)
		}
	})
}
