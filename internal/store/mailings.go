package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

const mailingColumns = `id, edition, newsletter, revision, audience, state, policy, watermark, laid_through, total, date, started_at, finished_at, reason,
	wave, expected, next_at, stops, stopped_at, trouble, segment, format_for`

// StartMailing starts a mailing in one short transaction: its row with the watermark
// (the highest subscriber number), the stories that count as mailed, and the edition
// that is now sending. Nothing is laid yet: see [Store.Lay]. The edition must be
// frozen; or sent, and the audience the rest or those with an older revision. Errors: *ErrState,
// ErrUnfinished while another mailing of the edition is neither done nor cancelled,
// ErrNotFound where the revision is not the edition's current one, frozen; ErrForgotten
// where nobody knows any more who has got it.
func (s *Store) StartMailing(ctx context.Context, n NewMailing) (Mailing, error) {
	from := []digest.State{digest.Frozen}
	switch n.Audience {
	case mailer.ToRest:
		from = append(from, digest.Sending, digest.Sent)
	case mailer.ToDelivered:
		from = append(from, digest.Sent)
	}
	part, err := segmentText(n.Segment)
	if err != nil {
		return Mailing{}, err
	}
	formats, err := formatsText(n.FormatFor)
	if err != nil {
		return Mailing{}, err
	}
	var m Mailing
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, n.Edition, from, digest.Sending, n.At); err != nil {
			return err
		}
		if err := notForgotten(ctx, tx, n.Edition); err != nil {
			return err
		}
		if err := noneUnfinished(ctx, tx, n.Edition); err != nil {
			return err
		}
		var err error
		m, err = scanMailing(tx.QueryRowContext(ctx, `INSERT INTO mailing
				(edition, newsletter, revision, audience, state, policy, watermark, date, started_at, segment, format_for)
			SELECT e.id, e.newsletter, r.number, $3, 'laying', $4,
				(SELECT COALESCE(MAX(number), 0) FROM subscriber), $5, $6, CAST($7 AS TEXT), CAST($8 AS TEXT)
			FROM edition e JOIN revision r ON r.edition = e.id AND r.number = e.revision
			WHERE e.id = $1 AND r.number = $2 AND r.frozen_hash <> ''
			RETURNING `+mailingColumns,
			n.Edition, n.Revision, string(n.Audience), string(n.Policy), micros(n.Date), micros(n.At), part, formats))
		if err != nil {
			return found(err, "frozen revision %d as the current one of edition %d", n.Revision, n.Edition)
		}
		if err := putWaves(ctx, tx, m.ID, n.Waves); err != nil {
			return err
		}
		if m, err = mailingByID(ctx, tx, m.ID); err != nil {
			return err
		}
		if err := putMailed(ctx, tx, m, n.Stories, n.At); err != nil {
			return err
		}
		return putLog(ctx, tx, n.Edition, Entry{
			At: n.At, Who: n.Who, What: "mailing started",
			Detail: fmt.Sprintf("mailing %d: revision %d to the %s%s", m.ID, m.Revision, m.Audience, n.Segment.Where()),
		})
	})
	return m, err
}

func putMailed(ctx context.Context, tx *sql.Tx, m Mailing, stories []digest.Mailed, at time.Time) error {
	for _, st := range stories {
		if _, err := changed(ctx, tx, `INSERT INTO mailed_story (newsletter, story, edition, source, guid, url, title, published, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (newsletter, story, edition) DO NOTHING`,
			m.Newsletter, st.ID, m.Edition, clean(st.Source), clean(st.GUID), clean(st.URL), clean(st.Title),
			micros(st.Published), micros(at)); err != nil {
			return err
		}
	}
	return nil
}

// noneUnfinished is ErrUnfinished where a mailing of the edition is under way.
func noneUnfinished(ctx context.Context, q querier, edition int64) error {
	open, err := collect(ctx, q, scanMailing, `SELECT `+mailingColumns+` FROM mailing
		WHERE edition = $1 AND state IN ('laying', 'sending', 'paused') ORDER BY id`, edition)
	if err != nil || len(open) == 0 {
		return err
	}
	return fmt.Errorf("%w: mailing %d is %s", ErrUnfinished, open[0].ID, open[0].State)
}

// Mailing is one mailing by its key. Errors: ErrNotFound.
func (s *Store) Mailing(ctx context.Context, id int64) (Mailing, error) {
	return mailingByID(ctx, s.read, id)
}

func mailingByID(ctx context.Context, q querier, id int64) (Mailing, error) {
	m, err := scanMailing(q.QueryRowContext(ctx, `SELECT `+mailingColumns+` FROM mailing WHERE id = $1`, id))
	return m, found(err, "mailing %d", id)
}

