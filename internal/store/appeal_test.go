package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestHiddenAppeal: who has hidden the appeal is laid for a variant without it, for as
// long as they said.
func TestHiddenAppeal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		numbers := subscribe(t, s, "weekly", 0, 5)
		for i, c := range []struct {
			variant string
			until   time.Time
		}{
			{"", friday.Add(time.Second)},
			{"text", store.ForGood},
			{"text", friday}, // over at this moment
			{"", time.Time{}},
		} {
			ok(t, s.SetVariant(ctx, readerID(i), "weekly", c.variant))
			ok(t, s.HideAppeal(ctx, readerID(i), store.ForGood))
			ok(t, s.HideAppeal(ctx, readerID(i), c.until))
			if p := must(s.SubscriberByID(ctx, readerID(i)))(t); !p.Ties[0].AppealUntil.Equal(c.until) {
				t.Errorf("reader %d: hidden until %v, want %v", i, p.Ties[0].AppealUntil, c.until)
			}
		}
		e := open(t, s, "weekly")
		m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Resend)
		lay(t, s, m, 100)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		got := map[int64]string{}
		for _, r := range must(s.Recipients(ctx, sl.Slice, friday))(t) {
			got[r.Number] = r.Variant
		}
		for i, want := range []string{store.Quiet, "text" + store.Quiet, "text", "", ""} {
			if v, laid := got[numberOf(t, s, i)]; v != want || !laid {
				t.Errorf("reader %d of %d: variant %q, want %q", i, len(numbers), v, want)
			}
		}
		if err := s.HideAppeal(ctx, readerID(9), friday); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody's appeal: %v", err)
		}
	})
}

// TestHiddenAppealIsKept: of a reader with two newsletters both are meant, and who
// leaves and comes back has not changed their mind.
func TestHiddenAppealIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 1)
		moved := row("daily", 0)
		moved.Tie.AppealUntil = store.ForGood // as another list had it
		must(s.PutSubscribers(ctx, []store.NewSubscriber{moved}))(t)
		ties := func() []store.Subscription { return must(s.SubscriberByID(ctx, readerID(0)))(t).Ties }
		if got := ties(); !got[0].AppealUntil.Equal(store.ForGood) || !got[1].AppealUntil.IsZero() {
			t.Fatalf("%+v", got)
		}
		ok(t, s.HideAppeal(ctx, readerID(0), friday))
		must(s.Unsubscribe(ctx, readerID(0), "weekly", friday))(t)
		again := row("weekly", 0)
		again.Again = true
		must(s.PutSubscribers(ctx, []store.NewSubscriber{again}))(t)
		for _, tie := range ties() {
			if tie.State != store.Confirmed || !tie.AppealUntil.Equal(friday) {
				t.Errorf("%+v", tie)
			}
		}
	})
}

func numberOf(t *testing.T, s *store.Store, i int) int64 {
	t.Helper()
	return must(s.SubscriberByID(t.Context(), readerID(i)))(t).Number
}
