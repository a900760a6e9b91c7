package newsroom

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
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

	// Of an edition: how many of the stories that the rule proposed the editor kept.
	Kept     *digest.Kept `json:"kept,omitempty"`
	Approval Approval     `json:"approval,omitzero"`
	Language string       `json:"language,omitempty"` // its newsletter's
	Group    string       `json:"group,omitempty"`    // of newsletters that belong together; empty: it is alone

	// Of an edition that was mailed more than once: each mailing by itself, oldest
	// first. The numbers above then count each reader once, by the best that became
	// of them in any revision.
	Mailings []MailingAccount `json:"mailings,omitempty"`
	// Of the last mailing: which part of its audience it is for; empty: all of it. Left
	// are those on the list who have not got the edition, once such a mailing has ended.
	Where string `json:"where,omitempty"`
	Left  int64  `json:"left,omitempty"`
	// Of a mailing in waves, the last one where there are several: each by itself. Those
	// in waves to come are queued.
	Waves []WaveAccount `json:"waves,omitempty"`
	// When who got it was deleted (keep_deliveries): the numbers stay.
	Forgotten *time.Time `json:"forgotten,omitempty"`
	// Why no relay takes any of it now; empty: one does, or nobody has tried.
	Trouble string `json:"trouble,omitempty"`

	SentAgain int64 `json:"-"` // were in doubt when a sender had died, and were queued again

	State   digest.State        `json:"-"`
	Mailing mailer.MailingState `json:"-"` // of the last mailing; empty where there is none
	Reason  string              `json:"-"` // why that mailing is paused or cancelled
	NextDue time.Time           `json:"-"` // when the rest is due; zero for nothing
	ToCome  int64               `json:"-"` // those of Queued of whom no delivery is laid yet

	MayReopen bool `json:"-"` // it was skipped and has not expired

	OnTheWay int64 `json:"-"` // those of Queued whom a sender holds at this moment
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
	a.OnTheWay = c.Claimed
}

// Status is the accounting of an edition over all its mailings: each reader is
// counted once, by the best that became of them.
func (n *Newsroom) Status(ctx context.Context, name string) (Accounting, error) {
	row, err := n.editionRow(ctx, name)
	if err != nil {
		return Accounting{}, err
	}
	a, err := n.status(ctx, row)
	if err == nil && a.Where != "" {
		a.Left, err = n.left(ctx, row)
	}
	return a, err
}

func (n *Newsroom) status(ctx context.Context, row store.Edition) (Accounting, error) {
	a := Accounting{Edition: row.Name(), Revision: row.Revision, State: row.State, Forgotten: orNil(row.ForgottenAt)}
	if err := n.editorOf(ctx, row, &a); err != nil {
		return a, err
	}
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return a, err
	}
	if len(mailings) == 1 { // no reader can be there twice
		one, err := n.ofMailing(ctx, row, mailings[0].ID)
		one.Revision, one.Kept, one.Approval, one.Language, one.Group, one.Forgotten = row.Revision, a.Kept, a.Approval, a.Language, a.Group, a.Forgotten
		return one, err
	}
	counts, err := n.Store.CountEdition(ctx, row.ID)
	if err != nil {
		return a, err
	}
	a.count(counts, n.zoneOf(row.Newsletter))
	for _, m := range mailings {
		one, err := n.ofMailing(ctx, row, m.ID)
		if err != nil {
			return a, err
		}
		a.Mailing, a.Reason, a.Trouble, a.Waves, a.Where = m.State, m.Reason, one.Trouble, one.Waves, one.Where
		a.Seconds += one.Seconds
		a.SentAgain += one.SentAgain
		one.Waves = nil
		a.Mailings = append(a.Mailings, MailingAccount{Accounting: one, To: m.Audience, State: m.State})
		if one.ToCome > 0 {
			if err := n.addToCome(ctx, &a, m, one); err != nil {
				return a, err
			}
		}
	}
	return a, nil
}

// Approval says whether an edition has its editor's word.
type Approval struct {
	Waits bool      `json:"waits,omitempty"` // it does not go out before somebody approves it
	Empty bool      `json:"empty,omitempty"` // it waits, and has no story that anybody could approve
	By    string    `json:"by,omitempty"`    // who approved it; empty: nobody
	At    time.Time `json:"at,omitzero"`
}