// Mailings lists the mailings of an edition, oldest first.
func (s *Store) Mailings(ctx context.Context, edition int64) ([]Mailing, error) {
	return collect(ctx, s.read, scanMailing, `SELECT `+mailingColumns+` FROM mailing WHERE edition = $1 ORDER BY id`, edition)
}

// UnfinishedMailings lists every mailing that is neither done nor cancelled, oldest
// first.
func (s *Store) UnfinishedMailings(ctx context.Context) ([]Mailing, error) {
	return collect(ctx, s.read, scanMailing, `SELECT `+mailingColumns+` FROM mailing
		WHERE state IN ('laying', 'sending', 'paused') ORDER BY id`)
}

// PauseMailing stops a mailing for a while: from now on no claim is granted. Errors:
// *ErrState where it is neither laying nor sending.
func (s *Store) PauseMailing(ctx context.Context, mailing int64, who, reason string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		return moveMailing(ctx, tx, mailing, mailingMove{
			set:  `state = 'paused', reason = $2`,
			args: []any{clean(reason)},
			from: []mailer.MailingState{mailer.Laying, mailer.Sending},
			log:  Entry{At: at, Who: who, What: "paused", Detail: reason},
		})
	})
}

// ResumeMailing goes on with a paused mailing where it stopped, be that laying or
// sending. A wave that has stopped it is pardoned: it goes on to the next. Errors:
// *ErrState where it is not paused.
func (s *Store) ResumeMailing(ctx context.Context, mailing int64, who string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, `UPDATE wave SET pardoned = 1 WHERE mailing = $1
			AND number = (SELECT m.wave FROM mailing m WHERE m.id = $1 AND m.state = 'paused' AND m.stopped_at > 0)`, mailing); err != nil {
			return err
		}
		return moveMailing(ctx, tx, mailing, mailingMove{
			set: `state = CASE WHEN laid_through < watermark
				OR wave < (SELECT COALESCE(MAX(number), 0) FROM wave w WHERE w.mailing = mailing.id) THEN 'laying' ELSE 'sending' END, reason = '', stopped_at = 0`,
			from: []mailer.MailingState{mailer.Paused},
			log:  Entry{At: at, Who: who, What: "resumed"},
		})
	})
}

// CancelMailing ends a mailing: what is queued or deferred is skipped, what is
// claimed at this moment still gets its result. Errors: *ErrState where the mailing
// has come to its end already.
func (s *Store) CancelMailing(ctx context.Context, mailing int64, who, reason string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error { return cancelMailing(ctx, tx, mailing, who, reason, at) })
}

func cancelMailing(ctx context.Context, tx *sql.Tx, mailing int64, who, reason string, at time.Time) error {
	err := moveMailing(ctx, tx, mailing, mailingMove{
		set:  `state = 'cancelled', reason = $2, finished_at = $3`,
		args: []any{clean(reason), micros(at)},
		from: []mailer.MailingState{mailer.Laying, mailer.Sending, mailer.Paused},
		log:  Entry{At: at, Who: who, What: "mailing cancelled", Detail: reason},
	})
	if err != nil {
		return err
	}
	// The slices first: this waits for whoever is committing claims or results, and
	// whoever comes after sees the mailing cancelled.
	if _, err := changed(ctx, tx, `UPDATE slice SET due_at = NULL WHERE mailing = $1`, mailing); err != nil {
		return err
	}
	if _, err := changed(ctx, tx, `UPDATE delivery SET state = 'skipped', at = $2
		WHERE slice IN (SELECT id FROM slice WHERE mailing = $1) AND state IN ('queued', 'deferred')`, mailing, micros(at)); err != nil {
		return err
	}
	if err := forgetProgress(ctx, tx, mailing); err != nil {
		return err
	}
	return forgetUnmailed(ctx, tx, mailing)
}

// forgetUnmailed takes the edition's stories off the mailed ones where no reader got
// any of it, so that the next edition may carry them.
func forgetUnmailed(ctx context.Context, tx *sql.Tx, mailing int64) error {
	_, err := changed(ctx, tx, `DELETE FROM mailed_story
		WHERE edition = (SELECT edition FROM mailing WHERE id = $1)
		  AND NOT EXISTS (SELECT 1 FROM mailing m JOIN slice s ON s.mailing = m.id JOIN delivery d ON d.slice = s.id
			WHERE m.edition = (SELECT edition FROM mailing WHERE id = $1)
			  AND d.state IN ('claimed', 'accepted', 'bounced', 'in_doubt'))`, mailing)
	return err
}

