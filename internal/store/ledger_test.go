package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestSliceHasOneHolder(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where := dsn()
		stores := []*store.Store{storetest.Open(t, where), storetest.Open(t, where)} // two processes
		_, m := begin(t, stores[0], "weekly", 40, 5, mailer.Resend)
		var mu sync.Mutex
		taken := map[int64]int{}
		var none atomic.Int64
		var wg sync.WaitGroup
		for i := range 12 { // eight slices
			wg.Go(func() {
				sl, err := stores[i%2].TakeSlice(t.Context(), m.ID, fmt.Sprint("sender", i), friday, lease)
				var nothing *store.ErrNone
				switch {
				case errors.As(err, &nothing):
					none.Add(1)
					if !nothing.Leased || !nothing.Next.Equal(friday.Add(lease)) {
						t.Errorf("%+v does not say when the leases end", nothing)
					}
				case err != nil:
					t.Error(err)
				default:
					mu.Lock()
					taken[sl.Slice]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(taken) != 8 || none.Load() != 4 {
			t.Errorf("taken %v, none %d times", taken, none.Load())
		}
	})
}

// A sender that holds the rest itself, over another of its connections, waits for nobody.
func TestOwnLeasesAreNotAnothers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		_, m := begin(t, s, "weekly", 2, 2, mailer.Resend)
		must(s.TakeSlice(t.Context(), m.ID, "we", friday, lease))(t)
		for holder, leased := range map[string]bool{"we": false, "they": true} {
			var none *store.ErrNone
			_, err := s.TakeSlice(t.Context(), m.ID, holder, friday, lease)
			if !errors.As(err, &none) || none.Leased != leased || !none.Next.Equal(friday.Add(lease)) {
				t.Errorf("to %s: %v, leased by another: %v", holder, err, none != nil && none.Leased)
			}
		}
	})
}

func TestTakeover(t *testing.T) {
	for _, c := range []struct {
		policy mailer.DoubtPolicy
		due    int // deliveries the next holder finds
		doubt  int64
		now    mailer.DeliveryState
	}{
		{mailer.Resend, 4, 0, mailer.Queued},
		{mailer.Hold, 2, 2, mailer.InDoubt},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
				s, ctx := openStore(), t.Context()
				e, m := begin(t, s, "weekly", 5, 10, c.policy)
				ledger := committer(t, s)
				old := must(s.TakeSlice(ctx, m.ID, "one", friday, lease))(t)
				numbers := numbersOf(must(s.Recipients(ctx, old.Slice, friday))(t))
				must(claim(ctx, ledger, old.Lease, "main", numbers[:3]))(t)
				ledger.Record(old.Lease, result(numbers[0], mailer.Accepted, mailer.OutcomeAccepted))
				ok(t, ledger.Flush(ctx))

				late := friday.Add(lease + time.Second)
				sl := must(s.TakeSlice(ctx, m.ID, "two", late, lease))(t)
				if sl.Slice != old.Slice || sl.Epoch <= old.Epoch || sl.TakenOver != 2 {
					t.Fatalf("took %+v over from %+v", sl, old)
				}
				log := must(s.LogOf(ctx, e.ID))(t)
				if last := log[len(log)-1]; last.What != "taken over" || last.Who != "two" || last.Detail != fmt.Sprintf("mailing %d: 2 in doubt after their sender died, now %s", m.ID, c.now) {
					t.Errorf("the log says %+v", last)
				}
				if again := must(s.CountSentAgain(ctx, m.ID))(t); again != 2-c.doubt {
					t.Errorf("%d are sent again, want %d", again, 2-c.doubt)
				}
				rs := must(s.Recipients(ctx, sl.Slice, late))(t)
				if len(rs) != c.due {
					t.Errorf("%d are due, want %d", len(rs), c.due)
				}
				if c.policy == mailer.Resend && (rs[0].Attempts != 1 || !rs[0].First.Equal(late)) {
					t.Errorf("a resend is a second try: %+v", rs[0])
				}
				if tries := must(s.Tries(ctx, m.ID, 0))(t); len(tries) != 2 || tries[0].Class != mailer.OutcomeInDoubt {
					t.Errorf("tries: %+v", tries)
				}
				lateHolder(t, s, ledger, old.Lease, sl.Lease, numbers, late)
				counts := must(s.CountMailing(ctx, m.ID))(t)
				sums(t, counts)
				if counts.Rejected != 0 || counts.InDoubt != c.doubt || counts.Accepted != 1 {
					t.Errorf("counts: %+v", counts)
				}
				settleRest(t, s, e, m, sl.Lease, late)
			})
		})
	}
}