// editorOf fills in what the editors have done with an edition.
func (n *Newsroom) editorOf(ctx context.Context, row store.Edition, a *Accounting) error {
	letter, ok := n.Config.Newsletter(row.Newsletter)
	if ok {
		a.Language, a.Group = letter.Language, letter.Group
		a.Approval.Waits = waits(letter, row)
		a.MayReopen = row.State == digest.Skipped && mayReopen(timed(letter, row), n.Clock())
	}
	if row.Revision == 0 {
		return nil
	}
	kept, approved, err := n.Store.EditorOf(ctx, row.ID, row.Revision)
	a.Kept = &kept
	if err == nil && a.Approval.Waits && kept.Proposed == 0 {
		var r store.Said
		r, err = n.Store.Said(ctx, row.ID, row.Revision)
		a.Approval.Empty = len(r.Content.Items()) == 0
	}
	if approved.Is() && !open(row.State) || row.State == digest.Approved {
		a.Approval.By, a.Approval.At = approved.By, approved.At.In(n.zoneOf(row.Newsletter))
	}
	return err
}

// addToCome counts those whom a mailing under way has not laid yet into the accounting
// of its edition: who is in no mailing of it, and who was skipped or rejected in an
// earlier one. Each reader is counted once.
func (n *Newsroom) addToCome(ctx context.Context, a *Accounting, m store.Mailing, one Accounting) error {
	never, err := n.Store.NeverLaid(ctx, m, n.Clock())
	if err != nil {
		return err
	}
	never = min(never, one.ToCome)
	a.Audience += never
	again := one.ToCome - never
	fromSkipped := min(again, a.Skipped)
	fromRejected := min(again-fromSkipped, a.Rejected)
	a.Skipped -= fromSkipped
	a.Rejected -= fromRejected
	a.ToCome = never + fromSkipped + fromRejected
	a.Queued += a.ToCome
	a.NextDue = one.NextDue
	return nil
}

// ofMailing is the accounting of one mailing.
func (n *Newsroom) ofMailing(ctx context.Context, row store.Edition, id int64) (Accounting, error) {
	m, err := n.Store.Mailing(ctx, id)
	if err != nil {
		return Accounting{}, err
	}
	a := Accounting{
		Edition: row.Name(), Revision: m.Revision, State: n.refreshed(ctx, row).State, Mailing: m.State, Reason: m.Reason,
		Trouble: m.Trouble, Seconds: n.spent(m), Where: m.Segment.Said,
	}
	if a.SentAgain, err = n.Store.CountSentAgain(ctx, id); err != nil {
		return a, err
	}
	if m.Wave > 0 {
		waves, err := n.Store.Waves(ctx, m.ID)
		if err != nil {
			return a, err
		}
		laid, err := n.Store.CountWaves(ctx, m.ID)
		a.countWaves(m, waves, laid, n.zoneOf(row.Newsletter))
		return a, err
	}
	counts, err := n.Store.CountMailing(ctx, id)
	if err != nil {
		return a, err
	}
	if m.State == mailer.Paused && m.LaidThrough < m.Watermark { // stopped in its first seconds
		if a.ToCome, err = n.Store.Unlaid(ctx, m, n.Clock()); err != nil {
			return a, err
		}
		counts.Audience += a.ToCome
		counts.Queued += a.ToCome
	}
	a.count(counts, n.zoneOf(row.Newsletter))
	return a, nil
}

// spent is how long a mailing has run, in seconds.
func (n *Newsroom) spent(m store.Mailing) float64 {
	end := m.FinishedAt
	if end.IsZero() {
		end = n.Clock()
	}
	return max(0, end.Sub(m.StartedAt).Seconds()) // a clock may have been set back
}

// StatusAll is the accounting of the newest editions of every newsletter; of one slot,
// those of a group stand side by side, in the order of the configuration.
func (n *Newsroom) StatusAll(ctx context.Context, limit int) ([]Accounting, error) {
	rows, err := n.Store.Editions(ctx, "", limit)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b store.Edition) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(n.groupOf(a), n.groupOf(b)), cmp.Compare(n.placeOf(a), n.placeOf(b)))
	})
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

// groupOf is the group of an edition's newsletter, or the newsletter itself.
func (n *Newsroom) groupOf(row store.Edition) string {
	if letter, ok := n.Config.Newsletter(row.Newsletter); ok && letter.Group != "" {
		return letter.Group
	}
	return row.Newsletter
}

// placeOf is where an edition's newsletter stands in the configuration.
func (n *Newsroom) placeOf(row store.Edition) int {
	return slices.IndexFunc(n.Config.Newsletters, func(l config.Newsletter) bool { return l.Name == row.Newsletter })
}
