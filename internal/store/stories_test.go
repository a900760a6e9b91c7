package store_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// A story is an evergreen for as long as its source says so and nobody has mailed it,
// whatever its date.
func TestEvergreens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(newsletter, id string, years int, evergreen bool) {
			t.Helper()
			story := digest.Story{ID: id, Title: "Of " + newsletter, Published: friday.AddDate(-years, 0, 0), Evergreen: evergreen}
			must(s.PutStories(ctx, newsletter, []store.KeyedStory{{Story: story, Keys: []string{"guid:" + id}}}, friday))(t)
		}
		green := func(most int) string {
			var all []string
			for _, x := range must(s.Evergreens(ctx, "weekly", most))(t) {
				if !x.Evergreen || x.Title != "Of weekly" {
					t.Errorf("%s of %s is among the evergreens", x.ID, x.Title)
				}
				all = append(all, x.ID)
			}
			return strings.Join(all, " ")
		}
		put("weekly", "c", 9, true)
		put("weekly", "b", 1, false)
		put("weekly", "a", 2, true)
		put("weekly", "s1", 3, true)
		put("daily", "d", 1, true)
		if all, some := green(9), green(2); all != "a s1 c" || some != "a s1" {
			t.Errorf("evergreens: %q, of two at most: %q", all, some)
		}
		put("weekly", "a", 2, false)
		put("weekly", "b", 1, true)
		if got := green(9); got != "b s1 c" {
			t.Errorf("after their source has changed its mind: %q", got)
		}
		e, _ := begin(t, s, "weekly", 1, 1, mailer.Resend) // mails s1
		if got := green(9); got != "b c" {
			t.Errorf("after %s has mailed one: %q", e.Name(), got)
		}
		ok(t, s.MarkGone(ctx, "weekly", "c", 410, friday))
		if got := green(9); got != "b c" {
			t.Errorf("with one whose page is gone, which a gate tells: %q", got)
		}
	})
}

// What a source's stories want of their pages is known without reading them, those of the
// last two weeks of an older schema's too.
func TestSourceStories(t *testing.T) {
	storetest.EachEmpty(t, func(t *testing.T, dsn func() string) {
		where, ctx := dsn(), t.Context()
		db := must(store.SchemaOf(ctx, where, 17))(t)
		for id, days := range map[string]int{"new": 0, "old": 13, "past": 15} {
			_, err := db.ExecContext(ctx, `INSERT INTO story (newsletter, id, source, first_seen, fetched, doc) VALUES ('weekly', $1, 'wire', $2, 0, $3)`,
				id, friday.AddDate(0, 0, -days).UnixMicro(), `{"id":"`+id+`","source":"wire","url":"https://paper.example/`+id+`"}`)
			ok(t, err)
		}
		ok(t, db.Close())
		s := storetest.Open(t, where)
		is := func(want digest.Want, since time.Time, ids string) {
			t.Helper()
			var all []string
			for _, st := range must(s.SourceStories(ctx, "weekly", "wire", since, want))(t) {
				all = append(all, st.ID)
			}
			if got := strings.Join(all, " "); got != ids {
				t.Errorf("%q want %d of their page, and should: %q", got, want, ids)
			}
		}
		is(digest.WantsMore, time.Time{}, "old new")
		is(digest.WantsNothing, time.Time{}, "past old new")
		is(digest.WantsNothing, friday.AddDate(0, 0, -1), "new")
		put := func(st digest.Story) {
			t.Helper()
			st.Source, st.URL = cmp.Or(st.Source, "wire"), "https://paper.example/"+st.ID
			must(s.PutStories(ctx, "weekly", []store.KeyedStory{{Story: st, Keys: []string{"url:" + st.ID}}}, friday.Add(time.Minute)))(t)
		}
		put(digest.Story{ID: "other", Source: "post"})
		put(digest.Story{ID: "text", Title: "T", Teaser: "T", Image: &digest.Image{URL: "https://paper.example/1.jpg"}})
		put(digest.Story{ID: "whole", Title: "T", HTML: "<p>T", Image: &digest.Image{URL: "https://paper.example/2.jpg"}})
		put(digest.Story{ID: "lacks", Title: "T", Teaser: "T", Embargo: friday.AddDate(0, 0, 9)})
		is(digest.WantsMore, time.Time{}, "old new lacks")
		is(digest.WantsText, time.Time{}, "old new lacks text")
		is(digest.WantsNothing, friday.AddDate(0, 0, 8), "lacks")
		ok(t, s.ChangeStory(ctx, "weekly", "new", friday, func(st *digest.Story) { st.Page = &digest.Visit{Done: true} }))
		ok(t, s.MarkGone(ctx, "weekly", "lacks", 404, friday))
		is(digest.WantsText, time.Time{}, "old text")
	})
}

// What a fetch found, and what is then known of its source, both stand or neither.
func TestPutFetched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		stories := []store.KeyedStory{{Story: digest.Story{ID: "a", Title: "A", Published: friday}, Keys: []string{"guid:a"}}}
		put := func(ctx context.Context, before func()) error {
			return s.PutFetched(ctx, "weekly", stories, friday, func(added int) store.SourceState {
				before()
				return store.SourceState{Newsletter: "weekly", Source: "wire", NewItems: added, LastTry: friday}
			})
		}
		is := func(stored, added int) {
			t.Helper()
			all := must(s.Stories(t.Context(), "weekly", time.Time{}, time.Time{}))(t)
			if st := must(s.SourceState(t.Context(), "weekly", "wire"))(t); len(all) != stored || st.NewItems != added || st.LastTry.IsZero() != (stored == 0) {
				t.Errorf("%d stories, and of their source %+v", len(all), st)
			}
		}
		ctx, interrupt := context.WithCancel(t.Context())
		if err := put(ctx, interrupt); err == nil {
			t.Error("interrupted, and no word of it")
		}
		is(0, 0)
		ok(t, put(t.Context(), func() {}))
		is(1, 1)
		ok(t, put(t.Context(), func() {}))
		is(1, 0)
	})
}

