package mailer

import (
	"fmt"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Thresholds are how much of a wave may go wrong before its mailing stops by itself. A
// share of 0 sets no limit.
type Thresholds struct {
	Rejected   Share // of those tried; what bounced counts with them
	Refused    Share // of the tries: the relay, not the reader
	Deferred   Share // of those tried
	Complained Share // of those handed over
}

// fewest is how many it takes to stop a mailing, unless it is all of them: one bad
// address among five colleagues says nothing of the edition.
const fewest = 5

// Tally is what became of a wave so far.
type Tally struct {
	Accepted   int64 // what bounced later is not among them
	Bounced    int64
	Rejected   int64
	Deferred   int64
	InDoubt    int64
	Refused    int64 // tries that the relay refused
	Complained int64 // readers who called it spam
}

// Tried is how many readers were tried.
func (t Tally) Tried() int64 { return t.Accepted + t.Bounced + t.Rejected + t.Deferred + t.InDoubt }

// Stop says in words why a wave shall be the last for now; empty: it may go on. While a
// wave is under way it is measured against `of` readers at least: mail goes out by
// domains, and the first that are tried may all be of the one that is in trouble.
func (l Thresholds) Stop(t Tally, of int64) string {
	handed, tried, tries := t.Accepted+t.Bounced, t.Tried(), t.Tried()+t.Refused
	rejected := t.Rejected + t.Bounced
	switch {
	case beyond(l.Rejected, rejected, max(tried, of)):
		return fmt.Sprintf("%s of %s were rejected, and the limit is %s", figures.Of(rejected), figures.Of(tried), l.Rejected)
	case beyond(l.Refused, t.Refused, max(tries, of)):
		return fmt.Sprintf("%s of %s tries were refused, and the limit is %s. The relay refuses us, not your readers. Nobody was removed", figures.Of(t.Refused), figures.Of(tries), l.Refused)
	case beyond(l.Complained, t.Complained, handed):
		return fmt.Sprintf("%s of %s called it spam, and the limit is %s", figures.Of(t.Complained), figures.Of(handed), l.Complained)
	case beyond(l.Deferred, t.Deferred, max(tried, of)):
		return fmt.Sprintf("%s of %s were put off by the relay, and the limit is %s", figures.Of(t.Deferred), figures.Of(tried), l.Deferred)
	}
	return ""
}

func beyond(limit Share, bad, all int64) bool {
	if limit == 0 || bad < 2 || bad < fewest && bad < all {
		return false
	}
	return bad*int64(Whole) > int64(limit)*all
}

// Count takes in a try, as the send loop makes them: the first of a reader, or one
// that follows a deferral.
func (t *Tally) Count(r Result) {
	if r.State == Queued {
		if r.Outcome.Class == OutcomeRefused {
			t.Refused++
		}
		return // handed back, or refused: the reader was not tried
	}
	if r.Attempts > 1 && t.Deferred > 0 {
		t.Deferred--
	}
	switch r.State {
	case Accepted:
		t.Accepted++
	case Rejected:
		t.Rejected++
	case Deferred:
		t.Deferred++
	case InDoubt:
		t.InDoubt++
	}
}
