package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// commitBatch stores a batch of the committer in one transaction and returns the
// replies, one an operation.
//
// Results go first, then claims, whatever their order in the batch: a result is of a
// claim that was answered before, so it never belongs to a claim of the same batch,
// while a claim may be of a delivery whose result is in it.
//
// Sign-ups that wait go into the same transaction, unless the last one failed: what a
// relay has taken is to be recorded, were it that there is no room for more.
func (s *Store) commitBatch(ctx context.Context, batch []operation, now time.Time, lease time.Duration) ([]reply, error) {
	work := sortBatch(batch)
	if len(work) == 0 {
		return make([]reply, len(batch)), nil
	}
	prepared, err := s.prepare(ctx, ledgerTexts)
	if err != nil {
		return nil, err
	}
	var replies []reply
	told := func(error) {}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		replies = make([]reply, len(batch))
		for _, w := range work {
			t, err := beginLedger(ctx, preparedTx{tx, prepared}, w.lease, now, lease)
			if err != nil {
				return err
			}
			if err := t.record(ctx, w.results); err != nil {
				return err
			}
			if err := t.parkAll(ctx, batch, w.parks); err != nil {
				return err
			}
			for _, claims := range w.claims {
				if err := t.claimAll(ctx, batch, claims, replies); err != nil {
					return err
				}
			}
		}
		var err error
		told, err = s.alongSignUps(ctx, tx)
		return err
	})
	told(err)
	s.alone.Store(err != nil)
	return replies, err
}

// leaseWork is what a batch holds for one lease; claims and parks are indices into the
// batch, claims together by their relay.
type leaseWork struct {
	lease   mailer.Lease
	results []mailer.Result
	parks   []int
	claims  [][]int
}

// claim adds a claim to those for the same relay.
func (w *leaseWork) claim(batch []operation, i int) {
	for j, same := range w.claims {
		if batch[same[0]].relay == batch[i].relay {
			w.claims[j] = append(same, i)
			return
		}
	}
	w.claims = append(w.claims, []int{i})
}

func sortBatch(batch []operation) []*leaseWork {
	var work []*leaseWork
	byLease := map[mailer.Lease]*leaseWork{}
	for i, op := range batch {
		if len(op.numbers) == 0 && len(op.parked) == 0 && len(op.results) == 0 {
			continue // a flush, or a claim of nothing
		}
		w := byLease[op.lease]
		if w == nil {
			w = &leaseWork{lease: op.lease}
			byLease[op.lease] = w
			work = append(work, w)
		}
		w.results = append(w.results, op.results...)
		if len(op.parked) > 0 {
			w.parks = append(w.parks, i)
		}
		if len(op.numbers) > 0 {
			w.claim(batch, i)
		}
	}
	return work
}

// ledgerTx is a transaction under one lease.
type ledgerTx struct {
	tx         querier
	lease      mailer.Lease
	now        int64
	held       bool // the lease is still ours
	newsletter string
	state      mailer.MailingState
}

const (
	holdSlice    = `UPDATE slice SET lease_until = $3 WHERE id = $1 AND epoch = $2 AND mailing = $4`
	mailingState = `SELECT newsletter, state FROM mailing WHERE id = $1`
)

// beginLedger starts with the lease: the update keeps it, finds out whether it is
// still ours, and holds off whoever takes the slice over or cancels the mailing. The
// mailing is read after that, so that a cancellation is seen.
func beginLedger(ctx context.Context, tx querier, l mailer.Lease, now time.Time, lease time.Duration) (*ledgerTx, error) {
	t := &ledgerTx{tx: tx, lease: l, now: micros(now)}
	n, err := changed(ctx, tx, holdSlice, l.Slice, l.Epoch, micros(now.Add(lease)), l.Mailing)
	if err != nil {
		return nil, err
	}
	t.held = n == 1
	err = tx.QueryRowContext(ctx, mailingState, l.Mailing).Scan(&t.newsletter, &t.state)
	if errors.Is(err, sql.ErrNoRows) {
		t.held, err = false, nil
	}
	return t, fault(err)
}

