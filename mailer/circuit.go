package mailer

import (
	"context"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// The waits of a circuit: how long a relay that fails is left alone before one
// connection tries it again.
const (
	circuitFirst = time.Second
	circuitMost  = time.Minute
	// sameTroubles is how many refusals or breaks in a row, alike and with nothing
	// else between them, are about the relay and not about a reader.
	sameTroubles = 5
)

// circuit keeps deliveries from a relay that does not take any.
//
//	closed --failure--> open --its wait is over--> one worker tries --taken--> closed
//	                      ^------------------fails, the wait doubles----'
//
// It closes when the relay answers about a message or a reader, not when it lets us
// connect: a suspended account may well log in.
type circuit struct {
	clock       func() time.Time
	first, most time.Duration

	mu      sync.Mutex
	changed chan struct{} // closed and renewed when anything below changes
	round   int           // counts openings; failures of an older round count no more
	fails   int           // in a row
	since   time.Time     // first failure of the row; zero: closed
	until   time.Time     // when it may be tried
	trying  bool          // a worker is trying it
	live    int           // sessions that are open
	last    Outcome       // what opened it
	refusal Outcome       // the trouble that was met last
	alike   int           // how often in a row
}

func newCircuit(clock func() time.Time, first, most time.Duration) *circuit {
	return &circuit{clock: clock, first: first, most: most, changed: make(chan struct{})}
}

// enter waits until the relay may be used, and returns the round. Every enter is
// followed by leave.
func (c *circuit) enter(ctx context.Context) (round int, err error) {
	for {
		c.mu.Lock()
		if c.since.IsZero() {
			defer c.mu.Unlock()
			return c.round, ctx.Err()
		}
		wait := c.until.Sub(c.clock())
		if wait <= 0 && !c.trying {
			c.trying = true
			defer c.mu.Unlock()
			return c.round, nil
		}
		changed, trying := c.changed, c.trying
		c.mu.Unlock()
		if trying {
			wait = c.most
		}
		if err := waitFor(ctx, wait, changed); err != nil {
			return 0, err
		}
	}
}

// leave ends a turn that enter began, whatever came of it.
func (c *circuit) leave(round int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trying && round == c.round {
		c.trying = false
		c.wake()
	}
}

// fail opens the circuit, or keeps it open for longer. It tells whether it was the
// one to do so: failures of sessions that began before count once.
func (c *circuit) fail(round int, o Outcome) (opened bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if round != c.round {
		return false
	}
	now := c.clock()
	if c.since.IsZero() {
		c.since = now
	}
	c.round++
	c.last, c.trying = o, false
	c.until = now.Add(c.wait())
	c.fails++
	c.wake()
	return true
}

// wait is that of the next opening.
func (c *circuit) wait() time.Duration {
	wait := c.first
	for range c.fails {
		if wait *= 2; wait >= c.most {
			return c.most
		}
	}
	return wait
}

// good notes that the relay answered about a message or a reader. It tells whether
// that closed the circuit.
func (c *circuit) good() (closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusal, c.alike = Outcome{}, 0
	if c.since.IsZero() {
		return false
	}
	c.since, c.fails, c.trying = time.Time{}, 0, false
	c.wake()
	return true
}

// trouble notes an outcome that may be about the relay. It tells whether it is: a
// refusal at MAIL at once; a policy refusal of a recipient or a message, a broken
// session, a 4xx to MAIL only when the same comes over and over; anything while the
// circuit is open.
func (c *circuit) trouble(o Outcome) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.Stage == c.refusal.Stage && o.Code == c.refusal.Code && o.Enhanced == c.refusal.Enhanced {
		c.alike++
	} else {
		c.refusal, c.alike = o, 1
	}
	atOnce := o.Class == OutcomeRefused && !aboutDelivery(o)
	return atOnce || c.alike >= sameTroubles || !c.since.IsZero()
}

// aboutDelivery tells the stages at which the relay knew the recipient.
func aboutDelivery(o Outcome) bool {
	return o.Stage == smtp.StageRcpt || o.Stage == smtp.StageData || o.Stage == smtp.StageDot
}

// isTrouble tells the outcomes that circuit.trouble is asked about. The others show
// that the relay does its work.
func isTrouble(o Outcome) bool {
	switch o.Class {
	case OutcomeRefused, OutcomeInDoubt:
		return true
	case OutcomeDeferred:
		return o.Code == 0 || o.Code == 421 || !aboutDelivery(o)
	}
	return false
}

// sessions counts the relay's open sessions, by 1 or -1.
func (c *circuit) sessions(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live += n
}

// busy tells whether the relay serves other sessions at the moment. One that does
// and lets no more in has a limit, and is not down.
func (c *circuit) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.live > 0 && c.since.IsZero()
}

// open is how many sessions the relay has with us.
func (c *circuit) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.live
}

// failedSince tells whether the circuit has opened, or opened again, since a round.
func (c *circuit) failedSince(round int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.since.IsZero() && c.round != round
}

// down tells since when the relay has been failing, and with what; zero: it is not.
func (c *circuit) down() (since time.Time, o Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since, c.last
}

func (c *circuit) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// waitFor waits for the first of: the duration, the channel, the context's end,
// which alone is an error.
func waitFor(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-timer.C:
	}
	return ctx.Err()
}
