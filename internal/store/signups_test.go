package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const aDay = 24 * time.Hour

// taken is the sign-up of the i-th reader, opened, under an id.
func taken(id byte, i int, newsletters ...string) store.TakenSignUp {
	u := store.TakenSignUp{ID: [16]byte{id}}
	for _, newsletter := range newsletters {
		r := row(newsletter, i)
		r.Tie.State, r.Tie.ConfirmedAt, r.Again = store.Pending, time.Time{}, true
		r.Consent = store.Consent{Week: "2026-W48", Path: "form", TextVersion: "v1", Page: "subscribe"}
		u.Rows = append(u.Rows, r)
	}
	u.Letter = store.NewLetter{Kind: "confirm", ToIndex: index(i), Message: []byte("sealed"), Dedupe: fmt.Sprint("confirm/", id), Due: friday, At: friday}
	return u
}

func TestSignUps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(id byte, due time.Time) {
			t.Helper()
			ok(t, s.PutSignUp(ctx, store.SignUp{ID: [16]byte{id}, Sealed: []byte{id}, Due: due}))
		}
		put(1, friday)
		put(2, friday.Add(time.Minute))
		if due := must(s.SignUpDue(ctx, friday.Add(-time.Second)))(t); due {
			t.Error("one is due too early")
		}
		got := must(s.SignUps(ctx, friday, 10))(t)
		if len(got) != 1 || got[0].ID != [16]byte{1} || string(got[0].Sealed) != "\x01" || !must(s.SignUpDue(ctx, friday))(t) {
			t.Fatalf("due: %+v", got)
		}
		take := func(at time.Time, all ...store.TakenSignUp) int {
			t.Helper()
			return must(s.TakeSignUps(ctx, all, "one", at, aDay))(t)
		}
		if n := take(friday, taken(1, 0, "weekly", "daily"), taken(9, 1, "weekly")); n != 1 {
			t.Errorf("%d letters: one sign-up was there, and one was not", n)
		}
		p := must(s.SubscriberByIndex(ctx, index(0)))(t)
		if len(p.Ties) != 2 || p.Ties[0].State != store.Pending {
			t.Errorf("taken in: %+v", p)
		}
		if cs := must(s.Consents(ctx, p.Number))(t); len(cs) != 2 || cs[1] != (store.Consent{Newsletter: "weekly", Week: "2026-W48", Path: "form", TextVersion: "v1", Page: "subscribe"}) {
			t.Errorf("consents: %+v", cs)
		}
		ok(t, s.DeleteSubscriber(ctx, p.ID))
		if n := take(friday.Add(aDay-time.Second), taken(2, 0, "weekly")); n != 0 {
			t.Error("erased, and asked again within the day")
		}
		put(5, friday)
		put(6, friday)
		if n := take(friday.Add(aDay-time.Second), taken(5, 0, "weekly"), taken(6, 2, "weekly")); n != 1 {
			t.Errorf("%d letters: one was asked within the day, and one was not", n)
		}
		put(3, friday)
		if n := take(friday.Add(aDay), taken(3, 0, "weekly")); n != 1 {
			t.Error("a day later: not asked")
		}
		put(4, friday)
		take(friday, store.TakenSignUp{ID: [16]byte{4}})
		if left := must(s.SignUps(ctx, friday.Add(aDay), 10))(t); len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
	})
}

// TestSignUpsAreTakenOnce: however many take them at once.
func TestSignUpsAreTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		const many = 20
		var all []store.TakenSignUp
		for i := range byte(many) {
			ok(t, s.PutSignUp(ctx, store.SignUp{ID: [16]byte{i + 1}, Sealed: []byte("x"), Due: friday}))
			all = append(all, taken(i+1, int(i)/2, "weekly")) // two of each address
		}
		letters := make([]int, 4)
		var running sync.WaitGroup
		for i := range letters {
			running.Go(func() {
				n, err := s.TakeSignUps(ctx, all, fmt.Sprint(i), friday, aDay)
				if err != nil {
					t.Error(err)
				}
				letters[i] = n
			})
		}
		running.Wait()
		if sum := letters[0] + letters[1] + letters[2] + letters[3]; sum != many/2 {
			t.Errorf("%d letters, want %d", sum, many/2)
		}
		c := must(s.CountLetters(ctx))(t)
		if c.Queued != many/2 {
			t.Errorf("the outbox: %+v", c)
		}
	})
}

