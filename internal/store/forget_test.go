package store_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// told is all that a store says of an edition's accounting.
type told struct {
	over   store.Counts
	each   map[int64]store.Counts
	waves  map[int64]map[int]store.Counts
	again  map[int64]int64
	sent   store.Sent
	mailed int // revisions that readers have
}

func tellAll(t *testing.T, s *store.Store, e store.Edition) told {
	t.Helper()
	ctx := t.Context()
	a := told{
		over: must(s.CountEdition(ctx, e.ID))(t), each: map[int64]store.Counts{}, waves: map[int64]map[int]store.Counts{}, again: map[int64]int64{},
		sent:   must(s.LastSent(ctx, e.Newsletter, time.Time{}))(t),
		mailed: len(must(s.MailedRevisions(ctx, e.Newsletter, time.Time{}, 0))(t)),
	}
	a.sent.Edition = store.Edition{}
	sums(t, a.over)
	for _, m := range must(s.Mailings(ctx, e.ID))(t) {
		a.each[m.ID] = must(s.CountMailing(ctx, m.ID))(t)
		a.waves[m.ID] = must(s.CountWaves(ctx, m.ID))(t)
		a.again[m.ID] = must(s.CountSentAgain(ctx, m.ID))(t)
		sums(t, a.each[m.ID])
	}
	return a
}

func (a told) same(b told) bool {
	return a.over == b.over && maps.Equal(a.each, b.each) && maps.Equal(a.again, b.again) && a.sent == b.sent && a.mailed == b.mailed &&
		maps.EqualFunc(a.waves, b.waves, func(x, y map[int]store.Counts) bool { return maps.Equal(x, y) })
}

// mailedTwice is an edition that went out in two mailings, with all that can become of
// a delivery: some accepted, some rejected, one sent again; the rest cancelled.
func mailedTwice(t *testing.T, s *store.Store, readers int) store.Edition {
	t.Helper()
	ctx := t.Context()
	e, first := begin(t, s, "weekly", readers, 7, mailer.Resend)
	c := committer(t, s)
	dead := must(s.TakeSlice(ctx, first.ID, "dead", friday, lease))(t)
	numbers := numbersOf(must(s.Recipients(ctx, dead.Slice, friday))(t))
	must(claim(ctx, c, dead.Lease, "main", numbers[:1]))(t)
	late := friday.Add(time.Hour)
	sl := must(s.TakeSlice(ctx, first.ID, "next", late, lease))(t)
	must(claim(ctx, c, sl.Lease, "main", numbers[:3]))(t)
	c.Record(sl.Lease, result(numbers[0], mailer.Accepted, mailer.OutcomeAccepted))
	c.Record(sl.Lease, result(numbers[1], mailer.Rejected, mailer.OutcomeRejected))
	c.Record(sl.Lease, result(numbers[2], mailer.InDoubt, mailer.OutcomeInDoubt))
	ok(t, c.Flush(ctx))
	ok(t, s.ReleaseSlice(ctx, sl.Lease, late))
	ok(t, s.CancelMailing(ctx, first.ID, "test", "enough", late))
	n := must(s.NextRevision(ctx, e.ID, []digest.State{"sending"}, "test", "mend", late))(t)
	ok(t, s.Approve(ctx, e.ID, n, "hash", "test", late))
	ok(t, s.Freeze(ctx, e.ID, n, "hash", []store.Variant{{Name: "full", Compiled: []byte("b"), Hash: "h"}}, "test", late))
	second := mail(t, s, e, n, mailer.ToRest, mailer.Resend)
	lay(t, s, second, 5)
	sendAll(t, s, second, mailer.Accepted, mailer.OutcomeAccepted)
	if !must(s.FinishMailing(ctx, second.ID, late))(t) {
		t.Fatal("the second mailing does not end")
	}
	return e
}

