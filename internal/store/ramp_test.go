package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func wanted(provider, day string, share, want int) store.RampRow {
	return store.RampRow{Lane: "new", Provider: provider, RampDay: mailer.RampDay{Day: day, Share: share}, Granted: want, Need: 1000}
}

// TestRampShares: runs of one day are promised its share once, together; what one
// gives back, another may have; the next day is another.
func TestRampShares(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		s, ctx := open(), t.Context()
		ask := func(provider, day string, share, want, expect int) {
			t.Helper()
			if got := must(s.GrantRamp(ctx, []store.RampRow{wanted(provider, day, share, want)}))(t)[provider]; got != expect {
				t.Errorf("%s on %s, share %d: asked for %d, got %d, want %d", provider, day, share, want, got, expect)
			}
		}
		ask("google", "2026-12-01", 50, 30, 30)
		ask("google", "2026-12-01", 50, 30, 20)
		ask("google", "2026-12-01", 500, 30, 0) // the share stays that with which the day began
		ask("other", "2026-12-01", 50, 70, 50)
		back := wanted("google", "2026-12-01", 0, 5)
		back.Accepted, back.Deferred, back.Rejected, back.Refused = 42, 1, 1, 1
		ok(t, s.AddRamp(ctx, []store.RampRow{back}))
		ask("google", "2026-12-01", 50, 30, 5)
		ask("google", "2026-12-02", 75, 75, 75)
		ask("google", "2026-12-03", 75, 0, 0)

		rows := must(s.RampDays(ctx, "new"))(t)
		var days []string
		for _, r := range rows {
			days = append(days, r.Provider+" "+r.Day)
		}
		if want := []string{"google 2026-12-03", "google 2026-12-02", "other 2026-12-01"}; !slices.Equal(days, want) {
			t.Errorf("the last days are %v, want %v", days, want)
		}
		if n := must(s.RampCount(ctx, "new"))(t); n != 1 {
			t.Errorf("something was sent on %d days, want 1", n)
		}
		if err := s.AddRamp(ctx, []store.RampRow{wanted("google", "2027-01-01", 0, 0)}); err == nil {
			t.Error("a day that was never asked for was counted")
		}
		if rows := must(s.RampDays(ctx, "old"))(t); len(rows) != 0 {
			t.Errorf("another lane has %d days", len(rows))
		}
	})
}

// TestRampSharesAtOnce: whoever asks at the same time.
func TestRampSharesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		s, ctx := open(), t.Context()
		var mu sync.Mutex
		var all sync.WaitGroup
		sum := 0
		for range 8 {
			all.Go(func() {
				got, err := s.GrantRamp(ctx, []store.RampRow{wanted("google", "2026-12-01", 50, 20)})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				sum += got["google"]
			})
		}
		all.Wait()
		if sum != 50 {
			t.Errorf("%d were promised of a share of 50", sum)
		}
	})
}

// TestRampReaders: whoever is left in a mailing, with the time of their yes.
func TestRampReaders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		all := subscribe(t, s, "weekly", 0, 10)
		e := open(t, s, "weekly")
		before := must(s.RampAudience(ctx, e.ID, mailer.ToList, store.Segment{}, friday, all[2], 3))(t)
		if len(before) != 3 || before[0].Number != all[3] || before[2].Number != all[5] || !before[0].ConfirmedAt.Equal(friday) || before[0].ID == [16]byte{} {
			t.Errorf("the audience after the third: %+v", before)
		}
		m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Hold)
		lay(t, s, m, 4)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		c := committer(t, s)
		must(claim(ctx, c, sl.Lease, "new", all[:4]))(t)
		for _, n := range all[:3] {
			c.Record(sl.Lease, mailer.Result{Number: n, State: mailer.Accepted, At: friday, Outcome: mailer.Outcome{Class: mailer.OutcomeAccepted}})
		}
		ok(t, c.Flush(ctx))
		var left []int64
		for _, id := range must(s.OpenSlices(ctx, m.ID))(t) {
			for _, r := range must(s.RampReaders(ctx, id))(t) {
				left = append(left, r.Number)
				if !r.ConfirmedAt.Equal(friday) || string(r.Address) != "sealed address" || r.ID == [16]byte{} {
					t.Errorf("reader %d: %+v", r.Number, r)
				}
			}
		}
		if !slices.Equal(left, all[3:]) {
			t.Errorf("left are %v, want %v", left, all[3:])
		}
		ok(t, s.ReleaseSlice(ctx, sl.Lease, friday.Add(time.Second)))
	})
}
