package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// heapRoom is what a command that makes much garbage may take of memory, besides the program
// itself: it collects when that is full, and not each time that some share is added to
// the little that lives. Where more lives than fits in, it is a share again.
type heapRoom struct {
	size  int64
	mu    sync.Mutex
	taken bool // back
}

// shareOfLiving is what may be added to what lives, in percent, where that is much.
const shareOfLiving = 50

// giveRoom sets the garbage collector so, until the room is taken back. What is said by
// GOGC or GOMEMLIMIT stands.
func (a *App) giveRoom(size int64) (takeBack func()) {
	_, gogc := a.Lookup("GOGC")
	_, limit := a.Lookup("GOMEMLIMIT")
	if gogc || limit {
		return func() {}
	}
	r := &heapRoom{size: size}
	share, most := debug.SetGCPercent(10*shareOfLiving), debug.SetMemoryLimit(size)
	r.watch()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.taken = true
		debug.SetGCPercent(share)
		debug.SetMemoryLimit(most)
	}
}

// watch looks, after each collection, whether what lives leaves half of the room.
func (r *heapRoom) watch() {
	type each struct{ of *heapRoom }
	runtime.AddCleanup(&each{r}, func(r *heapRoom) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case r.taken:
		case living() > r.size/2:
			debug.SetGCPercent(shareOfLiving)
			debug.SetMemoryLimit(math.MaxInt64)
		default:
			r.watch()
		}
	}, r)
}

// living is what the last collection found in use, in bytes.
func living() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