// TestForget: the counts of an edition are the same before its deliveries go, while
// they go, batch by batch and process by process, and after; and nothing that would
// need them is done any more.
func TestForget(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where, ctx := dsn(), t.Context()
		s := storetest.Open(t, where)
		const readers = 40
		e := mailedTwice(t, s, readers)
		before := tellAll(t, s, e)
		if before.over.Audience != readers || before.over.Rejected != 0 || before.over.InDoubt != 1 || before.again[1] == 0 {
			t.Fatalf("the edition has not all that can become of one: %+v", before)
		}
		now := friday.AddDate(0, 0, 91)
		if n := must(s.ForgetEditions(ctx, friday, now))(t); n != 0 {
			t.Fatal("forgotten before its time")
		}
		if n := must(s.ForgetEditions(ctx, now.AddDate(0, 0, -90), now))(t); n != 1 {
			t.Fatalf("%d editions forgotten, want 1", n)
		}
		dropped, batches := int64(0), 0
		for done := false; !done; batches++ {
			if got := tellAll(t, s, e); !got.same(before) {
				t.Fatalf("after %d batches:\n%+v, was\n%+v", batches, got, before)
			}
			ok(t, s.Close()) // the process dies
			s = must(store.Open(ctx, where))(t)
			var n int64
			n, done, _ = s.DropForgotten(ctx, 3)
			dropped += n
		}
		defer s.Close()
		if total := before.each[1].Audience + before.each[2].Audience; dropped != total || batches < 20 {
			t.Errorf("%d deliveries dropped in %d batches, want %d", dropped, batches, total)
		}
		if got := tellAll(t, s, e); !got.same(before) {
			t.Errorf("in the end:\n%+v, was\n%+v", got, before)
		}
		for number := int64(1); number <= readers; number++ {
			if got := must(s.GotBy(ctx, number))(t); len(got) > 0 {
				t.Errorf("it is still known what reader %d got: %+v", number, got)
			}
		}
		for _, m := range must(s.Mailings(ctx, e.ID))(t) {
			if tries := must(s.Tries(ctx, m.ID, 0))(t); len(tries) > 0 {
				t.Errorf("tries are left: %+v", tries)
			}
			if _, err := s.SettleDoubt(ctx, m.ID, mailer.Queued, "test", now); !errors.Is(err, store.ErrForgotten) {
				t.Errorf("doubt is settled: %v", err)
			}
		}
		refusesToMail(t, s, e)
		must(s.SweepCancelled(ctx, now))(t)
		if stories := must(s.MailedStories(ctx, "weekly"))(t); len(stories) != 1 {
			t.Errorf("%d stories count as mailed, want 1", len(stories))
		}
	})
}

// refusesToMail tries every audience for a forgotten edition.
func refusesToMail(t *testing.T, s *store.Store, e store.Edition) {
	t.Helper()
	for _, to := range []mailer.Audience{mailer.ToRest, mailer.ToDelivered, mailer.ToList} {
		_, err := s.StartMailing(t.Context(), store.NewMailing{Edition: e.ID, Revision: 2, Audience: to, Policy: mailer.Resend, Date: friday, At: friday, Who: "test"})
		var state *store.ErrState
		if !errors.Is(err, store.ErrForgotten) && !(to == mailer.ToList && errors.As(err, &state)) {
			t.Errorf("mailed to the %s: %v", to, err)
		}
	}
	if got := must(s.Edition(t.Context(), e.ID))(t); got.State != "sent" || got.ForgottenAt.IsZero() {
		t.Errorf("the edition is %+v", got)
	}
}

// TestForgetWelcomes: to whom an edition came with the welcome is forgotten with it, and
// no welcome carries it any more, since who has it is not known.
func TestForgetWelcomes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e, m := begin(t, s, "weekly", 2, 10, mailer.Resend)
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		must(s.FinishMailing(ctx, m.ID, friday))(t)
		for i := 3; i < 6; i++ {
			if _, carries := welcomed(t, s, join(t, s, i), e, m.Revision); carries != e.ID {
				t.Fatal("a welcome carries nothing")
			}
		}
		now := friday.AddDate(0, 0, 91)
		if n := must(s.ForgetWelcomes(ctx, 2))(t); n != 0 {
			t.Errorf("%d welcomes forgotten before their time", n)
		}
		must(s.ForgetEditions(ctx, now.AddDate(0, 0, -90), now))(t)
		for _, want := range []int64{2, 1, 0} {
			if n := must(s.ForgetWelcomes(ctx, 2))(t); n != want {
				t.Errorf("%d welcomes forgotten, want %d", n, want)
			}
		}
		if tie := must(s.SubscriberByID(ctx, readerID(4)))(t).Ties[0]; tie.WelcomeEdition != 0 || tie.WelcomeRevision != 0 {
			t.Errorf("it is known still: %+v", tie)
		}
		if _, carries := welcomed(t, s, join(t, s, 6), e, m.Revision); carries != 0 {
			t.Error("a welcome carries an edition of which nobody knows who has it")
		}
	})
}

