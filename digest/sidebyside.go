package digest

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// sideBySide does something for each of n, as many at once as there are processors. What
// is done for one depends on no other, so that the order changes nothing.
func sideBySide(n int, do func(i int)) {
	const some = 32
	var running errgroup.Group
	running.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += some {
		running.Go(func() error {
			for i := from; i < min(from+some, n); i++ {
				do(i)
			}
			return nil
		})
	}
	_ = running.Wait() // none fails
}
