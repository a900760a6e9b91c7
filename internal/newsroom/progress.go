package newsroom

import (
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// Progress is how far a mailing is while it is sent, as its senders tell it. The
// accounting in it is kept from what they do, and may be behind by a second; the
// truth is counted from the rows when the send has ended.
type Progress struct {
	Accounting
	At       time.Time           `json:"at"`
	State    mailer.MailingState `json:"state"`
	Expected int64               `json:"expected,omitempty"` // about how many the audience will be, while it is laid
	Senders  int                 `json:"senders"`            // processes that send it now
	Flying   int64               `json:"under_way"`          // claimed, and without a result yet
	Rate     float64             `json:"rate"`               // settled a second, over the last ten
	Left     float64             `json:"seconds_left,omitempty"`
	Relays   []RelayProgress     `json:"relays"`
	Wave     *WaveProgress       `json:"wave,omitempty"` // the one at hand, where the mailing goes out in waves
	Note     string              `json:"note,omitempty"` // what keeps a sender waiting
}

// WaveProgress is the wave at hand.
type WaveProgress struct {
	Number int    `json:"number"` // 1 for the first
	Of     int    `json:"of"`
	Name   string `json:"name"` // as the configuration has it: staff, 1%, rest
}

// Settled is how many of the audience need nothing more.
func (p Progress) Settled() int64 { return p.Accepted + p.Rejected + p.InDoubt + p.Skipped }

// RelayState is how a relay stands in a mailing.
type RelayState string

// The states of a relay.
const (
	RelayUp      RelayState = "up"
	RelayRefuses RelayState = "refuses" // it refuses us: an account suspended, a login wrong
	RelayDown    RelayState = "down"    // it cannot be used: unreachable, broken
	RelayStandby RelayState = "standby" // it rests while others take mail
)

// RelayProgress is what one relay did in a mailing, over all its senders.
type RelayProgress struct {
	Name        string     `json:"name"`
	State       RelayState `json:"state"`
	Since       time.Time  `json:"since,omitzero"`  // refuses, down: from when
	Words       string     `json:"words,omitempty"` // refuses, down: what it said, with no address
	Connections int64      `json:"connections"`
	Rate        float64    `json:"rate"` // messages a second that it answered about
	Accepted    int64      `json:"accepted"`
	Deferred    int64      `json:"deferred"` // tries, not readers
	Rejected    int64      `json:"rejected"`
	Refused     int64      `json:"refused"`
}

// tally is what became of deliveries. A delivery that is tried again leaves Deferred,
// so that what one sender did there can be below zero.
type tally struct {
	Accepted int64 `json:"accepted,omitempty"`
	Deferred int64 `json:"deferred,omitempty"`
	Rejected int64 `json:"rejected,omitempty"`
	InDoubt  int64 `json:"in_doubt,omitempty"`
	Skipped  int64 `json:"skipped,omitempty"`
}

func (t *tally) add(o tally) {
	t.Accepted += o.Accepted
	t.Deferred += o.Deferred
	t.Rejected += o.Rejected
	t.InDoubt += o.InDoubt
	t.Skipped += o.Skipped
}

// settled leaves out what was skipped: that takes no time.
func (t tally) settled() int64 { return t.Accepted + t.Rejected + t.InDoubt }

func tallyOf(c store.Counts) tally {
	return tally{Accepted: c.Accepted, Deferred: c.Deferred, Rejected: c.Rejected, InDoubt: c.InDoubt, Skipped: c.Skipped}
}

// word is what a sender says of its run, once a second.
type word struct {
	Began time.Time `json:"began"`
	// Base is what was counted before it began. A sender that joins others counts
	// nothing: it goes on from theirs.
	Base   *tally          `json:"base,omitempty"`
	Done   tally           `json:"done"` // by this sender
	Flying int64           `json:"flying,omitempty"`
	Rate   float64         `json:"rate,omitempty"`
	Relays []RelayProgress `json:"relays,omitempty"`
	Note   string          `json:"note,omitempty"`
	Ended  bool            `json:"ended,omitempty"`

	live bool // it is known to be at work
}

// sumUp makes one picture of what the senders of a mailing say. What those did that
// have ended counts; how fast they were does not.
func sumUp(a Accounting, m store.Mailing, words []word, now time.Time) Progress {
	p := Progress{Accounting: a, At: now, State: m.State, Relays: []RelayProgress{}}
	var sum tally
	first := -1
	for i, w := range words {
		sum.add(w.Done)
		if w.Base != nil && (first < 0 || w.Began.Before(words[first].Began)) {
			first = i
		}
		p.Relays = addRelays(p.Relays, w)
		if w.live {
			p.Senders++
			p.Rate += w.Rate
			p.Flying += w.Flying
			p.Note = w.Note
		}
	}
	if first >= 0 {
		sum.add(*words[first].Base)
	}
	p.tell(sum, m)
	return p
}

// tell takes the numbers in. Nothing goes below zero, and they add up.
func (p *Progress) tell(sum tally, m store.Mailing) {
	p.Mailing, p.Reason = m.State, m.Reason
	p.Accepted, p.Rejected, p.InDoubt, p.Skipped = sum.Accepted, sum.Rejected, sum.InDoubt, sum.Skipped
	p.Audience = max(m.Total, p.Settled())
	p.Deferred = min(max(0, sum.Deferred), p.Audience-p.Settled())
	p.Queued = p.Audience - p.Settled() - p.Deferred
	p.expect(m)
}

// expect looks ahead: how many there will be, and how long they take.
func (p *Progress) expect(m store.Mailing) {
	left := p.Queued
	if m.Wave > 0 && m.Expected > p.Audience && !m.Finished() { // planned; laid_through is of the wave at hand
		p.Expected = m.Expected
		return
	}
	if m.State == mailer.Laying && m.Wave == 0 && m.LaidThrough > 0 && m.LaidThrough < m.Watermark {
		p.Expected = max(p.Audience, int64(float64(m.Total)*float64(m.Watermark)/float64(m.LaidThrough)))
		left += p.Expected - p.Audience
	}
	if p.Rate > 0 {
		p.Left = float64(left) / p.Rate
	}
}

// addRelays adds what a sender says of each relay. Of those at work a relay that works
// for one works.
func addRelays(all []RelayProgress, w word) []RelayProgress {
	for _, r := range w.Relays {
		if !w.live {
			r.Connections, r.Rate, r.State, r.Since, r.Words = 0, 0, "", time.Time{}, ""
		}
		i := slices.IndexFunc(all, func(o RelayProgress) bool { return o.Name == r.Name })
		if i < 0 {
			all = append(all, r)
			continue
		}
		o := &all[i]
		o.Connections += r.Connections
		o.Rate += r.Rate
		o.Accepted += r.Accepted
		o.Deferred += r.Deferred
		o.Rejected += r.Rejected
		o.Refused += r.Refused
		if o.State == "" || r.State == RelayUp {
			o.State, o.Since, o.Words = r.State, r.Since, r.Words
		}
	}
	return all
}
