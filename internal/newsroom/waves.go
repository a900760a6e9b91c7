package newsroom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// plan is the waves of a mailing of an edition that would start now; none where it
// goes out at once. A correction goes at once: those who get it have waited.
func (n *Newsroom) plan(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment) ([]store.Wave, error) {
	if !e.Letter.InWaves() || to != mailer.ToList && to != mailer.ToRest {
		return nil, nil
	}
	staff, _, err := n.staff(ctx, e.Letter)
	if err != nil {
		return nil, err
	}
	waves, limits := e.Letter.Parts()
	return n.Store.PlanWaves(ctx, e.ID, to, part, store.Planning{
		Waves: waves, Staff: staff, Limits: limits, Window: e.Letter.Window,
		Sample: mailer.SampleOf(e.ID, e.Revision.Number),
	}, n.Clock())
}

// staff are the numbers of the confirmed readers among a newsletter's staff, and the
// addresses of the others, as the configuration has them.
func (n *Newsroom) staff(ctx context.Context, letter *config.Newsletter) (numbers []int64, missing []string, err error) {
	for _, a := range letter.StaffOrEditors() {
		address, err := subscribers.ParseAddress(a.Address)
		if err != nil {
			return nil, nil, fmt.Errorf("staff of %s: %w", letter.Name, err)
		}
		index, err := n.indexOf(ctx, address)
		if err != nil {
			return nil, nil, err
		}
		p, err := n.Store.SubscriberByIndex(ctx, index)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, nil, err
		}
		confirmed := false
		for _, tie := range p.Ties {
			confirmed = confirmed || tie.Newsletter == letter.Name && tie.State == store.Confirmed
		}
		if confirmed {
			numbers = append(numbers, p.Number)
		} else {
			missing = append(missing, a.Address)
		}
	}
	return numbers, missing, nil
}

// hasStaff tells whether a newsletter has a wave of its staff.
func hasStaff(letter *config.Newsletter) bool {
	for _, w := range letter.Waves {
		if w.Kind == mailer.WaveStaff {
			return true
		}
	}
	return false
}

// staffMissing says who of the staff gets nothing in their wave, since they are no
// confirmed readers; empty: everyone gets it.
func (n *Newsroom) staffMissing(ctx context.Context, letter *config.Newsletter) (string, error) {
	if !hasStaff(letter) {
		return "", nil
	}
	numbers, missing, err := n.staff(ctx, letter)
	switch {
	case err != nil || len(missing) == 0 && len(numbers) > 0:
		return "", err
	case len(missing) == 0:
		return "the wave \"staff\" is of nobody: name some under staff:, or under editors:", nil
	}
	return fmt.Sprintf("no confirmed readers, so not in the wave \"staff\": %s", strings.Join(missing, ", ")), nil
}

// checkWaves is the finding about a newsletter's waves; none where there is nothing to
// say.
func (n *Newsroom) checkWaves(ctx context.Context, letter *config.Newsletter) []Finding {
	text, err := n.staffMissing(ctx, letter)
	if err != nil {
		return []Finding{{What: "waves of " + letter.Name, Text: Plain(err)}}
	}
	if text == "" {
		return nil
	}
	return []Finding{{What: "waves of " + letter.Name, OK: true, Warn: true, Text: text}}
}

// waveAtHand names the wave of a mailing that is at hand; nil where it has not got
// several. What was known of it is read once a wave.
func (n *Newsroom) waveAtHand(ctx context.Context, m store.Mailing, known *WaveProgress) *WaveProgress {
	if m.Wave == 0 || known != nil && known.Number == m.Wave {
		return known
	}
	waves, err := n.Store.Waves(ctx, m.ID)
	if err != nil || len(waves) < 2 || m.Wave > len(waves) {
		return known
	}
	return &WaveProgress{Number: m.Wave, Of: len(waves), Name: waves[m.Wave-1].String()}
}

// AnnouncedWave is a wave as it is announced.
type AnnouncedWave struct {
	Who     string    `json:"who"` // "staff", "1%", "500 readers", "rest"
	Readers int64     `json:"readers"`
	Starts  time.Time `json:"starts"` // about
}