// What readers have had of an edition is its last revision that was mailed.
func TestMailedRevisions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 3)
		opened := func(slot digest.Slot, at time.Time) store.Edition {
			e, _, err := s.OpenEdition(ctx, store.NewEdition{Newsletter: "weekly", Slot: slot, At: at, Kind: store.Regular, OpenedAt: at, Who: "test"})
			ok(t, err)
			return e
		}
		drafted := func(e store.Edition, subject string) int {
			d := content("weekly", subject)
			d.Overlay.Subject = subject + " by Ann"
			return must(s.PutDraft(ctx, e.ID, d, digest.Draft, "test", ""))(t)
		}
		mailed := func(e store.Edition, subject string, a mailer.Audience) store.Mailing {
			n := drafted(e, subject)
			ok(t, s.Approve(ctx, e.ID, n, "h", "test", friday))
			ok(t, s.Freeze(ctx, e.ID, n, "h", []store.Variant{{Name: "full", Compiled: []byte{1}}}, "test", friday))
			m := mail(t, s, e, n, a, mailer.Resend)
			lay(t, s, m, 10)
			return m
		}
		said := func(since time.Time, but int64) string {
			var all []string
			for _, r := range must(s.MailedRevisions(ctx, "weekly", since, but))(t) {
				if r.Overlay.Subject != r.Content.Subject+" by Ann" {
					t.Errorf("%q has the overlay of %q", r.Content.Subject, r.Overlay.Subject)
				}
				all = append(all, r.Content.Subject)
			}
			return strings.Join(all, " ")
		}
		before := friday.AddDate(0, 0, -7)
		now := opened("2026-11-27T09:00", friday)
		sendAll(t, s, mailed(now, "now", mailer.ToList), mailer.Accepted, mailer.OutcomeAccepted)
		old := opened("2026-11-20T09:00", before)
		m := mailed(old, "old", mailer.ToList)
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		drafted(opened("2026-12-04T09:00", friday.AddDate(0, 0, 7)), "next")
		stopped := mailed(opened("2026-12-11T09:00", friday.AddDate(0, 0, 14)), "stopped", mailer.ToList)
		ok(t, s.CancelMailing(ctx, stopped.ID, "test", "before the first", friday))
		for _, c := range []struct {
			what  string
			since time.Time
			but   int64
			want  string
		}{
			{"all", time.Time{}, 0, "old now"},
			{"since the older", before, 0, "old now"},
			{"since after it", before.Add(time.Second), 0, "now"},
			{"but for the older", time.Time{}, old.ID, "now"},
		} {
			if got := said(c.since, c.but); got != c.want {
				t.Errorf("%s: %q, want %q", c.what, got, c.want)
			}
		}
		if !must(s.FinishMailing(ctx, m.ID, friday))(t) {
			t.Fatal("the older edition is not finished")
		}
		must(s.NextRevision(ctx, old.ID, []digest.State{digest.Sent}, "test", "mended", friday))(t)
		drafted(old, "mended")
		if got := said(time.Time{}, 0); got != "old now" {
			t.Errorf("mended, and nobody has had it: %q", got)
		}
		m = mailed(old, "mended", mailer.ToDelivered)
		if got := said(time.Time{}, 0); got != "mended now" {
			t.Errorf("mended, and being mailed: %q", got)
		}
		ok(t, s.CancelMailing(ctx, m.ID, "test", "before the first", friday))
		if got := said(time.Time{}, 0); got != "old now" {
			t.Errorf("mended, and cancelled before anybody had it: %q", got)
		}
		if all := must(s.MailedRevisions(ctx, "daily", time.Time{}, 0))(t); len(all) != 0 {
			t.Errorf("of another newsletter: %d", len(all))
		}
	})
}

// Stories are looked up and written many at a time; what is twice among them is one, in
// one statement's rows or in two.
func TestManyStories(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		many := func(title string) (all []store.KeyedStory) {
			for i := range 230 {
				n := fmt.Sprint(i)
				all = append(all, store.KeyedStory{Story: digest.Story{ID: "id" + n, Title: title + n}, Keys: []string{"guid:" + n, "url:" + n}})
			}
			all[7] = store.KeyedStory{Story: digest.Story{ID: "other", Title: "again " + title}, Keys: []string{"guid:x", "url:6"}}     // the sixth, among the same
			all[229] = store.KeyedStory{Story: digest.Story{ID: "another", Title: "late " + title}, Keys: []string{"guid:y", "guid:3"}} // the third, far behind it
			return all
		}
		for round, want := range []int{228, 0} {
			for _, title := range []string{"A", "A", "B"} {
				if title == "B" || round > 0 {
					want = 0
				}
				if added := must(s.PutStories(ctx, "weekly", many(title), friday))(t); added != want {
					t.Errorf("%s, round %d: %d are new, want %d", title, round, added, want)
				}
				want = 0
				for id, is := range map[string]string{"id0": title + "0", "id6": "again " + title, "id3": "late " + title, "id228": title + "228"} {
					if got := must(s.Story(ctx, "weekly", id))(t).Title; got != is {
						t.Errorf("%s: %q, want %q", id, got, is)
					}
				}
			}
		}
		if all := must(s.Stories(ctx, "weekly", time.Time{}, time.Time{}))(t); len(all) != 228 {
			t.Errorf("%d stories", len(all))
		}
	})
}
