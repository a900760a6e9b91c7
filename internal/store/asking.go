package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// An address is asked for its yes once in a while (`every`), whatever happens:
//
//   - `asked` holds its index from the moment that a letter to it goes into the outbox, and
//     anew from each moment at which one goes on the wire (BeginAsk). Erasing its reader
//     does not clear that;
//   - from that moment the letter is in doubt. A process that dies leaves it so, and
//     nobody sends it again;
//   - while a letter to it waits, no other is made;
//   - a locked process cannot compute an index. It knows whom it has asked itself, and
//     asks nobody while another process has asked anyone of late: asker. What it mails
//     it notes before (ClaimInboxMail), and until that is taken in, no letter goes out.

const (
	forgetAsked = `DELETE FROM asked WHERE at <= $1`
	// unread is what a locked process has mailed and nobody has taken in.
	unread = `EXISTS (SELECT 1 FROM inbox WHERE sealed IS NOT NULL AND mailed_at <> 0)`
	// laterAsked keeps the later of two moments.
	laterAsked = ` ON CONFLICT (address_index) DO UPDATE SET at = CASE WHEN asked.at < excluded.at THEN excluded.at ELSE asked.at END`
	noteAsked  = `INSERT INTO asked (address_index, at) VALUES ($1, $2)` + laterAsked
)

// askAll puts letters in, but for those whose address was asked, or has one that waits,
// and says how many.
func askAll(ctx context.Context, tx querier, letters []NewLetter, asker string, now time.Time, every time.Duration) (asked int, err error) {
	if len(letters) == 0 {
		return 0, nil
	}
	// By index: two who ask at once then wait for each other in the same order.
	slices.SortStableFunc(letters, func(a, b NewLetter) int { return bytes.Compare(a.ToIndex, b.ToIndex) })
	letters = slices.CompactFunc(letters, func(a, b NewLetter) bool { return bytes.Equal(a.ToIndex, b.ToIndex) })
	waiting, err := openConfirmations(ctx, tx, letters)
	if err != nil {
		return 0, err
	}
	letters = slices.DeleteFunc(letters, func(l NewLetter) bool { return waiting[string(l.ToIndex)] })
	if len(letters) == 0 {
		return 0, nil
	}
	var args []any
	for _, l := range letters {
		args = append(args, l.ToIndex, micros(now))
	}
	fresh, err := collect(ctx, tx, scanOne[[]byte], `INSERT INTO asked (address_index, at) VALUES `+tuples(1, len(letters), 2)+`
		ON CONFLICT (address_index) DO NOTHING RETURNING address_index`, args...)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	is := setOf(fresh)
	letters = slices.DeleteFunc(letters, func(l NewLetter) bool { return !is[string(l.ToIndex)] })
	if err := noteAsker(ctx, tx, asker, now, every); err != nil {
		return 0, err
	}
	return len(letters), putLetters(ctx, tx, letters)
}

// openConfirmations are the addresses of letters to which one waits already.
func openConfirmations(ctx context.Context, tx querier, letters []NewLetter) (map[string]bool, error) {
	args := make([]any, len(letters))
	for i, l := range letters {
		args[i] = l.ToIndex
	}
	open, err := collect(ctx, tx, scanOne[[]byte], `SELECT to_index FROM letter WHERE kind = 'confirm'
		AND state IN ('queued', 'claimed', 'deferred') AND to_index IN (`+params(1, len(args))+`)`, args...)
	return setOf(open), err
}

func setOf(all [][]byte) map[string]bool {
	is := make(map[string]bool, len(all))
	for _, b := range all {
		is[string(b)] = true
	}
	return is
}

// noteAsker notes that a process asks somebody. Those who do take turns: on PostgreSQL
// the first row is a lock until the transaction's end.
func noteAsker(ctx context.Context, tx querier, asker string, now time.Time, every time.Duration) error {
	const note = `INSERT INTO asker (id, at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET at = excluded.at`
	if _, err := changed(ctx, tx, note, "", 0); err != nil {
		return err
	}
	if _, err := changed(ctx, tx, `DELETE FROM asker WHERE id <> '' AND at <= $1`, micros(now.Add(-every))); err != nil {
		return err
	}
	_, err := changed(ctx, tx, note, asker, micros(now))
	return err
}

