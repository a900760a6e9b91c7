package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestPutSubscribersReportsEveryRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(rows ...store.NewSubscriber) []store.PutReport {
			t.Helper()
			return must(s.PutSubscribers(ctx, rows))(t)
		}
		want := func(got []store.PutReport, outcomes ...store.PutOutcome) {
			t.Helper()
			for i, r := range got {
				if r.Outcome != outcomes[i] {
					t.Errorf("row %d: %+v, want %s", i, r, outcomes[i])
				}
			}
		}
		ok(t, s.Suppress(ctx, index(9), "complaint", friday))
		twice := row("weekly", 0)
		twice.ID = readerID(77) // another id for the same address
		first := put(row("weekly", 0), row("weekly", 1), twice, row("weekly", 9))
		want(first, store.Added, store.Added, store.Existing, store.Left)
		if first[2].ID != readerID(0) || first[2].Number != first[0].Number || first[3].Number != 0 {
			t.Errorf("reports: %+v", first)
		}
		must(s.Unsubscribe(ctx, readerID(1), "weekly", friday))(t)
		want(put(row("weekly", 0), row("weekly", 1), row("daily", 1)), store.Existing, store.Left, store.Added)
		again := row("weekly", 1)
		again.Again, again.Tie.State = true, store.Pending
		barred := row("weekly", 9)
		barred.Again = true
		want(put(again, barred), store.Added, store.Left)
		p := must(s.SubscriberByIndex(ctx, index(1)))(t)
		if len(p.Ties) != 2 || p.Ties[1].State != store.Pending || !p.Ties[1].LeftAt.Equal(friday) {
			t.Errorf("asks again: %+v", p)
		}
		ok(t, s.Confirm(ctx, readerID(1), "weekly", false, friday))
		if p := must(s.SubscriberByIndex(ctx, index(1)))(t); !p.Ties[1].LeftAt.IsZero() {
			t.Errorf("back again: %+v", p)
		}
		if cs := must(s.Consents(ctx, p.Number))(t); len(cs) != 2 || cs[0].Newsletter != "daily" || cs[0].Week != "2026-W48" {
			t.Errorf("consents: %+v", cs)
		}
		if _, err := s.PutSubscribers(ctx, []store.NewSubscriber{{}}); err == nil {
			t.Error("an empty row went in")
		}
	})
}

func TestTies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		pending := row("weekly", 0)
		pending.Tie.State, pending.Tie.ConfirmedAt = store.Pending, time.Time{}
		must(s.PutSubscribers(ctx, []store.NewSubscriber{pending}))(t)
		for range 2 {
			ok(t, s.Confirm(ctx, readerID(0), "weekly", false, friday))
		}
		p := must(s.SubscriberByID(ctx, readerID(0)))(t)
		if p.Ties[0].State != store.Confirmed || !p.Ties[0].ConfirmedAt.Equal(friday) {
			t.Errorf("confirmed: %+v", p.Ties)
		}
		for i, want := range []bool{true, false} {
			if left := must(s.Unsubscribe(ctx, readerID(0), "", friday))(t); left != want {
				t.Errorf("goodbye %d: left = %v", i, left)
			}
		}
		var st *store.ErrState
		if err := s.Confirm(ctx, readerID(0), "weekly", false, friday); !errors.As(err, &st) {
			t.Errorf("an old confirmation link after a goodbye = %v", err)
		}
		for _, err := range []error{
			s.Confirm(ctx, readerID(0), "daily", false, friday), s.PauseSubscription(ctx, readerID(0), "daily", friday),
			s.Confirm(ctx, readerID(5), "weekly", false, friday), s.DeleteSubscriber(ctx, readerID(5)),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("err = %v, want ErrNotFound", err)
			}
		}
		ok(t, s.Suppress(ctx, index(0), "bounce", friday))
		ok(t, s.Suppress(ctx, index(0), "complaint", friday))
		if reason, is, err := s.Suppressed(ctx, index(0)); reason != "bounce" || !is || err != nil {
			t.Errorf("Suppressed = %s, %v, %v", reason, is, err)
		}
		must(s.Unsubscribe(ctx, readerID(0), "", friday))(t)
		ok(t, s.DeleteSubscriber(ctx, readerID(0)))
		if _, is, _ := s.Suppressed(ctx, index(0)); !is {
			t.Error("a suppression outlives the reader")
		}
		if n := must(s.CountSubscribers(ctx))(t); len(n) != 0 {
			t.Errorf("erased, and counted: %+v", n)
		}
	})
}

func TestSubscribersStream(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 2300) // three pages
		subscribe(t, s, "daily", 1000, 1010)
		must(s.Unsubscribe(ctx, readerID(7), "weekly", friday))(t)
		count := func(newsletter string, states ...store.SubscriptionState) (n int) {
			t.Helper()
			last := int64(0)
			for p, err := range s.Subscribers(ctx, newsletter, store.Segment{}, states...) {
				ok(t, err)
				if p.Number <= last || len(p.Ties) == 0 {
					t.Fatalf("%+v after %d", p, last)
				}
				last = p.Number
				n++
			}
			return n
		}
		for _, c := range []struct{ got, want int }{
			{count(""), 2300},
			{count("weekly", store.Confirmed), 2299},
			{count("weekly", store.Unsubscribed, store.Pending), 1},
			{count("daily"), 10},
			{count("none"), 0},
		} {
			if c.got != c.want {
				t.Errorf("streamed %d, want %d", c.got, c.want)
			}
		}
		counts := must(s.CountSubscribers(ctx))(t)
		if len(counts) != 3 || counts[1] != (store.SubscriberCount{Newsletter: "weekly", State: store.Confirmed, Count: 2299}) {
			t.Errorf("CountSubscribers = %+v", counts)
		}
	})
}

func TestLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(kind string, to []byte, due time.Time) int64 {
			t.Helper()
			id, created, err := s.PutLetter(ctx, store.NewLetter{Kind: kind, ToIndex: to, Message: []byte("sealed"), Dedupe: kind, Due: due, At: friday})
			if err != nil || !created {
				t.Fatalf("PutLetter = %v, %v", created, err)
			}
			return id
		}
		later := put("later", nil, friday.Add(time.Minute))
		now := put("now", index(0), friday)
		barred := put("barred", index(1), friday)
		if id, created, err := s.PutLetter(ctx, store.NewLetter{Kind: "x", Dedupe: "now", Due: friday, At: friday}); id != now || created || err != nil {
			t.Errorf("a letter put twice: %d, %v, %v", id, created, err)
		}
		ok(t, s.Suppress(ctx, index(1), "complaint", friday))
		got := must(s.ClaimLetters(ctx, "test", friday, lease, 10, false))(t)
		if len(got) != 1 || got[0].ID != now || string(got[0].Message) != "sealed" {
			t.Fatalf("claimed %+v", got)
		}
		if l := must(s.Letter(ctx, barred))(t); l.State != mailer.Skipped || l.Message != nil {
			t.Errorf("a letter to a suppressed address: %+v", l)
		}
		if n := must(s.RecoverLetters(ctx, friday, mailer.Resend))(t); n != 0 {
			t.Errorf("recovered %d of a live claim", n)
		}
		ok(t, s.BreakLeases(ctx))
		if n := must(s.RecoverLetters(ctx, friday, mailer.Resend))(t); n != 1 {
			t.Errorf("recovered %d of a dead claim", n)
		}
		at := friday.Add(time.Hour)
		again := must(s.ClaimLetters(ctx, "test", at, lease, 10, false))(t)
		if len(again) != 2 || again[0].ID != now || again[0].Attempts != 1 || again[1].ID != later {
			t.Fatalf("claimed again %+v", again)
		}
		done := store.LetterResult{ID: now, Epoch: got[0].Epoch, State: mailer.Accepted, Attempts: 2, At: at, Outcome: mailer.Outcome{RelayID: "4X"}}
		if err := s.RecordLetter(ctx, done); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("a result under the old claim = %v", err)
		}
		done.Epoch = again[0].Epoch
		ok(t, s.RecordLetter(ctx, done))
		if l := must(s.Letter(ctx, now))(t); l.State != mailer.Accepted || l.Message != nil || l.RelayID != "4X" || !l.SettledAt.Equal(at) {
			t.Errorf("settled: %+v", l)
		}
		ok(t, s.RecordLetter(ctx, store.LetterResult{ID: later, Epoch: again[1].Epoch, State: mailer.Deferred, Attempts: 1, Due: at.Add(time.Hour), At: at, Outcome: mailer.Outcome{Text: "busy"}}))
		c := must(s.CountLetters(ctx))(t)
		if c.Accepted != 1 || c.Deferred != 1 || c.Skipped != 1 || !c.NextDue.Equal(at.Add(time.Hour)) {
			t.Errorf("CountLetters = %+v", c)
		}
	})
}

func TestDataKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		for i, want := range []bool{true, false} {
			if created := must(s.PutDataKey(ctx, store.DataKey{ID: 1, Wrapped: []byte{byte(i)}, CreatedAt: friday}))(t); created != want {
				t.Errorf("PutDataKey %d: created = %v", i, created)
			}
		}
		if keys := must(s.DataKeys(ctx))(t); len(keys) != 1 || keys[0].Wrapped[0] != 0 || !keys[0].CreatedAt.Equal(friday) {
			t.Errorf("DataKeys = %+v", keys)
		}
	})
}

// TestDropLetter: what somebody may have been sent already stays in the outbox.
func TestDropLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		there := map[string]int64{}
		for _, word := range []string{"under way", "waits"} {
			there[word], _, _ = s.PutLetter(ctx, store.NewLetter{Kind: "goodbye", Message: []byte("sealed"), Dedupe: word, Due: friday, At: friday})
		}
		must(s.ClaimLetters(ctx, "test", friday, lease, 1, false))(t)
		drop := func() {
			t.Helper()
			for word := range there {
				ok(t, s.DropLetter(ctx, word))
			}
			if _, err := s.Letter(ctx, there["waits"]); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the letter that waited: %v", err)
			}
			must(s.Letter(ctx, there["under way"]))(t)
		}
		drop()
		ok(t, s.BreakLeases(ctx))
		must(s.RecoverLetters(ctx, friday, mailer.Resend))(t)
		drop()
		ok(t, s.DropLetter(ctx, "nothing"))
	})
}
