package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // River's own file
)

// schema is where River's tables live on PostgreSQL, apart from the store's.
const schema = "river"

// workersAtOnce is how many jobs run together: the mailings of several
// newsletters, and the small jobs beside them.
const workersAtOnce = 16

// River's defaults wait a second for work and rescue after an hour; a mailing may
// run for hours, and rows say what is to be done, so a rescue only costs a look.
func (j *Jobs) config() *river.Config {
	return &river.Config{
		FetchCooldown:               20 * time.Millisecond,
		FetchPollInterval:           250 * time.Millisecond,
		JobTimeout:                  10 * time.Minute,
		RescueStuckJobsAfter:        24 * time.Hour,
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
		MaxAttempts:                 1, // the heartbeat makes it again
		Logger:                      quiet(j.log),
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workersAtOnce}},
		Workers:                     j.workers(),
	}
}

// quiet lets River's warnings and errors through; its rounds say nothing to an
// operator.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(atLeast{log.Handler(), slog.LevelWarn})
}

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (j *Jobs) openQueue(ctx context.Context) (queue, error) {
	if j.newsroom.Store.Engine() == "sqlite" {
		return j.openSQLite(ctx)
	}
	return j.openPostgres(ctx)
}

func (j *Jobs) openSQLite(ctx context.Context) (queue, error) {
	path := j.newsroom.Config.Database + ".jobs"
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer
	q, err := open(ctx, riversqlite.New(db), j.config(), db.Close)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the jobs' file %s (it may be deleted while serve is stopped; it is made again): %w", path, err), db.Close())
	}
	return q, nil
}

func (j *Jobs) openPostgres(ctx context.Context) (queue, error) {
	pool, err := pgxpool.New(ctx, j.newsroom.Config.Database)
	if err != nil {
		return nil, fmt.Errorf("open the jobs' schema: %w", err)
	}
	conf := j.config()
	conf.Schema = schema
	var q queue
	err = j.newsroom.Store.Alone(ctx, "jobs' tables", func() error { // two serves may start at once
		if err := j.newsroom.Store.MakeSchema(ctx, schema); err != nil {
			return err
		}
		q, err = open(ctx, riverpgxv5.New(pool), conf, func() error { pool.Close(); return nil })
		return err
	})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return q, nil
}

func open[Tx any](ctx context.Context, driver riverdriver.Driver[Tx], conf *river.Config, done func() error) (queue, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: conf.Schema, Logger: conf.Logger})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("prepare the jobs' tables: %w", err)
	}
	client, err := river.NewClient(driver, conf)
	if err != nil {
		return nil, err
	}
	return &riverQueue[Tx]{client: client, done: done}, nil
}

type riverQueue[Tx any] struct {
	client *river.Client[Tx]
	done   func() error
}

func (q *riverQueue[Tx]) insert(ctx context.Context, args river.JobArgs) error {
	_, err := q.client.Insert(ctx, args, nil)
	return err
}

func (q *riverQueue[Tx]) start(ctx context.Context) error { return q.client.Start(ctx) }
func (q *riverQueue[Tx]) stop(ctx context.Context) error  { return q.client.StopAndCancel(ctx) }
func (q *riverQueue[Tx]) close() error                    { return q.done() }
