package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

// batchRow is the i-th reader of row, as a batch has it.
func batchRow(i int) store.BatchRow {
	return store.BatchRow{ID: readerID(i), Index: [32]byte(index(i)), Address: fmt.Appendf(nil, "sealed %03d", i), Name: []byte("sealed name")}
}

func batchOf(newsletter string, join ...int) store.Batch {
	rows := batchRows(join...)
	return store.Batch{
		Join: each(rows), Newsletter: newsletter, IndexVersion: 1, At: friday,
		Consent: store.Consent{Week: "2026-W48", Path: "import", Basis: "contract"},
	}
}

// batchRows are readers, sorted as an import sorts them.
func batchRows(numbers ...int) (rows []store.BatchRow) {
	for _, i := range numbers {
		rows = append(rows, batchRow(i))
	}
	slices.SortFunc(rows, func(a, b store.BatchRow) int { return bytes.Compare(a.Index[:], b.Index[:]) })
	return rows
}

func each(rows []store.BatchRow) store.BatchRows {
	return func(yield func(store.BatchRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestPutBatchStoresWhatItWasGiven(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		numbers := make([]int, 2500) // more than one statement carries
		for i := range numbers {
			numbers[i] = i
		}
		b, rows := batchOf("weekly"), batchRows(numbers...)
		b.Join = each(rows)
		for i := range rows {
			r := &rows[i]
			r.Tie = &store.BatchTie{}
			if i%3 == 0 { // rows of another shape
				r.Name = nil
			}
			if i%5 == 0 {
				r.Address = append(bytes.Clone(r.Address), " and longer"...)
				r.Tie = &store.BatchTie{Variant: "text", Language: "pt-BR", AppealUntil: store.ForGood, PausedUntil: friday.Add(time.Hour)}
			}
		}
		if n := must(s.PutBatch(ctx, b))(t); n != (store.BatchCounts{Added: 2500}) {
			t.Errorf("%+v", n)
		}
		for _, r := range rows {
			p := must(s.SubscriberByIndex(ctx, r.Index[:]))(t)
			want := store.Subscription{
				Newsletter: "weekly", State: store.Confirmed, Variant: r.Tie.Variant, Language: r.Tie.Language,
				JoinedAt: friday, ConfirmedAt: friday, AppealUntil: r.Tie.AppealUntil, PausedUntil: r.Tie.PausedUntil,
			}
			if p.ID != r.ID || !bytes.Equal(p.Address, r.Address) || !bytes.Equal(p.Name, r.Name) || p.IndexVersion != 1 ||
				!p.CreatedAt.Equal(friday) || len(p.Ties) != 1 || p.Ties[0] != want {
				t.Fatalf("stored %+v of %+v", p, r)
			}
			if c := must(s.Consents(ctx, p.Number))(t); len(c) != 1 || c[0] != (store.Consent{Newsletter: "weekly", Week: "2026-W48", Path: "import", Basis: "contract"}) {
				t.Fatalf("consents %+v", c)
			}
		}
		b.At = friday.Add(time.Hour)
		if n := must(s.PutBatch(ctx, b))(t); n != (store.BatchCounts{Existing: 2500}) {
			t.Errorf("put in again: %+v", n)
		}
		if _, err := s.PutBatch(ctx, store.Batch{}); err == nil {
			t.Error("a batch of no newsletter went in")
		}
		broken := errors.New("cannot seal")
		b.Newsletter, b.Join = "daily", func(yield func(store.BatchRow, error) bool) {
			for _, r := range rows {
				yield(r, nil)
			}
			yield(store.BatchRow{}, broken)
		}
		if _, err := s.PutBatch(ctx, b); !errors.Is(err, broken) {
			t.Errorf("got %v, want the error of the rows", err)
		}
		if counts := must(s.CountSubscribers(ctx))(t); len(counts) != 1 {
			t.Errorf("half a batch was stored: %+v", counts)
		}
	})
}

// TestPutBatchBringsNobodyBack puts readers in who stand in every way already.
func TestPutBatchBringsNobodyBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		const fresh, imported, asked, pending, left, suppressed, elsewhere, gone = 0, 1, 2, 3, 4, 5, 6, 7
		must(s.PutBatch(ctx, batchOf("weekly", imported, left)))(t)
		ofForm := row("weekly", asked)
		ofForm.Consent.Path = "form"
		waiting := row("weekly", pending)
		waiting.Tie.State, waiting.Consent.Path = store.Pending, "form"
		must(s.PutSubscribers(ctx, []store.NewSubscriber{ofForm, waiting, row("daily", elsewhere), row("weekly", suppressed)}))(t)
		must(s.Unsubscribe(ctx, readerID(left), "weekly", friday))(t)
		ok(t, s.Suppress(ctx, index(suppressed), "asked", friday))
		ok(t, s.Suppress(ctx, index(gone), "asked", friday))

		b := batchOf("weekly", fresh, imported, asked, pending, left, suppressed, elsewhere, gone)
		b.Consent.Basis = "another"
		want := store.BatchCounts{Added: 3, Existing: 2, Left: 1, Suppressed: 2}
		var all [][32]byte
		for _, r := range batchRows(fresh, imported, asked, pending, left, suppressed, elsewhere, gone) {
			all = append(all, r.Index)
		}
		if n := must(s.LookBatch(ctx, "weekly", all))(t); n != want {
			t.Errorf("a look: %+v, want %+v", n, want)
		}
		if n := must(s.PutBatch(ctx, b))(t); n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
		for i, state := range map[int]store.SubscriptionState{fresh: "confirmed", imported: "confirmed", asked: "confirmed", pending: "confirmed", left: "unsubscribed", elsewhere: "confirmed"} {
			if got := tieTo(t, s, i, "weekly").State; got != state {
				t.Errorf("reader %d is %s, want %s", i, got, state)
			}
		}
		if _, err := s.SubscriberByIndex(ctx, index(gone)); err == nil {
			t.Error("a suppressed address was stored")
		}
		// A consent is of the import that it came by, and of that alone.
		for i, bases := range map[int][]string{fresh: {"another"}, imported: {"contract"}, left: {"contract"}, pending: {"contract", "another"}} {
			p := must(s.SubscriberByIndex(ctx, index(i)))(t)
			var got []string
			for _, c := range must(s.Consents(ctx, p.Number))(t) {
				got = append(got, c.Basis)
			}
			if !slices.Equal(got, bases) {
				t.Errorf("reader %d: consents %v, want %v", i, got, bases)
			}
		}
	})
}

