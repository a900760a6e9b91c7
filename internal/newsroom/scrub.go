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

	keyStack = 32 << 10 // half of a stack that handles a key

	pageSize   = 8 << 10 // of Go's heap
	pagesPutBy = 128     // twice what a processor puts by
)

// scrub overwrites what was let go of in memory: key material of which the standard
// library made copies that nobody can clear. Two collections empty its pools, what is
// free as a whole goes back to the system, and the free places among what lives are taken
// once, each size in its turn, which clears them; so are the stacks of ended goroutines.
//
// Each processor of the scheduler keeps free places of its own, which another's
// allocations never reach: so all but one give theirs back, for as long as this takes.
func scrub() {
	scrubbing.Lock()
	defer scrubbing.Unlock()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	takeHoles()
	takeStacks()
	debug.FreeOSMemory()
}

var scrubbing sync.Mutex

// leavingNothing does what handles a key so that memory tells nothing of it afterwards.
func leavingNothing(do func() error) error {
	err := onItsOwnStack(do)
	scrub()
	return err
}

// onItsOwnStack does what handles a key in a goroutine of its own, and overwrites its
// stack. In one that lives on, what it called with would stay; in one that grows, what
// it grew out of: so it is large from the start, and its depth keeps it from shrinking.
func onItsOwnStack(do func() error) error {
	ended := make(chan error)
	go func() {
		ended <- uninterrupted(func() error { return deep(do) })
	}()
	return <-ended
}

//go:noinline
func deep(do func() error) error {
	var room [keyStack]byte
	err := do()
	overwriteKeyStack()
	runtime.KeepAlive(&room)
	return err
}

//go:noinline
func overwriteKeyStack() { var room [keyStack - 4<<10]byte; runtime.KeepAlive(&room); overwriteRest() }

// takeHoles takes the free places among what lives, and the pages that a processor has
// put by for its next spans.
func takeHoles() {
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
	takeBytes(pagesPutBy, pageSize)
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

// Each takes a stack of its size and no larger: 928 bytes stay for functions that do not
// ask whether there is room, which overwriteRest is one of, and some for the callers.

//go:noinline
func overwrite2K() { var room [768]byte; runtime.KeepAlive(&room); overwriteRest() }

//go:noinline
func overwrite4K() { var room [2<<10 + 768]byte; runtime.KeepAlive(&room); overwriteRest() }

//go:noinline
func overwrite8K() { var room [6<<10 + 768]byte; runtime.KeepAlive(&room); overwriteRest() }

//go:noinline
func overwrite16K() { var room [14<<10 + 768]byte; runtime.KeepAlive(&room); overwriteRest() }

//go:noinline
//go:nosplit
func overwriteRest() { var room [512]byte; runtime.KeepAlive(&room) }
