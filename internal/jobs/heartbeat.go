package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// heartbeat asks each minute which slots are due, and each second which mailings
// and letters wait, until ctx ends. Cron's own times only say when to look: a
// stepped clock makes it look late, and the rows still say what is due.
func (j *Jobs) heartbeat(ctx context.Context) error {
	log := cronLog{j.log}
	beat := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log))) // the last is the innermost
	for line, look := range map[string]func(context.Context) error{
		"* * * * *": j.lookAtSlots,
		"@every 1s": j.lookAtOrders,
	} {
		_, err := beat.AddFunc(line, func() {
			if err := look(ctx); err != nil && ctx.Err() == nil {
				j.log.Error("heartbeat", "error", err)
			}
		})
		if err != nil {
			return fmt.Errorf("heartbeat %q: %w", line, err)
		}
	}
	if err := j.lookAtSlots(ctx); err != nil {
		j.log.Error("heartbeat", "error", err)
	}
	beat.Start()
	<-ctx.Done()
	<-beat.Stop().Done()
	return nil
}

func (j *Jobs) lookAtSlots(ctx context.Context) error {
	j.beat.Store(j.newsroom.Clock().Unix())
	return j.queue.insert(ctx, SlotsArgs{})
}

func (j *Jobs) lookAtOrders(ctx context.Context) error {
	mailings, err := j.newsroom.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, m := range mailings {
		if j.idle(m.ID) {
			if err := j.queue.insert(ctx, MailingArgs{ID: m.ID}); err != nil {
				return err
			}
		}
	}
	due, err := j.newsroom.LettersDue(ctx)
	if err != nil || !due {
		return err
	}
	return j.queue.insert(ctx, LettersArgs{})
}

// cronLog hands cron's log lines to slog.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(string, ...any) {} // one line a second that says nothing

func (l cronLog) Error(err error, msg string, pairs ...any) {
	l.log.Error("cron: "+msg, append(pairs, "error", err)...)
}
