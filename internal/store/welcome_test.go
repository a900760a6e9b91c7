package store_test

import (
	"fmt"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// join has the i-th reader sign up and confirm, who is then owed a welcome.
func join(t testing.TB, s *store.Store, i int) store.Owed {
	t.Helper()
	r := row("weekly", i)
	r.Tie.State = store.Pending
	must(s.PutSubscribers(t.Context(), []store.NewSubscriber{r}))(t)
	for range 2 { // the button twice
		ok(t, s.Confirm(t.Context(), readerID(i), "weekly", true, friday))
	}
	owed := must(s.WelcomesOwed(t.Context(), 10))(t)
	if len(owed) != 1 || owed[0].ID != readerID(i) || !owed[0].ConfirmedAt.Equal(friday) || !must(s.WelcomeOwed(t.Context()))(t) {
		t.Fatalf("owed: %+v", owed)
	}
	return owed[0]
}

// welcomed puts the welcome in, and tells how many letters there are and what it carries.
func welcomed(t testing.TB, s *store.Store, o store.Owed, e store.Edition, revision int) (letters int64, carries int64) {
	t.Helper()
	w := store.Welcome{
		Number: o.Number, Newsletter: o.Newsletter, Edition: e.ID, Revision: revision,
		Letter: store.NewLetter{Kind: "welcome", Message: []byte("sealed"), Dedupe: fmt.Sprintf("%x", o.ID), Due: friday, At: friday},
	}
	for range 2 { // by two processes
		ok(t, s.PutWelcome(t.Context(), w))
	}
	if must(s.WelcomeOwed(t.Context()))(t) {
		t.Error("it is owed still")
	}
	tie := must(s.SubscriberByID(t.Context(), o.ID))(t).Ties[0]
	if tie.WelcomeEdition != 0 && tie.WelcomeRevision != revision {
		t.Errorf("revision %d", tie.WelcomeRevision)
	}
	return must(s.CountLetters(t.Context()))(t).Queued, tie.WelcomeEdition
}

// TestWelcome: a welcome carries an edition that was sent, to who has not got it; then
// the rest do not include its reader, and a correction does.
func TestWelcome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e, m := begin(t, s, "weekly", 2, 10, mailer.Resend)
		sending := join(t, s, 3)
		if letters, carries := welcomed(t, s, sending, e, m.Revision); letters != 1 || carries != 0 {
			t.Errorf("while the edition is sent: %d letters, edition %d", letters, carries)
		}
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		must(s.FinishMailing(ctx, m.ID, friday))(t)
		if got := must(s.EditionBySlot(ctx, "weekly", e.Slot))(t); got.State != digest.Sent {
			t.Fatalf("it is %s", got.State)
		}

		late := join(t, s, 4)
		if letters, carries := welcomed(t, s, late, e, m.Revision); letters != 2 || carries != e.ID {
			t.Errorf("after it: %d letters, edition %d", letters, carries)
		}
		if letters, carries := welcomed(t, s, join(t, s, 5), e, m.Revision+1); letters != 3 || carries != 0 {
			t.Errorf("of another revision: %d letters, edition %d", letters, carries)
		}
		gone := join(t, s, 6)
		must(s.Unsubscribe(ctx, gone.ID, "weekly", friday))(t)
		if letters, carries := welcomed(t, s, gone, e, m.Revision); letters != 3 || carries != 0 {
			t.Errorf("who left: %d letters, edition %d", letters, carries)
		}

		rest := mail(t, s, e, m.Revision, mailer.ToRest, mailer.Resend)
		lay(t, s, rest, 10)
		if got := laidFor(t, s, rest); len(got) != 2 || got[numberOf(t, s, 4)] || !got[numberOf(t, s, 3)] || !got[numberOf(t, s, 5)] {
			t.Errorf("the rest: %v", got)
		}
		sendAll(t, s, rest, mailer.Accepted, mailer.OutcomeAccepted)
		must(s.FinishMailing(ctx, rest.ID, friday))(t)

		// Who got it in the rest has it, when they leave and join once more.
		must(s.Unsubscribe(ctx, readerID(3), "weekly", friday))(t)
		again := row("weekly", 3)
		again.Tie.State, again.Again = store.Pending, true
		must(s.PutSubscribers(ctx, []store.NewSubscriber{again}))(t)
		ok(t, s.Confirm(ctx, readerID(3), "weekly", true, friday))
		back := must(s.WelcomesOwed(ctx, 10))(t)[0]
		back.ID[0]++ // another letter
		w := store.Welcome{Number: back.Number, Newsletter: "weekly", Edition: e.ID, Revision: m.Revision, Letter: store.NewLetter{Kind: "welcome", Message: []byte("x"), Dedupe: fmt.Sprintf("%x", back.ID), Due: friday, At: friday}}
		ok(t, s.PutWelcome(ctx, w))
		if tie := must(s.SubscriberByID(ctx, readerID(3)))(t).Ties[0]; tie.WelcomeEdition != 0 {
			t.Error("who has the edition gets it once more")
		}

		second := must(s.NextRevision(ctx, e.ID, []digest.State{digest.Sent}, "test", "to mend it", friday))(t)
		ok(t, s.Approve(ctx, e.ID, second, "hash", "test", friday))
		ok(t, s.Freeze(ctx, e.ID, second, "hash", []store.Variant{{Name: "full", Compiled: []byte("bytes"), Hash: "h"}}, "test", friday))
		corrected := mail(t, s, e, second, mailer.ToDelivered, mailer.Resend)
		lay(t, s, corrected, 10)
		if got := laidFor(t, s, corrected); len(got) != 5 || !got[numberOf(t, s, 4)] {
			t.Errorf("the corrected: %v", got)
		}
	})
}

// laidFor are the readers whom a mailing is laid for.
func laidFor(t testing.TB, s *store.Store, m store.Mailing) map[int64]bool {
	t.Helper()
	all := map[int64]bool{}
	for {
		sl, err := s.TakeSlice(t.Context(), m.ID, "look", friday, lease)
		if _, none := err.(*store.ErrNone); none {
			break
		}
		ok(t, err)
		for _, n := range numbersOf(must(s.Recipients(t.Context(), sl.Slice, friday))(t)) {
			all[n] = true
		}
		defer func() { ok(t, s.ReleaseSlice(t.Context(), sl.Lease, friday)) }()
	}
	return all
}
