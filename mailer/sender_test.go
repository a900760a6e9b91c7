package mailer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunSendsEverythingOnce(t *testing.T) {
	one, two := startRelay(t, &relay{}), startRelay(t, &relay{})
	m := newMemory(t, 500, 60)
	m.skip(3)
	var mu sync.Mutex
	seen := map[DeliveryState]int{}
	s := sender(m, one.config("one", 3), two.config("two", 2))
	s.Relays[0].MessagesPerSession = 7
	s.Observe = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		seen[e.Result.State]++
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 499 || c.Skipped != 1 {
		t.Errorf("%+v", c)
	}
	if one.total()+two.total() != 499 || seen[Accepted] != 499 {
		t.Errorf("the relays took %d and %d, %d were seen", one.total(), two.total(), seen[Accepted])
	}
	if conns := one.sessions(); one.total() > 7*conns {
		t.Errorf("%d messages over %d sessions of 7", one.total(), conns)
	}
	for _, r := range m.rows {
		if r.state == Accepted && (r.Attempts != 1 || len(r.results) != 1 || r.results[0].Outcome.RelayID == "") {
			t.Errorf("delivery %d: %d attempts, %+v", r.Number, r.Attempts, r.results)
		}
	}
}

// TestRunProperty: whatever relays do, every delivery ends in exactly one state, and
// none is taken twice unless its reply was lost.
func TestRunProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fates := rapid.SliceOfN(rapid.SampledFrom([]fate{
			take, take, take, deferRcpt, rejectRcpt, policyRcpt, refuseMail, breakMail, breakData, loseReply, takeAndLeave, leave,
		}), 1, 40).Draw(rt, "fates")
		policy := rapid.SampledFrom([]DoubtPolicy{Resend, Hold}).Draw(rt, "policy")
		readers := rapid.IntRange(1, 40).Draw(rt, "readers")
		n := 0
		decide := func(string, int) fate {
			if n++; n > len(fates) {
				return take
			}
			return fates[n-1]
		}
		b := startRelay(t, &relay{decide: decide, chunking: rapid.Bool().Draw(rt, "chunking")})
		m := newMemory(t, readers, 10)
		connections := rapid.IntRange(1, 4).Draw(rt, "connections")
		s := sender(m, b.config("one", connections))
		s.Policy.InDoubt = policy
		s.Window = rapid.IntRange(1, 9).Draw(rt, "window")
		s.GiveUpDialing = 320 * time.Millisecond // waits begin at 10 ms
		var flying, sessions atomic.Int64
		s.Observe = func(e Event) {
			switch e.Kind {
			case EventClaims:
				flying.Add(int64(e.N))
			case EventResult:
				flying.Add(-1)
			case EventSessions:
				sessions.Add(int64(e.N))
			}
		}
		err := s.Run(t.Context())
		var down *ErrRelaysDown
		if err != nil && !errors.As(err, &down) {
			rt.Fatal(err)
		}
		if m.most > connections*s.Window {
			rt.Fatalf("%d deliveries were claimed at once, over %d connections with windows of %d", m.most, connections, s.Window)
		}
		if flying.Load() != 0 || sessions.Load() != 0 {
			rt.Fatalf("%d claims were told of and had no result; %d sessions did not close", flying.Load(), sessions.Load())
		}
		c := m.counts()
		if err == nil && c.Queued+c.Deferred != 0 || c.InDoubt > 0 && policy == Resend {
			rt.Fatalf("%v: %+v", err, c)
		}
		for _, r := range m.rows {
			taken, doubts := b.of(r.Address)
			answered := 0
			if r.state == Accepted {
				answered = 1
			}
			if taken != doubts+answered {
				rt.Fatalf("delivery %d is %s: taken %d times, %d of them without a reply", r.Number, r.state, taken, doubts)
			}
			if policy == Hold && (taken > 1 || doubts > 0 && r.state != InDoubt) {
				rt.Fatalf("delivery %d is %s under hold: taken %d times, %d of them without a reply", r.Number, r.state, taken, doubts)
			}
		}
	})
}

