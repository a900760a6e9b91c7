package store

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// CommitterOptions are what a committer works by; zero values are the defaults, but
// for Now.
type CommitterOptions struct {
	Now   func() time.Time // the clock; required
	Lease time.Duration    // how long a claim keeps its slice from then on; 30 seconds
	Batch int              // claims and results in one transaction at most, each recipient one; 2,000

	// Gather is how many deliveries a commit waits to claim; 0 and 1 do not wait. A commit
	// costs some 300 us whatever is in it. A quarter of all that the senders may have
	// claimed leaves them work meanwhile. It does not wait either once as many have asked
	// as do of late, see company, and never for more than GatherWait.
	Gather     int
	GatherWait time.Duration // 100 ms
}

// Committer is the ledger of a process: see [mailer.Ledger] for what it promises.
// One goroutine takes whatever waits, first in, first out, and commits it together:
// the disk is asked once for as many claims as come while it is busy.
//
// A commit that fails grants nothing: every claim of it fails with the error. Its
// results stay at the head of the queue and go into the next commit, ahead of
// anything that came later, so that after a full disk has room again nothing is
// lost.
type Committer struct {
	store *Store
	opts  CommitterOptions

	mu      sync.Mutex
	wake    chan struct{} // one token: there may be work
	queue   []operation
	askers  int  // claims in the queue
	claims  int  // deliveries that these are of
	asked   bool // a flush waits in the queue
	company company
	closed  bool
	enough  chan struct{} // one token: what Gather asks for is there
	stopped chan struct{} // closed when the goroutine has ended
}

var _ mailer.Ledger = (*Committer)(nil)

// ErrClosed says that the committer has been closed.
var ErrClosed = errors.New("the committer is closed")

// operation is one entry of the queue: a claim (answer and numbers), results or parked
// deliveries (answer nil), or a flush (answer alone).
type operation struct {
	lease   mailer.Lease
	relay   string // of a claim
	numbers []int64
	parked  []int64
	due     time.Time // of what is parked
	results []mailer.Result
	answer  func(granted []int64, err error) // does not wait
}

type reply struct {
	granted []int64
	err     error
}

// size is what an operation counts against a batch.
func (o operation) size() int { return max(1, len(o.numbers), len(o.parked), len(o.results)) }

// NewCommitter starts the committer of a process. Close ends it.
func (s *Store) NewCommitter(o CommitterOptions) *Committer {
	if o.Lease == 0 {
		o.Lease = 30 * time.Second
	}
	if o.Batch == 0 {
		o.Batch = 2000
	}
	if o.GatherWait == 0 {
		o.GatherWait = 100 * time.Millisecond
	}
	c := &Committer{
		store: s, opts: o,
		wake: make(chan struct{}, 1), enough: make(chan struct{}, 1), stopped: make(chan struct{}), company: company{size: math.MaxInt},
	}
	go c.run()
	return c
}

// Claim is mailer.Ledger's. After Close the error is ErrClosed.
func (c *Committer) Claim(l mailer.Lease, relay string, numbers []int64, answer func(granted []int64, err error)) {
	if !c.put(operation{lease: l, relay: relay, numbers: slices.Clone(numbers), answer: answer}) {
		answer(nil, ErrClosed)
	}
}

// Park is mailer.Ledger's. After Close it does nothing.
func (c *Committer) Park(l mailer.Lease, due time.Time, numbers []int64) {
	if len(numbers) > 0 {
		c.put(operation{lease: l, due: due, parked: slices.Clone(numbers)})
	}
}

// Record is mailer.Ledger's. After Close it does nothing.
func (c *Committer) Record(l mailer.Lease, results ...mailer.Result) {
	if len(results) > 0 {
		c.put(operation{lease: l, results: slices.Clone(results)})
	}
}

