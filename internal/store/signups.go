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

// PutSignUp keeps what a visitor asked for: when it returns, it is on the disk, with
// whatever else came at that moment (see group). It is one insert, whoever asks: what it
// finds, and how long it takes, says nothing of who is on the list.
func (s *Store) PutSignUp(ctx context.Context, u SignUp) error {
	return s.signUps.put(ctx, u)
}

func (s *Store) putSignUps(ctx context.Context, all []SignUp) error {
	if len(all) == 0 {
		return nil
	}
	return s.inTurn(ctx, true, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		return s.insertSignUps(ctx, tx, all)
	})
}

func (s *Store) insertSignUps(ctx context.Context, tx *sql.Tx, all []SignUp) error {
	for part := range atOnce(all) {
		var args []any
		for _, u := range part {
			args = append(args, u.ID[:], u.Sealed, micros(u.Due))
		}
		if _, err := changed(ctx, bulkTx{tx, s.engine}, `INSERT INTO sign_up (id, sealed, due_at) VALUES `+tuples(1, len(part), 3), args...); err != nil {
			return err
		}
	}
	return nil
}

// alongSignUps puts the sign-ups that wait into somebody else's transaction, on SQLite,
// where they would wait for its end. told has to be called with what came of it.
func (s *Store) alongSignUps(ctx context.Context, tx *sql.Tx) (told func(error), err error) {
	if s.engine != sqliteEngine || s.alone.Load() || s.signUps.empty() || s.checkKey(ctx, tx) != nil {
		return func(error) {}, nil
	}
	all, told := s.signUps.along()
	return told, s.insertSignUps(ctx, tx, all)
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
	return exists(ctx, s.read, `SELECT 1 FROM sign_up WHERE due_at <= $1`, micros(now))
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
// whatever became of the reader meanwhile, nobody gets more. asker is who asks, see
// asking.go. It returns how many letters there are.
//
// It does for all of them at once what it would do for each: on SQLite everybody else
// who writes waits meanwhile.
func (s *Store) TakeSignUps(ctx context.Context, all []TakenSignUp, asker string, now time.Time, every time.Duration) (letters int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		letters = 0
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		if _, err := changed(ctx, tx, forgetAsked, micros(now.Add(-every))); err != nil {
			return err
		}
		for some := range slices.Chunk(all, importRows) {
			n, err := takeSignUps(ctx, bulkTx{tx, s.engine}, some, asker, now, every)
			if err != nil {
				return err
			}
			letters += n
		}
		return nil
	})
	return letters, err
}

func takeSignUps(ctx context.Context, tx querier, all []TakenSignUp, asker string, now time.Time, every time.Duration) (letters int, err error) {
	mine, err := removeSignUps(ctx, tx, all)
	if err != nil {
		return 0, err
	}
	var rows []NewSubscriber
	var ask []NewLetter
	for _, u := range all {
		if mine[string(u.ID[:])] && len(u.Rows) > 0 { // else another has taken it, or nothing is to be made of it
			rows, ask = append(rows, u.Rows...), append(ask, u.Letter)
		}
	}
	for some := range slices.Chunk(rows, importRows) {
		if _, err := putRows(ctx, tx, some); err != nil {
			return 0, err
		}
	}
	return askAll(ctx, tx, ask, asker, now, every)
}

// removeSignUps takes sign-ups off the table, and tells which were there.
func removeSignUps(ctx context.Context, tx querier, all []TakenSignUp) (mine map[string]bool, err error) {
	ids := make([]any, len(all))
	for i, u := range all {
		ids[i] = u.ID[:]
	}
	gone, err := collect(ctx, tx, scanOne[[]byte], `DELETE FROM sign_up WHERE id IN (`+params(1, len(ids))+`) RETURNING id`, ids...)
	return setOf(gone), err
}
