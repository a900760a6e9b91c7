package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestAccountingAlwaysAddsUp does anything to a mailing in any order and counts after
// each step: nobody is lost, nobody is counted twice, nobody accepted is sent to
// again.
func TestAccountingAlwaysAddsUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			m := newModel(t, rt, s, fmt.Sprintf("news%d", run))
			rt.Repeat(map[string]func(*rapid.T){
				"lay":     m.lay,
				"take":    m.take,
				"claim":   m.claim,
				"record":  m.record,
				"release": m.release,
				"crash":   m.crash,
				"leave":   m.leave,
				"pause":   m.pause,
				"finish":  m.finish,
				"":        m.check,
			})
			m.ledger.Close(t.Context())
		})
	})
}

// model is one mailing, and what a sender believes about it.
type model struct {
	t       *testing.T
	s       *store.Store
	mailing int64
	name    string
	policy  mailer.DoubtPolicy
	readers int
	now     time.Time
	ledger  *store.Committer

	laid     bool
	slice    store.Slice // held; Slice 0: none
	claimed  []int64     // under it
	accepted map[int64]int
}

func newModel(t *testing.T, rt *rapid.T, s *store.Store, name string) *model {
	m := &model{t: t, s: s, name: name, now: friday, accepted: map[int64]int{}}
	m.readers = rapid.IntRange(0, 12).Draw(rt, "readers")
	m.policy = rapid.SampledFrom([]mailer.DoubtPolicy{mailer.Resend, mailer.Hold}).Draw(rt, "policy")
	subscribe(t, s, name, 0, m.readers)
	e := open(t, s, name)
	m.mailing = mail(t, s, e, freeze(t, s, e), mailer.ToList, m.policy).ID
	m.ledger = s.NewCommitter(store.CommitterOptions{Now: func() time.Time { return m.now }})
	return m
}

// allowed fails on an error that is not one of state.
func (m *model) allowed(rt *rapid.T, err error) bool {
	var st *store.ErrState
	if err != nil && !errors.As(err, &st) && !errors.Is(err, mailer.ErrStopped) && !errors.Is(err, mailer.ErrLeaseLost) {
		rt.Fatal(err)
	}
	return err == nil
}

func (m *model) lay(rt *rapid.T) {
	_, done, err := m.s.Lay(m.t.Context(), m.mailing, rapid.IntRange(1, 5).Draw(rt, "width"), m.now)
	m.laid = m.allowed(rt, err) && done || m.laid
}

func (m *model) take(rt *rapid.T) {
	if m.slice.Slice != 0 {
		return
	}
	sl, err := m.s.TakeSlice(m.t.Context(), m.mailing, "model", m.now, lease)
	var none *store.ErrNone
	if errors.As(err, &none) {
		if none.Next.After(m.now) {
			m.now = none.Next // nothing to do until then
		}
		return
	}
	if m.allowed(rt, err) {
		m.slice, m.claimed = sl, nil
	}
}

func (m *model) claim(rt *rapid.T) {
	if m.slice.Slice == 0 {
		return
	}
	due, err := m.s.Recipients(m.t.Context(), m.slice.Slice, m.now)
	if err != nil {
		rt.Fatal(err)
	}
	n := rapid.IntRange(0, len(due)).Draw(rt, "window")
	got, err := claim(m.t.Context(), m.ledger, m.slice.Lease, "main", numbersOf(due[:n]))
	if !m.allowed(rt, err) {
		return
	}
	for _, n := range got {
		if m.accepted[n] > 0 {
			rt.Fatalf("reader %d has it and was granted again", n)
		}
	}
	m.claimed = append(m.claimed, got...)
}

func (m *model) record(rt *rapid.T) {
	if len(m.claimed) == 0 {
		return
	}
	n := m.claimed[0]
	m.claimed = m.claimed[1:]
	class := rapid.SampledFrom([]mailer.Class{
		mailer.OutcomeAccepted, mailer.OutcomeDeferred, mailer.OutcomeRejected, mailer.OutcomeRefused, mailer.OutcomeInDoubt,
	}).Draw(rt, "class")
	state := map[mailer.Class]mailer.DeliveryState{
		mailer.OutcomeAccepted: mailer.Accepted, mailer.OutcomeDeferred: mailer.Deferred, mailer.OutcomeRejected: mailer.Rejected,
		mailer.OutcomeRefused: mailer.Queued, mailer.OutcomeInDoubt: mailer.InDoubt,
	}[class]
	m.ledger.Record(m.slice.Lease, result(n, state, class))
	if state == mailer.Accepted {
		m.accepted[n]++
	}
}

func (m *model) release(rt *rapid.T) {
	if m.slice.Slice == 0 || len(m.claimed) > 0 {
		return
	}
	if err := m.ledger.Flush(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
	m.allowed(rt, m.s.ReleaseSlice(m.t.Context(), m.slice.Lease, m.now))
	m.slice = store.Slice{}
}

// crash forgets the slice and what was claimed of it; the lease ends in time.
func (m *model) crash(rt *rapid.T) {
	if err := m.ledger.Flush(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
	m.slice, m.claimed = store.Slice{}, nil
	m.now = m.now.Add(lease)
}

func (m *model) leave(rt *rapid.T) {
	if m.readers > 0 {
		i := rapid.IntRange(0, m.readers-1).Draw(rt, "reader")
		if _, err := m.s.Unsubscribe(m.t.Context(), readerID(i), m.name, m.now); err != nil {
			rt.Fatal(err)
		}
	}
}

func (m *model) pause(rt *rapid.T) {
	if m.allowed(rt, m.s.PauseMailing(m.t.Context(), m.mailing, "model", "", m.now)) {
		m.allowed(rt, m.s.ResumeMailing(m.t.Context(), m.mailing, "model", m.now))
	}
}

func (m *model) finish(rt *rapid.T) {
	finished, err := m.s.FinishMailing(m.t.Context(), m.mailing, m.now)
	if err != nil {
		rt.Fatal(err)
	}
	c, err := m.s.CountMailing(m.t.Context(), m.mailing)
	if err != nil || finished && (c.Open() > 0 || m.readers > 0 && !m.laid) {
		rt.Fatalf("finished with %+v, laid %v, %v", c, m.laid, err)
	}
}

func (m *model) check(rt *rapid.T) {
	if err := m.ledger.Flush(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
	c, err := m.s.CountMailing(m.t.Context(), m.mailing)
	if err != nil {
		rt.Fatal(err)
	}
	row, err := m.s.Mailing(m.t.Context(), m.mailing)
	if err != nil {
		rt.Fatal(err)
	}
	sum := c.Queued + c.Accepted + c.Deferred + c.Rejected + c.InDoubt + c.Skipped
	if sum != c.Audience || c.Audience != row.Total || c.Audience > int64(m.readers) {
		rt.Fatalf("it does not add up: %+v of %+v", c, row)
	}
	if got := int64(len(m.accepted)); c.Accepted != got {
		rt.Fatalf("%d accepted, the sender saw %d", c.Accepted, got)
	}
	if i := slices.IndexFunc(m.claimed, func(n int64) bool { return m.accepted[n] > 0 }); i >= 0 {
		rt.Fatalf("reader %d is claimed and has it", m.claimed[i])
	}
}