// lateHolder comes back with the lease that passed to another: it may neither claim nor
// settle, not even what the other has claimed.
func lateHolder(t *testing.T, s *store.Store, ledger *store.Committer, old, now mailer.Lease, numbers []int64, late time.Time) {
	t.Helper()
	ctx := t.Context()
	if _, err := claim(ctx, ledger, old, "main", numbers[3:]); !errors.Is(err, mailer.ErrLeaseLost) {
		t.Errorf("a claim under the old lease = %v", err)
	}
	again := must(claim(ctx, ledger, now, "main", numbers[1:2]))(t) // granted on a resend alone
	ledger.Record(old, result(numbers[1], mailer.Rejected, mailer.OutcomeRejected))
	ok(t, ledger.Flush(ctx))
	for _, n := range again { // and back in the queue, due at once
		r := result(n, mailer.Queued, mailer.OutcomeRefused)
		r.Due = friday
		ledger.Record(now, r)
	}
	ok(t, ledger.Flush(ctx))
	if err := s.ReleaseSlice(ctx, old, late); !errors.Is(err, mailer.ErrLeaseLost) {
		t.Errorf("releasing the old lease = %v", err)
	}
	if err := s.RenewSlice(ctx, old, late.Add(lease)); !errors.Is(err, mailer.ErrLeaseLost) {
		t.Errorf("renewing the old lease = %v", err)
	}
	ok(t, s.RenewSlice(ctx, now, late.Add(lease)))
}

// settleRest releases the slice, sends what is due, and lets the operator settle what
// is in doubt: in the end everyone has it.
func settleRest(t *testing.T, s *store.Store, e store.Edition, m store.Mailing, l mailer.Lease, now time.Time) {
	t.Helper()
	ctx := t.Context()
	ok(t, s.ReleaseSlice(ctx, l, now))
	sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
	if !must(s.FinishMailing(ctx, m.ID, now))(t) {
		t.Error("nothing is open, and it does not finish")
	}
	if n := must(s.SettleDoubt(ctx, m.ID, mailer.Queued, "anna", now))(t); n > 0 {
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		if !must(s.FinishMailing(ctx, m.ID, now))(t) {
			t.Error("it does not finish again")
		}
	}
	if counts := must(s.CountEdition(ctx, e.ID))(t); counts.Accepted != 5 {
		t.Errorf("at the end: %+v", counts)
	}
}

func TestClaimAsksOnceMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		rows := []store.NewSubscriber{}
		for i := range 6 {
			rows = append(rows, row("weekly", i))
		}
		reports := must(s.PutSubscribers(ctx, rows))(t)
		e := open(t, s, "weekly")
		m := mail(t, s, e, freeze(t, s, e), mailer.ToList, mailer.Resend)
		lay(t, s, m, 10)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		// Between the queue and the claim:
		ok(t, s.Suppress(ctx, index(0), "complaint", friday))
		must(s.Unsubscribe(ctx, readerID(1), "weekly", friday))(t)
		ok(t, s.DeleteSubscriber(ctx, readerID(2)))
		ok(t, s.PauseSubscription(ctx, readerID(3), "weekly", friday.Add(time.Hour)))
		c := committer(t, s)
		ask := []int64{reports[5].Number, reports[0].Number, reports[1].Number, reports[2].Number, reports[3].Number, reports[4].Number, reports[4].Number, 999}
		got := must(claim(ctx, c, sl.Lease, "main", ask))(t)
		if want := []int64{reports[5].Number, reports[4].Number}; !slices.Equal(got, want) {
			t.Errorf("granted %v, want %v in the order asked", got, want)
		}
		if got := must(claim(ctx, c, sl.Lease, "main", ask))(t); len(got) != 0 {
			t.Errorf("claimed twice: %v", got)
		}
		counts := must(s.CountMailing(ctx, m.ID))(t)
		if counts.Skipped != 4 || counts.Claimed != 2 {
			t.Errorf("counts: %+v", counts)
		}
		wrong := sl.Lease
		wrong.Mailing++
		if _, err := claim(ctx, c, wrong, "main", ask); !errors.Is(err, mailer.ErrLeaseLost) {
			t.Errorf("a claim for another mailing = %v", err)
		}
	})
}

func TestErasedReadersHoldNothingUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		_, m := begin(t, s, "weekly", 3, 10, mailer.Resend)
		for i := range 3 {
			ok(t, s.DeleteSubscriber(ctx, readerID(i)))
		}
		var none *store.ErrNone
		if _, err := s.TakeSlice(ctx, m.ID, "test", friday, lease); !errors.As(err, &none) || !none.Next.IsZero() {
			t.Errorf("TakeSlice = %v, want that nothing is left", err)
		}
		if !must(s.FinishMailing(ctx, m.ID, friday))(t) {
			t.Error("it does not finish")
		}
	})
}

func TestDeferredAreDueLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		_, m := begin(t, s, "weekly", 4, 2, mailer.Resend)
		sendAll(t, s, m, mailer.Deferred, mailer.OutcomeDeferred)
		var none *store.ErrNone
		_, err := s.TakeSlice(ctx, m.ID, "test", friday, lease)
		if !errors.As(err, &none) || !none.Next.Equal(friday.Add(time.Hour)) || none.Leased {
			t.Fatalf("TakeSlice = %v, want none before an hour is over", err)
		}
		counts := must(s.CountMailing(ctx, m.ID))(t)
		if counts.Deferred != 4 || !counts.NextDue.Equal(friday.Add(time.Hour)) {
			t.Errorf("counts: %+v", counts)
		}
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday.Add(time.Hour), lease))(t)
		r := must(s.Recipients(ctx, sl.Slice, friday.Add(time.Hour)))(t)[0]
		if r.Attempts != 1 || !r.First.Equal(friday) || r.Relay != "" || string(r.Address) != "sealed address" || r.ID == [16]byte{} {
			t.Errorf("recipient: %+v", r)
		}
		ok(t, s.BreakLeases(ctx))
		if again := must(s.TakeSlice(ctx, m.ID, "other", friday.Add(time.Hour), lease))(t); again.Slice != sl.Slice {
			t.Error("a broken lease is free at once")
		}
	})
}

func TestCommitterKeepsItsOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		_, m := begin(t, s, "weekly", 60, 100, mailer.Resend)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		numbers := numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))
		c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }, Batch: 7})
		var wg sync.WaitGroup
		for i := range 6 { // senders, each of which claims, refuses, claims again, accepts
			mine := numbers[i*10 : i*10+10]
			wg.Go(func() {
				for _, n := range mine {
					for _, state := range []mailer.DeliveryState{mailer.Queued, mailer.Accepted} {
						got, err := claim(ctx, c, sl.Lease, "main", []int64{n})
						if err != nil || len(got) != 1 {
							t.Errorf("a result was not stored before the next claim: %v, %v", got, err)
							return
						}
						class := mailer.OutcomeRefused
						if state == mailer.Accepted {
							class = mailer.OutcomeAccepted
						}
						c.Record(sl.Lease, result(n, state, class))
					}
				}
			})
		}
		wg.Wait()
		ok(t, c.Close(ctx))
		if _, err := claim(ctx, c, sl.Lease, "main", numbers); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Claim after Close = %v", err)
		}
		ok(t, c.Close(ctx))
		if counts := must(s.CountMailing(ctx, m.ID))(t); counts.Accepted != 60 {
			t.Errorf("counts: %+v", counts)
		}
		if tries := must(s.Tries(ctx, m.ID, 0))(t); len(tries) != 60 {
			t.Errorf("%d tries, want one a refusal", len(tries))
		}
	})
}

