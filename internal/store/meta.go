package store

import (
	"context"
	"database/sql"
)

// Meta is a small fact of the install. Errors: ErrNotFound.
func (s *Store) Meta(ctx context.Context, key string) (string, error) {
	v, err := scanOne[string](s.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = $1`, key))
	return v, found(err, "meta %s", key)
}

// PutMeta stores a fact, over an earlier one.
func (s *Store) PutMeta(ctx context.Context, key, value string) error {
	_, err := s.change(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// PutMetaOnce stores a fact unless there is one, and returns the one that stands:
// of two processes both get the first's.
func (s *Store) PutMetaOnce(ctx context.Context, key, value string) (string, error) {
	stands := value
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, `INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, value); err != nil {
			return err
		}
		var err error
		stands, err = scanOne[string](tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = $1`, key))
		return err
	})
	return stands, err
}
