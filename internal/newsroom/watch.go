package newsroom

import (
	"context"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// watchEvery is how often a watcher of a run is called.
const watchEvery = 200 * time.Millisecond

// watcher keeps the accounting of a run from its events, so that a progress bar
// costs the store no counting.
type watcher struct {
	tell func(Accounting)
	stop chan struct{}
	over sync.WaitGroup

	mu sync.Mutex
	a  Accounting
}

// watch starts from what the store counts now. With nobody to tell it does nothing.
func (n *Newsroom) watch(ctx context.Context, m store.Mailing, tell func(Accounting)) *watcher {
	w := &watcher{tell: tell, stop: make(chan struct{})}
	if tell == nil {
		return w
	}
	if row, err := n.Store.Edition(ctx, m.Edition); err == nil {
		w.a, _ = n.ofMailing(ctx, row, m.ID)
	}
	w.over.Go(func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
				laid, err := n.Store.Mailing(ctx, m.ID)
				if err == nil {
					w.laid(laid.Total)
				}
				tell(w.now(n.Clock().Sub(m.StartedAt)))
			}
		}
	})
	return w
}

// laid takes in deliveries that were laid since.
func (w *watcher) laid(total int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.a.Queued += max(0, total-w.a.Audience)
	w.a.Audience = max(w.a.Audience, total)
}

func (w *watcher) now(spent time.Duration) Accounting {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.a.Seconds = spent.Seconds()
	return w.a
}

func (w *watcher) observe(e mailer.Event) {
	if w.tell == nil || e.Kind != mailer.EventResult {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Result.State == mailer.Queued {
		return
	}
	if e.Result.Attempts > 1 && w.a.Deferred > 0 {
		w.a.Deferred--
	} else {
		w.a.Queued--
	}
	switch e.Result.State {
	case mailer.Accepted:
		w.a.Accepted++
	case mailer.Deferred:
		w.a.Deferred++
	case mailer.Rejected:
		w.a.Rejected++
	case mailer.InDoubt:
		w.a.InDoubt++
	case mailer.Skipped:
		w.a.Skipped++
	}
}

func (w *watcher) close() {
	close(w.stop)
	w.over.Wait()
}
