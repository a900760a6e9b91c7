package store

import (
	"context"
	"database/sql"
	"time"
)

// Owed is a reader who has confirmed, and is to be welcomed.
type Owed struct {
	Number      int64
	ID          [16]byte
	Address     []byte // sealed
	Newsletter  string
	ConfirmedAt time.Time
}

// WelcomesOwed are the readers who wait for a welcome, at most limit, the first first.
func (s *Store) WelcomesOwed(ctx context.Context, limit int) ([]Owed, error) {
	return collect(ctx, s.read, func(row scanner) (Owed, error) {
		var o Owed
		var id []byte
		var confirmed int64
		err := row.Scan(&o.Number, &id, &o.Address, &o.Newsletter, &confirmed)
		copy(o.ID[:], id)
		o.ConfirmedAt = instant(confirmed)
		return o, err
	}, `SELECT p.number, p.id, p.address_sealed, n.newsletter, n.confirmed_at
		FROM subscription n JOIN subscriber p ON p.number = n.subscriber
		WHERE n.welcome_due > 0 ORDER BY n.welcome_due, n.subscriber, n.newsletter LIMIT $1`, limit)
}

// WelcomeOwed tells whether a reader waits for a welcome.
func (s *Store) WelcomeOwed(ctx context.Context) (bool, error) {
	return exists(ctx, s.read, `SELECT 1 FROM subscription WHERE welcome_due > 0`)
}

// Welcome is what becomes of one who is owed a welcome.
type Welcome struct {
	Number     int64
	Newsletter string
	Letter     NewLetter // without a dedupe word: none, after all
	Edition    int64     // that it carries; 0: none
	Revision   int
}

// PutWelcome puts a reader's welcome in the outbox, and notes which edition it carries:
// none where the edition is not the one that was sent any more, or where the reader has
// it, or is about to get it. Who has left meanwhile gets no welcome.
func (s *Store) PutWelcome(ctx context.Context, w Welcome) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		const owed = ` WHERE subscriber = $1 AND newsletter = $2 AND welcome_due > 0`
		if _, err := changed(ctx, tx, `UPDATE subscription SET welcome_due = 0`+owed+` AND state <> 'confirmed'`, w.Number, w.Newsletter); err != nil {
			return err
		}
		edition, revision, err := carries(ctx, tx, w)
		if err != nil {
			return err
		}
		n, err := changed(ctx, tx, `UPDATE subscription SET welcome_due = 0,
			welcome_edition = CASE WHEN CAST($3 AS BIGINT) > 0 THEN CAST($3 AS BIGINT) ELSE welcome_edition END,
			welcome_revision = CASE WHEN CAST($3 AS BIGINT) > 0 THEN CAST($4 AS BIGINT) ELSE welcome_revision END`+owed, w.Number, w.Newsletter, edition, revision)
		if err != nil || n == 0 || w.Letter.Dedupe == "" {
			return err
		}
		_, err = putLetter(ctx, tx, w.Letter)
		return err
	})
}

// carries tells whether a welcome may carry its edition. It takes the edition's row, as
// who starts a mailing does: no mailing of it begins until this transaction is over.
func carries(ctx context.Context, tx *sql.Tx, w Welcome) (edition int64, revision int, err error) {
	if w.Edition == 0 || w.Letter.Dedupe == "" {
		return 0, 0, nil
	}
	n, err := changed(ctx, tx, `UPDATE edition SET state = state WHERE id = $1 AND revision = $2 AND state = 'sent' AND forgotten_at = 0`, w.Edition, w.Revision)
	if err != nil || n == 0 {
		return 0, 0, err
	}
	has, err := exists(ctx, tx, `SELECT 1 FROM mailing m
		JOIN slice s ON s.mailing = m.id AND s.first_number <= $2 AND s.last_number >= $2
		JOIN delivery d ON d.slice = s.id AND d.subscriber = $2
		WHERE m.edition = $1 AND d.state NOT IN ('skipped', 'rejected')`, w.Edition, w.Number)
	if err != nil || has {
		return 0, 0, err
	}
	return w.Edition, w.Revision, nil
}