func TestRunDrains(t *testing.T) {
	b := startRelay(t, &relay{decide: func(string, int) fate { return hold }})
	m := newMemory(t, 100, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- sender(m, b.config("one", 3)).Run(ctx) }()
	for range 3 {
		<-b.holding
	}
	cancel()
	close(b.letGo)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Accepted != 3 || c.Queued != 97 || b.total() != 3 {
		t.Errorf("%+v, taken %d", c, b.total())
	}
}

// TestRunDrainCutsBeforeTheDot: what is cut off before its final dot was not tried.
func TestRunDrainCutsBeforeTheDot(t *testing.T) {
	b := startRelay(t, &relay{decide: func(string, int) fate { return stallData }})
	m := newMemory(t, 20, 20)
	s := sender(m, b.config("one", 2))
	s.Drain = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	<-b.holding
	<-b.holding
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(b.letGo)
	if c := m.counts(); c.Queued != 20 || m.rows[0].Attempts != 0 {
		t.Errorf("%+v, %d attempts", c, m.rows[0].Attempts)
	}
}

// TestRunDrainEnds: a relay that does not answer is not waited for for ever, and
// then its message alone is in doubt.
func TestRunDrainEnds(t *testing.T) {
	b := startRelay(t, &relay{decide: func(string, int) fate { return hold }})
	m := newMemory(t, 20, 20)
	s := sender(m, b.config("one", 2))
	s.Policy.InDoubt = Hold
	s.Drain = 50 * time.Millisecond
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	<-b.holding
	<-b.holding
	why := errors.New("told to stop")
	cancel(why)
	if err := <-ended; !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
	close(b.letGo)
	if c := m.counts(); c.InDoubt != 2 || c.Queued != 18 {
		t.Errorf("%+v", c)
	}
}

func TestRunStopsWhenPaused(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 200, 200)
	m.refuse = func(claim int, _ Lease) error {
		if claim > 5 {
			return ErrStopped
		}
		return nil
	}
	if err := sender(m, b.config("one", 2)).Run(t.Context()); !errors.Is(err, ErrStopped) {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Accepted == 0 || c.Accepted > 20 || c.Accepted != b.total() || c.Queued != 200-c.Accepted {
		t.Errorf("%+v", c)
	}
}

func TestRunDropsLostSlice(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 60, 20)
	m.refuse = func(_ int, l Lease) error {
		if l.Slice == 1 {
			m.epochs[1] = 100 // another process has it, and keeps it
			return ErrLeaseLost
		}
		return nil
	}
	if err := sender(m, b.config("one", 2)).Run(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Accepted != 40 || c.Queued != 20 || b.total() != 40 {
		t.Errorf("%+v", c)
	}
}

func TestRunEndsOnStoreError(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 60, 20)
	full := errors.New("disk full")
	m.refuse = func(claim int, _ Lease) error {
		if claim == 4 {
			return full
		}
		return nil
	}
	if err := sender(m, b.config("one", 2)).Run(t.Context()); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Accepted != b.total() || c.Queued != 60-c.Accepted {
		t.Errorf("%+v, taken %d", c, b.total())
	}
}

// TestRunClaimsFirst: while the ledger is slow, nothing is sent.
func TestRunClaimsFirst(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 12, 12)
	m.slow = make(chan struct{})
	ended := make(chan error)
	s := sender(m, b.config("one", 2))
	go func() { ended <- s.Run(t.Context()) }()
	for granted := range 6 {
		if took := b.total(); took > granted*2 {
			t.Errorf("%d messages were sent on %d claims of 2", took, granted)
		}
		m.slow <- struct{}{}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if c := m.counts(); c.Accepted != 12 {
		t.Errorf("%+v", c)
	}
}

