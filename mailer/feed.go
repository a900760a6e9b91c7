package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// hire starts a worker a connection.
func (r *run) hire() {
	if r.dispatch.reviewed {
		r.workers.Go(r.dispatch.review)
	}
	for _, o := range r.dispatch.outlets {
		for range o.Connections {
			r.workers.Go(newWorker(r, o).work)
		}
	}
}

// feed takes slices from the source and loads them, until nothing is due or the run is
// stopped.
func (r *run) feed() error {
	for r.soft.Err() == nil {
		// Asked before Next: a slice that ends meanwhile may leave something that this
		// Next has not seen.
		inWork := r.open.Load() > 0
		if at := r.dispatch.shut(r.Clock()); !at.IsZero() {
			if done, err := r.await(&ErrNothingDue{Next: at}, inWork); done {
				return err
			}
			if err := r.stopped(); err != nil {
				return err
			}
			continue
		}
		if !r.dispatch.wantsMore() {
			if err := r.idle(); err != nil {
				return err
			}
			continue
		}
		lease, deliveries, err := r.Source.Next(r.soft)
		var nothing *ErrNothingDue
		switch {
		case r.soft.Err() != nil:
			if err == nil {
				r.release(lease)
			}
		case errors.As(err, &nothing):
			if done, err := r.await(nothing, inWork); done {
				return err
			}
		case errors.Is(err, ErrStopped):
			return ErrStopped
		case err != nil:
			return fmt.Errorf("next slice: %w", err)
		default:
			r.begin(lease, deliveries)
		}
	}
	return context.Cause(r.soft)
}

// askAgain is how often a source that has nothing due is asked.
const askAgain = time.Second

// idle waits until more may be loaded. The source alone knows of a pause.
func (r *run) idle() error {
	timer := time.NewTimer(askAgain)
	defer timer.Stop()
	select {
	case <-r.dispatch.hungry:
	case <-r.soft.Done():
	case <-timer.C:
		return r.stopped()
	}
	return nil
}

// stopped asks a source that can tell whether the mailing is paused or cancelled.
func (r *run) stopped() error {
	s, can := r.Source.(interface{ Stopped(context.Context) error })
	if !can || r.soft.Err() != nil {
		return nil
	}
	err := s.Stopped(r.soft)
	if err == nil || errors.Is(err, ErrStopped) || r.soft.Err() != nil {
		return err
	}
	return fmt.Errorf("state of the mailing: %w", err)
}

// await does what there is to do when nothing is due: wait for slices in work, which
// may leave something; wait for what is due soon; or be done.
func (r *run) await(nothing *ErrNothingDue, inWork bool) (done bool, err error) {
	wait := nothing.Next.Sub(r.Clock())
	switch {
	case nothing.Next.IsZero() && !inWork:
		return true, nil
	case nothing.Next.IsZero():
		wait = askAgain
	case wait > r.Wait && !inWork:
		return true, nothing
	}
	// The source is asked again soon, since only it knows of a pause. What ends the
	// context, feed sees.
	var released chan struct{}
	if inWork {
		released = r.released
	}
	_ = waitFor(r.soft, min(max(wait, 10*time.Millisecond), askAgain), released)
	return false, nil
}

// begin loads a slice. What becomes of it is awaited aside, so that one slow connection
// does not hold up the next slice.
func (r *run) begin(lease Lease, deliveries []Delivery) {
	b := &batch{lease: lease, over: make(chan struct{})}
	b.left.Store(int64(len(deliveries)))
	if len(deliveries) == 0 {
		close(b.over)
	}
	r.open.Add(1)
	r.batches.Go(func() { r.finish(b) })
	r.dispatch.load(b, deliveries)
}

// finish releases a slice when its last delivery is done with and durable.
func (r *run) finish(b *batch) {
	<-b.over
	if err := r.Ledger.Flush(r.last); err != nil {
		r.stop(fmt.Errorf("record results: %w", err))
	}
	r.release(b.lease)
	r.open.Add(-1)
	select {
	case r.released <- struct{}{}:
	default:
	}
}

func (r *run) release(lease Lease) {
	if err := r.Source.Release(r.last, lease); err != nil {
		r.stop(fmt.Errorf("release slice: %w", err))
	}
}
