package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestGather: a commit waits for as many claims as it is told to gather, and for
// nothing where somebody flushes or closes. The wait is an hour here: a claim that
// had to wait it out would never return.
func TestGather(t *testing.T) {
	s, m, sl, numbers := ten(t)
	c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }, Gather: 4, GatherWait: time.Hour})

	var both sync.WaitGroup
	for _, part := range [][]int64{numbers[:2], numbers[2:4]} { // neither is enough
		both.Go(func() {
			if got, err := claim(t.Context(), c, sl.Lease, "main", part); err != nil || len(got) != 2 {
				t.Errorf("claimed %v, %v", got, err)
			}
		})
	}
	both.Wait()
	c.Record(sl.Lease, result(numbers[0], mailer.Accepted, mailer.OutcomeAccepted))
	ok(t, c.Flush(t.Context()))
	if n := must(s.CountMailing(t.Context(), m.ID))(t); n.Accepted != 1 || n.Claimed != 3 {
		t.Errorf("%+v", n)
	}
	c.Record(sl.Lease, result(numbers[1], mailer.Accepted, mailer.OutcomeAccepted))
	ok(t, c.Close(t.Context()))
	if n := must(s.CountMailing(t.Context(), m.ID))(t); n.Accepted != 2 {
		t.Errorf("%+v", n)
	}
}

// TestGatherOfOne: a claim that nobody joins is answered after the wait.
func TestGatherOfOne(t *testing.T) {
	s, _, sl, numbers := ten(t)
	c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }, Gather: 1000, GatherWait: time.Millisecond})
	if got := must(claim(t.Context(), c, sl.Lease, "main", numbers[:1]))(t); len(got) != 1 {
		t.Errorf("claimed %v", got)
	}
	ok(t, c.Close(t.Context()))
}

// ten is a store with ten deliveries to send.
func ten(t *testing.T) (*store.Store, store.Mailing, store.Slice, []int64) {
	s := storetest.SQLite(t)
	_, m := begin(t, s, "weekly", 10, 10, mailer.Resend)
	sl := must(s.TakeSlice(t.Context(), m.ID, "one", friday, lease))(t)
	return s, m, sl, numbersOf(must(s.Recipients(t.Context(), sl.Slice, friday))(t))
}