func TestRunComposeErrors(t *testing.T) {
	b := startRelay(t, &relay{})
	m := newMemory(t, 20, 20)
	s := sender(m, b.config("one", 2))
	s.Composer = failing{map[int64]error{7: fmt.Errorf("name: %w", ErrUnfit)}}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 19 || c.Rejected != 1 || m.rows[7].state != Rejected {
		t.Errorf("%+v", c)
	}

	m = newMemory(t, 20, 20)
	s = sender(m, b.config("one", 2))
	broken := errors.New("no such variant")
	s.Composer = failing{map[int64]error{7: broken}}
	if err := s.Run(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Rejected != 0 || m.rows[7].state != Queued {
		t.Errorf("%+v", c)
	}
}

func TestRunSaysWhenTheRestIsDue(t *testing.T) {
	b := startRelay(t, &relay{decide: func(to string, _ int) fate {
		if strings.HasPrefix(to, "reader3@") {
			return deferRcpt
		}
		return take
	}})
	m := newMemory(t, 10, 5)
	s := sender(m, b.config("one", 2))
	s.Policy.First, s.Policy.Most, s.Policy.GiveUp, s.Wait = time.Hour, time.Hour, 48*time.Hour, time.Minute
	var later *ErrNothingDue
	if err := s.Run(t.Context()); !errors.As(err, &later) || !later.Next.Equal(m.rows[3].due) {
		t.Errorf("%v", err)
	}
	if c := m.counts(); c.Accepted != 9 || c.Deferred != 1 {
		t.Errorf("%+v", c)
	}
}

func TestRunNeeds(t *testing.T) {
	m := newMemory(t, 1, 1)
	if err := sender(m).Run(t.Context()); err == nil {
		t.Error("a run without a relay")
	}
	s := sender(m, startRelay(t, &relay{}).config("one", 1))
	s.Relays[0].Address = "nowhere"
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "relay one") {
		t.Errorf("%v", err)
	}
	s.Clock = nil
	if err := s.Run(t.Context()); err == nil {
		t.Error("a run without a clock")
	}
}

// TestRunChunks sends over a relay that takes chunks: every window's worth is in
// flight, and a break of a session puts no more in doubt than that.
func TestRunChunks(t *testing.T) {
	lost := 0
	b := startRelay(t, &relay{chunking: true, decide: func(string, int) fate {
		if lost++; lost == 100 {
			return loseReply
		}
		return take
	}})
	m := newMemory(t, 400, 100)
	s := sender(m, b.config("one", 2))
	s.Window, s.Policy.InDoubt = 12, Hold
	s.Relays[0].MessagesPerSession = 50
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.InDoubt == 0 || c.InDoubt > 12 || c.Accepted != 400-c.InDoubt {
		t.Errorf("%+v", c)
	}
	if m.most > 24 || m.most < 12 {
		t.Errorf("%d deliveries were claimed at once, want about 24", m.most)
	}
}

// TestRunCareful: a relay that hangs up after each message without a word puts a
// window in doubt once a connection, not once a session.
func TestRunCareful(t *testing.T) {
	b := startRelay(t, &relay{chunking: true, decide: func(string, int) fate { return takeAndLeave }})
	m := newMemory(t, 200, 100)
	s := sender(m, b.config("one", 2))
	s.Window, s.Policy.InDoubt = 8, Hold
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.InDoubt > 16 || c.Accepted != 200-c.InDoubt {
		t.Errorf("%+v", c)
	}
}

// TestRunRefusesChunks: a relay that offers CHUNKING and does not know BDAT gets its
// messages with DATA. It is no try, and its answers to the lines of a chunk are not
// taken for answers to us.
func TestRunRefusesChunks(t *testing.T) {
	b := startRelay(t, &relay{chunking: true, noBDAT: true})
	m := newMemory(t, 200, 100)
	s := sender(m, b.config("one", 3))
	s.Window = 8
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 200 || b.total() != 200 {
		t.Errorf("%+v, taken %d", c, b.total())
	}
	for _, r := range m.rows {
		if r.Attempts != 1 || len(r.results) != 1 {
			t.Errorf("delivery %d: %d attempts, %d results", r.Number, r.Attempts, len(r.results))
		}
	}
}