// TestPutBatchLetsGo says of readers that they have left, or are never to be mailed.
func TestPutBatchLetsGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		const unknown, imported, asked, barred, barredAsked, before = 0, 1, 2, 3, 4, 5
		must(s.PutBatch(ctx, batchOf("weekly", imported, barred)))(t)
		for _, i := range []int{asked, barredAsked} {
			r := row("weekly", i)
			r.Consent.Path = "form"
			must(s.PutSubscribers(ctx, []store.NewSubscriber{r}))(t)
		}
		b := batchOf("weekly", before)
		b.Left = each(batchRows(unknown, imported, asked))
		for _, i := range []int{barred, barredAsked, before} {
			b.Barred = append(b.Barred, store.BatchBarred{Index: [32]byte(index(i)), Reason: "bounced"})
		}
		b.At = friday.Add(time.Hour)
		want := store.BatchCounts{Suppressed: 1, Gone: 2, Barred: 2, Stayed: 2}
		if n := must(s.PutBatch(ctx, b))(t); n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
		for i, state := range map[int]store.SubscriptionState{unknown: "unsubscribed", imported: "unsubscribed", asked: "confirmed", barredAsked: "confirmed"} {
			if got := tieTo(t, s, i, "weekly"); got.State != state || (state == store.Unsubscribed) != got.LeftAt.Equal(b.At) {
				t.Errorf("reader %d is %+v, want %s", i, got, state)
			}
		}
		for i, want := range map[int]bool{barred: true, before: true, barredAsked: false} {
			if reason, is, err := s.Suppressed(ctx, index(i)); err != nil || is != want || is && reason != "bounced" {
				t.Errorf("reader %d: %q %v %v", i, reason, is, err)
			}
		}
		if n := must(s.PutBatch(ctx, b))(t); n != (store.BatchCounts{Suppressed: 1, Stayed: 2}) {
			t.Errorf("put in again: %+v", n)
		}
		// They stay away, whoever imports them.
		if n := must(s.PutBatch(ctx, batchOf("weekly", unknown, imported, barred)))(t); n != (store.BatchCounts{Left: 2, Suppressed: 1}) {
			t.Errorf("imported: %+v", n)
		}
	})
}

// tieTo is a reader's tie to a newsletter.
func tieTo(t *testing.T, s *store.Store, i int, newsletter string) store.Subscription {
	t.Helper()
	for _, n := range must(s.SubscriberByIndex(t.Context(), index(i)))(t).Ties {
		if n.Newsletter == newsletter {
			return n
		}
	}
	t.Fatalf("reader %d has no tie to %s", i, newsletter)
	return store.Subscription{}
}
