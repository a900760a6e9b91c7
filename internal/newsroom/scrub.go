package newsroom

import (
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	scrubLeast   = 16      // half of a key
	scrubLargest = 4 << 10 // bytes: no text or structure with a key is larger
	scrubMost    = 32 << 20
)

// scrub overwrites what was let go of in memory: key material of which the standard
// library made copies that nobody can clear. Two collections empty its pools, what is
// free as a whole goes back to the system, and the free places among what lives are taken
// once, each size in its turn, which clears them; so are the stacks of ended goroutines.
func scrub() {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	holes := int(min(m.HeapInuse-m.HeapAlloc, scrubMost))
	for _, c := range m.BySize {
		size := int(c.Size)
		if size < scrubLeast || size > scrubLargest {
			continue
		}
		count := holes/size + 1
		takeBytes(count, size)
		takePointers(count, size)
	}
	takeStacks()
	debug.FreeOSMemory()
}

// takeBytes and takePointers hold so many places of a size at once: what holds pointers
// and what does not stands apart.
func takeBytes(count, size int) {
	held := make([]*byte, count)
	for i := range held {
		held[i] = &make([]byte, size)[0]
	}
	runtime.KeepAlive(held)
}

func takePointers(count, size int) {
	held := make([]**byte, count)
	for i := range held {
		held[i] = &make([]*byte, size/8)[0]
	}
	runtime.KeepAlive(held)
}

const stacksAtOnce = 512

// takeStacks runs so many goroutines at once, at each size that a stack can have, that they
// get those that ended ones have left, and writes over them.
func takeStacks() {
	for _, use := range []func(){overwrite2K, overwrite4K, overwrite8K, overwrite16K} {
		var ran, held sync.WaitGroup
		held.Add(1)
		for range stacksAtOnce {
			ran.Add(1)
			go func() {
				use()
				ran.Done()
				held.Wait()
			}()
		}
		ran.Wait()
		held.Done()
	}
}

// Each takes most of a stack of its size: a goroutine begins with 2 kB.

//go:noinline
func overwrite2K() { var room [1 << 10]byte; runtime.KeepAlive(&room) }

//go:noinline
func overwrite4K() { var room [3 << 10]byte; runtime.KeepAlive(&room) }

//go:noinline
func overwrite8K() { var room [6 << 10]byte; runtime.KeepAlive(&room) }

//go:noinline
func overwrite16K() { var room [13 << 10]byte; runtime.KeepAlive(&room) }
