package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// The audience is a rule, not a list: those whom this text selects at the moment
// their slice is laid. $1 is the newsletter, $2 the instant; readers (n) come by
// ascending number.
const onList = `FROM subscription n
	WHERE n.newsletter = $1 AND n.state = 'confirmed' AND n.paused_until <= $2
	  AND ` + unsuppressed

// unsuppressed asks for each reader; unsuppressedOfAll reads the suppressed once, and
// says the same. For a slice the first is less work, and for a whole list the second:
// it counts a million readers in a fifth of the time.
const (
	unsuppressed = `NOT EXISTS (SELECT 1 FROM subscriber p JOIN suppression x ON x.address_index = p.address_index
		WHERE p.number = n.subscriber)`
	unsuppressedOfAll = `n.subscriber NOT IN (SELECT p.number FROM suppression x JOIN subscriber p ON p.address_index = x.address_index)`
)

// reached selects the readers between $4 and $5 of whose deliveries in the edition $3
// one is in a state of the list that follows.
const reached = `(SELECT d.subscriber FROM mailing m JOIN slice s ON s.mailing = m.id
		AND s.last_number >= $4 AND s.first_number <= $5
	JOIN delivery d ON d.slice = s.id AND d.subscriber BETWEEN $4 AND $5
	WHERE m.edition = $3 AND d.state IN `

// current is the number of the edition's current revision.
const current = `(SELECT e.revision FROM edition e WHERE e.id = $3)`

// audienceOf is the text that selects an audience between $4 and $5.
func audienceOf(a mailer.Audience) string {
	in := onList + ` AND CAST($3 AS BIGINT) > 0 AND n.subscriber BETWEEN $4 AND $5`
	switch a {
	case mailer.ToRest:
		// Who was welcomed with it has it.
		return in + ` AND n.welcome_edition <> $3 AND n.subscriber NOT IN ` + reached + `('claimed', 'accepted', 'bounced', 'in_doubt'))`
	case mailer.ToDelivered:
		// Who has the current revision already needs no correction.
		return in + ` AND (n.subscriber IN ` + reached + `('accepted', 'bounced') AND m.revision < ` + current + `)
				OR n.welcome_edition = $3 AND n.welcome_revision < ` + current + `)
			AND n.subscriber NOT IN ` + reached + `('claimed', 'accepted', 'bounced', 'in_doubt') AND m.revision = ` + current + `)`
	default:
		return in
	}
}