// Flush returns when everything recorded before it is durable, or with the error
// that keeps it from being so; the results are kept then, and another Flush tries
// again.
func (c *Committer) Flush(ctx context.Context) error {
	done := make(chan error, 1)
	if !c.put(operation{answer: func(_ []int64, err error) { done <- err }}) {
		return ErrClosed
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close flushes and ends the committer. Where the flush fails, the results that
// could not be stored are lost with the process: their deliveries stay claimed, and
// will be in doubt.
func (c *Committer) Close(ctx context.Context) error {
	err := c.Flush(ctx)
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.mu.Unlock()
	if was {
		return nil
	}
	signal(c.wake)
	signal(c.enough)
	<-c.stopped
	return err
}

func (c *Committer) put(op operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.queue = append(c.queue, op)
	c.count(op)
	signal(c.wake)
	if c.gathered() {
		signal(c.enough)
	}
	return true
}

// gathered tells whether the next commit need not wait for more. The caller holds mu.
func (c *Committer) gathered() bool {
	return len(c.queue) == 0 || c.claims >= c.opts.Gather || c.askers >= c.company.size && c.askers > 0 || c.asked || c.closed
}

// gather waits until the next commit is worth its cost, or until what waits for it has
// waited long enough.
func (c *Committer) gather() {
	c.mu.Lock()
	ready := c.gathered()
	c.mu.Unlock()
	late := false
	if !ready {
		timer := time.NewTimer(c.opts.GatherWait)
		defer timer.Stop()
		select {
		case <-c.enough:
		case <-timer.C:
			late = true
		}
	}
	c.mu.Lock()
	c.company = c.company.next(c.askers, late)
	c.mu.Unlock()
}

// signal leaves a token, where there is none.
func signal(token chan struct{}) {
	select {
	case token <- struct{}{}:
	default:
	}
}

// run is the one goroutine.
func (c *Committer) run() {
	defer close(c.stopped)
	for range c.wake {
		for {
			c.gather()
			batch := c.take()
			if len(batch) == 0 {
				break
			}
			if !c.commit(batch) && !c.awaited() {
				break // results alone are left: they wait for whoever asks next
			}
		}
		c.mu.Lock()
		end := c.closed
		c.mu.Unlock()
		if end {
			return
		}
	}
}

// take removes from the queue what goes into the next transaction.
func (c *Committer) take() []operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, size := 0, 0
	for n < len(c.queue) && (n == 0 || size+c.queue[n].size() <= c.opts.Batch) {
		size += c.queue[n].size()
		n++
	}
	batch := slices.Clone(c.queue[:n])
	c.keep(slices.Delete(c.queue, 0, n))
	return batch
}

// keep makes operations the whole queue. The caller holds mu.
func (c *Committer) keep(queue []operation) {
	c.queue, c.askers, c.claims, c.asked = queue, 0, 0, false
	for _, op := range queue {
		c.count(op)
	}
	select { // a token of what is gone
	case <-c.enough:
	default:
	}
}

// count notes what an operation of the queue waits for. The caller holds mu.
func (c *Committer) count(op operation) {
	if len(op.numbers) > 0 {
		c.askers++
		c.claims += len(op.numbers)
	}
	c.asked = c.asked || op.answer != nil && len(op.numbers) == 0
}

// awaited tells whether somebody waits for an operation of the queue.
func (c *Committer) awaited() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims > 0 || c.asked
}

// commit stores a batch and answers who waits for it. On an error it keeps the
// batch's results at the head of the queue, fails whoever waits in the batch, and
// reports false. Whoever came meanwhile is tried next: there may be room by then.
func (c *Committer) commit(batch []operation) bool {
	// Never the asker's context: a commit is for everyone in it.
	replies, err := c.store.commitBatch(context.Background(), batch, c.opts.Now(), c.opts.Lease)
	if err != nil {
		c.mu.Lock()
		var results []operation
		for _, op := range batch {
			if op.answer == nil {
				results = append(results, op)
			}
		}
		c.keep(append(results, c.queue...))
		c.mu.Unlock()
	}
	for i, op := range batch {
		switch {
		case op.answer == nil:
		case err != nil:
			op.answer(nil, err)
		default:
			op.answer(replies[i].granted, replies[i].err)
		}
	}
	return err == nil
}