func TestCommitterOutlivesAFullDisk(t *testing.T) {
	s, ctx := storetest.SQLite(t), t.Context()
	_, m := begin(t, s, "weekly", 400, 1000, mailer.Resend)
	sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
	numbers := numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))
	c := committer(t, s)
	must(claim(ctx, c, sl.Lease, "main", numbers[:300]))(t)
	room := store.FillDisk(t, s)
	var results []mailer.Result
	for _, n := range numbers[:300] { // an attempt each: more than fits
		r := result(n, mailer.Rejected, mailer.OutcomeRejected)
		r.Outcome.Text = "550 5.1.1 no such user here, says the relay, and it says so at some length"
		results = append(results, r)
	}
	c.Record(sl.Lease, results...) // at once: the first few alone might fit
	if err := c.Flush(ctx); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("Flush on a full disk = %v", err)
	}
	if got, err := claim(ctx, c, sl.Lease, "main", numbers[300:]); !errors.Is(err, store.ErrDiskFull) || got != nil {
		t.Fatalf("Claim on a full disk = %v, %v", got, err)
	}
	if counts := must(s.CountMailing(ctx, m.ID))(t); counts.Claimed != 300 || counts.Rejected != 0 {
		t.Errorf("a failed commit left something: %+v", counts)
	}
	room()
	if got := must(claim(ctx, c, sl.Lease, "main", numbers[300:]))(t); len(got) != 100 {
		t.Errorf("claimed %d once there was room", len(got))
	}
	if counts := must(s.CountMailing(ctx, m.ID))(t); counts.Claimed != 100 || counts.Rejected != 300 {
		t.Errorf("results were lost: %+v", counts)
	}
}

func TestBadResultIsInDoubt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		_, m := begin(t, s, "weekly", 2, 10, mailer.Resend)
		sl := must(s.TakeSlice(ctx, m.ID, "test", friday, lease))(t)
		numbers := numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))
		c := committer(t, s)
		must(claim(ctx, c, sl.Lease, "main", numbers))(t)
		bad := result(numbers[0], "lost", "odd")
		bad.Outcome.Text = "\x00\xff"
		c.Record(sl.Lease, bad, result(numbers[1], mailer.Accepted, mailer.OutcomeAccepted))
		ok(t, c.Flush(ctx))
		if counts := must(s.CountMailing(ctx, m.ID))(t); counts.InDoubt != 1 || counts.Accepted != 1 {
			t.Errorf("counts: %+v", counts)
		}
	})
}

// TestParkAndResend: what is parked is due later, stays queued, and counts no try; a
// resend knows the relay that may have it, after a crash as after a lost reply; what was
// handed back untried does not.
func TestParkAndResend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		_, m := begin(t, s, "weekly", 6, 10, mailer.Resend)
		c := committer(t, s)
		sl := must(s.TakeSlice(ctx, m.ID, "one", friday, lease))(t)
		numbers := numbersOf(must(s.Recipients(ctx, sl.Slice, friday))(t))
		later := friday.Add(2 * time.Hour)
		c.Park(sl.Lease, later, numbers[:2])
		must(claim(ctx, c, sl.Lease, "second", numbers[2:5]))(t)
		lost := result(numbers[2], mailer.Deferred, mailer.OutcomeInDoubt)
		lost.Outcome.Relay = "third"
		back := mailer.Result{Number: numbers[3], State: mailer.Queued, At: friday}
		c.Record(sl.Lease, lost, back) // numbers[4] stays claimed
		ok(t, c.Flush(ctx))

		late := friday.Add(lease + time.Second)
		next := must(s.TakeSlice(ctx, m.ID, "two", late, lease))(t)
		c.Park(sl.Lease, friday, numbers[:2]) // under the old lease: it changes nothing
		ok(t, c.Flush(ctx))
		want := map[int64]string{numbers[2]: "third", numbers[3]: "", numbers[4]: "second", numbers[5]: ""}
		for _, r := range must(s.Recipients(ctx, next.Slice, late.Add(lost.Due.Sub(friday))))(t) {
			if relay, due := want[r.Number]; !due || r.Relay != relay {
				t.Errorf("delivery %d: due %v, relay %q, want %q", r.Number, due, r.Relay, relay)
			}
			delete(want, r.Number)
		}
		if len(want) != 0 {
			t.Errorf("not due: %v", want)
		}
		for _, r := range must(s.Recipients(ctx, next.Slice, later))(t) {
			if r.Number <= numbers[1] && r.Attempts != 0 {
				t.Errorf("parking was a try: %+v", r)
			}
		}
		counts := must(s.CountMailing(ctx, m.ID))(t)
		sums(t, counts)
		if tries := must(s.Tries(ctx, m.ID, 0))(t); len(tries) != 2 {
			t.Errorf("tries: %+v", tries)
		}
	})
}