// AudienceSize counts the readers whom a mailing of the edition to a part of an
// audience, started now, would be laid for.
func (s *Store) AudienceSize(ctx context.Context, edition int64, a mailer.Audience, part Segment, at time.Time) (int64, error) {
	e, err := s.Edition(ctx, edition)
	if err != nil {
		return 0, err
	}
	whole := strings.Replace(audienceOf(a), unsuppressed, unsuppressedOfAll, 1)
	among, args := part.among(6)
	n, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COUNT(*) `+whole+among,
		append([]any{e.Newsletter, micros(at), edition, 0, int64(1) << 62}, args...)...))
	return n, fault(err)
}

// Lay writes the deliveries of the next slice of a mailing, at most width of them,
// and the mark of how far it is laid, in one transaction: a crash leaves both or
// neither, and the next call goes on. done: every delivery is laid, and the mailing
// is sending. at is now: a subscription paused until later is passed over.
//
// A mailing in waves is laid a wave at a time, see [advance].
//
// Errors: *ErrState where the mailing is not laying, or has just stopped by itself;
// *ErrWait where its next part is not due; a mailing that is laid already answers done.
func (s *Store) Lay(ctx context.Context, mailing int64, width int, at time.Time) (laid int64, done bool, err error) {
	if width < 1 {
		return 0, false, errors.New("lay: a slice holds at least one delivery")
	}
	var wait error
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		laid, done, wait = 0, false, nil
		// An update that changes nothing: it takes the row's lock on PostgreSQL, so
		// that two who lay at once take turns.
		m, err := scanMailing(tx.QueryRowContext(ctx, `UPDATE mailing SET state = state WHERE id = $1 RETURNING `+mailingColumns, mailing))
		if err != nil {
			return found(err, "mailing %d", mailing)
		}
		switch m.State {
		case mailer.Laying:
		case mailer.Sending, mailer.Done:
			done = true
			return nil
		default:
			return &ErrState{What: fmt.Sprintf("mailing %d", m.ID), Have: string(m.State), Want: []string{string(mailer.Laying)}}
		}
		laid, done, wait, err = layNext(ctx, tx, m, width, at)
		return err
	})
	if err == nil {
		err = wait
	}
	return laid, done, err
}

// layNext lays the next slice of the wave at hand, the whole audience being one
// where there are no waves.
func layNext(ctx context.Context, tx *sql.Tx, m Mailing, width int, at time.Time) (laid int64, done bool, wait, err error) {
	w, last := Wave{Wave: mailer.Wave{Kind: mailer.WaveRest}}, true
	if m.Wave > 0 {
		if w, last, wait, err = advance(ctx, tx, &m, at); wait != nil || err != nil {
			return 0, false, wait, err
		}
	}
	if w.Width > 0 {
		width = w.Width
	}
	through, err := nextRange(ctx, tx, m, w, width, at)
	if err != nil {
		return 0, false, nil, err
	}
	if laid, err = laySlice(ctx, tx, m, w, through, at); err != nil {
		return 0, false, nil, err
	}
	whole := through >= m.Watermark
	if m.Wave > 0 {
		if err := markWave(ctx, tx, m, w, laid, whole, at); err != nil {
			return 0, false, nil, err
		}
	}
	done = whole && last
	state := mailer.Laying
	if done {
		state = mailer.Sending
	}
	_, err = changed(ctx, tx, `UPDATE mailing SET laid_through = $2, total = total + $3, state = $4 WHERE id = $1`,
		m.ID, through, laid, string(state))
	return laid, done, nil, err
}

// markWave notes how far a wave is laid, and when the next part of its window is due.
// A part that comes late, after a pause or a night, moves those after it: they keep
// their distance.
func markWave(ctx context.Context, tx *sql.Tx, m Mailing, w Wave, laid int64, whole bool, at time.Time) error {
	laidAt := time.Time{}
	if whole {
		laidAt = at
	}
	if _, err := changed(ctx, tx, `UPDATE wave SET laid = laid + $3, laid_at = $4 WHERE mailing = $1 AND number = $2`,
		m.ID, w.Number, laid, micros(laidAt)); err != nil || w.Every == 0 || laid == 0 {
		return err
	}
	from := m.NextAt
	if late := at.Add(-w.Every); from.Before(late) {
		from = at
	}
	_, err := changed(ctx, tx, `UPDATE mailing SET next_at = $2 WHERE id = $1`, m.ID, micros(from.Add(w.Every)))
	return err
}

// nextRange is the number of the last subscriber of the next slice: that of the
// width-th candidate after the mark, or the watermark where there are fewer.
func nextRange(ctx context.Context, tx *sql.Tx, m Mailing, w Wave, width int, at time.Time) (int64, error) {
	among, args := w.among(6)
	part, more := m.Segment.among(6 + len(args))
	among, args = among+part, append(args, more...)
	last, err := scanOne[int64](tx.QueryRowContext(ctx, `SELECT n.subscriber `+onList+`
			AND n.subscriber > $3 AND n.subscriber <= $4`+among+`
		ORDER BY n.subscriber LIMIT 1 OFFSET $5`,
		append([]any{m.Newsletter, micros(at), m.LaidThrough, m.Watermark, width - 1}, args...)...))
	if errors.Is(err, sql.ErrNoRows) {
		return m.Watermark, nil
	}
	return last, fault(err)
}

// Quiet ends the name of a variant without the appeal. A delivery whose reader chose
// none ("") is laid as Quiet alone.
const Quiet = "-quiet"

// variantNow is the variant that a reader gets at $2: the one chosen or, where none is,
// that of the first part the reader is in.
func variantNow(formats []FormatFor, first int) (text string, args []any) {
	const quiet = ` || CASE WHEN n.appeal_until > $2 THEN '` + Quiet + `' ELSE '' END`
	if len(formats) == 0 {
		return `n.variant` + quiet, nil
	}
	b := binding{first: first}
	text = `CASE WHEN n.variant <> '' THEN n.variant`
	for _, f := range formats {
		b.Moment = f.Segment.Moment
		text += ` WHEN ` + b.condition(f.Segment.Expr) + ` THEN ` + b.text(f.Format)
	}
	return text + ` ELSE '' END` + quiet, b.args
}

// laySlice lays the numbers after the mark up to last; a slice that would be empty
// is not made.
func laySlice(ctx context.Context, tx *sql.Tx, m Mailing, w Wave, last int64, at time.Time) (int64, error) {
	first := m.LaidThrough + 1
	slice, err := scanOne[int64](tx.QueryRowContext(ctx, `INSERT INTO slice (mailing, number, first_number, last_number, wave)
		VALUES ($1, (SELECT COUNT(*) + 1 FROM slice WHERE mailing = $1), $2, $3, $4) RETURNING id`, m.ID, first, last, w.Number))
	if err != nil {
		return 0, fault(err)
	}
	among, args := w.among(7)
	if w.Number > 1 {
		n := 7 + len(args)
		among += fmt.Sprintf(inWaveBefore, n, n+1)
		args = append(args, m.ID, w.Number)
	}
	part, more := m.Segment.among(7 + len(args))
	among, args = among+part, append(args, more...)
	variant, more := variantNow(m.FormatFor, 7+len(args))
	args = append(args, more...)
	// SQLite takes ON CONFLICT for a join's ON where a SELECT has no WHERE: it has one.
	laid, err := changed(ctx, tx, `INSERT INTO delivery (slice, subscriber, state, variant)
		SELECT CAST($6 AS BIGINT), n.subscriber, 'queued', `+variant+` `+audienceOf(m.Audience)+among+`
		ORDER BY n.subscriber ON CONFLICT (slice, subscriber) DO NOTHING`,
		append([]any{m.Newsletter, micros(at), m.Edition, first, last, slice}, args...)...)
	if err != nil || laid > 0 {
		return laid, err
	}
	_, err = changed(ctx, tx, `DELETE FROM slice WHERE id = $1`, slice)
	return 0, err
}

// inWaveBefore leaves out the readers between $4 and $5 whom an earlier wave has: the
// rows say so, whatever the plan was.
const inWaveBefore = ` AND n.subscriber NOT IN (SELECT d.subscriber FROM slice s
		JOIN delivery d ON d.slice = s.id AND d.subscriber BETWEEN $4 AND $5
		WHERE s.mailing = $%d AND s.wave < $%d AND s.last_number >= $4 AND s.first_number <= $5)`
