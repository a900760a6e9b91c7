package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// takenOver is what an attempt says of a delivery whose sender ended before the
// outcome was stored.
const takenOver = "the process that was sending this ended before the outcome was stored"

// TakeSlice leases the first slice of a mailing that has due work and that nobody
// holds, under the next epoch. Deliveries that an earlier holder left claimed become
// in doubt, with an attempt and a line of the edition's log that say so, and under the
// policy "resend" are queued again at once. Errors: *ErrNone where nothing that is laid is due, or all of it is
// held; *ErrState where the mailing is neither laying nor sending.
func (s *Store) TakeSlice(ctx context.Context, mailing int64, holder string, now time.Time, lease time.Duration) (Slice, error) {
	for {
		var sl Slice
		var due bool
		// One slice a transaction: what it notes of a slice with nothing due is kept.
		err := s.inTx(ctx, func(tx *sql.Tx) error {
			m, err := sendable(ctx, tx, mailing)
			if err != nil {
				return err
			}
			sl, err = leaseSlice(ctx, tx, mailing, holder, now, lease)
			if err != nil || sl.Slice == 0 {
				return err
			}
			sl.Policy = m.Policy
			if sl.TakenOver, err = takeOver(ctx, tx, m, sl.Lease, m.Policy, holder, now); err != nil {
				return err
			}
			due, err = noteDue(ctx, tx, sl.Lease, now)
			if err == nil && !due {
				err = endLease(ctx, tx, sl.Lease)
			}
			return err
		})
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return Slice{}, s.whyNone(ctx, mailing, holder, now)
		case err != nil:
			return Slice{}, err
		case due:
			return sl, nil
		}
	}
}

// sendable is the mailing, if its deliveries may be sent now.
func sendable(ctx context.Context, q querier, mailing int64) (Mailing, error) {
	m, err := mailingByID(ctx, q, mailing)
	if err == nil && m.State != mailer.Laying && m.State != mailer.Sending {
		err = &ErrState{
			What: fmt.Sprintf("mailing %d", m.ID), Have: string(m.State),
			Want: []string{string(mailer.Laying), string(mailer.Sending)},
		}
	}
	return m, err
}

// leaseSlice takes the lease of a slice that looks due and is free. A zero slice:
// another process was faster, look again. Errors: sql.ErrNoRows where there is none.
func leaseSlice(ctx context.Context, tx *sql.Tx, mailing int64, holder string, now time.Time, lease time.Duration) (Slice, error) {
	sl := Slice{Lease: mailer.Lease{Mailing: mailing}}
	id, err := scanOne[int64](tx.QueryRowContext(ctx, `SELECT id FROM slice
		WHERE mailing = $1 AND due_at <= $2 AND lease_until <= $2 ORDER BY number LIMIT 1`, mailing, micros(now)))
	if err != nil {
		return sl, err
	}
	err = tx.QueryRowContext(ctx, `UPDATE slice SET holder = $2, epoch = epoch + 1, lease_until = $3
		WHERE id = $1 AND due_at <= $4 AND lease_until <= $4
		RETURNING id, epoch, number, first_number, last_number, wave`, id, clean(holder), micros(now.Add(lease)), micros(now)).
		Scan(&sl.Slice, &sl.Epoch, &sl.Number, &sl.First, &sl.Last, &sl.Wave)
	if errors.Is(err, sql.ErrNoRows) {
		return Slice{}, nil
	}
	return sl, err
}

