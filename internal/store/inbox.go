package store

import (
	"context"
	"database/sql"
	"time"
)

// InboxKind is what a row of the inbox tells.
type InboxKind string

// The kinds. The inbox's CHECK lists the same words.
const (
	InboxJoined InboxKind = "joined" // a sign-up
	InboxLeft   InboxKind = "left"   // a reader has left, and is to be told so
)

// Inbound is a row of the inbox.
type Inbound struct {
	ID          [16]byte
	Kind        InboxKind
	Newsletter  string
	Sealed      []byte // to the public key; empty once taken over
	Number      int64  // of the reader; 0 where that is not known
	MailedAt    time.Time
	ConfirmedAt time.Time
	CreatedAt   time.Time
}

const inboxColumns = `id, kind, newsletter, sealed, subscriber, mailed_at, confirmed_at, created_at`

// PutInbox puts a row in, with whatever else comes at that moment (see group).
func (s *Store) PutInbox(ctx context.Context, in Inbound) error {
	return s.inbound.put(ctx, in)
}

func (s *Store) putInbox(ctx context.Context, all []Inbound) error {
	return s.inTurn(ctx, true, func(tx *sql.Tx) error {
		for part := range atOnce(all) {
			var args []any
			for _, in := range part {
				args = append(args, in.ID[:], string(in.Kind), in.Newsletter, in.Sealed, in.Number,
					micros(in.MailedAt), micros(in.ConfirmedAt), micros(in.CreatedAt))
			}
			if _, err := changed(ctx, bulkTx{tx, s.engine}, `INSERT INTO inbox (`+inboxColumns+`) VALUES `+tuples(1, len(part), 8), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// InboxByID is a row by the ID in the links that were mailed. Errors: ErrNotFound.
func (s *Store) InboxByID(ctx context.Context, id [16]byte) (Inbound, error) {
	in, err := scanInbound(s.read.QueryRowContext(ctx, `SELECT `+inboxColumns+` FROM inbox WHERE id = $1`, id[:]))
	return in, found(err, "this sign-up")
}

// InboxWaiting are the rows that wait to be taken over, at most limit, oldest first.
func (s *Store) InboxWaiting(ctx context.Context, limit int) ([]Inbound, error) {
	return collect(ctx, s.read, scanInbound, `SELECT `+inboxColumns+` FROM inbox
		WHERE sealed IS NOT NULL OR kind = 'left' ORDER BY created_at, id LIMIT $1`, limit)
}

// ConfirmInbox notes that a sign-up which waits was confirmed; the first time stands.
// Errors: ErrNotFound where it does not wait: it was taken over, or was dropped.
func (s *Store) ConfirmInbox(ctx context.Context, id [16]byte, at time.Time) error {
	n, err := s.change(ctx, `UPDATE inbox SET confirmed_at = CASE WHEN confirmed_at = 0 THEN $2 ELSE confirmed_at END
		WHERE id = $1 AND sealed IS NOT NULL`, id[:], micros(at))
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "this sign-up")
	}
	return err
}

// TakeInbox ends a row that was taken over. Where alias is a reader's number it stays,
// without what was sealed in it, so that its links lead to that reader.
//
// A row that was confirmed or mailed since it was read stays.
func (s *Store) TakeInbox(ctx context.Context, in Inbound, alias int64) (taken bool, err error) {
	query, args := `DELETE FROM inbox WHERE id = $1 AND confirmed_at = $2 AND mailed_at = $3`, []any{in.ID[:], micros(in.ConfirmedAt), micros(in.MailedAt)}
	if alias != 0 {
		query, args = `UPDATE inbox SET sealed = NULL, subscriber = $4 WHERE id = $1 AND confirmed_at = $2 AND mailed_at = $3`, append(args, alias)
	}
	n, err := s.change(ctx, query, args...)
	return n == 1, err
}

// SubscriberByNumber is a reader by the store's key, with their ties. Errors: ErrNotFound.
func (s *Store) SubscriberByNumber(ctx context.Context, number int64) (Subscriber, error) {
	id, err := scanOne[[]byte](s.read.QueryRowContext(ctx, `SELECT id FROM subscriber WHERE number = $1`, number))
	if err != nil {
		return Subscriber{}, found(err, "this reader")
	}
	return s.SubscriberByID(ctx, [16]byte(id))
}

func scanInbound(row scanner) (Inbound, error) {
	var in Inbound
	var id []byte
	var mailed, confirmed, created int64
	err := row.Scan(&id, &in.Kind, &in.Newsletter, &in.Sealed, &in.Number, &mailed, &confirmed, &created)
	copy(in.ID[:], id)
	in.MailedAt, in.ConfirmedAt, in.CreatedAt = instant(mailed), instant(confirmed), instant(created)
	return in, err
}