func TestGotBy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		if got := must(s.GotBy(ctx, 1))(t); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// TestSignUpsTogether: many at once are all there, and answered when they are; so are
// those of a locked node.
func TestSignUpsTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		const many = 150
		var running sync.WaitGroup
		for i := range byte(many) {
			running.Go(func() {
				if err := s.PutSignUp(ctx, store.SignUp{ID: [16]byte{i}, Sealed: []byte{i}, Due: friday}); err != nil {
					t.Error(err)
				}
			})
			running.Go(func() {
				if err := s.PutInbox(ctx, store.Inbound{ID: [16]byte{i}, Kind: store.InboxJoined, Newsletter: "weekly", Sealed: []byte{i}, CreatedAt: friday}); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		waiting := must(s.SignUps(ctx, friday, 2*many))(t)
		inbound := must(s.InboxWaiting(ctx, 2*many))(t)
		if len(waiting) != many || len(inbound) != many {
			t.Fatalf("%d sign-ups and %d in the inbox, of %d", len(waiting), len(inbound), many)
		}
		for i, u := range waiting {
			if u.ID[0] != byte(i) || u.Sealed[0] != byte(i) || inbound[i].ID[0] != byte(i) || inbound[i].Sealed[0] != byte(i) {
				t.Fatalf("%d: %v, %v", i, u, inbound[i])
			}
		}
	})
}

// TestSignUpOnAFullDisk: it is refused and says so, and those before it and after it,
// once there is room, are there.
func TestSignUpOnAFullDisk(t *testing.T) {
	s := storetest.SQLite(t)
	put := func(id byte) error {
		return s.PutSignUp(t.Context(), store.SignUp{ID: [16]byte{id}, Sealed: make([]byte, 2000), Due: friday})
	}
	ok(t, put(1))
	makeRoom := store.FillDisk(t, s)
	refused := byte(0)
	for id := byte(2); refused == 0 && id < 100; id++ {
		if err := put(id); errors.Is(err, store.ErrDiskFull) {
			refused = id
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused == 0 {
		t.Fatal("the disk never fills")
	}
	makeRoom()
	ok(t, put(200))
	got := must(s.SignUps(t.Context(), friday, 300))(t)
	if len(got) != int(refused) || got[len(got)-1].ID != [16]byte{200} {
		t.Errorf("%d are there, of %d that were answered", len(got), refused)
	}
}

// TestSignUpWithoutDatabase: it is refused, and does not wait.
func TestSignUpWithoutDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		ok(t, s.Close())
		if err := s.PutSignUp(t.Context(), store.SignUp{ID: [16]byte{1}, Sealed: []byte("x"), Due: friday}); err == nil {
			t.Error("it is taken")
		}
	})
}

// TestSignUpsBesideALedger: while claims and results are committed, sign-ups are stored,
// and nothing of either is lost.
func TestSignUpsBesideALedger(t *testing.T) {
	s, m, sl, numbers := ten(t)
	ctx := t.Context()
	c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }})
	var running sync.WaitGroup
	for i := range byte(100) {
		running.Go(func() {
			if err := s.PutSignUp(ctx, store.SignUp{ID: [16]byte{i}, Sealed: make([]byte, 2000), Due: friday}); err != nil {
				t.Error(err)
			}
		})
	}
	for _, n := range numbers {
		running.Go(func() {
			if got, err := claim(ctx, c, sl.Lease, "main", []int64{n}); err != nil || len(got) != 1 {
				t.Errorf("claimed %v, %v", got, err)
			}
			c.Record(sl.Lease, result(n, mailer.Accepted, mailer.OutcomeAccepted))
		})
	}
	running.Wait()
	ok(t, c.Close(ctx))
	if n := must(s.CountMailing(ctx, m.ID))(t); n.Accepted != 10 {
		t.Errorf("%+v", n)
	}
	if got := must(s.SignUps(ctx, friday, 1000))(t); len(got) != 100 {
		t.Errorf("%d sign-ups, want 100", len(got))
	}
}
