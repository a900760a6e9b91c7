package newsroom

import (
	"context"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// Accounting says what became of every reader of an audience: audience is the sum
// of the numbers after it.
type Accounting struct {
	Edition  string  `json:"edition"`
	Revision int     `json:"revision"`
	Audience int64   `json:"audience"`
	Queued   int64   `json:"queued"`
	Accepted int64   `json:"accepted"`
	Deferred int64   `json:"deferred"`
	Rejected int64   `json:"rejected"`
	InDoubt  int64   `json:"in_doubt"`
	Skipped  int64   `json:"skipped"`
	Seconds  float64 `json:"seconds"`

	// Of an edition that was mailed more than once: each mailing by itself, oldest
	// first. The numbers above then count each reader once, by the best that became
	// of them in any revision.
	Mailings []MailingAccount `json:"mailings,omitempty"`

	SentAgain int64 `json:"-"` // were in doubt when a sender had died, and were queued again

	State   digest.State        `json:"-"`
	Mailing mailer.MailingState `json:"-"` // of the last mailing; empty where there is none
	Reason  string              `json:"-"` // why that mailing is paused or cancelled
	NextDue time.Time           `json:"-"` // when the rest is due; zero for nothing
}

// MailingAccount is the accounting of one of an edition's mailings.
type MailingAccount struct {
	Accounting
	To    mailer.Audience     `json:"to"`
	State mailer.MailingState `json:"state"`
}

// Balanced tells whether everyone is accounted for.
func (a Accounting) Balanced() bool {
	return a.Audience == a.Queued+a.Accepted+a.Deferred+a.Rejected+a.InDoubt+a.Skipped
}

// Complete tells whether nobody is left queued, deferred, rejected or in doubt, in
// the newest mailing where there are several.
func (a Accounting) Complete() bool {
	if last := len(a.Mailings) - 1; last >= 0 && !a.Mailings[last].Complete() {
		return false
	}
	return a.Balanced() && a.Queued+a.Deferred+a.Rejected+a.InDoubt == 0
}

func (a *Accounting) count(c store.Counts, zone *time.Location) {
	a.Audience, a.Queued, a.Accepted, a.Deferred = c.Audience, c.Queued, c.Accepted, c.Deferred
	a.Rejected, a.InDoubt, a.Skipped, a.NextDue = c.Rejected, c.InDoubt, c.Skipped, c.NextDue.In(zone)
}

// Status is the accounting of an edition over all its mailings: each reader is
// counted once, by the best that became of them.
func (n *Newsroom) Status(ctx context.Context, name string) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	return n.status(ctx, row)
}

func (n *Newsroom) status(ctx context.Context, row store.Edition) (Accounting, error) {
	a := Accounting{Edition: row.Name(), Revision: row.Revision, State: row.State}
	counts, err := n.Store.CountEdition(ctx, row.ID)
	if err != nil {
		return a, err
	}
	a.count(counts, n.zoneOf(row.Newsletter))
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return a, err
	}
	for _, m := range mailings {
		one, err := n.ofMailing(ctx, row, m.ID)
		if err != nil {
			return a, err
		}
		a.Mailing, a.Reason = m.State, m.Reason
		a.Seconds += one.Seconds
		a.SentAgain += one.SentAgain
		if len(mailings) > 1 {
			a.Mailings = append(a.Mailings, MailingAccount{Accounting: one, To: m.Audience, State: m.State})
		}
	}
	return a, nil
}

// ofMailing is the accounting of one mailing.
func (n *Newsroom) ofMailing(ctx context.Context, row store.Edition, id int64) (Accounting, error) {
	m, err := n.Store.Mailing(ctx, id)
	if err != nil {
		return Accounting{}, err
	}
	counts, err := n.Store.CountMailing(ctx, id)
	a := Accounting{Edition: row.Name(), Revision: m.Revision, State: n.refreshed(ctx, row).State, Mailing: m.State, Reason: m.Reason, Seconds: n.spent(m)}
	a.count(counts, n.zoneOf(row.Newsletter))
	if err == nil {
		a.SentAgain, err = n.Store.CountSentAgain(ctx, id)
	}
	return a, err
}

// spent is how long a mailing has run, in seconds.
func (n *Newsroom) spent(m store.Mailing) float64 {
	end := m.FinishedAt
	if end.IsZero() {
		end = n.Clock()
	}
	return max(0, end.Sub(m.StartedAt).Seconds()) // a clock may have been set back
}

// StatusAll is the accounting of the newest editions of every newsletter.
func (n *Newsroom) StatusAll(ctx context.Context, limit int) ([]Accounting, error) {
	rows, err := n.Store.Editions(ctx, "", limit)
	if err != nil {
		return nil, err
	}
	all := make([]Accounting, 0, len(rows))
	for _, row := range rows {
		a, err := n.status(ctx, row)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
