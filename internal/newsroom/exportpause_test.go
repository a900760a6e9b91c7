package newsroom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestPauseMoves: a pause is exported and imported again, never shorter than it was; one
// that is over, or is none, pauses nobody, and a list changes no pause that there is.
func TestPauseMoves(t *testing.T) {
	each(t, settings{"timezone": "Europe/Berlin"}, func(t *testing.T, r *room) {
		ctx := t.Context()
		readers := r.readers(0, 3)
		until := friday.Add(14*24*time.Hour + 1500*time.Millisecond)
		r.must(r.n.Store.PauseSubscription(ctx, r.reader(readers[0]).ID, "weekly", until))
		r.must(r.n.Store.PauseSubscription(ctx, r.reader(readers[1]).ID, "weekly", r.clock.Now().Add(-time.Hour)))
		paused := func(who string) time.Time { return r.reader(who).Ties[0].PausedUntil }
		take := func(list string) {
			t.Helper()
			_, err := r.n.Import(ctx, strings.NewReader(list), newsroom.ImportOptions{Newsletter: "weekly", Basis: "moved"})
			r.must(err)
		}
		for _, format := range []string{"csv", "json"} {
			var list strings.Builder
			r.must(r.n.Export(ctx, &list, newsroom.ExportOptions{Newsletter: "weekly", Format: format}))
			for _, who := range readers {
				r.must(r.n.Remove(ctx, who, newsroom.Removal{Erase: true}))
			}
			take(list.String())
			if got, want := paused(readers[0]), friday.Add(14*24*time.Hour+2*time.Second); !got.Equal(want) {
				t.Errorf("%s: paused until %v, want %v", format, got, want)
			}
			for _, who := range readers[1:] {
				if got := paused(who); !got.IsZero() {
					t.Errorf("%s: who does not pause is paused until %v", format, got)
				}
			}
			until = paused(readers[0])
		}
		take("email,paused until\n" + readers[0] + ",\n" + readers[1] + ",2026-12-24\nday@new.example,2026-12-24\nover@new.example,2026-11-01\nodd@new.example,soon\n")
		for who, want := range map[string]time.Time{
			readers[0]: until, readers[1]: {}, "over@new.example": {}, "odd@new.example": {},
			"day@new.example": time.Date(2026, 12, 23, 23, 0, 0, 0, time.UTC), // the day's beginning in Berlin
		} {
			if got := paused(who); !got.Equal(want) {
				t.Errorf("%s: paused until %v, want %v", who, got, want)
			}
		}
	})
}
