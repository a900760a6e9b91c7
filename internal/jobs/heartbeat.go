package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// heartbeat asks each second which mailings and letters wait, and each minute of the
// newsroom's clock which slots are due, until ctx ends. Cron only says when to look;
// the rows say what is due. A clock that is stepped is noticed within a second.
func (j *Jobs) heartbeat(ctx context.Context) error {
	log := cronLog{j.log}
	beat := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log))) // the last is the innermost
	for _, look := range []func(context.Context) error{j.lookAtSlots, j.lookAtOrders, j.newsroom.SendFromMemory, j.newsroom.TakeInbox, j.newsroom.FollowKeys, j.newsroom.Prune} {
		_, err := beat.AddFunc("@every 1s", func() {
			if err := look(ctx); err != nil && ctx.Err() == nil {
				j.log.Error("heartbeat", "error", err)
			}
		})
		if err != nil {
			return fmt.Errorf("heartbeat: %w", err)
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
	now := j.newsroom.Clock()
	if j.newsroom.Config.Key.Web { // another node keeps the schedule
		j.beat.Store(now.Unix())
		return nil
	}
	if last := j.LastBeat(); !last.IsZero() && last.Truncate(time.Minute).Equal(now.Truncate(time.Minute)) {
		return nil
	}
	if err := j.queue.insert(ctx, SlotsArgs{}); err != nil {
		return err
	}
	if j.newsroom.HasMirrors() {
		if err := j.queue.insert(ctx, MirrorsArgs{}); err != nil {
			return err
		}
	}
	if j.newsroom.HasSources() {
		if err := j.queue.insert(ctx, SourcesArgs{}); err != nil {
			return err
		}
	}
	j.beat.Store(now.Unix())
	return nil
}

func (j *Jobs) lookAtOrders(ctx context.Context) error {
	mailings, err := j.newsroom.Unfinished(ctx)
	if err != nil {
		return err
	}
	locked := j.newsroom.Keys.Locked()
	for _, m := range mailings {
		if !locked && m.State != mailer.Paused && j.idle(m.ID) {
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
