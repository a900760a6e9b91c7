package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestOpenEditionHasOneWinner(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where := dsn()
		stores := []*store.Store{storetest.Open(t, where), storetest.Open(t, where)} // two processes
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				e, opened, err := stores[i%2].OpenEdition(t.Context(), store.NewEdition{
					Newsletter: "weekly", Slot: "2026-11-27T09:00", At: friday, Kind: store.Regular, OpenedAt: friday, Who: "schedule",
				})
				if err != nil || e.Name() != "weekly/2026-11-27T09:00" || e.State != digest.Draft {
					t.Errorf("%+v, %v", e, err)
				}
				if opened {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		e := must(stores[0].EditionBySlot(t.Context(), "weekly", "2026-11-27T09:00"))(t)
		if n := len(must(stores[0].LogOf(t.Context(), e.ID))(t)); won.Load() != 1 || n != 1 {
			t.Errorf("%d callers opened the slot, its log has %d lines", won.Load(), n)
		}
	})
}

func TestEditionGoesThroughItsStates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e := open(t, s, "weekly")
		wantState := func(err error, have digest.State) {
			t.Helper()
			var st *store.ErrState
			if !errors.As(err, &st) || st.Have != string(have) {
				t.Fatalf("err = %v, want one that says it is %s", err, have)
			}
		}
		opened := must(s.LogMark(ctx, e.ID))(t)
		n := must(s.PutDraft(ctx, e.ID, content("weekly", "A"), digest.Held, "test", "thin"))(t)
		if drafted, other := must(s.LogMark(ctx, e.ID))(t), must(s.LogMark(ctx, e.ID+1))(t); drafted <= opened || opened == 0 || other != 0 {
			t.Errorf("the log's mark was %d before the draft, and %d after; of no edition %d", opened, drafted, other)
		}
		wantState(s.Freeze(ctx, e.ID, n, "h", []store.Variant{{Name: "full"}}, "test", friday), digest.Held)
		if err := s.Approve(ctx, e.ID, n+1, "h", "test", friday); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("approving a revision that is not current: %v", err)
		}
		ok(t, s.Approve(ctx, e.ID, n, "h1", "anna", friday))
		ok(t, s.MarkTested(ctx, e.ID, n, "h1", 3, "anna", friday))
		r := must(s.Revision(ctx, e.ID, n))(t)
		if r.Approved != (store.Mark{Hash: "h1", By: "anna", At: friday}) || r.TestedTo != 3 || r.Content.Subject != "A" {
			t.Errorf("approved revision: %+v", r)
		}
		if said := must(s.Said(ctx, e.ID, n))(t); !reflect.DeepEqual(said, r.Said) || !said.Cutoff.Equal(r.Snapshot.To) {
			t.Errorf("what it says: %+v; whole: %+v", said, r.Said)
		}
		// An edit voids the approval, not the memory of the test.
		must(s.PutDraft(ctx, e.ID, content("weekly", "B"), digest.Draft, "test", "edited"))(t)
		r = must(s.Revision(ctx, e.ID, n))(t)
		if r.Approved.Is() || !r.Tested.Is() || r.Content.Subject != "B" || !r.Snapshot.To.Equal(friday) {
			t.Errorf("edited revision: %+v", r)
		}
		ok(t, s.Approve(ctx, e.ID, n, "h2", "anna", friday))
		ok(t, s.Freeze(ctx, e.ID, n, "h2", []store.Variant{{Name: "text", Compiled: []byte{0, 1}}, {Name: "full", Compiled: []byte{2}, Hash: "x", Size: 9}}, "test", friday))
		vs := must(s.Variants(ctx, e.ID, n))(t)
		if len(vs) != 2 || !reflect.DeepEqual(vs[0], store.Variant{Name: "full", Compiled: []byte{2}, Hash: "x", Size: 9}) {
			t.Errorf("variants: %+v", vs)
		}
		_, err := s.PutDraft(ctx, e.ID, content("weekly", "C"), digest.Draft, "test", "")
		wantState(err, digest.Frozen)
		next := must(s.NextRevision(ctx, e.ID, []digest.State{digest.Frozen}, "anna", "a typo", friday))(t)
		r = must(s.Revision(ctx, e.ID, next))(t)
		if next != n+1 || r.Content.Subject != "B" || r.Note != "a typo" || r.Approved.Is() || r.Frozen.Is() {
			t.Errorf("revision %d: %+v", next, r)
		}
		ok(t, s.CancelEdition(ctx, e.ID, "anna", "no", friday))
		wantState(s.CancelEdition(ctx, e.ID, "anna", "no", friday), digest.Cancelled)
		if _, err := s.Edition(ctx, e.ID+99); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Edition = %v, want ErrNotFound", err)
		}
	})
}

