package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The master key changes in one transaction (Turn): its fingerprint, the data keys
// wrapped anew, what the new one inherits. From then on the new master opens
// everything, and the old one nothing. What the old data keys have sealed is sealed
// anew batch by batch (TurnReaders, TurnLetters), whoever dies meanwhile; once nothing
// is left they go (EndTurn).

// The facts of the key, in meta.
const (
	metaKey      = "key fingerprint"
	metaHeirloom = "key heirloom"
	metaTurn     = "key turn" // the index version; there while a change is under way
)

// ErrKeysChanged says that another process has changed the master key: what this one
// seals would be lost.
var ErrKeysChanged = errors.New("the master key was changed meanwhile: start this again, with the new one")

// Keyed tells the store under which master its caller seals, and the version of its
// index: nothing that another has sealed is written from then on.
func (s *Store) Keyed(fingerprint string, indexVersion int) {
	s.keyed.Store(&keyed{fingerprint, indexVersion})
}

type keyed struct {
	fingerprint string
	version     int
}

func (s *Store) checkKey(ctx context.Context, tx querier) error {
	k := s.keyed.Load()
	if k == nil {
		return nil
	}
	query := `SELECT value FROM meta WHERE key = '` + metaKey + `'`
	if s.engine == postgresEngine {
		query += ` FOR SHARE` // who changes it waits for this transaction, as on SQLite
	}
	is, err := scanOne[string](tx.QueryRowContext(ctx, query))
	if errors.Is(err, sql.ErrNoRows) || err == nil && is == k.fingerprint {
		return nil
	}
	return errors.Join(err, ErrKeysChanged)
}

// KeyFacts is what the store remembers of the key: the fingerprint of the master,
// what it inherited (nil: nothing), and whether a change is under way. Errors:
// ErrNotFound where no key was there yet.
func (s *Store) KeyFacts(ctx context.Context) (fingerprint string, heirloom []byte, turning bool, err error) {
	facts := map[string]string{}
	_, err = collect(ctx, s.read, func(row scanner) (struct{}, error) {
		var k, v string
		err := row.Scan(&k, &v)
		facts[k] = v
		return struct{}{}, err
	}, `SELECT key, value FROM meta WHERE key IN ('`+metaKey+`', '`+metaHeirloom+`', '`+metaTurn+`')`)
	if err == nil && facts[metaKey] == "" {
		err = found(sql.ErrNoRows, "the key's fingerprint")
	}
	_, turning = facts[metaTurn]
	if h := facts[metaHeirloom]; h != "" {
		heirloom = []byte(h)
	}
	return facts[metaKey], heirloom, turning, err
}

// Turn is a change of the master key.
type Turn struct {
	From, To string    // fingerprints
	Heirloom string    // sealed, as text
	Keys     []DataKey // all, wrapped for the new master; the last one is new
	Version  int       // of the index from now on
	Reindex  func(former []byte) ([]byte, error)
}

// Turn changes the master key. Errors: ErrKeysChanged where it is not From.
func (s *Store) Turn(ctx context.Context, t Turn) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := changed(ctx, tx, `UPDATE meta SET value = $2 WHERE key = '`+metaKey+`' AND value = $1`, t.From, t.To)
		if err == nil && n != 1 {
			err = ErrKeysChanged
		}
		if err != nil {
			return err
		}
		last, err := scanOne[int64](tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM letter`))
		if err != nil {
			return fault(err)
		}
		facts := map[string]string{metaHeirloom: t.Heirloom, metaTurn: fmt.Sprint(last)}
		for key, value := range facts {
			if _, err := changed(ctx, tx, `INSERT INTO meta (key, value) VALUES ($1, $2)
				ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value); err != nil {
				return err
			}
		}
		for _, k := range t.Keys {
			if _, err := changed(ctx, tx, `INSERT INTO data_key (id, wrapped, created_at) VALUES ($1, $2, $3)
				ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped`, k.ID, k.Wrapped, micros(k.CreatedAt)); err != nil {
				return err
			}
		}
		if err := twinsAsked(ctx, tx, t.Reindex); err != nil {
			return err
		}
		return twins(ctx, tx, t.Version, t.Reindex)
	})
}

// twinsAsked hashes on whom a mail has asked for their yes of late: both go with time.
func twinsAsked(ctx context.Context, tx querier, reindex func([]byte) ([]byte, error)) error {
	type was struct {
		index []byte
		at    int64
	}
	all, err := collect(ctx, tx, func(row scanner) (was, error) {
		var w was
		err := row.Scan(&w.index, &w.at)
		return w, err
	}, `SELECT address_index, at FROM asked`)
	for _, w := range all {
		var now []byte
		if now, err = reindex(w.index); err == nil {
			_, err = changed(ctx, tx, noteAsked, now, w.at)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// twins hashes on what was suppressed under an earlier version: until the change of the
// key is over, both stand, so that no reader is mailed who is to be mailed no more,
// whichever index their row has.
func twins(ctx context.Context, tx querier, version int, reindex func([]byte) ([]byte, error)) error {
	type barred struct {
		index  []byte
		reason string
		at     int64
	}
	old, err := collect(ctx, tx, func(row scanner) (barred, error) {
		var b barred
		err := row.Scan(&b.index, &b.reason, &b.at)
		return b, err
	}, `SELECT address_index, reason, at FROM suppression WHERE index_version < $1`, version)
	if err != nil {
		return err
	}
	for _, b := range old {
		now, err := reindex(b.index)
		if err != nil {
			return err
		}
		if _, err := changed(ctx, tx, `INSERT INTO suppression (address_index, reason, at, index_version)
			VALUES ($1, $2, $3, $4) ON CONFLICT (address_index) DO NOTHING`, now, b.reason, b.at, version); err != nil {
			return err
		}
	}
	return nil
}

// MoveIndex gives a reader who is still found by an index of before the change the one
// in force.
func (s *Store) MoveIndex(ctx context.Context, from, to []byte, version int) error {
	_, err := s.change(ctx, `UPDATE subscriber SET address_index = $2, index_version = $3 WHERE address_index = $1`, from, to, version)
	return err
}

// EndTurn drops every data key but the one given, and hashes of before, once nothing
// is left that needs them; else done is false.
func (s *Store) EndTurn(ctx context.Context, key uint32, version int, reindex func([]byte) ([]byte, error)) (done bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		left, err := exists(ctx, tx, `SELECT 1 FROM subscriber
			WHERE substr(address_sealed, 2, 4) <> $1
			UNION ALL SELECT 1 FROM sign_up WHERE substr(sealed, 2, 4) <> $1`, keyBytes(key))
		if err != nil || left {
			return err
		}
		if err := twins(ctx, tx, version, reindex); err != nil {
			return err
		}
		for text, arg := range map[string]any{
			`DELETE FROM suppression WHERE index_version < $1`: version,
			`DELETE FROM data_key WHERE id < $1`:               int64(key),
			`DELETE FROM meta WHERE key = $1`:                  metaTurn,
		} {
			if _, err := changed(ctx, tx, text, arg); err != nil {
				return err
			}
		}
		done = true
		return nil
	})
	if err == nil && done {
		err = s.Checkpoint(ctx)
	}
	return done, err
}
