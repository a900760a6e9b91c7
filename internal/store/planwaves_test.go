package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 12)
		m, waves := plan(t, s, open(t, s, "weekly"), store.Planning{Window: 2 * time.Minute})
		if len(waves) != 1 || waves[0].Width != 1 || waves[0].Every != 10*time.Second {
			t.Fatalf("planned: %+v", waves)
		}
		step := func(now, until time.Time) {
			t.Helper()
			laid, _, err := layWave(t, s, m, 50, now)
			if got := waitsUntil(t, err); laid != 1 || !got.Equal(until) {
				t.Fatalf("at %s: laid %d, next at %s, want %s", now.Sub(friday), laid, got.Sub(friday), until.Sub(friday))
			}
		}
		at := func(seconds int) time.Time { return friday.Add(time.Duration(seconds) * time.Second) }
		step(at(0), at(10))
		if laid, _, err := layWave(t, s, m, 50, at(9)); laid != 0 || !waitsUntil(t, err).Equal(at(10)) {
			t.Fatalf("too early: %d, %v", laid, err)
		}
		step(at(13), at(20)) // a little late: the plan stands
		step(at(20), at(30))
		ok(t, s.PauseMailing(ctx, m.ID, "anna", "lunch", at(21)))
		ok(t, s.ResumeMailing(ctx, m.ID, "anna", at(1000)))
		step(at(1000), at(1010)) // after a pause they keep their distance
		ok(t, s.Hasten(ctx, m.ID, "anna", at(1001)))
		if laid, done, err := layWave(t, s, m, 50, at(1001)); laid != 8 || !done || err != nil {
			t.Errorf("hastened: %d, %v, %v", laid, done, err)
		}
	})
}

// TestPlanLeavesOutWhatIsEmpty: a wave of nobody is none, and the rest is there
// whoever is left.
func TestPlanLeavesOutWhatIsEmpty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e := open(t, s, "weekly")
		for _, test := range []struct {
			readers int
			want    string
		}{{0, "rest 0"}, {1, "1% 1, rest 0"}, {30, "1% 1, 20 readers 20, rest 9"}} {
			subscribe(t, s, "weekly", 0, test.readers)
			var got []string
			for _, w := range must(s.PlanWaves(ctx, e.ID, mailer.ToList, store.Segment{}, store.Planning{Waves: []mailer.Wave{
				{Kind: mailer.WaveStaff}, {Kind: mailer.WaveShare, Share: 10_000}, {Kind: mailer.WaveReaders, Readers: 20}, {Kind: mailer.WaveRest},
			}, Sample: mailer.SampleOf(e.ID, 1), Window: time.Hour}, friday))(t) {
				got = append(got, fmt.Sprintf("%s %d", w, w.Expected))
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("%d readers: %v, want %s", test.readers, got, test.want)
			}
		}
		if _, err := s.PlanWaves(ctx, 99, mailer.ToList, store.Segment{}, store.Planning{}, friday); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an edition that is none: %v", err)
		}
		ok(t, s.Transition(ctx, e.ID, []digest.State{digest.Draft}, digest.Draft, "test", "", friday))
	})
}
