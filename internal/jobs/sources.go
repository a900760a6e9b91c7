package jobs

import (
	"context"

	"github.com/riverqueue/river"
)

// SourcesArgs is the job that reads the sources whose next try has come.
type SourcesArgs struct{}

// Kind is the job's name in River.
func (SourcesArgs) Kind() string { return "sources" }

type sourcesWorker struct {
	river.WorkerDefaults[SourcesArgs]
	jobs *Jobs
}

// Work reads them. Each is claimed before it is asked, so that a look that takes long
// keeps the next one from nothing.
func (w *sourcesWorker) Work(ctx context.Context, _ *river.Job[SourcesArgs]) error {
	return w.jobs.newsroom.FetchDue(ctx)
}