// TestForgetSpares: what is being sent, is paused, was reopened of late, or ended of
// late is left alone, beside one that is forgotten.
func TestForgetSpares(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		late := friday.AddDate(0, 0, 91)
		sent := func(newsletter string, ended time.Time) store.Edition {
			e := open(t, s, newsletter)
			m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Hold)
			lay(t, s, m, 4)
			sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
			must(s.FinishMailing(ctx, m.ID, ended))(t)
			return e
		}
		for i, newsletter := range []string{"old", "late", "reopened", "paused", "sending"} {
			subscribe(t, s, newsletter, 10*i, 10*i+10)
		}
		old, _, reopened := sent("old", friday), sent("late", late), sent("reopened", friday)
		must(s.NextRevision(ctx, reopened.ID, []digest.State{"sent"}, "test", "mend", late))(t)
		for _, newsletter := range []string{"paused", "sending"} {
			e := open(t, s, newsletter)
			m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Hold)
			lay(t, s, m, 4)
			if newsletter == "paused" {
				ok(t, s.PauseMailing(ctx, m.ID, "test", "wait", friday))
			}
		}
		if n := must(s.ForgetEditions(ctx, late.AddDate(0, 0, -90), late))(t); n != 1 {
			t.Fatalf("%d editions forgotten, want the old one", n)
		}
		for done := false; !done; {
			var err error
			_, done, err = s.DropForgotten(ctx, 1000)
			ok(t, err)
		}
		for _, e := range must(s.Editions(ctx, "", 0))(t) {
			if (e.ID == old.ID) == e.ForgottenAt.IsZero() {
				t.Errorf("%s: forgotten at %s", e.Name(), e.ForgottenAt)
			}
		}
		for number := int64(1); number <= 50; number++ {
			got := len(must(s.GotBy(ctx, number))(t))
			s1 := must(s.SubscriberByNumber(ctx, number))(t)
			if is := s1.Ties[0].Newsletter == "old"; is == (got == 1) {
				t.Errorf("reader of %s: %d deliveries", s1.Ties[0].Newsletter, got)
			}
		}
	})
}

// TestForgetLetters: of letters to readers that were settled long ago nothing stays; of
// those to editors, of late, or still to send, all does.
func TestForgetLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		late := friday.AddDate(0, 0, 91)
		put := func(dedupe string, desk bool, end mailer.DeliveryState, at time.Time) {
			id, _, err := s.PutLetter(ctx, store.NewLetter{Kind: "confirm", Dedupe: dedupe, ToIndex: index(1), Message: []byte("m"), Due: friday, At: friday, Desk: desk})
			ok(t, err)
			if end == "" {
				return
			}
			for _, l := range must(s.ClaimLetters(ctx, "test", friday, lease, 10, false))(t) {
				if l.ID == id {
					ok(t, s.RecordLetter(ctx, store.LetterResult{ID: id, Epoch: l.Epoch, State: end, Attempts: 1, At: at, Due: at}))
				}
			}
		}
		put("old", false, mailer.Accepted, friday)
		put("refused", false, mailer.Rejected, friday)
		put("editor", true, mailer.Accepted, friday)
		put("new", false, mailer.Accepted, late)
		put("deferred", false, mailer.Deferred, friday)
		put("waits", false, "", friday)
		for _, want := range []int64{1, 1, 0} {
			if n := must(s.ForgetLetters(ctx, late.AddDate(0, 0, -90), 1))(t); n != want {
				t.Errorf("%d letters forgotten, want %d", n, want)
			}
		}
		if c := must(s.CountLetters(ctx))(t); c.Accepted != 2 || c.Deferred != 1 || c.Queued != 1 || c.Rejected != 0 {
			t.Errorf("left: %+v", c)
		}
	})
}
