package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// Jobs runs a newsroom's schedule and its jobs. One process of a newsroom on
// SQLite may do so (newsroom.Lock); on PostgreSQL any number.
type Jobs struct {
	newsroom *newsroom.Newsroom
	log      *slog.Logger
	queue    queue
	beat     atomic.Int64 // unix seconds of the last look at the schedule

	mu      sync.Mutex
	running map[int64]bool      // mailings in work in this process
	rest    map[int64]time.Time // mailings not to be looked at before
	resting time.Duration       // how long
}

// queue is River's client, whichever database it is on.
type queue interface {
	insert(ctx context.Context, args river.JobArgs) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	close() error
}

// restAfter is how long a mailing rests that had nothing due, or no relay to use.
const restAfter = 15 * time.Second

// Open prepares River's tables. Nothing runs before Run.
func Open(ctx context.Context, n *newsroom.Newsroom) (*Jobs, error) {
	j := &Jobs{newsroom: n, log: n.Log, running: map[int64]bool{}, rest: map[int64]time.Time{}, resting: restAfter}
	var err error
	j.queue, err = j.openQueue(ctx)
	return j, err
}

// Run works until ctx ends, then drains: messages in flight are finished, and
// nothing is in doubt afterwards.
func (j *Jobs) Run(ctx context.Context) error {
	// River's context outlives ctx, so that it can record what its jobs came to;
	// the jobs' own work ends with ctx, through the contexts they are given.
	working, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	if err := j.queue.start(working); err != nil {
		return err
	}
	err := j.heartbeat(ctx)
	stopping, cut := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cut()
	return errors.Join(err, j.queue.stop(stopping))
}

// drainTime is longer than a sender takes to finish what is in flight.
const drainTime = 2 * time.Minute

// Close gives River's database back.
func (j *Jobs) Close() error { return j.queue.close() }

// LastBeat is when the heartbeat last looked at the schedule; zero before it did.
func (j *Jobs) LastBeat() time.Time {
	if s := j.beat.Load(); s != 0 {
		return time.Unix(s, 0)
	}
	return time.Time{}
}

// begin takes a mailing for this process, unless it is in work or rests.
func (j *Jobs) begin(mailing int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.running[mailing] || time.Now().Before(j.rest[mailing]) {
		return false
	}
	j.running[mailing] = true
	return true
}

// end gives a mailing back. It rests for a while, unless it was stopped by an order:
// then it goes on as soon as it is resumed.
func (j *Jobs) end(mailing int64, rest bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.running, mailing)
	delete(j.rest, mailing)
	if rest {
		j.rest[mailing] = time.Now().Add(j.resting) // the newsroom's clock may be set back
	}
}

// idle tells whether a job for the mailing would have anything to do.
func (j *Jobs) idle(mailing int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.running[mailing] && !time.Now().Before(j.rest[mailing])
}

func (j *Jobs) workers() *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, &mailingWorker{jobs: j})
	river.AddWorker(w, &alone[SlotsArgs]{do: j.moveOn})
	river.AddWorker(w, &alone[LettersArgs]{do: j.newsroom.SendLetters})
	river.AddWorker(w, &alone[MirrorsArgs]{do: j.newsroom.CheckMirrors})
	river.AddWorker(w, &sourcesWorker{jobs: j})
	return w
}
