package newsroom

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const (
	// guardEvery is how often a run looks whether it shall stop: a connection that has
	// much claimed would notice only with its next claim.
	guardEvery = 500 * time.Millisecond
	// complaintsEvery is how often complaints are counted, which come from outside.
	complaintsEvery = 20
)

// guard stops a run: where somebody has paused the mailing, and where too much of the
// wave at hand goes wrong.
type guard struct {
	n     *Newsroom
	m     store.Mailing
	halt  context.CancelCauseFunc
	stop  context.CancelFunc
	over  sync.WaitGroup
	wrong chan verdict // what the last results say; one is enough

	mu      sync.Mutex
	waves   []store.Wave // none: nothing stops it
	waveOf  map[int64]int
	tallies map[int]*mailer.Tally // of this run, by wave: what was before a resume is pardoned
	works   bool                  // a relay has taken a message
}

type verdict struct {
	wave int
	why  string
}

func (n *Newsroom) guard(ctx context.Context, m store.Mailing, halt context.CancelCauseFunc) *guard {
	g := &guard{n: n, m: m, halt: halt, wrong: make(chan verdict, 1), waveOf: map[int64]int{}, tallies: map[int]*mailer.Tally{}}
	ctx, g.stop = context.WithCancel(ctx)
	if m.Wave > 0 {
		var err error
		if g.waves, err = n.Store.Waves(ctx, m.ID); err != nil {
			halt(err)
		}
	}
	g.over.Go(func() {
		tick := time.NewTicker(guardEvery)
		defer tick.Stop()
		for i := 1; ; i++ {
			select {
			case <-ctx.Done():
				return
			case v := <-g.wrong:
				g.stopMailing(ctx, v)
			case <-tick.C:
				if err := g.look(ctx, i%complaintsEvery == 0); err != nil && ctx.Err() == nil {
					halt(err)
				}
			}
		}
	})
	return g
}

// close ends the watch. What kept the mailing before does so no longer, if a relay has
// taken any of it.
func (g *guard) close(ctx context.Context) error {
	g.stop()
	g.over.Wait()
	if !g.works || g.m.Trouble == "" {
		return nil
	}
	return g.n.Store.SetTrouble(ctx, g.m.ID, "")
}

// begun notes which wave a slice belongs to.
func (g *guard) begun(slice int64, wave int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waveOf[slice] = wave
}

// look asks the store what nobody here knows.
func (g *guard) look(ctx context.Context, complaints bool) error {
	m, err := g.n.Store.Mailing(ctx, g.m.ID)
	if err != nil {
		return err
	}
	if m.State != mailer.Laying && m.State != mailer.Sending {
		g.halt(mailer.ErrStopped)
		return nil
	}
	g.mu.Lock()
	works := g.works
	g.mu.Unlock()
	if works && m.Trouble != "" {
		err = g.n.Store.SetTrouble(ctx, m.ID, "")
	}
	if err != nil || !complaints || m.Wave == 0 || m.Wave > len(g.waves) {
		return err
	}
	w := g.waves[m.Wave-1]
	if n, err := g.n.Store.Complaints(ctx, m, m.Wave); err != nil || n == 0 || w.Limits.Complained == 0 {
		return err
	}
	tally, err := g.n.Store.Tally(ctx, m, m.Wave)
	if why := (mailer.Thresholds{Complained: w.Limits.Complained}).Stop(tally, 0); why != "" && !w.Pardoned {
		g.stopMailing(ctx, verdict{m.Wave, why})
	}
	return err
}

// observe counts a result for its wave.
func (g *guard) observe(e mailer.Event) {
	if e.Kind != mailer.EventResult {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.works = g.works || e.Result.State == mailer.Accepted
	wave := g.waveOf[e.Lease.Slice]
	if wave < 1 || wave > len(g.waves) {
		return
	}
	t := g.tallies[wave]
	if t == nil {
		t = &mailer.Tally{}
		g.tallies[wave] = t
	}
	t.Count(e.Result)
	if e.Result.State == mailer.Accepted || e.Result.State == mailer.Deferred && e.Result.Attempts > 1 {
		return
	}
	w := g.waves[wave-1]
	if why := w.Limits.Stop(*t, min(enough, w.Expected)); why != "" {
		select {
		case g.wrong <- verdict{wave, why}:
		default:
		}
	}
}

// enough is how many of a wave, or all of it, a wave under way is measured against.
const enough = 1000

func (g *guard) stopMailing(ctx context.Context, v verdict) {
	err := g.n.Store.StopMailing(ctx, g.m.ID, v.wave, v.why, g.n.Clock())
	var state *store.ErrState
	switch {
	case err == nil, errors.As(err, &state):
		g.n.Log.Warn("mailing stopped by itself", "mailing", g.m.ID, "wave", v.wave, "why", v.why)
		g.halt(mailer.ErrStopped)
	case ctx.Err() == nil:
		g.halt(err)
	}
}
