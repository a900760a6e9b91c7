package demo

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/ops"
)

// lettersEvery is how often the outbox is looked at while the pages are open, so
// that the mail to confirm a sign-up comes at once.
const lettersEvery = 500 * time.Millisecond

// Serve shows the edition, the mailbox and the readers' pages on loopback, until
// the context ends. ready is told the address.
func (d *Demo) Serve(ctx context.Context, port int, ready func(url string)) error {
	l, err := ops.Loopback(port)
	if err != nil {
		return err
	}
	base := "http://" + l.Addr().String()
	server := &http.Server{Handler: d.Handler(base), ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error, 1)
	go func() {
		d.post(ctx)
		late, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer done()
		stopped <- server.Shutdown(late)
	}()
	ready(base + "/")
	err = server.Serve(l)
	stop()
	if closed := <-stopped; errors.Is(err, http.ErrServerClosed) {
		if errors.Is(closed, context.DeadlineExceeded) {
			return server.Close()
		}
		return closed
	}
	return err
}

// post sends letters until the context ends.
func (d *Demo) post(ctx context.Context) {
	tick := time.NewTicker(lettersEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := d.Newsroom.SendLetters(ctx); err != nil && ctx.Err() == nil {
				d.options.Log.Warn("letters", "error", err)
			}
		}
	}
}
