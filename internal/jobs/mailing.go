package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// MailingArgs is the job that runs one mailing.
type MailingArgs struct {
	ID int64 `json:"id"` // of the mailing
}

// Kind is the job's name in River.
func (MailingArgs) Kind() string { return "mailing" }

type mailingWorker struct {
	river.WorkerDefaults[MailingArgs]
	jobs *Jobs
}

// Timeout: a mailing takes as long as it takes.
func (w *mailingWorker) Timeout(*river.Job[MailingArgs]) time.Duration { return -1 }

// stay is how long a job waits for deliveries that are due later, before it ends
// and the heartbeat makes another.
const stay = 10 * time.Minute

// Work runs the mailing until nothing is due.
func (w *mailingWorker) Work(ctx context.Context, job *river.Job[MailingArgs]) error {
	j := w.jobs
	if !j.begin(job.Args.ID) {
		return nil
	}
	rest := false
	defer func() { j.end(job.Args.ID, rest) }()
	m, err := j.newsroom.Store.Mailing(ctx, job.Args.ID)
	if err != nil || m.Finished() || m.State == mailer.Paused {
		return err
	}
	j.log.Info("mailing", "mailing", m.ID, "newsletter", m.Newsletter, "revision", m.Revision)
	ordered := false // to stop; whoever ordered it may have let it go on by now
	err = j.newsroom.RunMailing(ctx, m, newsroom.SendOptions{Wait: stay, Alone: true, Ordered: func() { ordered = true }})
	if err != nil {
		j.log.Error("mailing stopped; it is tried again", "mailing", m.ID, "error", err)
	}
	after, lookErr := j.newsroom.Store.Mailing(context.WithoutCancel(ctx), m.ID)
	rest = lookErr != nil || !ordered && !after.Finished()
	return err
}
