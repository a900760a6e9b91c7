package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// advance sees to it that a mailing in waves has something to lay: the wave at hand,
// or, where that is laid and through, the next one, which it begins. It answers with
// that wave, or with why there is nothing to lay now: *ErrWait, or *ErrState where it
// has stopped the mailing, since too much of the wave went wrong.
//
// The caller holds the mailing's row, so of two that come at once one decides, and
// the other finds it decided.
func advance(ctx context.Context, tx *sql.Tx, m *Mailing, at time.Time) (w Wave, last bool, wait error, err error) {
	waves, err := wavesOf(ctx, tx, m.ID)
	if err != nil {
		return w, false, nil, err
	}
	if m.Wave > len(waves) {
		return w, false, nil, fmt.Errorf("mailing %d has no wave %d", m.ID, m.Wave)
	}
	w, last = waves[m.Wave-1], m.Wave == len(waves)
	if !w.LaidAt.IsZero() && !last {
		if wait, err = endWave(ctx, tx, m, w, at); wait != nil || err != nil {
			return w, false, wait, err
		}
		w, last = waves[m.Wave-1], m.Wave == len(waves)
	}
	if at.Before(m.NextAt) {
		return w, last, &ErrWait{Until: m.NextAt}, nil
	}
	if w.BeganAt.IsZero() {
		w.BeganAt = at
		if _, err := changed(ctx, tx, `UPDATE wave SET began_at = $3 WHERE mailing = $1 AND number = $2`, m.ID, w.Number, micros(at)); err != nil {
			return w, last, nil, err
		}
		err = putLog(ctx, tx, m.Edition, Entry{At: at, Who: "mailer", What: "wave begun", Detail: fmt.Sprintf("mailing %d: wave %d of %d (%s), about %s", m.ID, w.Number, len(waves), w, figures.Counted(w.Expected, "reader", "readers"))})
	}
	return w, last, nil, err
}

// parkedFor is how long one may be parked, by a limit or a relay's warm-up, whom the
// next wave waits for.
const parkedFor = time.Hour

// endWave looks at a wave that is laid: while some of it is not tried it waits; then
// it judges it, waits as it was told, and makes the next wave the one at hand.
func endWave(ctx context.Context, tx *sql.Tx, m *Mailing, w Wave, at time.Time) (wait error, err error) {
	open, err := exists(ctx, tx, `SELECT 1 FROM slice s JOIN delivery d ON d.slice = s.id
		WHERE s.mailing = $1 AND s.wave = $2 AND s.due_at IS NOT NULL
		  AND (d.state = 'claimed' OR d.state = 'queued' AND d.due_at <= $3)`,
		m.ID, w.Number, micros(at.Add(parkedFor)))
	if err != nil {
		return nil, err
	}
	if open {
		return &ErrWait{}, nil
	}
	tally, err := tallyOf(ctx, tx, *m, w.Number)
	if err != nil {
		return nil, err
	}
	if why := w.Limits.Stop(tally, 0); why != "" && !w.Pardoned {
		return stopHere(ctx, tx, m, w, why, at)
	}
	if w.EndedAt.IsZero() {
		w.EndedAt, m.NextAt = at, at.Add(w.Wait)
		if w.Laid == 0 {
			m.NextAt = at // nobody was there to look at it
		}
		if err := noteEnd(ctx, tx, *m, w, tally); err != nil {
			return nil, err
		}
	}
	if at.Before(m.NextAt) {
		return &ErrWait{Until: m.NextAt}, nil
	}
	m.Wave, m.LaidThrough, m.NextAt = w.Number+1, 0, time.Time{}
	_, err = changed(ctx, tx, `UPDATE mailing SET wave = $2, laid_through = 0, next_at = 0 WHERE id = $1`, m.ID, m.Wave)
	return nil, err
}

func noteEnd(ctx context.Context, tx *sql.Tx, m Mailing, w Wave, t mailer.Tally) error {
	if _, err := changed(ctx, tx, `UPDATE wave SET ended_at = $3 WHERE mailing = $1 AND number = $2`, m.ID, w.Number, micros(w.EndedAt)); err != nil {
		return err
	}
	if _, err := changed(ctx, tx, `UPDATE mailing SET next_at = $2 WHERE id = $1`, m.ID, micros(m.NextAt)); err != nil {
		return err
	}
	return putLog(ctx, tx, m.Edition, Entry{At: w.EndedAt, Who: "mailer", What: "wave done", Detail: fmt.Sprintf(
		"mailing %d: wave %d (%s): %d accepted, %d rejected, %d deferred, %d in doubt; the next is due %s",
		m.ID, w.Number, w, t.Accepted+t.Bounced, t.Rejected, t.Deferred, t.InDoubt, m.NextAt.Format(time.RFC3339))})
}