// takeOver settles what earlier epochs left claimed, and says how many those were: to
// its caller, and in the edition's log.
func takeOver(ctx context.Context, tx *sql.Tx, m Mailing, l mailer.Lease, policy mailer.DoubtPolicy, who string, now time.Time) (int64, error) {
	if _, err := changed(ctx, tx, `INSERT INTO attempt (slice, subscriber, at, class, stage, text, relay)
		SELECT slice, subscriber, CAST($3 AS BIGINT), 'in_doubt', 'takeover', CAST($4 AS TEXT), relay
		FROM delivery WHERE slice = $1 AND state = 'claimed' AND epoch < $2`,
		l.Slice, l.Epoch, micros(now), takenOver); err != nil {
		return 0, err
	}
	to := mailer.InDoubt
	if policy == mailer.Resend {
		to = mailer.Queued
	}
	n, err := changed(ctx, tx, `UPDATE delivery SET state = $3, attempts = attempts + 1, due_at = 0, at = $4
		WHERE slice = $1 AND state = 'claimed' AND epoch < $2`, l.Slice, l.Epoch, string(to), micros(now))
	if err == nil && n > 0 {
		err = putLog(ctx, tx, m.Edition, Entry{
			At: now, Who: who, What: "taken over",
			Detail: fmt.Sprintf("mailing %d: %s in doubt after their sender died, now %s", m.ID, figures.Of(n), to),
		})
	}
	if err != nil {
		return 0, err
	}
	// A reader erased since has no address: no claim would ever find them.
	_, err = changed(ctx, tx, `UPDATE delivery SET state = 'skipped', at = $2
		WHERE slice = $1 AND state IN ('queued', 'deferred')
		  AND NOT EXISTS (SELECT 1 FROM subscriber p WHERE p.number = delivery.subscriber)`, l.Slice, micros(now))
	return n, err
}

// noteDue writes on the slice when its earliest work is due, and tells whether that
// is now. A claimed delivery is work: its claim may outlive the process.
func noteDue(ctx context.Context, tx *sql.Tx, l mailer.Lease, now time.Time) (bool, error) {
	due, err := scanOne[sql.NullInt64](tx.QueryRowContext(ctx, `UPDATE slice SET due_at = (
			SELECT MIN(CASE state WHEN 'claimed' THEN 0 ELSE due_at END) FROM delivery
			WHERE slice = $1 AND state IN ('queued', 'claimed', 'deferred'))
		WHERE id = $1 RETURNING due_at`, l.Slice))
	return due.Valid && due.Int64 <= micros(now), fault(err)
}

// endLease gives a slice back, unless another has it. The epoch moves on, so that a
// claim that comes late is refused.
func endLease(ctx context.Context, q querier, l mailer.Lease) error {
	n, err := changed(ctx, q, `UPDATE slice SET holder = '', lease_until = 0, epoch = epoch + 1
		WHERE id = $1 AND epoch = $2`, l.Slice, l.Epoch)
	if err == nil && n == 0 {
		err = mailer.ErrLeaseLost
	}
	return err
}

// whyNone says to who asks when a mailing has work again: when it is due, or when the
// lease on it ends.
func (s *Store) whyNone(ctx context.Context, mailing int64, asking string, now time.Time) error {
	type open struct {
		due, lease int64
		holder     string
	}
	slices, err := collect(ctx, s.read, func(row scanner) (open, error) {
		var o open
		err := row.Scan(&o.due, &o.lease, &o.holder)
		return o, err
	}, `SELECT due_at, lease_until, holder FROM slice WHERE mailing = $1 AND due_at IS NOT NULL`, mailing)
	if err != nil {
		return err
	}
	var none ErrNone
	for _, o := range slices {
		leased := o.lease > micros(now) && o.holder != asking
		if next := instant(max(o.due, o.lease)); none.Next.IsZero() || next.Before(none.Next) {
			none.Next, none.Leased = next, leased
		}
	}
	return &none
}

// Recipients are the deliveries of a slice that are due, with what it takes to
// address them, by number.
func (s *Store) Recipients(ctx context.Context, slice int64, now time.Time) ([]Recipient, error) {
	return collect(ctx, s.read, scanRecipient, `SELECT d.subscriber, p.id, p.generation, p.address_sealed, p.name_sealed,
			d.variant, COALESCE(n.language, ''), COALESCE(n.confirmed_at, 0), d.attempts,
			CASE WHEN d.attempts = 0 THEN '' ELSE COALESCE((SELECT CASE a.class WHEN 'in_doubt' THEN a.relay ELSE '' END FROM attempt a
				WHERE a.slice = d.slice AND a.subscriber = d.subscriber ORDER BY a.id DESC LIMIT 1), '') END,
			CASE WHEN d.attempts = 0 THEN 0 ELSE (SELECT COALESCE(MIN(a.at), 0) FROM attempt a
				WHERE a.slice = d.slice AND a.subscriber = d.subscriber) END
		FROM delivery d
		JOIN slice s ON s.id = d.slice
		JOIN mailing m ON m.id = s.mailing
		JOIN subscriber p ON p.number = d.subscriber
		LEFT JOIN subscription n ON n.newsletter = m.newsletter AND n.subscriber = d.subscriber
		WHERE d.slice = $1 AND d.state IN ('queued', 'deferred') AND d.due_at <= $2
		ORDER BY d.subscriber`, slice, micros(now))
}

