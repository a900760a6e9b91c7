package jobs

import (
	"context"

	"github.com/riverqueue/river"
)

// LettersArgs is the job that sends the letters that are due.
type LettersArgs struct{}

// Kind is the job's name in River.
func (LettersArgs) Kind() string { return "letters" }

type lettersWorker struct {
	river.WorkerDefaults[LettersArgs]
	jobs *Jobs
}

// Work sends what is due.
func (w *lettersWorker) Work(ctx context.Context, _ *river.Job[LettersArgs]) error {
	if !w.jobs.letters.TryLock() { // the job at work takes what has come since, too
		return nil
	}
	defer w.jobs.letters.Unlock()
	return w.jobs.newsroom.SendLetters(ctx)
}
