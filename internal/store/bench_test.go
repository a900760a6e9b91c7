package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// BenchmarkClaims measures durable claims, each with its result, on SQLite: W claims
// outstanding over ten connections. b.N is the number of recipients.
func BenchmarkClaims(b *testing.B) {
	for _, w := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("W=%d", w), func(b *testing.B) {
			s := storetest.SQLite(b)
			for from := 0; from < b.N; from += 10_000 {
				subscribe(b, s, "weekly", from, min(b.N, from+10_000))
			}
			e := open(b, s, "weekly")
			m := mail(b, s, e, freeze(b, s, e), mailer.ToList, mailer.Resend)
			lay(b, s, m, 10_000)
			b.ResetTimer()
			for {
				sl, err := s.TakeSlice(b.Context(), m.ID, "bench", friday, time.Hour)
				if err != nil {
					break
				}
				sendSlice(b, s, sl, 10, w/10)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
			if c := must(s.CountMailing(b.Context(), m.ID))(b); c.Accepted != int64(b.N) {
				b.Fatalf("%+v", c)
			}
		})
	}
}

// sendSlice claims and records a slice over some connections, a window at a time.
func sendSlice(b *testing.B, s *store.Store, sl store.Slice, connections, window int) {
	numbers := numbersOf(must(s.Recipients(b.Context(), sl.Slice, friday))(b))
	c := s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return friday }})
	work := make(chan []int64, len(numbers)/window+1)
	for len(numbers) > 0 {
		n := min(window, len(numbers))
		work <- numbers[:n]
		numbers = numbers[n:]
	}
	close(work)
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for part := range work {
				got, err := claim(b.Context(), c, sl.Lease, "main", part)
				if err != nil || len(got) != len(part) {
					b.Error(len(got), err)
					return
				}
				for _, n := range got {
					c.Record(sl.Lease, result(n, mailer.Accepted, mailer.OutcomeAccepted))
				}
			}
		})
	}
	wg.Wait()
	ok(b, c.Close(b.Context()))
	ok(b, s.ReleaseSlice(b.Context(), sl.Lease, friday))
}

// BenchmarkPutBatch measures readers put in as an import does, 50,000 at a time, on
// SQLite. b.N is the number of readers.
func BenchmarkPutBatch(b *testing.B) {
	s := storetest.SQLite(b)
	const size = 50_000
	for from := 0; from < b.N; from += size {
		numbers := make([]int, min(size, b.N-from))
		for i := range numbers {
			numbers[i] = from + i
		}
		batch, rows := batchOf("weekly"), batchRows(numbers...)
		for i := range rows { // as long as sealed ones are, and ascending ids
			rows[i].ID = readerID(from + i)
			rows[i].Address, rows[i].Name = make([]byte, 97), make([]byte, 97)
		}
		batch.Join = each(rows)
		if n := must(s.PutBatch(b.Context(), batch))(b); n.Added != int64(len(numbers)) {
			b.Fatalf("%+v", n)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "readers/s")
}

// BenchmarkLay measures the laying of a mailing, slice by slice, on SQLite. b.N is the
// number of readers.
func BenchmarkLay(b *testing.B) {
	s := storetest.SQLite(b)
	for from := 0; from < b.N; from += 5000 {
		subscribe(b, s, "weekly", from, min(b.N, from+5000))
	}
	e := open(b, s, "weekly")
	m := mail(b, s, e, freeze(b, s, e), mailer.ToList, mailer.Resend)
	b.ResetTimer()
	lay(b, s, m, 10_000)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "readers/s")
}

// BenchmarkLayPart measures the laying of a mailing to nearly all of a list, by an
// expression that asks everything, and with formats for parts, on SQLite. b.N is the
// number of readers: beside BenchmarkLay it says what a segment costs.
func BenchmarkLayPart(b *testing.B) {
	s := storetest.SQLite(b)
	for from := 0; from < b.N; from += 5000 {
		subscribe(b, s, "weekly", from, min(b.N, from+5000))
	}
	e := open(b, s, "weekly")
	p := part(b, `not (language in (ru, uk) or joined < 2020-01-01) and path = import and sample 99% and (basis = "contract" or paused)`)
	m := startPart(b, s, e, freeze(b, s, e), mailer.ToList, p, store.FormatFor{Segment: part(b, "language = ru"), Format: "text"})
	b.ResetTimer()
	lay(b, s, m, 10_000)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "readers/s")
}
