package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// commitBatch stores a batch of the committer in one transaction and returns the
// replies, one an operation.
//
// Results go first, then claims, whatever their order in the batch: a result is of a
// claim that was answered before, so it never belongs to a claim of the same batch,
// while a claim may be of a delivery whose result is in it.
func (s *Store) commitBatch(ctx context.Context, batch []operation, now time.Time, lease time.Duration) ([]reply, error) {
	work := sortBatch(batch)
	if len(work) == 0 {
		return make([]reply, len(batch)), nil
	}
	var replies []reply
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		replies = make([]reply, len(batch))
		for _, w := range work {
			t, err := beginLedger(ctx, tx, w.lease, now, lease)
			if err != nil {
				return err
			}
			if err := t.record(ctx, w.results); err != nil {
				return err
			}
			if err := t.claimAll(ctx, batch, w.claims, replies); err != nil {
				return err
			}
		}
		return nil
	})
	return replies, err
}

// leaseWork is what a batch holds for one lease; claims are indices into the batch.
type leaseWork struct {
	lease   mailer.Lease
	results []mailer.Result
	claims  []int
}

func sortBatch(batch []operation) []*leaseWork {
	var work []*leaseWork
	byLease := map[mailer.Lease]*leaseWork{}
	for i, op := range batch {
		if len(op.numbers) == 0 && len(op.results) == 0 {
			continue // a flush, or a claim of nothing
		}
		w := byLease[op.lease]
		if w == nil {
			w = &leaseWork{lease: op.lease}
			byLease[op.lease] = w
			work = append(work, w)
		}
		w.results = append(w.results, op.results...)
		if len(op.numbers) > 0 {
			w.claims = append(w.claims, i)
		}
	}
	return work
}

// ledgerTx is a transaction under one lease.
type ledgerTx struct {
	tx         *sql.Tx
	lease      mailer.Lease
	now        int64
	held       bool // the lease is still ours
	newsletter string
	state      mailer.MailingState
}

// beginLedger starts with the lease: the update keeps it, finds out whether it is
// still ours, and holds off whoever takes the slice over or cancels the mailing. The
// mailing is read after that, so that a cancellation is seen.
func beginLedger(ctx context.Context, tx *sql.Tx, l mailer.Lease, now time.Time, lease time.Duration) (*ledgerTx, error) {
	t := &ledgerTx{tx: tx, lease: l, now: micros(now)}
	n, err := changed(ctx, tx, `UPDATE slice SET lease_until = $3 WHERE id = $1 AND epoch = $2 AND mailing = $4`,
		l.Slice, l.Epoch, micros(now.Add(lease)), l.Mailing)
	if err != nil {
		return nil, err
	}
	t.held = n == 1
	err = tx.QueryRowContext(ctx, `SELECT newsletter, state FROM mailing WHERE id = $1`, l.Mailing).Scan(&t.newsletter, &t.state)
	if errors.Is(err, sql.ErrNoRows) {
		t.held, err = false, nil
	}
	return t, fault(err)
}

// claimAll answers the claims of a batch under one lease.
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
	free, err := t.claim(ctx, numbers)
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

// claim claims what may be sent of the numbers, and returns those that it did.
// Suppression is checked here, in the claim itself.
func (t *ledgerTx) claim(ctx context.Context, numbers []int64) (map[int64]bool, error) {
	granted := make(map[int64]bool, len(numbers))
	for _, part := range chunks(numbers) {
		args := append([]any{t.lease.Slice, t.lease.Epoch, t.newsletter, t.now}, part...)
		got, err := collect(ctx, t.tx, scanOne[int64], claimText(len(part)), args...)
		if err != nil {
			return nil, err
		}
		for _, n := range got {
			granted[n] = true
		}
	}
	return granted, nil
}

func claimText(n int) string {
	return `UPDATE delivery SET state = 'claimed', epoch = $2
		WHERE slice = $1 AND subscriber IN (` + params(5, n) + `) AND state IN ('queued', 'deferred')
		  AND EXISTS (SELECT 1 FROM subscription n JOIN subscriber p ON p.number = n.subscriber
			WHERE n.newsletter = $3 AND n.subscriber = delivery.subscriber
			  AND n.state = 'confirmed' AND n.paused_until <= $4
			  AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.address_index = p.address_index))
		RETURNING subscriber`
}

// skip settles what was not granted: the reader has left, or may not be mailed. One
// that is settled already stays as it is.
func (t *ledgerTx) skip(ctx context.Context, numbers []int64) error {
	for _, part := range chunks(numbers) {
		args := append([]any{t.lease.Slice, t.now}, part...)
		if _, err := changed(ctx, t.tx, `UPDATE delivery SET state = 'skipped', at = $2
			WHERE slice = $1 AND state IN ('queued', 'deferred') AND subscriber IN (`+params(3, len(part))+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// chunks cuts numbers into query arguments, each chunk filled up to a power of two by
// its last number: so a few texts serve every length.
func chunks(numbers []int64) [][]any {
	var all [][]any
	for len(numbers) > 0 {
		n := min(len(numbers), chunkRows)
		part := make([]any, 0, n)
		for _, v := range numbers[:n] {
			part = append(part, v)
		}
		for len(part)&(len(part)-1) != 0 {
			part = append(part, part[len(part)-1])
		}
		all = append(all, part)
		numbers = numbers[n:]
	}
	return all
}

// chunkRows is the most rows that one statement names.
const chunkRows = 128