// AskOnce puts a letter that asks for a yes in the outbox, unless its address was asked
// within `every`.
func (s *Store) AskOnce(ctx context.Context, l NewLetter, asker string, now time.Time, every time.Duration) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		if _, err := changed(ctx, tx, forgetAsked, micros(now.Add(-every))); err != nil {
			return err
		}
		_, err := askAll(ctx, tx, []NewLetter{l}, asker, now, every)
		return err
	})
}

// ForgetAsked drops whom a mail asked for their yes before an instant, and what letters
// say that a process which died left in doubt: nobody sends them.
func (s *Store) ForgetAsked(ctx context.Context, before time.Time) error {
	if _, err := s.change(ctx, `UPDATE letter SET message = NULL WHERE settled_at <> 0 AND settled_at <= $1
		AND state = 'in_doubt' AND kind = 'confirm' AND message IS NOT NULL`, micros(before)); err != nil {
		return err
	}
	_, err := s.change(ctx, forgetAsked, micros(before))
	return err
}

// NoteAsked notes that an address was asked by a mail that no outbox held. A letter that
// waits to ask the same is not sent.
func (s *Store) NoteAsked(ctx context.Context, index []byte, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, noteAsked, index, micros(at)); err != nil {
			return err
		}
		_, err := changed(ctx, tx, `UPDATE letter SET state = 'skipped', message = NULL, settled_at = $2
			WHERE to_index = $1 AND kind = 'confirm' AND state IN ('queued', 'deferred')`, index, micros(at))
		return err
	})
}

// BeginAsk is the last step before a claimed letter that asks for a yes goes on the wire:
// from here on it is in doubt, until RecordLetter says what came of it. Errors:
// ErrLeaseLost where it is not to go now.
func (s *Store) BeginAsk(ctx context.Context, l Letter, asker string, now time.Time, every time.Duration) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := noteAsker(ctx, tx, asker, now, every); err != nil {
			return err
		}
		n, err := changed(ctx, tx, `UPDATE letter SET state = 'in_doubt', settled_at = $3
			WHERE id = $1 AND epoch = $2 AND state = 'claimed' AND NOT `+unread, l.ID, l.Epoch, micros(now))
		if err == nil && n == 0 {
			err = fmt.Errorf("letter %d: %w", l.ID, ErrLeaseLost)
		}
		if err != nil {
			return err
		}
		_, err = changed(ctx, tx, `INSERT INTO asked (address_index, at)
			SELECT to_index, CAST($2 AS BIGINT) FROM letter WHERE id = $1 AND to_index IS NOT NULL`+laterAsked, l.ID, micros(now))
		return err
	})
}

// Errors of ClaimInboxMail.
var (
	// ErrTaken: the sign-up does not wait any more, or is mailed by another.
	ErrTaken = errors.New("this sign-up does not wait any more")
	// ErrOthersAsked: another process has asked somebody of late.
	ErrOthersAsked = errors.New("another process has asked readers of late")
)

// ClaimInboxMail notes that a locked process mails the confirmation of a sign-up that
// waits, before it does. Errors: ErrTaken, ErrOthersAsked.
func (s *Store) ClaimInboxMail(ctx context.Context, id [16]byte, asker string, now time.Time, every time.Duration) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := noteAsker(ctx, tx, asker, now, every); err != nil {
			return err
		}
		others, err := exists(ctx, tx, `SELECT 1 FROM asker WHERE id <> '' AND id <> $1`, asker)
		if err == nil && others {
			err = ErrOthersAsked
		}
		if err != nil {
			return err
		}
		n, err := changed(ctx, tx, `UPDATE inbox SET mailed_at = $2 WHERE id = $1 AND sealed IS NOT NULL AND mailed_at = 0`, id[:], micros(now))
		if err == nil && n == 0 {
			err = ErrTaken
		}
		return err
	})
}

// ReleaseInboxMail takes a claim back: the mail has not left.
func (s *Store) ReleaseInboxMail(ctx context.Context, id [16]byte) error {
	_, err := s.change(ctx, `UPDATE inbox SET mailed_at = 0 WHERE id = $1 AND sealed IS NOT NULL`, id[:])
	return err
}
