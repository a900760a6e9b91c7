package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// SignUp is what a visitor asked for on a page, as it waits to be taken in.
type SignUp struct {
	ID     [16]byte
	Sealed []byte // bound to ID
	Due    time.Time
}

// PutSignUp keeps what a visitor asked for. It is one insert, whoever asks: what it
// finds, and how long it takes, says nothing of who is on the list.
func (s *Store) PutSignUp(ctx context.Context, u SignUp) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		_, err := changed(ctx, tx, `INSERT INTO sign_up (id, sealed, due_at) VALUES ($1, $2, $3)`, u.ID[:], u.Sealed, micros(u.Due))
		return err
	})
}

// SignUps are those that are due, the first first, at most limit.
func (s *Store) SignUps(ctx context.Context, now time.Time, limit int) ([]SignUp, error) {
	return collect(ctx, s.read, func(row scanner) (SignUp, error) {
		var u SignUp
		var id []byte
		var due int64
		err := row.Scan(&id, &u.Sealed, &due)
		copy(u.ID[:], id)
		u.Due = instant(due)
		return u, err
	}, `SELECT id, sealed, due_at FROM sign_up WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2`, micros(now), limit)
}

// SignUpDue tells whether one waits that is due.
func (s *Store) SignUpDue(ctx context.Context, now time.Time) (bool, error) {
	n, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT id FROM sign_up WHERE due_at <= $1 LIMIT 1) AS one`, micros(now)))
	return n > 0, err
}

// TakenSignUp is a sign-up, opened: the reader with a tie for each newsletter, and the
// letter that asks for their yes. Without Rows it is dropped: nothing can be made of it.
type TakenSignUp struct {
	ID     [16]byte
	Rows   []NewSubscriber // of one address
	Letter NewLetter
}

// TakeSignUps makes readers of sign-ups, in one transaction, each once, whoever else
// takes them. A letter goes to the outbox unless its address was asked within `every`:
// whatever became of the reader meanwhile, nobody gets more. It returns how many letters
// there are.
func (s *Store) TakeSignUps(ctx context.Context, all []TakenSignUp, now time.Time, every time.Duration) (letters int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		letters = 0
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		if _, err := changed(ctx, tx, forgetAsked, micros(now.Add(-every))); err != nil {
			return err
		}
		for _, u := range all {
			n, err := changed(ctx, tx, `DELETE FROM sign_up WHERE id = $1`, u.ID[:])
			if err != nil {
				return err
			}
			if n == 0 || len(u.Rows) == 0 { // another has taken it
				continue
			}
			asked, err := takeSignUp(ctx, tx, s.engine, u, now)
			if err != nil {
				return err
			}
			if asked {
				letters++
			}
		}
		return nil
	})
	return letters, err
}

func takeSignUp(ctx context.Context, tx *sql.Tx, e engine, u TakenSignUp, now time.Time) (asked bool, err error) {
	for rows := range slices.Chunk(u.Rows, importRows) {
		if _, err := putRows(ctx, bulkTx{tx, e}, rows); err != nil {
			return false, err
		}
	}
	return ask(ctx, tx, u.Letter, now)
}

// ask puts a letter in unless its address was asked.
func ask(ctx context.Context, tx querier, l NewLetter, now time.Time) (asked bool, err error) {
	n, err := changed(ctx, tx, noteAsked, l.ToIndex, micros(now))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = putLetter(ctx, tx, l)
	return err == nil, err
}

const (
	noteAsked   = `INSERT INTO asked (address_index, at) VALUES ($1, $2) ON CONFLICT (address_index) DO NOTHING`
	forgetAsked = `DELETE FROM asked WHERE at <= $1`
)

// AskOnce puts a letter that asks for a yes in the outbox, unless its address was asked
// within `every`.
func (s *Store) AskOnce(ctx context.Context, l NewLetter, now time.Time, every time.Duration) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		if _, err := changed(ctx, tx, forgetAsked, micros(now.Add(-every))); err != nil {
			return err
		}
		_, err := ask(ctx, tx, l, now)
		return err
	})
}

// ForgetAsked drops whom a mail asked for their yes before an instant.
func (s *Store) ForgetAsked(ctx context.Context, before time.Time) error {
	_, err := s.change(ctx, forgetAsked, micros(before))
	return err
}

// NoteAsked notes that an address was asked by a mail that no outbox held.
func (s *Store) NoteAsked(ctx context.Context, index []byte, at time.Time) error {
	_, err := s.change(ctx, noteAsked, index, micros(at))
	return err
}