// CancelEdition cancels an edition and whatever mailing of it is under way. Errors:
// *ErrState where it is sent or cancelled already.
func (s *Store) CancelEdition(ctx context.Context, edition int64, who, detail string, at time.Time) error {
	from := []digest.State{digest.Draft, digest.Held, digest.Approved, digest.Frozen, digest.Sending, digest.Skipped, digest.Expired}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, edition, from, digest.Cancelled, at); err != nil {
			return err
		}
		open, err := collect(ctx, tx, scanOne[int64], `SELECT id FROM mailing
			WHERE edition = $1 AND state IN ('laying', 'sending', 'paused')`, edition)
		if err != nil {
			return err
		}
		for _, id := range open {
			if err := cancelMailing(ctx, tx, id, who, detail, at); err != nil {
				return err
			}
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: string(digest.Cancelled), Detail: detail})
	})
}

// FinishMailing ends a mailing in which nothing is queued, claimed or deferred: it is
// done, and its edition sent. finished is false where something is left, or a mailing not laid through.
func (s *Store) FinishMailing(ctx context.Context, mailing int64, at time.Time) (finished bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := changed(ctx, tx, `UPDATE mailing SET state = 'done', finished_at = $2
			WHERE id = $1 AND state = 'sending' AND NOT EXISTS (
				SELECT 1 FROM slice s JOIN delivery d ON d.slice = s.id
				WHERE s.mailing = mailing.id AND s.due_at IS NOT NULL AND d.state IN ('queued', 'claimed', 'deferred'))`,
			mailing, micros(at))
		if err != nil || n == 0 {
			return err
		}
		finished = true
		if err := forgetProgress(ctx, tx, mailing); err != nil {
			return err
		}
		m, err := mailingByID(ctx, tx, mailing)
		if err != nil {
			return err
		}
		if err := putLog(ctx, tx, m.Edition, Entry{At: at, Who: "mailer", What: "mailing done", Detail: fmt.Sprintf("mailing %d", m.ID)}); err != nil {
			return err
		}
		// Doubt that was settled may have put more than one back to work.
		if err := noneUnfinished(ctx, tx, m.Edition); errors.Is(err, ErrUnfinished) {
			return nil
		} else if err != nil {
			return err
		}
		if err := moveEdition(ctx, tx, m.Edition, []digest.State{digest.Sending}, digest.Sent, at); err != nil {
			return err
		}
		return putLog(ctx, tx, m.Edition, Entry{At: at, Who: "mailer", What: string(digest.Sent)})
	})
	return finished, err
}

// mailingMove is a change of a mailing's state. In set, $1 is the mailing and args
// follow from $2.
type mailingMove struct {
	set  string
	args []any
	from []mailer.MailingState
	log  Entry
}

// moveMailing applies a move if the mailing is in a state that it expects.
func moveMailing(ctx context.Context, tx *sql.Tx, mailing int64, move mailingMove) error {
	args := append([]any{mailing}, move.args...)
	where := `state IN (` + params(len(args)+1, len(move.from)) + `)`
	n, err := changed(ctx, tx, `UPDATE mailing SET `+move.set+` WHERE id = $1 AND `+where, append(args, stateArgs(move.from)...)...)
	if err != nil {
		return err
	}
	m, err := mailingByID(ctx, tx, mailing)
	if err != nil {
		return err
	}
	if n == 0 {
		return &ErrState{What: fmt.Sprintf("mailing %d", mailing), Have: string(m.State), Want: stateWords(move.from)}
	}
	return putLog(ctx, tx, m.Edition, move.log)
}

func scanMailing(row scanner) (Mailing, error) {
	var m Mailing
	var date, started, finished, next, stopped int64
	var part, formats string
	err := row.Scan(&m.ID, &m.Edition, &m.Newsletter, &m.Revision, &m.Audience, &m.State, &m.Policy,
		&m.Watermark, &m.LaidThrough, &m.Total, &date, &started, &finished, &m.Reason,
		&m.Wave, &m.Expected, &next, &m.Stops, &stopped, &m.Trouble, &part, &formats)
	m.NextAt, m.StoppedAt = instant(next), instant(stopped)
	m.Date, m.StartedAt, m.FinishedAt = instant(date), instant(started), instant(finished)
	if err == nil {
		err = m.readParts(part, formats)
	}
	return m, err
}

// LastMailing is the highest number of a mailing; 0: there is none.
func (s *Store) LastMailing(ctx context.Context) (int64, error) {
	id, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM mailing`))
	return id, fault(err)
}