func scanRecipient(row scanner) (Recipient, error) {
	var r Recipient
	var id []byte
	var first, confirmed int64
	err := row.Scan(&r.Number, &id, &r.Generation, &r.Address, &r.Name, &r.Variant, &r.Language, &confirmed, &r.Attempts, &r.Relay, &first)
	copy(r.ID[:], id)
	r.First, r.Confirmed = instant(first), instant(confirmed)
	return r, err
}

// RenewSlice keeps a lease until an instant, for a holder that makes no claim for a
// while. Errors: mailer.ErrLeaseLost.
func (s *Store) RenewSlice(ctx context.Context, l mailer.Lease, until time.Time) error {
	n, err := s.change(ctx, `UPDATE slice SET lease_until = $3 WHERE id = $1 AND epoch = $2`, l.Slice, l.Epoch, micros(until))
	if err == nil && n == 0 {
		err = mailer.ErrLeaseLost
	}
	return err
}

// ReleaseSlice gives a slice back and notes when it has work again. Flush the
// committer first: what is still claimed then will be in doubt. Errors:
// mailer.ErrLeaseLost, which changes nothing.
func (s *Store) ReleaseSlice(ctx context.Context, l mailer.Lease, now time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := endLease(ctx, tx, l); err != nil {
			return err
		}
		_, err := noteDue(ctx, tx, l, now)
		return err
	})
}

// BreakLeases ends every lease on slices and letters at once. It is for a process
// that knows it is the only one, as on SQLite under the newsroom's flock: what a dead
// one left is then continued without waiting for its leases to end.
func (s *Store) BreakLeases(ctx context.Context) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := changed(ctx, tx, `UPDATE slice SET holder = '', lease_until = 0, epoch = epoch + 1 WHERE lease_until > 0`); err != nil {
			return err
		}
		_, err := changed(ctx, tx, `UPDATE letter SET lease_until = 0 WHERE state = 'claimed'`)
		return err
	})
}

// SweepCancelled turns what a dead process left claimed in a cancelled mailing into
// in doubt: nobody takes such a slice over. It returns how many those were.
func (s *Store) SweepCancelled(ctx context.Context, now time.Time) (int64, error) {
	var n int64
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		n = 0
		left, err := collect(ctx, tx, func(row scanner) (mailer.Lease, error) {
			l := mailer.Lease{Epoch: 1 << 62} // every epoch is an earlier one: no holder comes after
			return l, row.Scan(&l.Slice, &l.Mailing)
		}, `SELECT s.id, s.mailing FROM slice s JOIN mailing m ON m.id = s.mailing
			WHERE m.state = 'cancelled' AND s.lease_until <= $1
			  AND EXISTS (SELECT 1 FROM delivery d WHERE d.slice = s.id AND d.state = 'claimed')`, micros(now))
		if err != nil {
			return err
		}
		for _, l := range left {
			m, err := mailingByID(ctx, tx, l.Mailing)
			if err != nil {
				return err
			}
			k, err := takeOver(ctx, tx, m, l, mailer.Hold, "broadsheet", now)
			if err != nil {
				return err
			}
			n += k
		}
		return forgetCancelled(ctx, tx)
	})
	return n, err
}

// forgetCancelled does for every cancelled mailing what its cancellation could not
// yet: the last claims may have come back unsent since, so that nobody got anything.
func forgetCancelled(ctx context.Context, tx *sql.Tx) error {
	_, err := changed(ctx, tx, `DELETE FROM mailed_story
		WHERE edition IN (SELECT m.edition FROM mailing m JOIN edition e ON e.id = m.edition AND e.forgotten_at = 0 WHERE m.state = 'cancelled')
		  AND NOT EXISTS (SELECT 1 FROM mailing m
			WHERE m.edition = mailed_story.edition AND m.state IN ('laying', 'sending', 'paused'))
		  AND NOT EXISTS (SELECT 1 FROM mailing m JOIN slice s ON s.mailing = m.id JOIN delivery d ON d.slice = s.id
			WHERE m.edition = mailed_story.edition AND d.state IN ('claimed', 'accepted', 'bounced', 'in_doubt'))`)
	return err
}
