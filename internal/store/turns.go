package store

import (
	"context"
	"slices"
	"sync"
)

// turns is who writes next, on SQLite, where one may at a time. A pool of one connection
// would draw lots among those who wait. Here they go in the order they came, but that
// sign-ups, for which visitors wait, have every second turn: so they wait for one
// transaction of somebody else at most, and hold nobody up for more than one of theirs.
type turns struct {
	mu     sync.Mutex
	taken  bool
	urgent bool // the turn at hand is, or the last one was, of a sign-up
	first  []chan struct{}
	others []chan struct{}
}

// take waits for a turn. Where ctx ends first there is none.
func (t *turns) take(ctx context.Context, urgent bool) error {
	t.mu.Lock()
	if !t.taken {
		t.taken, t.urgent = true, urgent
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	queue := t.queue(urgent)
	*queue = append(*queue, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(*queue, mine); i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
		return ctx.Err()
	}
	return nil // it was given at this moment
}

// give ends a turn.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	urgent := len(t.first) > 0 && (!t.urgent || len(t.others) == 0)
	queue := t.queue(urgent)
	if len(*queue) == 0 {
		t.taken = false
		return
	}
	t.urgent = urgent
	close((*queue)[0])
	*queue = (*queue)[1:]
}

func (t *turns) queue(urgent bool) *[]chan struct{} {
	if urgent {
		return &t.first
	}
	return &t.others
}
