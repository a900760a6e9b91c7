package newsroom

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const (
	// followEvery is how often a watcher asks how far another process is.
	followEvery = 300 * time.Millisecond
	// stillAfter is how long a followed mailing may make no progress before the watcher
	// gives up watching; the mailing itself goes on.
	stillAfter = time.Minute
	// goneAfter is how long a followed mailing may stand still before the watcher asks
	// whether its sender is there at all.
	goneAfter = 3 * time.Second
	// staleAfter is how old the last word of a sender at work may be.
	staleAfter = 5 * time.Second
	// countShare is how much of its time a watcher may have the store count, as one part
	// of so many.
	countShare = 20
)

// follow watches a mailing that another process runs, until nothing of it is due
// within o.Wait, nothing moves any more, gone says that nobody sends (errServeGone),
// or ctx ends. It shows what the senders say; the store counts at the end, and now
// and then where they say nothing.
func (n *Newsroom) follow(ctx context.Context, row store.Edition, mailing int64, o SendOptions, gone func() bool) (Accounting, error) {
	f := &follower{n: n, row: row, mailing: mailing, o: o, gone: gone, began: n.Clock(), moved: n.Clock(), heard: map[string]heard{}}
	for range every(ctx, followEvery) {
		over, err := f.look(ctx)
		if over || err != nil && ctx.Err() == nil {
			return f.truth, err
		}
	}
	// Watching ends; the mailing goes on.
	return n.ofMailing(context.WithoutCancel(ctx), row, mailing)
}

// follower watches one mailing.
type follower struct {
	n       *Newsroom
	row     store.Edition
	mailing int64
	o       SendOptions
	gone    func() bool

	began, moved time.Time
	heard        map[string]heard // by sender
	shown        Progress
	wave         *WaveProgress // at hand
	truth        Accounting    // as it was counted last
	counted      time.Time     // when; zero: not yet
	again        time.Time     // when it may be counted again
}

// heard is when a sender's last word came, by the watcher's clock, and what its own
// clock said then: the two may differ.
type heard struct{ at, word time.Time }

// look looks once. Where the watching is over, the truth has just been counted.
func (f *follower) look(ctx context.Context) (over bool, err error) {
	m, err := f.n.Store.Mailing(ctx, f.mailing)
	if err != nil {
		return false, err
	}
	f.wave = f.n.waveAtHand(ctx, m, f.wave)
	if m.Finished() || m.State == mailer.Paused {
		err = f.count(ctx)
		f.show(f.still(m))
		return true, err
	}
	words, err := f.n.words(ctx, f.mailing)
	if err != nil {
		return false, err
	}
	now := f.n.Clock()
	p := sumUp(f.about(m), m, f.alive(words, now), now)
	waits := p.Senders == 0 && now.Sub(f.began) < goneAfter/2 && len(words) > 0
	fresh := false
	if quiet := p.Senders == 0 || p.Queued == 0 || now.Sub(f.moved) > goneAfter; quiet && !waits && !now.Before(f.again) {
		if err := f.count(ctx); err != nil {
			return false, err
		}
		fresh = true
	}
	if p.Senders == 0 && !f.counted.IsZero() {
		p = f.still(m)
	}
	if !waits {
		f.show(p)
	}
	tried := f.truth.Queued == f.truth.ToCome && (m.State == mailer.Sending || f.truth.ToCome > 0)
	if fresh && tried && f.truth.NextDue.After(now.Add(f.o.Wait)) {
		return true, nil
	}
	return f.stands(ctx, now)
}

// about is what an accounting says beside its numbers.
func (f *follower) about(m store.Mailing) Accounting {
	return Accounting{Edition: f.row.Name(), Revision: m.Revision, Seconds: f.n.spent(m)}
}

// still is the picture of what was counted, while nobody says more: a serve that is
// locked says nothing.
func (f *follower) still(m store.Mailing) Progress {
	p := Progress{Accounting: f.truth, At: f.n.Clock(), State: m.State, Relays: []RelayProgress{}}
	if !m.Finished() && f.n.serveLocked() {
		p.Note = waitsForKey
	}
	return p
}

// alive finds the senders at work: those that have said something new lately. At
// first, none is known to be.
func (f *follower) alive(words []spoken, now time.Time) []word {
	var all []word
	for _, w := range words {
		before, known := f.heard[w.sender]
		if !known || !before.word.Equal(w.at) {
			f.heard[w.sender] = heard{at: now, word: w.at}
		}
		if !known {
			f.heard[w.sender] = heard{word: w.at}
		}
		w.live = !w.Ended && now.Sub(f.heard[w.sender].at) < staleAfter
		all = append(all, w.word)
	}
	return all
}

// count counts the truth, and says when that may be done again.
func (f *follower) count(ctx context.Context) error {
	began := time.Now()
	a, err := f.n.ofMailing(ctx, f.row, f.mailing)
	if err != nil {
		return err
	}
	f.truth, f.counted = a, f.n.Clock()
	f.again = f.counted.Add(max(followEvery, countShare*time.Since(began)))
	return nil
}

// show passes a picture on, and notes whether anything moved.
func (f *follower) show(p Progress) {
	p.Wave = f.wave
	was, is := f.shown, p
	if was.Audience != is.Audience || was.Accepted != is.Accepted || was.Queued != is.Queued || was.Deferred != is.Deferred {
		f.moved = f.n.Clock()
	}
	f.shown = p
	if f.o.Watch != nil {
		f.o.Watch(p)
	}
}

// stands asks what it means that nothing moves.
func (f *follower) stands(ctx context.Context, now time.Time) (over bool, err error) {
	stood := now.Sub(f.moved)
	if stood > goneAfter && f.gone() {
		return true, f.orElse(ctx, errServeGone)
	}
	if stood > stillAfter+f.o.Wait {
		left := f.shown.Queued + f.shown.Deferred
		why := cmp.Or(f.shown.Note, fmt.Sprintf("%s wait; serve's log says why, and it goes on by itself", figures.Of(left)))
		return true, f.orElse(ctx, fmt.Errorf("%s does not move: %s", f.row.Name(), why))
	}
	return false, nil
}

// orElse counts the truth once more, to go with an error.
func (f *follower) orElse(ctx context.Context, why error) error {
	if err := f.count(ctx); err != nil {
		return err
	}
	return why
}

// Follow watches the mailing of an edition under way, for status --watch.
func (n *Newsroom) Follow(ctx context.Context, name string, o SendOptions) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return Accounting{}, err
	}
	if len(mailings) == 0 {
		return n.status(ctx, row)
	}
	return n.follow(ctx, row, mailings[len(mailings)-1].ID, o, n.senderGone)
}

// UnderWay tells whether a mailing of the edition is under way already.
func (n *Newsroom) UnderWay(ctx context.Context, name string) (bool, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return false, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	for _, m := range mailings {
		if !m.Finished() {
			return true, err
		}
	}
	return false, err
}
