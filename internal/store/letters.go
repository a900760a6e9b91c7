package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

const letterColumns = `id, kind, to_index, message, dedupe, state, attempts, due_at, epoch, created_at, settled_at, relay, relay_id, error, desk`

// PutLetter puts a letter in the outbox. Of two with the same Dedupe the first
// stands: created is false, and id is the first's.
func (s *Store) PutLetter(ctx context.Context, n NewLetter) (id int64, created bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		if created, err = putLetter(ctx, tx, n); err != nil {
			return err
		}
		id, err = scanOne[int64](tx.QueryRowContext(ctx, `SELECT id FROM letter WHERE dedupe = $1`, n.Dedupe))
		return err
	})
	return id, created, err
}

func putLetter(ctx context.Context, q querier, n NewLetter) (created bool, err error) {
	count, err := changed(ctx, q, insertLetters(1), n.row()...)
	return count == 1, err
}

// putLetters puts many in; of two with the same Dedupe the first stands.
func putLetters(ctx context.Context, q querier, all []NewLetter) error {
	var args []any
	for _, n := range all {
		args = append(args, n.row()...)
	}
	_, err := changed(ctx, q, insertLetters(len(all)), args...)
	return err
}

func insertLetters(n int) string {
	return `INSERT INTO letter (kind, to_index, message, dedupe, state, due_at, created_at, desk)
		VALUES ` + tuples(1, n, 8) + ` ON CONFLICT (dedupe) DO NOTHING`
}

func (n NewLetter) row() []any {
	return []any{n.Kind, n.ToIndex, n.Message, n.Dedupe, string(mailer.Queued), micros(n.Due), micros(n.At), bit(n.Desk)}
}

// DropLetter takes a letter that nobody has tried to send out of the outbox; one that
// is under way stays.
func (s *Store) DropLetter(ctx context.Context, dedupe string) error {
	_, err := s.change(ctx, `DELETE FROM letter WHERE dedupe = $1 AND state = 'queued' AND attempts = 0`, dedupe)
	return err
}

// ClaimLetters claims the letters that are due, at most limit, for the length of a
// lease, first due first. When it returns, the claim is durable. A letter to a
// suppressed address is skipped. With desk, only those to editors are claimed: all
// that a locked node can open.
func (s *Store) ClaimLetters(ctx context.Context, holder string, now time.Time, lease time.Duration, limit int, desk bool) ([]Letter, error) {
	var letters []Letter
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, `UPDATE letter SET state = 'skipped', message = NULL, settled_at = $1
			WHERE state IN ('queued', 'deferred') AND due_at <= $1
			  AND EXISTS (SELECT 1 FROM suppression x WHERE x.address_index = letter.to_index)`, micros(now)); err != nil {
			return err
		}
		// The state is asked again in the update: on PostgreSQL another process may
		// have claimed the letter since the inner query read it.
		var err error
		letters, err = collect(ctx, tx, scanLetter, `UPDATE letter
			SET state = 'claimed', epoch = epoch + 1, claimed_by = $1, lease_until = $2
			WHERE state IN ('queued', 'deferred') AND id IN (SELECT id FROM letter
				WHERE state IN ('queued', 'deferred') AND due_at <= $3 AND desk >= $5 ORDER BY due_at, id LIMIT $4)
			RETURNING `+letterColumns, clean(holder), micros(now.Add(lease)), micros(now), limit, bit(desk))
		return err
	})
	slices.SortFunc(letters, func(a, b Letter) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return letters, err
}

// RecordLetter stores what a try made of a claimed letter; one that is settled loses
// its message. One that asks for a yes is in doubt meanwhile, see BeginAsk. Errors:
// ErrLeaseLost where the claim is no longer this one.
func (s *Store) RecordLetter(ctx context.Context, r LetterResult) error {
	var due int64
	settled := micros(r.At)
	if r.State == mailer.Queued || r.State == mailer.Deferred {
		due, settled = micros(r.Due), 0
	}
	text := ""
	if r.State != mailer.Accepted {
		text = short(r.Outcome.Text, 500)
	}
	n, err := s.change(ctx, `UPDATE letter SET state = $3, attempts = $4, due_at = $5, settled_at = $6,
			relay = $7, relay_id = $8, error = $9, lease_until = 0,
			message = CASE WHEN $3 IN ('queued', 'deferred') OR $3 = 'in_doubt' AND kind <> 'confirm' THEN message END
		WHERE id = $1 AND epoch = $2 AND state IN ('claimed', 'in_doubt')`,
		r.ID, r.Epoch, string(r.State), r.Attempts, due, settled,
		short(r.Outcome.Relay, 60), short(r.Outcome.RelayID, 120), text)
	if err == nil && n == 0 {
		err = fmt.Errorf("letter %d: %w", r.ID, ErrLeaseLost)
	}
	return err
}

// RecoverLetters settles the letters whose claim has outlived its lease: they are
// queued again (Resend) or in doubt (Hold). It returns how many those were.
func (s *Store) RecoverLetters(ctx context.Context, now time.Time, p mailer.DoubtPolicy) (int64, error) {
	to := mailer.InDoubt
	if p == mailer.Resend {
		to = mailer.Queued
	}
	return s.change(ctx, `UPDATE letter SET state = $1, attempts = attempts + 1, lease_until = 0, error = $2
		WHERE state = 'claimed' AND lease_until <= $3`, string(to), takenOver, micros(now))
}

// Letter is one letter by its key. Errors: ErrNotFound.
func (s *Store) Letter(ctx context.Context, id int64) (Letter, error) {
	l, err := scanLetter(s.read.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM letter WHERE id = $1`, id))
	return l, found(err, "letter %d", id)
}

// LetterDue tells whether the outbox has a letter to send now; with desk, one to an
// editor.
func (s *Store) LetterDue(ctx context.Context, now time.Time, desk bool) (bool, error) {
	return exists(ctx, s.read, `SELECT 1 FROM letter
		WHERE state IN ('queued', 'claimed', 'deferred') AND due_at <= $1 AND desk >= $2
		  AND (state <> 'claimed' OR lease_until <= $1)`, micros(now), bit(desk))
}

// CountLetters is the accounting of the outbox; NextDue says when it has work again.
func (s *Store) CountLetters(ctx context.Context) (Counts, error) {
	return sumOf(ctx, s.read, `SELECT state, COUNT(*), MIN(due_at) FROM letter GROUP BY state`)
}

func scanLetter(row scanner) (Letter, error) {
	var l Letter
	var due, created, settled, desk int64
	err := row.Scan(&l.ID, &l.Kind, &l.ToIndex, &l.Message, &l.Dedupe, &l.State, &l.Attempts, &due, &l.Epoch,
		&created, &settled, &l.Relay, &l.RelayID, &l.Error, &desk)
	l.Desk = desk == 1
	l.Due, l.CreatedAt, l.SettledAt = instant(due), instant(created), instant(settled)
	return l, err
}
