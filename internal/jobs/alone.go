package jobs

import (
	"context"
	"sync"

	"github.com/riverqueue/river"
)

// LettersArgs is the job that sends the letters that are due.
type LettersArgs struct{}

// Kind is the job's name in River.
func (LettersArgs) Kind() string { return "letters" }

// MirrorsArgs is the job that looks which mirrors work.
type MirrorsArgs struct{}

// Kind is the job's name in River.
func (MirrorsArgs) Kind() string { return "mirrors" }

// alone is the worker of a kind of job of which one works at a time in a process: it
// finds what has come since, too, or another look comes within a minute.
type alone[Args river.JobArgs] struct {
	river.WorkerDefaults[Args]
	atWork sync.Mutex
	do     func(context.Context) error
}

// Work does what is to be done, unless that is being done.
func (w *alone[Args]) Work(ctx context.Context, _ *river.Job[Args]) error {
	if !w.atWork.TryLock() {
		return nil
	}
	defer w.atWork.Unlock()
	return w.do(ctx)
}