func TestLastSentIsWhatReadersGot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 5)
		edition := func(slot digest.Slot, at time.Time, kind store.Kind) (store.Edition, store.Mailing) {
			e, _, err := s.OpenEdition(ctx, store.NewEdition{Newsletter: "weekly", Slot: slot, At: at, Kind: kind, OpenedAt: at})
			ok(t, err)
			d := content("weekly", string(slot))
			d.Snapshot.To = at
			n := must(s.PutDraft(ctx, e.ID, d, digest.Draft, "test", ""))(t)
			ok(t, s.Approve(ctx, e.ID, n, "h", "test", at))
			ok(t, s.Freeze(ctx, e.ID, n, "h", []store.Variant{{Name: "full", Compiled: []byte{1}}}, "test", at))
			m := mail(t, s, e, n, mailer.ToList, mailer.Resend)
			lay(t, s, m, 10)
			return e, m
		}
		if _, err := s.LastSent(ctx, "weekly", time.Time{}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("LastSent of nothing = %v", err)
		}
		first, m := edition("2026-11-20T09:00", friday.AddDate(0, 0, -7), store.Regular)
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		_, m = edition("extra-blackout", friday.AddDate(0, 0, -2), store.Extra)
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		second, _ := edition("2026-11-27T09:00", friday, store.Regular)
		if len(must(s.MailedStories(ctx, "weekly"))(t)) != 3 {
			t.Error("each of the three mailings counts its story as mailed")
		}
		ok(t, s.CancelEdition(ctx, second.ID, "test", "", friday))
		got := must(s.LastSent(ctx, "weekly", time.Time{}))(t)
		if got.Edition.ID != first.ID || !got.Cutoff.Equal(first.At) || got.Accepted != 5 {
			t.Errorf("LastSent = %+v", got)
		}
		if _, err := s.LastSent(ctx, "weekly", first.At); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("LastSent before the first = %v", err)
		}
		if mailed := must(s.MailedStories(ctx, "weekly"))(t); len(mailed) != 2 || mailed[0].Edition != first.Name() {
			t.Errorf("a mailing that reached nobody left its stories mailed: %+v", mailed)
		}
		if sent := must(s.EditionsIn(ctx, digest.Sending, digest.Cancelled))(t); len(sent) != 3 {
			t.Errorf("EditionsIn = %+v", sent)
		}
		if all := must(s.Editions(ctx, "", 2))(t); len(all) != 2 || all[0].ID != second.ID {
			t.Errorf("Editions = %+v", all)
		}
	})
}

func TestStoriesAreFoundAgainByAnyKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		story := func(id, title string, published time.Time, keys ...string) store.KeyedStory {
			return store.KeyedStory{Story: digest.Story{ID: id, Title: title, Published: published}, Keys: keys}
		}
		put := func(at time.Time, want int, all ...store.KeyedStory) {
			t.Helper()
			if added := must(s.PutStories(ctx, "weekly", all, at))(t); added != want {
				t.Errorf("added %d, want %d", added, want)
			}
		}
		monday := friday.AddDate(0, 0, -4)
		put(monday, 2, story("a", "A", monday, "guid:1", "url:x"), story("b", "B", time.Time{}, "url:y"))
		put(friday, 0, story("other", "A, mended", time.Time{}, "guid:9", "url:x"))  // by its URL, under a new guid
		put(friday, 0, story("another", "A, mended again", monday, "guid:9"))        // by that guid
		put(friday, 1, story("a2", "C", friday, "guid:3"), story("a2", "C", friday)) // once by key, once by id
		put(friday, 0, story("c", "nul\x00 and \xff", friday, "guid:3\x00"))         // bytes that PostgreSQL refuses
		if n := must(s.PutStories(ctx, "daily", []store.KeyedStory{story("a", "A", monday, "guid:1")}, friday))(t); n != 1 {
			t.Error("another newsletter has stories of its own")
		}
		all := must(s.Stories(ctx, "weekly", time.Time{}, time.Time{}))(t)
		if len(all) != 3 {
			t.Fatalf("stories: %+v", all)
		}
		a := must(s.Story(ctx, "weekly", "a"))(t)
		if a.Title != "A, mended again" || !a.FirstSeen.Equal(monday) || !a.Published.Equal(monday) {
			t.Errorf("merged story: %+v", a)
		}
		if in := must(s.Stories(ctx, "weekly", friday, time.Time{}))(t); len(in) != 1 || in[0].ID != "a2" {
			t.Errorf("since Friday: %+v", in)
		}
		if in := must(s.Stories(ctx, "weekly", monday, friday))(t); len(in) != 2 {
			t.Errorf("Monday to Friday: %+v", in)
		}
	})
}

