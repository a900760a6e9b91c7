package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// friday is the slot of every edition in these tests.
var friday = time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)

const lease = 30 * time.Second

// index is the keyed hash of the i-th reader's address, as the store sees it.
func index(i int) []byte {
	h := sha256.Sum256([]byte(fmt.Sprint("index ", i)))
	return h[:]
}

func readerID(i int) [16]byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[8:], uint64(i)+1)
	return id
}

// row is the i-th reader, confirmed on a newsletter.
func row(newsletter string, i int) store.NewSubscriber {
	return store.NewSubscriber{
		Subscriber: store.Subscriber{
			ID: readerID(i), Address: []byte("sealed address"), Index: index(i), IndexVersion: 1, CreatedAt: friday,
		},
		Tie:     store.Subscription{Newsletter: newsletter, State: store.Confirmed, JoinedAt: friday, ConfirmedAt: friday},
		Consent: store.Consent{Week: "2026-W48", Path: "import", Basis: "contract", TextVersion: "1"},
	}
}

// subscribe puts readers from..to-1 on a newsletter and returns their numbers,
// ascending: which is whose, the store decides.
func subscribe(t testing.TB, s *store.Store, newsletter string, from, to int) []int64 {
	t.Helper()
	var rows []store.NewSubscriber
	for i := from; i < to; i++ {
		rows = append(rows, row(newsletter, i))
	}
	reports := must(s.PutSubscribers(t.Context(), rows))(t)
	numbers := make([]int64, len(reports))
	for i, r := range reports {
		numbers[i] = r.Number
	}
	slices.Sort(numbers)
	return numbers
}

// must takes a call that may not fail here.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content is a draft that says its subject.
func content(newsletter, subject string) store.Draft {
	return store.Draft{
		Snapshot: digest.Snapshot{Newsletter: newsletter, At: friday, From: friday.AddDate(0, 0, -7), To: friday},
		Content:  digest.Revision{Newsletter: newsletter, Subject: subject},
		Pick:     digest.Pick{Verdict: digest.Full},
		At:       friday,
	}
}

// open opens the slot of a newsletter.
func open(t testing.TB, s *store.Store, newsletter string) store.Edition {
	t.Helper()
	e, _, err := s.OpenEdition(t.Context(), store.NewEdition{
		Newsletter: newsletter, Slot: "2026-11-27T09:00", At: friday, Kind: store.Regular, OpenedAt: friday, Who: "test",
	})
	ok(t, err)
	return e
}

// freeze takes an edition from a draft to frozen and returns its revision.
func freeze(t testing.TB, s *store.Store, e store.Edition) int {
	t.Helper()
	n := must(s.PutDraft(t.Context(), e.ID, content(e.Newsletter, "A"), digest.Draft, "test", ""))(t)
	ok(t, s.Approve(t.Context(), e.ID, n, "hash", "test", friday))
	ok(t, s.Freeze(t.Context(), e.ID, n, "hash", []store.Variant{{Name: "full", Compiled: []byte("bytes"), Hash: "h"}}, "test", friday))
	return n
}

// mail starts a mailing of an edition's frozen revision.
func mail(t testing.TB, s *store.Store, e store.Edition, revision int, a mailer.Audience, p mailer.DoubtPolicy) store.Mailing {
	t.Helper()
	return must(s.StartMailing(t.Context(), store.NewMailing{
		Edition: e.ID, Revision: revision, Audience: a, Policy: p, Date: friday, At: friday, Who: "test",
		Stories: []digest.Mailed{{ID: "s1", URL: "https://paper.example/1", Title: "One"}},
	}))(t)
}

// lay lays all of a mailing.
func lay(t testing.TB, s *store.Store, m store.Mailing, width int) {
	t.Helper()
	for done := false; !done; {
		var err error
		_, done, err = s.Lay(t.Context(), m.ID, width, friday)
		ok(t, err)
	}
}

// begin is the way from nothing to a mailing that is laid for n readers.
func begin(t testing.TB, s *store.Store, newsletter string, n, width int, p mailer.DoubtPolicy) (store.Edition, store.Mailing) {
	t.Helper()
	subscribe(t, s, newsletter, 0, n)
	e := open(t, s, newsletter)
	m := mail(t, s, e, freeze(t, s, e), mailer.ToList, p)
	lay(t, s, m, width)
	return e, m
}

// committer starts a committer that the test closes.
func committer(t testing.TB, s *store.Store) *store.Committer {
	t.Helper()
	c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }})
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	return c
}

// result is what a try made of a delivery.
func result(number int64, state mailer.DeliveryState, class mailer.Class) mailer.Result {
	return mailer.Result{
		Number: number, State: state, Attempts: 1, At: friday, Due: friday.Add(time.Hour),
		Outcome: mailer.Outcome{Class: class, Stage: "dot", Code: 250, Relay: "main", RelayID: "4XyZ"},
	}
}

func numbersOf(rs []store.Recipient) []int64 {
	var all []int64
	for _, r := range rs {
		all = append(all, r.Number)
	}
	return all
}

// claim claims, and waits for the answer.
func claim(ctx context.Context, c *store.Committer, l mailer.Lease, relay string, numbers []int64) (granted []int64, err error) {
	done := make(chan struct{})
	c.Claim(l, relay, numbers, func(g []int64, e error) {
		granted, err = g, e
		close(done)
	})
	select {
	case <-done:
		return granted, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sendAll sends everything that is due, with one outcome.
func sendAll(t testing.TB, s *store.Store, m store.Mailing, state mailer.DeliveryState, class mailer.Class) {
	t.Helper()
	c := committer(t, s)
	for {
		sl, err := s.TakeSlice(t.Context(), m.ID, "test", friday, lease)
		if _, none := err.(*store.ErrNone); none {
			return
		}
		ok(t, err)
		numbers := numbersOf(must(s.Recipients(t.Context(), sl.Slice, friday))(t))
		for _, n := range must(claim(t.Context(), c, sl.Lease, "main", numbers))(t) {
			c.Record(sl.Lease, result(n, state, class))
		}
		ok(t, c.Flush(t.Context()))
		ok(t, s.ReleaseSlice(t.Context(), sl.Lease, friday))
	}
}

// sums fails where the accounting does not add up.
func sums(t testing.TB, c store.Counts) {
	t.Helper()
	if sum := c.Queued + c.Accepted + c.Deferred + c.Rejected + c.InDoubt + c.Skipped; sum != c.Audience {
		t.Fatalf("the parts sum to %d, the audience is %d: %+v", sum, c.Audience, c)
	}
}
