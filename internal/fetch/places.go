package fetch

import (
	"context"
	"sync/atomic"
	"time"
)

// places are the requests that a host may have under way.
type places struct {
	free  chan struct{}
	users int // holding or waiting; at 0 the entry goes
}

// enter waits for a place at a host, and gives what leaves it again.
func (c *Client) enter(ctx context.Context, host string) (leave func(), err error) {
	c.mu.Lock()
	p := c.hosts[host]
	if p == nil {
		p = &places{free: make(chan struct{}, perHost)}
		c.hosts[host] = p
	}
	p.users++
	c.mu.Unlock()

	forget := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(c.hosts, host)
		}
	}
	select {
	case p.free <- struct{}{}:
		return func() { <-p.free; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}

type waitKey struct{}

// Waiting gives a context whose requests add up how long they waited for places, which
// says nothing of who answers; waited tells it.
func Waiting(ctx context.Context) (_ context.Context, waited func() time.Duration) {
	var sum atomic.Int64
	return context.WithValue(ctx, waitKey{}, &sum), func() time.Duration { return time.Duration(sum.Load()) }
}

func noteWait(ctx context.Context, wait time.Duration) {
	if sum, ok := ctx.Value(waitKey{}).(*atomic.Int64); ok {
		sum.Add(int64(wait))
	}
}
