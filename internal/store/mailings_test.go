package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestLayingGoesOnAfterACut(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where, ctx := dsn(), t.Context()
		s := must(store.Open(ctx, where))(t)
		subscribe(t, s, "weekly", 0, 25)
		ok(t, s.Suppress(ctx, index(3), "complaint", friday))
		must(s.Unsubscribe(ctx, readerID(4), "weekly", friday))(t)
		ok(t, s.PauseSubscription(ctx, readerID(5), "weekly", friday.AddDate(0, 0, 1)))
		e := open(t, s, "weekly")
		if n := must(s.AudienceSize(ctx, e.ID, mailer.ToList, store.Segment{}, friday))(t); n != 22 {
			t.Errorf("AudienceSize = %d, want 22", n)
		}
		m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Resend)
		subscribe(t, s, "weekly", 25, 30) // after the watermark: not of this mailing
		for range 2 {
			laid, done, err := s.Lay(ctx, m.ID, 4, friday)
			if err != nil || laid != 4 || done {
				t.Fatalf("Lay = %d, %v, %v", laid, done, err)
			}
		}
		ok(t, s.Close()) // the cut
		s = storetest.Open(t, where)
		lay(t, s, m, 4)
		_, done, err := s.Lay(ctx, m.ID, 4, friday) // once more changes nothing
		m = must(s.Mailing(ctx, m.ID))(t)
		if err != nil || !done || m.State != mailer.Sending || m.Total != 22 || m.LaidThrough != m.Watermark {
			t.Errorf("laid mailing: %+v, %v", m, err)
		}
		c := must(s.CountMailing(ctx, m.ID))(t)
		if c.Audience != 22 || c.Queued != 22 {
			t.Errorf("counts: %+v", c)
		}
	})
}

func TestAudiences(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		all := subscribe(t, s, "weekly", 0, 10)
		e := open(t, s, "weekly")
		wave := must(s.StartMailing(ctx, store.NewMailing{
			Edition: e.ID, Revision: freeze(t, s, e), Audience: mailer.ToList, Policy: mailer.Hold, Date: friday, At: friday,
		}))(t)
		lay(t, s, wave, 2)
		sl := must(s.TakeSlice(ctx, wave.ID, "test", friday, lease))(t)
		c := committer(t, s)
		must(claim(ctx, c, sl.Lease, "main", all[:2]))(t)
		c.Record(sl.Lease, result(all[0], mailer.Accepted, mailer.OutcomeAccepted), result(all[1], mailer.Rejected, mailer.OutcomeRejected))
		ok(t, c.Flush(ctx))
		ok(t, s.ReleaseSlice(ctx, sl.Lease, friday))
		sl = must(s.TakeSlice(ctx, wave.ID, "test", friday, lease))(t)
		must(claim(ctx, c, sl.Lease, "main", all[2:4]))(t)
		c.Record(sl.Lease, result(all[2], mailer.InDoubt, mailer.OutcomeInDoubt)) // all[3] stays claimed
		ok(t, c.Flush(ctx))
		_, err := s.NextRevision(ctx, e.ID, []digest.State{digest.Sending}, "test", "", friday)
		if !errors.Is(err, store.ErrUnfinished) {
			t.Fatalf("NextRevision under a running mailing = %v", err)
		}
		ok(t, s.CancelMailing(ctx, wave.ID, "test", "stop", friday))
		n := must(s.NextRevision(ctx, e.ID, []digest.State{digest.Sending}, "test", "mended", friday))(t)
		if n != 2 || freeze(t, s, e) != 2 {
			t.Fatal("the second revision is the current one")
		}
		// Accepted, in doubt and claimed are reached; rejected and skipped are not.
		laid := func(a mailer.Audience) (got []int64) {
			m := mail(t, s, e, 2, a, mailer.Resend)
			lay(t, s, m, 3)
			for {
				sl, err := s.TakeSlice(ctx, m.ID, "test", friday, lease)
				if err != nil {
					break
				}
				got = append(got, numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))...)
			}
			ok(t, s.CancelMailing(ctx, m.ID, "test", "", friday))
			ok(t, s.Transition(ctx, e.ID, []digest.State{digest.Sending}, digest.Frozen, "test", "", friday))
			return got
		}
		if got, want := laid(mailer.ToRest), append([]int64{all[1]}, all[4:]...); !slices.Equal(got, want) {
			t.Errorf("the rest: %v, want %v", got, want)
		}
		if got := laid(mailer.ToDelivered); !slices.Equal(got, all[:1]) {
			t.Errorf("those who have it: %v, want %v", got, all[:1])
		}
		if n := must(s.SweepCancelled(ctx, friday.Add(lease)))(t); n != 1 {
			t.Errorf("swept %d, want the one left claimed", n)
		}
		log := must(s.LogOf(ctx, e.ID))(t)
		if last := log[len(log)-1]; last.What != "taken over" || !strings.Contains(last.Detail, ": 1 in doubt") {
			t.Errorf("the log says %+v", last)
		}
		counts := must(s.CountEdition(ctx, e.ID))(t)
		sums(t, counts)
		if counts.Audience != 10 || counts.Accepted != 1 || counts.InDoubt != 2 || counts.Rejected != 1 || counts.Skipped != 6 {
			t.Errorf("each reader once, by the best: %+v", counts)
		}
	})
}

func TestTwoMailingsOfOneEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e, m := begin(t, s, "weekly", 3, 10, mailer.Resend)
		start := func(a mailer.Audience) error {
			_, err := s.StartMailing(ctx, store.NewMailing{Edition: e.ID, Revision: 1, Audience: a, Policy: mailer.Resend, Date: friday, At: friday})
			return err
		}
		var st *store.ErrState
		if err := start(mailer.ToList); !errors.As(err, &st) {
			t.Errorf("a second send of the edition = %v", err)
		}
		if err := start(mailer.ToRest); !errors.Is(err, store.ErrUnfinished) {
			t.Errorf("the rest while the list is sending = %v", err)
		}
		if open := must(s.UnfinishedMailings(ctx))(t); len(open) != 1 || open[0].ID != m.ID {
			t.Errorf("unfinished: %+v", open)
		}
		if finished, err := s.FinishMailing(ctx, m.ID, friday); finished || err != nil {
			t.Errorf("FinishMailing with work left = %v, %v", finished, err)
		}
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		if finished := must(s.FinishMailing(ctx, m.ID, friday))(t); !finished {
			t.Error("nothing is left, and it does not finish")
		}
		if e = must(s.Edition(ctx, e.ID))(t); e.State != digest.Sent {
			t.Errorf("the edition is %s", e.State)
		}
		var none *store.ErrNone
		ok(t, s.Transition(ctx, e.ID, []digest.State{digest.Sent}, digest.Sent, "test", "", friday))
		if _, err := s.TakeSlice(ctx, m.ID, "x", friday, lease); errors.As(err, &none) || !errors.As(err, &st) {
			t.Errorf("TakeSlice of a mailing that is done = %v", err)
		}
	})
}

func TestPauseResumeCancel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		subscribe(t, s, "weekly", 0, 9)
		e := open(t, s, "weekly")
		m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Resend)
		_, _, err := s.Lay(ctx, m.ID, 3, friday)
		ok(t, err)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		numbers := numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))
		c := committer(t, s)
		must(claim(ctx, c, sl.Lease, "main", numbers[:2]))(t)
		ok(t, s.PauseMailing(ctx, m.ID, "anna", "a typo", friday))
		if _, err := claim(ctx, c, sl.Lease, "main", numbers[2:]); !errors.Is(err, mailer.ErrStopped) {
			t.Errorf("a claim while paused = %v", err)
		}
		c.Record(sl.Lease, result(numbers[0], mailer.Accepted, mailer.OutcomeAccepted)) // what was on its way still counts
		ok(t, c.Flush(ctx))
		var st *store.ErrState
		if _, _, err := s.Lay(ctx, m.ID, 3, friday); !errors.As(err, &st) {
			t.Errorf("Lay while paused = %v", err)
		}
		ok(t, s.ResumeMailing(ctx, m.ID, "anna", friday))
		if m = must(s.Mailing(ctx, m.ID))(t); m.State != mailer.Laying {
			t.Errorf("resumed half laid, it is %s", m.State)
		}
		lay(t, s, m, 3)
		ok(t, s.CancelMailing(ctx, m.ID, "anna", "no", friday))
		c.Record(sl.Lease, result(numbers[1], mailer.Deferred, mailer.OutcomeDeferred)) // not to be tried again
		ok(t, c.Flush(ctx))
		counts := must(s.CountMailing(ctx, m.ID))(t)
		if counts.Accepted != 1 || counts.Skipped != 8 || counts.Audience != 9 {
			t.Errorf("cancelled: %+v", counts)
		}
		if err := s.ResumeMailing(ctx, m.ID, "anna", friday); !errors.As(err, &st) {
			t.Errorf("ResumeMailing of a cancelled one = %v", err)
		}
		if len(must(s.MailedStories(ctx, "weekly"))(t)) != 1 {
			t.Error("one reader got it: its story is mailed")
		}
	})
}

// A correction goes to those who have an older revision, not to those whom the
// current one has reached by way of the rest.
func TestACorrectionAfterTheRest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		e, first := begin(t, s, "weekly", 6, 10, mailer.Resend)
		accept := func(m store.Mailing, n int) (got []int64) {
			c := committer(t, s)
			sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
			got = numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))[:n]
			must(claim(ctx, c, sl.Lease, "main", got))(t)
			for _, number := range got {
				c.Record(sl.Lease, result(number, mailer.Accepted, mailer.OutcomeAccepted))
			}
			ok(t, c.Flush(ctx))
			ok(t, s.ReleaseSlice(ctx, sl.Lease, friday))
			return got
		}
		older := accept(first, 2)
		ok(t, s.CancelMailing(ctx, first.ID, "test", "stop", friday))
		must(s.NextRevision(ctx, e.ID, []digest.State{digest.Sending}, "test", "mended", friday))(t)
		freeze(t, s, e)
		rest := mail(t, s, e, 2, mailer.ToRest, mailer.Resend)
		lay(t, s, rest, 10)
		accept(rest, 4)
		if !must(s.FinishMailing(ctx, rest.ID, friday))(t) {
			t.Fatal("the rest is not finished")
		}
		if n := must(s.AudienceSize(ctx, e.ID, mailer.ToDelivered, store.Segment{}, friday))(t); n != int64(len(older)) {
			t.Errorf("a correction would go to %d, want %d", n, len(older))
		}
	})
}
