package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"
)

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
