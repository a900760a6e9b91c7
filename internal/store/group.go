package store

import (
	"context"
	"sync"
	"time"
)

// group makes what many callers want to store at the same time durable together. Who
// comes first is committed at once; who comes while that goes on is in the next commit,
// all of them. So the disk is asked once for as many as come while it is busy, and
// nobody waits for company.
//
// It needs no goroutine while nobody asks: the first to come starts one, which ends with
// the queue.
type group[T any] struct {
	commit func(ctx context.Context, values []T) error

	mu      sync.Mutex
	queue   []grouped[T]
	busy    bool
	running sync.WaitGroup
}

type grouped[T any] struct {
	value  T
	answer chan<- error // has room for the one answer
}

const (
	groupMost = 500              // in one transaction
	groupTime = 10 * time.Second // for one: whoever waits is told before their connection is cut
)

// put returns when value is durable, or with the error that kept it, and everything of
// its commit, from being so. Where ctx ends first it may be stored yet.
func (g *group[T]) put(ctx context.Context, value T) error {
	answer := make(chan error, 1)
	g.mu.Lock()
	g.queue = append(g.queue, grouped[T]{value, answer})
	g.start()
	g.mu.Unlock()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// start has what waits committed. The caller holds mu.
func (g *group[T]) start() {
	if !g.busy && len(g.queue) > 0 {
		g.busy = true
		g.running.Go(g.run)
	}
}

func (g *group[T]) run() {
	for {
		all := g.take(true)
		if len(all) == 0 {
			return
		}
		values := make([]T, len(all))
		for i, one := range all {
			values[i] = one.value
		}
		// Never an asker's context: a commit is for everyone in it.
		ctx, stop := context.WithTimeout(context.Background(), groupTime)
		err := g.commit(ctx, values)
		stop()
		for _, one := range all {
			one.answer <- err
		}
	}
}

// take removes from the queue what goes into the next transaction; where there is
// nothing for its own goroutine, whoever comes next starts anew.
func (g *group[T]) take(own bool) []grouped[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.queue), groupMost)
	all := g.queue[:n:n]
	g.queue = g.queue[n:]
	if n == 0 && own {
		g.queue, g.busy = nil, false
	}
	return all
}

// along takes what waits, for a transaction of somebody else: told has to be called with
// what came of it. Where that failed they get one of their own.
func (g *group[T]) along() (values []T, told func(error)) {
	all := g.take(false)
	for _, one := range all {
		values = append(values, one.value)
	}
	return values, func(err error) {
		if err == nil {
			for _, one := range all {
				one.answer <- nil
			}
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.queue = append(all, g.queue...)
		g.start()
	}
}

// empty tells whether nothing waits now.
func (g *group[T]) empty() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue) == 0
}

// wait returns when everything that was put is committed or refused.
func (g *group[T]) wait() { g.running.Wait() }
