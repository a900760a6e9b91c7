package jobs

import (
	"context"
	"errors"

	"github.com/riverqueue/river"
)

// SlotsArgs is the job that opens the slots that are due and moves editions on.
type SlotsArgs struct{}

// Kind is the job's name in River.
func (SlotsArgs) Kind() string { return "slots" }

type slotsWorker struct {
	river.WorkerDefaults[SlotsArgs]
	jobs *Jobs
}

// Work opens what is due, and moves on every edition that can be.
func (w *slotsWorker) Work(ctx context.Context, _ *river.Job[SlotsArgs]) error {
	if !w.jobs.slots.TryLock() { // sources are slow: the next look is in a minute
		return nil
	}
	defer w.jobs.slots.Unlock()
	opened, err := w.jobs.newsroom.OpenDue(ctx)
	for _, e := range opened {
		w.jobs.log.Info("slot opened", "edition", e.Name(), "state", e.State)
	}
	return errors.Join(err, w.jobs.newsroom.Advance(ctx))
}
