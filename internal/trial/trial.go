// Package trial holds what tests of several packages need: a clock that can be set, a log
// that can be read while it is written, waiting for something to come true, golden files,
// pictures, a server that ends with its test, and what a function allocates.
//
// Only tests import this package.
package trial

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"
)

// Clock runs as fast as the true one, and can be set.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// ClockAt is a clock that has come to an instant.
func ClockAt(t time.Time) *Clock {
	c := new(Clock)
	c.Set(t)
	return c
}

// Now is the clock's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead).UTC()
}

// Set brings the clock to an instant.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = time.Until(t)
}

// Forward puts the clock forward.
func (c *Clock) Forward(d time.Duration) { c.Set(c.Now().Add(d)) }

// Log keeps what is written to it, by whichever goroutine.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write is an io.Writer's.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// patience is how long Await waits: longer than anything takes on a busy machine.
const patience = 20 * time.Second

// Await waits until a condition holds, asked again and again, or ends the test.
func Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("in vain: waited until %s", what)
		}
	}
}
