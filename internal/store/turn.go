package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
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
			_, err = changed(ctx, tx, `INSERT INTO asked (address_index, at) VALUES ($1, $2)`+noteAsked, now, w.at)
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

// Resealed is a reader's row, before and after.
type Resealed struct {
	Number  int64
	ID      [16]byte
	Address []byte
	Index   []byte
	Name    []byte // may be empty
}

// turnRows is how many rows one statement of a change carries.
const turnRows = 40

// TurnReaders seals the next readers anew, at most limit, that come after a number and
// were sealed with a data key other than key: reseal changes them in place. It returns
// the last number that it looked at, and how many; none: there are no more.
func (s *Store) TurnReaders(ctx context.Context, after int64, limit int, key uint32, version int, reseal func([]Resealed) error) (last int64, n int, err error) {
	last = after
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		rows, err := collect(ctx, tx, scanResealed, `SELECT number, id, address_sealed, address_index, name_sealed FROM subscriber
			WHERE number > $1 AND substr(address_sealed, 2, 4) <> $2 ORDER BY number LIMIT $3`, after, keyBytes(key), limit)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := reseal(rows); err != nil {
			return err
		}
		for from := 0; from < len(rows); from += turnRows {
			if err := putResealed(ctx, bulkTx{tx, s.engine}, rows[from:min(from+turnRows, len(rows))], version); err != nil {
				return err
			}
		}
		last, n = rows[len(rows)-1].Number, len(rows)
		return nil
	})
	return last, n, err
}

// TurnLeft counts the readers who are sealed with another data key than the one given,
// and all.
func (s *Store) TurnLeft(ctx context.Context, key uint32) (left, all int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN substr(address_sealed, 2, 4) <> $1 THEN 1 ELSE 0 END), 0), COUNT(*)
		FROM subscriber`, keyBytes(key)).Scan(&left, &all)
	return left, all, fault(err)
}

// putResealed writes rows in one statement. The first case of each gives it the
// column's type.
func putResealed(ctx context.Context, tx querier, rows []Resealed, version int) error {
	var args []any
	column := func(name string, of func(Resealed) []byte) string {
		var b strings.Builder
		b.WriteString(name + " = CASE number WHEN 0 THEN " + name)
		for _, r := range rows {
			b.WriteString(" WHEN " + params(len(args)+1, 1) + " THEN " + params(len(args)+2, 1))
			args = append(args, r.Number, of(r))
		}
		return b.String() + " END"
	}
	text := `UPDATE subscriber SET ` +
		column("address_sealed", func(r Resealed) []byte { return r.Address }) + `, ` +
		column("address_index", func(r Resealed) []byte { return r.Index }) + `, ` +
		column("name_sealed", func(r Resealed) []byte { return r.Name }) +
		`, index_version = ` + params(len(args)+1, 1)
	args = append(args, version)
	text += ` WHERE number IN (` + params(len(args)+1, len(rows)) + `)`
	for _, r := range rows {
		args = append(args, r.Number)
	}
	_, err := changed(ctx, tx, text, args...)
	return err
}

func scanResealed(row scanner) (Resealed, error) {
	var r Resealed
	var id []byte
	err := row.Scan(&r.Number, &id, &r.Address, &r.Index, &r.Name)
	copy(r.ID[:], id)
	return r, err
}

func keyBytes(key uint32) []byte { return binary.BigEndian.AppendUint32(nil, key) }

// TurnLetters does the same for the letters of before the change: reseal gives the
// index and the message anew; a message that is gone stays so. done: there are no more.
func (s *Store) TurnLetters(ctx context.Context, limit, version int, reseal func(dedupe string, index, message []byte) (newIndex, newMessage []byte, err error)) (done bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		// The turn's own row says up to which letter there is work.
		upTo, err := scanOne[int64](tx.QueryRowContext(ctx, `SELECT CAST(value AS BIGINT) FROM meta WHERE key = '`+metaTurn+`'`))
		if err != nil {
			return found(err, "the change of the key")
		}
		letters, err := collect(ctx, tx, scanLetter, `SELECT `+letterColumns+` FROM letter WHERE id <= $1 ORDER BY id DESC LIMIT $2`, upTo, limit)
		if err != nil {
			return err
		}
		for _, l := range letters {
			upTo = l.ID - 1
			index, message, err := l.ToIndex, l.Message, error(nil)
			if len(index) > 0 || len(message) > 0 && !l.Desk {
				index, message, err = reseal(l.Dedupe, l.ToIndex, l.Message)
			}
			if err != nil {
				return err
			}
			if bytes.Equal(index, l.ToIndex) && bytes.Equal(message, l.Message) {
				continue
			}
			if _, err := changed(ctx, tx, `UPDATE letter SET to_index = $2, message = $3 WHERE id = $1`, l.ID, index, message); err != nil {
				return err
			}
			// The letter's reader is found by its index: both move at once.
			if _, err := changed(ctx, tx, `UPDATE subscriber SET address_index = $2, index_version = $3 WHERE address_index = $1`, l.ToIndex, index, version); err != nil {
				return err
			}
		}
		done = len(letters) < limit
		_, err = changed(ctx, tx, `UPDATE meta SET value = $1 WHERE key = '`+metaTurn+`'`, fmt.Sprint(upTo))
		return err
	})
	return done, err
}

// TurnSignUps seals the sign-ups anew that wait and were sealed with another data key.
func (s *Store) TurnSignUps(ctx context.Context, key uint32, reseal func(id [16]byte, sealed []byte) ([]byte, error)) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		waiting, err := collect(ctx, tx, func(row scanner) (SignUp, error) {
			var u SignUp
			var id []byte
			err := row.Scan(&id, &u.Sealed)
			copy(u.ID[:], id)
			return u, err
		}, `SELECT id, sealed FROM sign_up WHERE substr(sealed, 2, 4) <> $1`, keyBytes(key))
		for _, u := range waiting {
			var sealed []byte
			if sealed, err = reseal(u.ID, u.Sealed); err == nil {
				_, err = changed(ctx, tx, `UPDATE sign_up SET sealed = $2 WHERE id = $1`, u.ID[:], sealed)
			}
			if err != nil {
				return err
			}
		}
		return err
	})
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

// LastMailing is the highest number of a mailing; 0: there is none.
func (s *Store) LastMailing(ctx context.Context) (int64, error) {
	id, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM mailing`))
	return id, fault(err)
}