func TestSourceStatesMediaAndMeta(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		if st := must(s.SourceState(ctx, "weekly", "wire"))(t); !reflect.DeepEqual(st, store.SourceState{Newsletter: "weekly", Source: "wire"}) {
			t.Errorf("of a source never fetched: %+v", st)
		}
		st := store.SourceState{
			Newsletter: "weekly", Source: "wire", ETag: `"1"`, LastModified: "yesterday", ValidatorsOf: "b", Asked: "a", Reader: "1.0",
			LastTry: friday, LastSuccess: friday.Add(-time.Minute), LastNew: friday.Add(-2 * time.Minute), FailingSince: friday.Add(-time.Hour), Failures: 4,
			NotBefore: friday.Add(time.Hour), NextTry: friday.Add(2 * time.Hour),
			Items: 3, NewItems: 1, Size: 12345, Kind: "RSS 2.0", Warnings: []string{"one", "two"},
			Latency: 1500 * time.Millisecond, Error: "bad", RedirectedTo: "https://paper.example/",
		}
		ok(t, s.PutSourceState(ctx, st))
		st.ETag = `"2"`
		ok(t, s.PutSourceState(ctx, st))
		if all := must(s.SourceStates(ctx, "weekly"))(t); len(all) != 1 || !reflect.DeepEqual(all[0], st) {
			t.Errorf("SourceStates = %+v, want %+v", all, st)
		}
		m := store.Media{Hash: "h", Type: "image/png", Width: 2, Height: 3, Bytes: []byte{0, 255}}
		ok(t, s.PutMedia(ctx, m))
		ok(t, s.PutMedia(ctx, m))
		if got := must(s.Media(ctx, "h"))(t); !reflect.DeepEqual(got, m) {
			t.Errorf("Media = %+v", got)
		}
		for i := range 2 {
			if v := must(s.PutMetaOnce(ctx, "install", fmt.Sprint(i)))(t); v != "0" {
				t.Errorf("the first value does not stand: %s", v)
			}
		}
	})
}

// TestClaimSource: of many that would ask a source when it is due, one does, and none
// again before its time, however the one ended.
func TestClaimSource(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		claim := func(now time.Time) (took int) {
			t.Helper()
			var all atomic.Int32
			var asking sync.WaitGroup
			for range 8 {
				asking.Go(func() {
					if mine, err := s.ClaimSource(ctx, "weekly", "wire", now, now.Add(5*time.Minute), now.Add(48*time.Hour)); err != nil {
						t.Error(err)
					} else if mine {
						all.Add(1)
					}
				})
			}
			asking.Wait()
			return int(all.Load())
		}
		for _, c := range []struct {
			at   time.Duration
			took int
		}{{0, 1}, {time.Minute, 0}, {5 * time.Minute, 1}, {9 * time.Minute, 0}, {-60 * time.Hour, 1}} {
			if took := claim(friday.Add(c.at)); took != c.took {
				t.Errorf("at %v %d took it, want %d", c.at, took, c.took)
			}
		}
		// What is known of it stays as it was.
		st := must(s.SourceState(ctx, "weekly", "wire"))(t)
		st.Items, st.Asked = 7, "a"
		ok(t, s.PutSourceState(ctx, st))
		if took := claim(friday); took != 1 {
			t.Errorf("%d took it", took)
		}
		if again := must(s.SourceState(ctx, "weekly", "wire"))(t); again.Items != 7 || !again.NextTry.Equal(friday.Add(5*time.Minute)) {
			t.Errorf("%+v", again)
		}
		ok(t, s.ForgetSource(ctx, "weekly", "wire", "b")) // of another address: not this one
		if took := claim(friday); took != 0 {
			t.Errorf("%d took it", took)
		}
		ok(t, s.ForgetSource(ctx, "weekly", "wire", "a"))
		if took := claim(friday); took != 1 {
			t.Errorf("of what was forgotten, %d took it", took)
		}
	})
}

// TestRevisionHoldsEachStoryOnce: what is read of a snapshot and its pick is what was
// stored, though the pick names its stories alone.
func TestRevisionHoldsEachStoryOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		d, e := content("weekly", "A"), open(t, s, "weekly")
		d.Snapshot.Stories = []digest.Story{
			{ID: "one", Source: "wire", URL: "https://wire.example/1", Title: `"stories":null, and so on`, HTML: "<p>What was told.</p>"},
			{ID: "two", Source: "wire", URL: "https://wire.example/2", Title: "Two", Image: &digest.Image{URL: "https://wire.example/2.png"}},
		}
		d.Snapshot.Rules.Barred = []string{`"stories":null`}
		link := digest.Story{ID: "link", Source: digest.ElsewhereSource, URL: "https://other.example/", Title: "Of no source"}
		d.Pick.Chosen = []digest.Choice{{Story: d.Snapshot.Stories[1], Lead: true}, {Story: link}}
		d.Pick.Left = []digest.Choice{{Story: d.Snapshot.Stories[0], Reason: digest.Reason{Rule: digest.EditionFull}}}
		n := must(s.PutDraft(t.Context(), e.ID, d, digest.Draft, "test", ""))(t)
		r := must(s.Revision(t.Context(), e.ID, n))(t)
		if !reflect.DeepEqual(r.Snapshot, d.Snapshot) || !reflect.DeepEqual(r.Pick, d.Pick) {
			t.Errorf("read: %+v\n%+v\nstored: %+v\n%+v", r.Snapshot, r.Pick, d.Snapshot, d.Pick)
		}
		if doc := must(s.PickText(t.Context(), e.ID, n))(t); strings.Contains(doc, "Two") || !strings.Contains(doc, "Of no source") {
			t.Errorf("the pick is stored as %s", doc)
		}
	})
}