// claimAll answers the claims of a batch under one lease, for one relay.
func (t *ledgerTx) claimAll(ctx context.Context, batch []operation, claims []int, replies []reply) error {
	var refusal error
	switch {
	case !t.held:
		refusal = mailer.ErrLeaseLost
	case t.state != mailer.Laying && t.state != mailer.Sending:
		refusal = mailer.ErrStopped
	}
	var numbers []int64
	for _, i := range claims {
		replies[i].err = refusal
		numbers = append(numbers, batch[i].numbers...)
	}
	if refusal != nil || len(numbers) == 0 {
		return nil
	}
	free, err := t.claim(ctx, batch[claims[0]].relay, numbers)
	if err != nil {
		return err
	}
	var skipped []int64
	for _, i := range claims {
		for _, n := range batch[i].numbers {
			if free[n] {
				free[n] = false // once: a number in two claims is granted to the first
				replies[i].granted = append(replies[i].granted, n)
			} else if _, granted := free[n]; !granted {
				skipped = append(skipped, n)
			}
		}
	}
	return t.skip(ctx, skipped)
}

// applyClaims claims those of the numbers in $3 (see numberSet) that may be sent.
const applyClaims = `UPDATE delivery SET state = 'claimed', epoch = $2, relay = $6
	WHERE slice = $1 AND subscriber IN (SELECT CAST(key AS BIGINT) FROM json_each($3)) AND state IN ('queued', 'deferred')
	  AND EXISTS (SELECT 1 FROM subscription n JOIN subscriber p ON p.number = n.subscriber
		WHERE n.newsletter = $4 AND n.subscriber = delivery.subscriber
		  AND n.state = 'confirmed' AND n.paused_until <= $5
		  AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.address_index = p.address_index))
	RETURNING subscriber`

// claim claims what may be sent of the numbers, and returns those that it did.
// Suppression is checked here, in the claim itself.
func (t *ledgerTx) claim(ctx context.Context, relay string, numbers []int64) (map[int64]bool, error) {
	got, err := collect(ctx, t.tx, scanOne[int64], applyClaims, t.lease.Slice, t.lease.Epoch, numberSet(numbers), t.newsletter, t.now, short(relay, 60))
	granted := make(map[int64]bool, len(got))
	for _, n := range got {
		granted[n] = true
	}
	return granted, err
}

// parkAll makes what is parked due again later. What the lease no longer covers stays
// as it is.
func (t *ledgerTx) parkAll(ctx context.Context, batch []operation, parks []int) error {
	if !t.held {
		return nil
	}
	for _, i := range parks {
		if _, err := changed(ctx, t.tx, `UPDATE delivery SET due_at = $2
			WHERE slice = $1 AND state IN ('queued', 'deferred')
			  AND subscriber IN (SELECT CAST(key AS BIGINT) FROM json_each($3))`,
			t.lease.Slice, micros(batch[i].due), numberSet(batch[i].parked)); err != nil {
			return err
		}
	}
	return nil
}

// skip settles what was not granted: the reader has left, or may not be mailed. One
// that is settled already stays as it is.
func (t *ledgerTx) skip(ctx context.Context, numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	_, err := changed(ctx, t.tx, `UPDATE delivery SET state = 'skipped', at = $2
		WHERE slice = $1 AND state IN ('queued', 'deferred')
		  AND subscriber IN (SELECT CAST(key AS BIGINT) FROM json_each($3))`, t.lease.Slice, t.now, numberSet(numbers))
	return err
}

// numberSet is numbers as the one parameter that names them all: the keys of a JSON
// object, which json_each reads with the same columns on both engines. The text of
// the query stays the same, and so its plan, whatever the number of numbers.
func numberSet(numbers []int64) string {
	b := []byte{'{'}
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, n, 10)
		b = append(b, `":0`...)
	}
	return string(append(b, '}'))
}
