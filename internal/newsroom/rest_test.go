package newsroom

import (
	"context"
	"testing"
	"time"
)

// TestRest ends the rest after a laid slice as soon as the sender is out of slices, or
// the send ends: else this test takes an hour.
func TestRest(t *testing.T) {
	w := &work{hungry: make(chan struct{}, 1)}
	w.hungry <- struct{}{}
	w.rest(t.Context(), time.Hour)
	w.rest(t.Context(), 0)
	ended, end := context.WithCancel(t.Context())
	end()
	w.rest(ended, time.Hour)
}
