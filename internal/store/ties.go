package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Confirm makes a pending subscription a confirmed one, and the reader one who is owed a
// welcome, if that is asked for; a confirmed one stays as it is. Errors: *ErrState where
// the reader has left since, or is never to be mailed; ErrNotFound.
func (s *Store) Confirm(ctx context.Context, id [16]byte, newsletter string, welcome bool, at time.Time) error {
	owed := time.Time{}
	if welcome {
		owed = at
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := changed(ctx, tx, `UPDATE subscription SET state = 'confirmed', confirmed_at = $3, left_at = 0, welcome_due = $4
			WHERE newsletter = $2 AND state = 'pending'
			  AND subscriber = (SELECT p.number FROM subscriber p WHERE p.id = $1
				AND NOT EXISTS (SELECT 1 FROM suppression b WHERE b.address_index = p.address_index))`, id[:], newsletter, micros(at), micros(owed))
		if err != nil || n == 1 {
			return err
		}
		state, err := tieState(ctx, tx, id, newsletter)
		if err == nil && state != Confirmed {
			err = &ErrState{What: "this subscription to " + newsletter, Have: string(state), Want: []string{string(Pending), string(Confirmed)}}
		}
		return err
	})
}

func tieState(ctx context.Context, q querier, id [16]byte, newsletter string) (SubscriptionState, error) {
	state, err := scanOne[SubscriptionState](q.QueryRowContext(ctx, `SELECT n.state FROM subscriber p
		JOIN subscription n ON n.subscriber = p.number WHERE p.id = $1 AND n.newsletter = $2`, id[:], newsletter))
	return state, found(err, "this reader's subscription to %s", newsletter)
}

// Unsubscribe ends a reader's tie to a newsletter ("": to all of them). It may be
// asked any number of times; left tells whether this call ended one. Errors:
// ErrNotFound where there is no such reader.
func (s *Store) Unsubscribe(ctx context.Context, id [16]byte, newsletter string, at time.Time) (left bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		number, err := scanOne[int64](tx.QueryRowContext(ctx, `SELECT number FROM subscriber WHERE id = $1`, id[:]))
		if err != nil {
			return found(err, "this reader")
		}
		n, err := changed(ctx, tx, `UPDATE subscription SET state = 'unsubscribed', left_at = $3
			WHERE subscriber = $1 AND ($2 = '' OR newsletter = $2) AND state <> 'unsubscribed'`, number, newsletter, micros(at))
		left = n > 0
		return err
	})
	return left, err
}

// PauseSubscription lets a reader miss the editions that are laid or claimed before
// an instant; the zero time ends a pause. Errors: ErrNotFound.
func (s *Store) PauseSubscription(ctx context.Context, id [16]byte, newsletter string, until time.Time) error {
	n, err := s.change(ctx, `UPDATE subscription SET paused_until = $3
		WHERE newsletter = $2 AND subscriber = (SELECT number FROM subscriber WHERE id = $1)`, id[:], newsletter, micros(until))
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "this reader's subscription to %s", newsletter)
	}
	return err
}

// SetVariant chooses the variant that a reader gets of a newsletter, in the
// mailings laid from now on. Errors: ErrNotFound.
func (s *Store) SetVariant(ctx context.Context, id [16]byte, newsletter, variant string) error {
	n, err := s.change(ctx, `UPDATE subscription SET variant = $3
		WHERE newsletter = $2 AND subscriber = (SELECT number FROM subscriber WHERE id = $1)`, id[:], newsletter, clean(variant))
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "this reader's subscription to %s", newsletter)
	}
	return err
}

// HideAppeal keeps the appeal for support out of a reader's mails, of every newsletter
// they have or had, in the mailings laid before an instant; the zero time shows it
// again, ForGood never. Errors: ErrNotFound.
func (s *Store) HideAppeal(ctx context.Context, id [16]byte, until time.Time) error {
	n, err := s.change(ctx, `UPDATE subscription SET appeal_until = $2
		WHERE subscriber = (SELECT number FROM subscriber WHERE id = $1)`, id[:], micros(until))
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "this reader's subscriptions")
	}
	return err
}

// Revoke raises a reader's generation: every token made before is void. Errors: ErrNotFound.
func (s *Store) Revoke(ctx context.Context, id [16]byte) error {
	n, err := s.change(ctx, `UPDATE subscriber SET generation = generation + 1 WHERE id = $1`, id[:])
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "this reader")
	}
	return err
}

// Suppress notes that an address is never to be mailed again, whoever it belongs to
// and whatever is laid for it already. The first reason stands.
func (s *Store) Suppress(ctx context.Context, index []byte, reason string, at time.Time) error {
	version := 1
	if k := s.keyed.Load(); k != nil {
		version = k.version
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		// While the key changes, a reader's row may still have the index of before.
		_, err := changed(ctx, tx, `INSERT INTO suppression (address_index, reason, at, index_version)
			VALUES ($1, $2, $3, COALESCE((SELECT index_version FROM subscriber WHERE address_index = $1), $4))
			ON CONFLICT (address_index) DO NOTHING`, index, clean(reason), micros(at), version)
		return err
	})
}

// Suppressed tells whether an address is never to be mailed, and why.
func (s *Store) Suppressed(ctx context.Context, index []byte) (reason string, is bool, err error) {
	reason, err = scanOne[string](s.read.QueryRowContext(ctx, `SELECT reason FROM suppression WHERE address_index = $1`, index))
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return reason, err == nil, fault(err)
}

// Suppressions are the reasons of all suppressed addresses, by index.
func (s *Store) Suppressions(ctx context.Context) (map[string]string, error) {
	reasons := map[string]string{}
	_, err := collect(ctx, s.read, func(row scanner) (struct{}, error) {
		var index []byte
		var reason string
		err := row.Scan(&index, &reason)
		reasons[string(index)] = reason
		return struct{}{}, err
	}, `SELECT address_index, reason FROM suppression`)
	return reasons, err
}
