package digest

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// sideBySide does something for each of n, as many at once as there are processors. What
// is done for one depends on no other, so that the order changes nothing.
func sideBySide(n int, do func(i int)) {
	const some = 32
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n/some+1) {
		running.Go(func() {
			for {
				to := int(next.Add(some))
				if to-some >= n {
					return
				}
				for i := to - some; i < min(to, n); i++ {
					do(i)
				}
			}
		})
	}
	running.Wait()
}
