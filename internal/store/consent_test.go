package store_test

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

// TestLaterConsent: who comes back in the same week by the same way does so on what they
// agree to now; who only takes back that they left agrees to nothing new; and who is
// subscribed already is not taken to have said yes by whoever types their address.
func TestLaterConsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(version, page string) {
			t.Helper()
			r := row("weekly", 0)
			r.Consent = store.Consent{Week: "2026-W48", Path: "form", TextVersion: version, Page: page}
			r.Again = true
			must(s.PutSubscribers(ctx, []store.NewSubscriber{r}))(t)
		}
		wants := func(version, page string) {
			t.Helper()
			number := must(s.SubscriberByID(ctx, readerID(0)))(t).Number
			got := must(s.Consents(ctx, number))(t)
			if len(got) != 1 || got[0].TextVersion != version || got[0].Page != page {
				t.Errorf("%+v, want version %s by the page %s", got, version, page)
			}
		}
		leave := func() { must(s.Unsubscribe(ctx, readerID(0), "weekly", friday))(t) }
		put("1", "subscribe")
		wants("1", "subscribe")
		put("2", "elsewhere")
		wants("1", "subscribe")
		leave()
		put("", "return")
		wants("1", "subscribe")
		leave()
		put("2", "embed")
		wants("2", "embed")
	})
}
