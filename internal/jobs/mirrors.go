package jobs

import (
	"context"

	"github.com/riverqueue/river"
)

// MirrorsArgs is the job that looks which mirrors work.
type MirrorsArgs struct{}

// Kind is the job's name in River.
func (MirrorsArgs) Kind() string { return "mirrors" }

type mirrorsWorker struct {
	river.WorkerDefaults[MirrorsArgs]
	jobs *Jobs
}

// Work looks at every mirror.
func (w *mirrorsWorker) Work(ctx context.Context, _ *river.Job[MirrorsArgs]) error {
	if !w.jobs.mirrors.TryLock() { // they are slow: the next look is in a minute
		return nil
	}
	defer w.jobs.mirrors.Unlock()
	return w.jobs.newsroom.CheckMirrors(ctx)
}
