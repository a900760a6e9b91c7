package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const (
	watchEvery = 200 * time.Millisecond // how often a watcher of a run is called
	beatEvery  = time.Second            // how often a run tells the store how far it is
)

// watcher keeps how far a run is from its events, shows it to whoever started the
// run, and once a second writes it down for who watches from another process. The
// store counts once, at the start.
type watcher struct {
	*meter
	n      *Newsroom
	about  Accounting // edition and revision
	sender string
	tell   func(Progress)
	stop   chan struct{}
	over   sync.WaitGroup
	full   bool // the disk is: what is left of it is for results

	row    store.Mailing
	wave   *WaveProgress // at hand
	others []word
}

// watch begins to watch a run. Its meter is to see every event of it.
func (n *Newsroom) watch(ctx context.Context, m store.Mailing, routes []mailer.Route, holder string, tell func(Progress)) (*watcher, error) {
	now := n.Clock()
	w := &watcher{n: n, sender: fmt.Sprintf("%s:%d", holder, now.UnixMicro()), tell: tell, stop: make(chan struct{}), row: m}
	row, err := n.Store.Edition(ctx, m.Edition)
	if err != nil {
		return nil, err
	}
	w.about = Accounting{Edition: row.Name(), Revision: m.Revision}
	words, err := n.words(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	joins := joins(n.Store.Engine(), words, now)
	if !joins {
		w.said(n.Store.ForgetProgress(ctx, m.ID))
	}
	w.meter = newMeter(routes, nil, now)
	ctx = context.WithoutCancel(ctx) // a run that drains is watched still
	w.over.Go(func() {
		if joins || w.count(ctx) {
			w.run(ctx)
		}
	})
	return w, nil
}

// count counts what was done before this run, beside its first messages: a list of a
// million takes seconds. It begins before the first of them has its result. It tells
// whether it succeeded; else there is nothing to show.
func (w *watcher) count(ctx context.Context) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	counting := make(chan struct{})
	defer close(counting)
	w.over.Go(func() {
		select {
		case <-w.stop:
			cancel()
		case <-counting:
		}
	})
	var c store.Counts
	var err error
	if w.row.Total > 0 {
		c, err = w.n.Store.CountMailing(ctx, w.row.ID)
	}
	w.said(err)
	w.begin(tallyOf(c))
	return err == nil
}

// joins tells whether others are at work. On SQLite the lock has told: nobody is.
func joins(engine string, words []spoken, now time.Time) bool {
	return engine != "sqlite" && slices.ContainsFunc(words, func(w spoken) bool { return w.atWork(now) })
}

func (w *watcher) run(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for i := 0; ; i++ {
		if i%int(beatEvery/watchEvery) == 0 {
			w.beat(ctx, false)
		}
		if w.tell != nil {
			w.tell(w.now())
		}
		select {
		case <-w.stop:
			w.beat(ctx, true)
			return
		case <-tick.C:
		}
	}
}

// beat looks at the mailing's row, and says how far this sender is. What it says is a
// hint: a failure costs only that.
func (w *watcher) beat(ctx context.Context, last bool) {
	now := w.n.Clock()
	w.meter.beat(now)
	if row, err := w.n.Store.Mailing(ctx, w.row.ID); err == nil {
		w.row = row
	}
	w.wave = w.n.waveAtHand(ctx, w.row, w.wave)
	if w.n.Store.Engine() != "sqlite" {
		w.hear(ctx, now)
	}
	if w.full || w.row.Finished() && !last {
		return
	}
	if w.row.Finished() {
		w.said(w.n.Store.ForgetProgress(ctx, w.row.ID))
		return
	}
	word := w.word(now)
	word.Ended = last
	doc, err := json.Marshal(word)
	if err == nil {
		err = w.n.Store.PutProgress(ctx, store.Progress{Mailing: w.row.ID, Sender: w.sender, At: now, Doc: string(doc)})
	}
	w.said(err)
}

func (w *watcher) said(err error) {
	w.full = w.full || errors.Is(err, store.ErrDiskFull)
	if err != nil {
		w.n.Log.Debug("progress not kept", "mailing", w.row.ID, "error", err)
	}
}

// hear takes in what other senders of the mailing say.
func (w *watcher) hear(ctx context.Context, now time.Time) {
	words, err := w.n.words(ctx, w.row.ID)
	if err != nil {
		return
	}
	w.others = w.others[:0]
	for _, other := range words {
		if other.sender != w.sender {
			other.live = other.atWork(now)
			other.Note = "" // ours is the one that matters here
			w.others = append(w.others, other.word)
		}
	}
}

func (w *watcher) now() Progress {
	now := w.n.Clock()
	a := w.about
	a.Seconds = max(0, now.Sub(w.row.StartedAt).Seconds())
	own := w.word(now)
	own.Note = "" // told already: see SendOptions.Note
	p := sumUp(a, w.row, append([]word{own}, w.others...), now)
	p.Wave = w.wave
	return p
}

// notes passes a note on, to who started the run and to who watches from elsewhere.
func (w *watcher) notes(tell func(string)) func(string) {
	return func(note string) {
		w.say(note)
		if tell != nil {
			tell(note)
		}
	}
}

func (w *watcher) close() {
	close(w.stop)
	w.over.Wait()
}

// spoken is a word with who said it, when.
type spoken struct {
	word
	sender string
	at     time.Time
}

// atWork tells whether the sender seems to be, by a clock that agrees with its own.
func (s spoken) atWork(now time.Time) bool { return !s.Ended && now.Sub(s.at) < staleAfter }

// words are what the senders of a mailing said last.
func (n *Newsroom) words(ctx context.Context, mailing int64) ([]spoken, error) {
	rows, err := n.Store.ProgressOf(ctx, mailing)
	if err != nil {
		return nil, err
	}
	var all []spoken
	for _, row := range rows {
		s := spoken{sender: row.Sender, at: row.At}
		if json.Unmarshal([]byte(row.Doc), &s.word) == nil { // else another version's: it is a hint
			all = append(all, s)
		}
	}
	return all, nil
}
