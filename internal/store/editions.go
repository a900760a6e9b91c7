package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

const editionColumns = `id, newsletter, slot, at, kind, state, revision, opened_at, expires_at, changed_at, forgotten_at,
	EXISTS (SELECT 1 FROM log WHERE log.edition = edition.id AND log.what = '` + Reopened + `')`

// OpenEdition opens a slot. Of any number of callers, in any number of processes,
// one gets opened=true; every one gets the row.
func (s *Store) OpenEdition(ctx context.Context, n NewEdition) (e Edition, opened bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		count, err := changed(ctx, tx, `INSERT INTO edition (newsletter, slot, at, kind, state, opened_at, expires_at, changed_at)
			VALUES ($1, $2, $3, $4, 'draft', $5, $6, $5) ON CONFLICT (newsletter, slot) DO NOTHING`,
			n.Newsletter, string(n.Slot), micros(n.At), string(n.Kind), micros(n.OpenedAt), micros(n.ExpiresAt))
		if err != nil {
			return err
		}
		opened = count == 1
		e, err = scanEdition(tx.QueryRowContext(ctx, `SELECT `+editionColumns+` FROM edition
			WHERE newsletter = $1 AND slot = $2`, n.Newsletter, string(n.Slot)))
		if err != nil || !opened {
			return err
		}
		return putLog(ctx, tx, e.ID, Entry{At: n.OpenedAt, Who: n.Who, What: "opened", Detail: e.Name()})
	})
	return e, opened, err
}

// Edition is one edition by its key. Errors: ErrNotFound.
func (s *Store) Edition(ctx context.Context, id int64) (Edition, error) {
	return editionByID(ctx, s.read, id)
}

func editionByID(ctx context.Context, q querier, id int64) (Edition, error) {
	e, err := scanEdition(q.QueryRowContext(ctx, `SELECT `+editionColumns+` FROM edition WHERE id = $1`, id))
	return e, found(err, "edition %d", id)
}

// EditionBySlot is the edition of a slot. Errors: ErrNotFound.
func (s *Store) EditionBySlot(ctx context.Context, newsletter string, slot digest.Slot) (Edition, error) {
	e, err := scanEdition(s.read.QueryRowContext(ctx, `SELECT `+editionColumns+` FROM edition
		WHERE newsletter = $1 AND slot = $2`, newsletter, string(slot)))
	return e, found(err, "edition %s/%s", newsletter, slot)
}

// Editions lists the editions of a newsletter ("": of all), newest first, at most
// limit (0: all).
func (s *Store) Editions(ctx context.Context, newsletter string, limit int) ([]Edition, error) {
	if limit <= 0 {
		limit = 1 << 30
	}
	return collect(ctx, s.read, scanEdition, `SELECT `+editionColumns+` FROM edition
		WHERE $1 = '' OR newsletter = $1 ORDER BY at DESC, id DESC LIMIT $2`, newsletter, limit)
}

// EditionsIn lists the editions that are in one of the states, oldest first.
func (s *Store) EditionsIn(ctx context.Context, states ...digest.State) ([]Edition, error) {
	if len(states) == 0 {
		return nil, nil
	}
	return collect(ctx, s.read, scanEdition, `SELECT `+editionColumns+` FROM edition
		WHERE state IN (`+params(1, len(states))+`) ORDER BY at, id`, stateArgs(states)...)
}

// LastSent is the last regular edition of a newsletter, of those whose slot is before
// an instant (zero: any), of which a reader really got a copy, whatever its state is
// now. Its cutoff is where the window of the next one starts; an extra leaves that
// window alone. Errors: ErrNotFound.
func (s *Store) LastSent(ctx context.Context, newsletter string, before time.Time) (Sent, error) {
	editions, err := collect(ctx, s.read, scanEdition, `SELECT `+editionColumns+` FROM edition
		WHERE newsletter = $1 AND kind = 'regular' AND (CAST($2 AS BIGINT) = 0 OR at < CAST($2 AS BIGINT))
		  AND EXISTS (SELECT 1 FROM mailing m WHERE m.edition = edition.id)
		ORDER BY at DESC`, newsletter, micros(before))
	if err != nil {
		return Sent{}, err
	}
	for _, e := range editions {
		if got, err := gotCopy(ctx, s.read, e.ID); err != nil || !got {
			if err != nil {
				return Sent{}, err
			}
			continue
		}
		return s.sent(ctx, e)
	}
	return Sent{}, found(sql.ErrNoRows, "a sent edition of %s", newsletter)
}

// sent is what LastSent says of an edition: the window ends where that of the last
// revision mailed ends.
func (s *Store) sent(ctx context.Context, e Edition) (Sent, error) {
	cutoff, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT r.cutoff FROM mailing m
		JOIN revision r ON r.edition = m.edition AND r.number = m.revision
		WHERE m.edition = $1 ORDER BY m.id DESC LIMIT 1`, e.ID))
	if err != nil {
		return Sent{}, fault(err)
	}
	counts, err := s.CountEdition(ctx, e.ID)
	return Sent{Edition: e, Cutoff: instant(cutoff), Accepted: counts.Accepted}, err
}

// Transition moves an edition from one of the states named to another and logs it.
// Errors: *ErrState where it is in another state, ErrNotFound.
func (s *Store) Transition(ctx context.Context, edition int64, from []digest.State, to digest.State, who, detail string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, edition, from, to, at); err != nil {
			return err
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: string(to), Detail: detail})
	})
}

// moveEdition is the one place where an edition's state changes.
func moveEdition(ctx context.Context, tx *sql.Tx, edition int64, from []digest.State, to digest.State, at time.Time) error {
	args := append([]any{edition, string(to), micros(at)}, stateArgs(from)...)
	n, err := changed(ctx, tx, `UPDATE edition SET state = $2, changed_at = $3
		WHERE id = $1 AND state IN (`+params(4, len(from))+`)`, args...)
	if err != nil || n == 1 {
		return err
	}
	e, err := editionByID(ctx, tx, edition)
	if err != nil {
		return err
	}
	return &ErrState{What: "edition " + e.Name(), Have: string(e.State), Want: stateWords(from)}
}

func scanEdition(row scanner) (Edition, error) {
	var e Edition
	var at, opened, expires, changed, forgotten int64
	err := row.Scan(&e.ID, &e.Newsletter, &e.Slot, &at, &e.Kind, &e.State, &e.Revision, &opened, &expires, &changed, &forgotten, &e.Reopened)
	e.At, e.OpenedAt, e.ExpiresAt, e.ChangedAt = instant(at), instant(opened), instant(expires), instant(changed)
	e.ForgottenAt = instant(forgotten)
	return e, err
}