// announceParts fills in what is to be said of a mailing that goes out in parts.
func (n *Newsroom) announceParts(ctx context.Context, e *Edition, a *Announcement, part store.Segment, waves []store.Wave, rate float64, atOnce bool) error {
	listed, err := n.Store.AudienceSize(ctx, e.ID, mailer.ToList, part, n.Clock())
	if err != nil {
		return err
	}
	a.announceWaves(waves, listed, rate, atOnce)
	a.Missing, err = n.staffMissing(ctx, e.Letter)
	return err
}

// announceWaves fills in when each wave begins, and when the last mail is out, at a
// rate in mails a second; listed are the readers on the list, of whom a window's parts are
// cut. Now: nothing waits.
func (a *Announcement) announceWaves(waves []store.Wave, listed int64, rate float64, now bool) {
	at := a.Starts
	for _, w := range waves {
		if len(waves) > 1 {
			a.Waves = append(a.Waves, AnnouncedWave{Who: w.String(), Readers: w.Expected, Starts: at})
		}
		takes := time.Duration(float64(w.Expected) / rate * float64(time.Second))
		if w.Every > 0 && !now {
			parts := (listed + int64(w.Width) - 1) / max(1, int64(w.Width))
			takes = max(takes, time.Duration(max(0, parts-1))*w.Every)
		}
		if at = at.Add(takes); !now {
			at = at.Add(w.Wait)
		}
	}
	a.Ends = at
}

// WaveAccount is the accounting of a wave. Its audience is what it was planned for,
// until it is laid.
type WaveAccount struct {
	Wave  int       `json:"wave"`  // 1 for the first
	Who   string    `json:"who"`   // "staff", "1%", "500 readers", "rest"
	State string    `json:"state"` // to come, sending, done
	Began time.Time `json:"began,omitzero"`
	Due   time.Time `json:"due,omitzero"` // of the next to come: when it begins
	mailer.Counts
}

// The states of a wave, as people read them.
const (
	WaveToCome  = "to come"
	WaveSending = "sending"
	WaveDone    = "done"
)

// countWaves fills in the accounting of a mailing in waves: those who are in waves that
// are not laid yet are queued, or, where it was cancelled, skipped.
func (a *Accounting) countWaves(m store.Mailing, waves []store.Wave, laid map[int]store.Counts, zone *time.Location) {
	var all store.Counts
	for _, w := range waves {
		c := laid[w.Number]
		one := WaveAccount{Wave: w.Number, Who: w.String(), State: WaveSending, Began: w.BeganAt.In(zone)}
		toCome := int64(0)
		if w.LaidAt.IsZero() {
			toCome = max(0, w.Expected-c.Audience)
		}
		switch {
		case w.BeganAt.IsZero():
			one.State = WaveToCome
			if w.Number == m.Wave+1 {
				one.Due = m.NextAt.In(zone)
			}
		case !w.LaidAt.IsZero() && c.Queued == 0:
			one.State = WaveDone
		}
		c.Audience += toCome
		if m.State == mailer.Cancelled {
			c.Skipped += toCome
		} else {
			c.Queued += toCome
			a.ToCome += toCome
		}
		one.Counts = mailer.Counts{
			Audience: int(c.Audience), Queued: int(c.Queued), Accepted: int(c.Accepted), Deferred: int(c.Deferred),
			Rejected: int(c.Rejected), InDoubt: int(c.InDoubt), Skipped: int(c.Skipped),
		}
		if len(waves) > 1 {
			a.Waves = append(a.Waves, one)
		}
		all = sum(all, c)
	}
	a.count(all, zone)
	if a.ToCome > 0 && m.State == mailer.Laying && !m.NextAt.IsZero() {
		a.NextDue = earliest(a.NextDue, m.NextAt).In(zone)
	}
}

// sum adds up two accountings.
func sum(a, b store.Counts) store.Counts {
	a.Audience += b.Audience
	a.Queued += b.Queued
	a.Claimed += b.Claimed
	a.Accepted += b.Accepted
	a.Bounced += b.Bounced
	a.Deferred += b.Deferred
	a.Rejected += b.Rejected
	a.InDoubt += b.InDoubt
	a.Skipped += b.Skipped
	a.NextDue = earliest(a.NextDue, b.NextDue)
	return a
}
