package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// RampRow is one provider's day in a warm-up.
type RampRow struct {
	Lane, Provider string
	mailer.RampDay
	Granted int // of the share, promised to runs
	Need    int // readers who were left when it was last asked for
}

const rampColumns = `lane, provider, day, share, granted, need, accepted, deferred, rejected, refused`

func scanRamp(row scanner) (RampRow, error) {
	var r RampRow
	err := row.Scan(&r.Lane, &r.Provider, &r.Day, &r.Share, &r.Granted, &r.Need, &r.Accepted, &r.Deferred, &r.Rejected, &r.Refused)
	return r, err
}

// RampDays are the last two days of each provider of a lane, by provider, newest
// first. A day that was never asked for is none.
func (s *Store) RampDays(ctx context.Context, lane string) ([]RampRow, error) {
	return collect(ctx, s.read, scanRamp, `SELECT `+rampColumns+` FROM ramp_day r
		WHERE lane = $1 AND (SELECT COUNT(*) FROM ramp_day o
			WHERE o.lane = r.lane AND o.provider = r.provider AND o.day > r.day) < 2
		ORDER BY provider, day DESC`, lane)
}

// RampCount is on how many days something was sent in a lane.
func (s *Store) RampCount(ctx context.Context, lane string) (int, error) {
	n, err := scanOne[int](s.read.QueryRowContext(ctx, `SELECT COUNT(DISTINCT day) FROM ramp_day
		WHERE lane = $1 AND accepted + deferred + rejected + refused > 0`, lane))
	return n, fault(err)
}

// GrantRamp promises a run what it wants of a day's shares, and returns how much of it
// there was, by provider: of each row its lane, provider and day, the share that a day
// begins with, the need, and with Granted what is wanted. All runs of the day together
// are promised no more than the share with which the first of them began it.
func (s *Store) GrantRamp(ctx context.Context, rows []RampRow) (map[string]int, error) {
	granted := map[string]int{}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		clear(granted)
		for _, r := range rows {
			n, err := grant(ctx, tx, r)
			if err != nil {
				return err
			}
			granted[r.Provider] = n
		}
		return nil
	})
	return granted, err
}

// grant begins with an update: on PostgreSQL it locks the row, so that of two runs
// the second sees what the first was given.
func grant(ctx context.Context, tx *sql.Tx, r RampRow) (int, error) {
	share, before := 0, 0
	err := tx.QueryRowContext(ctx, `INSERT INTO ramp_day (lane, provider, day, share, need) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (lane, provider, day) DO UPDATE SET need = excluded.need
		RETURNING share, granted`, r.Lane, r.Provider, r.Day, r.Share, r.Need).Scan(&share, &before)
	if err != nil {
		return 0, fault(err)
	}
	n := max(0, min(r.Granted, share-before))
	if n == 0 {
		return 0, nil
	}
	_, err = changed(ctx, tx, `UPDATE ramp_day SET granted = granted + $4
		WHERE lane = $1 AND provider = $2 AND day = $3`, r.Lane, r.Provider, r.Day, n)
	return n, err
}

// AddRamp counts what came of a day's messages; with Granted, what a run gives back of
// its promise.
func (s *Store) AddRamp(ctx context.Context, rows []RampRow) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		var lost error
		for _, r := range rows {
			n, err := changed(ctx, tx, `UPDATE ramp_day SET granted = granted - $4, accepted = accepted + $5,
					deferred = deferred + $6, rejected = rejected + $7, refused = refused + $8
				WHERE lane = $1 AND provider = $2 AND day = $3`,
				r.Lane, r.Provider, r.Day, r.Granted, r.Accepted, r.Deferred, r.Rejected, r.Refused)
			if err != nil {
				return err
			}
			if n == 0 {
				lost = errors.Join(lost, fmt.Errorf("the warm-up of %s has no day %s for %s", r.Lane, r.Day, r.Provider))
			}
		}
		return lost
	})
}

// RampReader is one who is left in a mailing: the address is sealed.
type RampReader struct {
	Number      int64
	ID          [16]byte
	Address     []byte
	ConfirmedAt time.Time // zero: not known
}

// OpenSlices are the slices of a mailing in which something may be left to do.
func (s *Store) OpenSlices(ctx context.Context, mailing int64) ([]int64, error) {
	return collect(ctx, s.read, scanOne[int64], `SELECT id FROM slice
		WHERE mailing = $1 AND (due_at IS NOT NULL OR lease_until > 0) ORDER BY number`, mailing)
}

// RampReaders are those of a slice whose delivery is not settled, by number.
func (s *Store) RampReaders(ctx context.Context, slice int64) ([]RampReader, error) {
	return collect(ctx, s.read, scanRampReader, `SELECT d.subscriber, p.id, p.address_sealed, COALESCE(n.confirmed_at, 0)
		FROM delivery d
		JOIN slice s ON s.id = d.slice
		JOIN mailing m ON m.id = s.mailing
		JOIN subscriber p ON p.number = d.subscriber
		LEFT JOIN subscription n ON n.newsletter = m.newsletter AND n.subscriber = d.subscriber
		WHERE d.slice = $1 AND d.state IN ('queued', 'deferred', 'claimed')
		ORDER BY d.subscriber`, slice)
}

// RampAudience are the readers whom a mailing of an edition to a part of an audience,
// started now, would be laid for, above a number, at most so many, by number.
func (s *Store) RampAudience(ctx context.Context, edition int64, a mailer.Audience, part Segment, at time.Time, above int64, limit int) ([]RampReader, error) {
	e, err := s.Edition(ctx, edition)
	if err != nil {
		return nil, err
	}
	among, args := part.among(7)
	return collect(ctx, s.read, scanRampReader, `SELECT n.subscriber, p.id, p.address_sealed, n.confirmed_at
		FROM (SELECT n.subscriber, n.confirmed_at `+audienceOf(a)+among+` ORDER BY n.subscriber LIMIT $6) n
		JOIN subscriber p ON p.number = n.subscriber ORDER BY n.subscriber`,
		append([]any{e.Newsletter, micros(at), edition, above + 1, int64(1) << 62, limit}, args...)...)
}

func scanRampReader(row scanner) (RampReader, error) {
	var r RampReader
	var id []byte
	var at int64
	err := row.Scan(&r.Number, &id, &r.Address, &at)
	copy(r.ID[:], id)
	r.ConfirmedAt = instant(at)
	return r, err
}
