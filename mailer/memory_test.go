package mailer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// memory is a Ledger and a Source in memory, strict about the moves between states.
type memory struct {
	t  testing.TB
	mu sync.Mutex

	rows    map[int64]*row
	epochs  map[int64]int64 // of each slice
	held    map[int64]bool
	perPage int64

	claims     int
	parked     int
	open, most int                            // deliveries that are claimed, now and at most
	refuse     func(claim int, l Lease) error // nil: never; asked before each claim, with the lock held
	slow       chan struct{}                  // where set, a claim waits for a value
}

type row struct {
	Delivery
	state   DeliveryState
	due     time.Time
	results []Result // all that were recorded
}

func newMemory(t testing.TB, readers, perSlice int) *memory {
	m := &memory{t: t, rows: map[int64]*row{}, epochs: map[int64]int64{}, held: map[int64]bool{}, perPage: int64(perSlice)}
	for n := range int64(readers) {
		address := fmt.Sprintf("reader%d@d%d.example", n, n%5)
		m.rows[n] = &row{Delivery: Delivery{Number: n, Address: address}, state: Queued}
	}
	return m
}

func (m *memory) slice(number int64) int64 { return number / m.perPage }

func (m *memory) Next(context.Context) (Lease, []Delivery, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	ready := map[int64][]Delivery{}
	var next time.Time
	for _, r := range m.rows {
		s := m.slice(r.Number)
		if r.state != Queued && r.state != Deferred || m.held[s] {
			continue
		}
		if r.due.After(now) {
			if next.IsZero() || r.due.Before(next) {
				next = r.due
			}
			continue
		}
		ready[s] = append(ready[s], r.Delivery)
	}
	if len(ready) == 0 {
		return Lease{}, nil, &ErrNothingDue{Next: next}
	}
	first := int64(-1)
	for s := range ready {
		if first < 0 || s < first {
			first = s
		}
	}
	m.held[first] = true
	m.epochs[first]++
	return Lease{Mailing: 1, Slice: first, Epoch: m.epochs[first]}, ready[first], nil
}

func (m *memory) Release(_ context.Context, l Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epochs[l.Slice] == l.Epoch {
		m.held[l.Slice] = false
	}
	return nil
}

func (m *memory) Claim(l Lease, _ string, numbers []int64, answer func([]int64, error)) {
	numbers = slices.Clone(numbers)
	go func() {
		if m.slow != nil {
			select {
			case <-m.slow:
			case <-m.t.Context().Done():
				return
			}
		}
		answer(m.grant(l, numbers))
	}()
}

func (m *memory) grant(l Lease, numbers []int64) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	if m.refuse != nil {
		if err := m.refuse(m.claims, l); err != nil {
			return nil, err
		}
	}
	if m.epochs[l.Slice] != l.Epoch {
		return nil, ErrLeaseLost
	}
	var granted []int64
	for _, n := range numbers {
		switch r := m.rows[n]; r.state {
		case Queued, Deferred:
			r.state = Claimed
			m.open++
			m.most = max(m.most, m.open)
			granted = append(granted, n)
		case Claimed:
			m.t.Errorf("delivery %d is claimed twice", n)
		}
	}
	return granted, nil
}

func (m *memory) Record(l Lease, results ...Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epochs[l.Slice] != l.Epoch {
		return
	}
	for _, result := range results {
		r := m.rows[result.Number]
		if r.state != Claimed {
			m.t.Errorf("delivery %d has a result in state %s", r.Number, r.state)
		}
		m.open--
		r.state, r.due, r.Attempts = result.State, result.Due, result.Attempts
		if r.First.IsZero() {
			r.First = result.At
		}
		r.results = append(r.results, result)
	}
}

func (m *memory) Park(l Lease, due time.Time, numbers []int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epochs[l.Slice] != l.Epoch {
		return
	}
	for _, n := range numbers {
		r := m.rows[n]
		if r.state != Queued && r.state != Deferred {
			m.t.Errorf("delivery %d is parked in state %s", n, r.state)
		}
		r.due = due
		m.parked++
	}
}

func (m *memory) Flush(context.Context) error { return nil }

// skip marks a delivery as unsubscribed.
func (m *memory) skip(n int64) { m.rows[n].state = Skipped }

// counts is the accounting. Nothing may be claimed when a run is over.
func (m *memory) counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := Counts{Audience: len(m.rows)}
	for _, r := range m.rows {
		if r.state == Claimed {
			m.t.Errorf("delivery %d is still claimed", r.Number)
		}
		c.Add(r.state, 1)
	}
	if !c.Balanced() {
		m.t.Errorf("the accounting does not balance: %+v", c)
	}
	return c
}

// plain composes the same message for everyone.
type plain struct{}

func (plain) Compose(dst []byte, d Delivery) ([]byte, error) {
	return fmt.Appendf(dst, "Subject: Hello\r\nX-Number: %d\r\n\r\nHello.\r\n", d.Number), nil
}

func (plain) Clean() bool { return false }

// failing composes nothing for some.
type failing struct{ errs map[int64]error }

func (f failing) Compose(dst []byte, d Delivery) ([]byte, error) {
	if err := f.errs[d.Number]; err != nil {
		return dst, err
	}
	return plain{}.Compose(dst, d)
}

func (failing) Clean() bool { return false }