// stopHere pauses a mailing on its own account.
func stopHere(ctx context.Context, tx *sql.Tx, m *Mailing, w Wave, why string, at time.Time) (wait error, err error) {
	why = fmt.Sprintf("wave %d (%s): %s", w.Number, w, why)
	err = moveMailing(ctx, tx, m.ID, mailingMove{
		set:  `state = 'paused', stops = stops + 1, reason = $2, stopped_at = $3`,
		args: []any{clean(why), micros(at)},
		from: []mailer.MailingState{mailer.Laying, mailer.Sending},
		log:  Entry{At: at, Who: "mailer", What: "stopped by itself", Detail: why},
	})
	return &ErrState{What: fmt.Sprintf("mailing %d", m.ID), Have: string(mailer.Paused), Want: []string{string(mailer.Laying)}}, err
}

// StopMailing pauses a mailing because too much of a wave went wrong while it was
// being sent. Errors: *ErrState where it is neither laying nor sending.
func (s *Store) StopMailing(ctx context.Context, mailing int64, wave int, why string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		m, err := mailingByID(ctx, tx, mailing)
		if err != nil {
			return err
		}
		waves, err := wavesOf(ctx, tx, mailing)
		if err != nil || wave < 1 || wave > len(waves) {
			return found(sql.ErrNoRows, "wave %d of mailing %d", wave, mailing)
		}
		_, err = stopHere(ctx, tx, &m, waves[wave-1], why, at)
		return err
	})
}

// Hasten lets a mailing wait for nothing any more: neither between waves nor for its
// window. What stops a wave still does. Errors: *ErrState where it has come to its end.
func (s *Store) Hasten(ctx context.Context, mailing int64, who string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, `UPDATE wave SET wait = 0, width = 0, every = 0 WHERE mailing = $1`, mailing); err != nil {
			return err
		}
		return moveMailing(ctx, tx, mailing, mailingMove{
			set:  `next_at = 0`,
			from: []mailer.MailingState{mailer.Laying, mailer.Sending, mailer.Paused},
			log:  Entry{At: at, Who: who, What: "hastened", Detail: "no more waiting between its parts"},
		})
	})
}

// Tally is what became of a wave so far.
func (s *Store) Tally(ctx context.Context, m Mailing, wave int) (mailer.Tally, error) {
	return tallyOf(ctx, s.read, m, wave)
}

func tallyOf(ctx context.Context, q querier, m Mailing, wave int) (mailer.Tally, error) {
	c, err := sumOf(ctx, q, `SELECT d.state, COUNT(*), MIN(d.due_at) FROM slice s JOIN delivery d ON d.slice = s.id
		WHERE s.mailing = $1 AND s.wave = $2 GROUP BY d.state`, m.ID, wave)
	if err != nil {
		return mailer.Tally{}, err
	}
	t := mailer.Tally{
		Accepted: c.Accepted - c.Bounced, Bounced: c.Bounced, Rejected: c.Rejected,
		Deferred: c.Deferred, InDoubt: c.InDoubt,
	}
	t.Complained, err = complaints(ctx, q, m, wave)
	return t, err
}

// Complaints counts the readers of a wave who have called it spam since.
func (s *Store) Complaints(ctx context.Context, m Mailing, wave int) (int64, error) {
	return complaints(ctx, s.read, m, wave)
}

// Complaint is the reason of the suppression of a reader who called a mail spam.
const Complaint = "complaint"

func complaints(ctx context.Context, q querier, m Mailing, wave int) (int64, error) {
	n, err := scanOne[int64](q.QueryRowContext(ctx, `SELECT COUNT(*) FROM suppression x
		JOIN subscriber p ON p.address_index = x.address_index
		JOIN slice s ON s.mailing = $1 AND s.wave = $2 AND p.number BETWEEN s.first_number AND s.last_number
		JOIN delivery d ON d.slice = s.id AND d.subscriber = p.number
		WHERE x.reason = $3 AND x.at >= $4 AND d.state IN ('accepted', 'bounced')`,
		m.ID, wave, Complaint, micros(m.StartedAt)))
	return n, fault(err)
}

// CountWaves is the accounting of each wave of a mailing, by number; 0 is a mailing
// without waves.
func (s *Store) CountWaves(ctx context.Context, mailing int64) (map[int]Counts, error) {
	numbers, err := collect(ctx, s.read, scanOne[int], `SELECT wave FROM slice WHERE mailing = $1
		UNION SELECT k.wave FROM `+keptOf, mailing)
	if err != nil {
		return nil, err
	}
	all := map[int]Counts{}
	for _, n := range numbers {
		all[n], err = sumOf(ctx, s.read, `SELECT d.state, COUNT(*), MIN(d.due_at) FROM slice s JOIN delivery d ON d.slice = s.id
			WHERE s.mailing = $1 AND s.wave = $2 AND `+remembered+` GROUP BY d.state
			UNION ALL SELECT k.state, k.deliveries, 0 FROM `+keptOf+` AND k.wave = $2`, mailing, n)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// SetTrouble notes why the sender of a mailing gave up for now; empty: it goes on.
func (s *Store) SetTrouble(ctx context.Context, mailing int64, trouble string) error {
	_, err := s.change(ctx, `UPDATE mailing SET trouble = $2 WHERE id = $1 AND trouble <> $2`, mailing, clean(trouble))
	return err
}
