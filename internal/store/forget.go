package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Who got an edition is forgotten in two steps. ForgetEditions decides, for one edition
// in one transaction: from there kept_count is its accounting, and nothing of it is
// mailed again. DropForgotten then deletes the rows, a batch at a time; it may die
// anywhere, and the next call goes on.

// ForgetEditions forgets who got what was mailed and ended before an instant. What is
// being sent, or is paused, is left alone, as is what was reopened, or changed, since.
// It returns how many editions that were.
func (s *Store) ForgetEditions(ctx context.Context, before, now time.Time) (editions int, err error) {
	due, err := collect(ctx, s.read, scanOne[int64], `SELECT e.id FROM edition e
		WHERE e.forgotten_at = 0 AND e.state <> 'sending' AND e.changed_at < $1
		  AND EXISTS (SELECT 1 FROM mailing m WHERE m.edition = e.id)
		  AND NOT EXISTS (SELECT 1 FROM mailing m WHERE m.edition = e.id AND (m.finished_at = 0 OR m.finished_at >= $1))
		ORDER BY e.id`, micros(before))
	for _, id := range due {
		if err != nil {
			break
		}
		var forgotten bool
		if forgotten, err = s.forgetEdition(ctx, id, now); forgotten {
			editions++
		}
	}
	return editions, err
}

// keptCount is a row of kept_count.
type keptCount struct {
	mailing int64
	wave    int
	state   string
	n       int64
}

// forgetEdition counts first, without holding up who writes: a list of a million takes
// a second. Whatever would change the counts leaves a line in the edition's log.
func (s *Store) forgetEdition(ctx context.Context, edition int64, now time.Time) (forgotten bool, err error) {
	last, err := lastLine(ctx, s.read, edition)
	if err != nil {
		return false, err
	}
	counts, again, err := s.countsToKeep(ctx, edition)
	if err != nil {
		return false, err
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		forgotten = false
		n, err := changed(ctx, tx, `UPDATE edition SET forgotten_at = $2 WHERE id = $1 AND forgotten_at = 0 AND state <> 'sending'`, edition, micros(now))
		if err != nil || n == 0 {
			return err
		}
		if line, err := lastLine(ctx, tx, edition); err != nil || line != last {
			return errors.Join(err, errCountAgain)
		}
		if err := keepCounts(ctx, tx, edition, counts, again); err != nil {
			return err
		}
		if _, err := changed(ctx, tx, `UPDATE wave SET numbers = '{}' WHERE mailing IN (SELECT id FROM mailing WHERE edition = $1)`, edition); err != nil {
			return err
		}
		forgotten = true
		return putLog(ctx, tx, edition, Entry{At: now, Who: "broadsheet", What: "forgotten", Detail: "who got it; the counts stay"})
	})
	if errors.Is(err, errCountAgain) { // the next time
		err = nil
	}
	return forgotten && err == nil, err
}

var errCountAgain = errors.New("counted meanwhile")

func lastLine(ctx context.Context, q querier, edition int64) (int64, error) {
	id, err := scanOne[int64](q.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM log WHERE edition = $1`, edition))
	return id, fault(err)
}

// countsToKeep is an edition's accounting in full: over all, and of each wave of each
// mailing; again are those of each mailing that were sent again.
func (s *Store) countsToKeep(ctx context.Context, edition int64) (counts []keptCount, again map[int64]int64, err error) {
	counts, err = collect(ctx, s.read, func(row scanner) (keptCount, error) {
		var k keptCount
		err := row.Scan(&k.mailing, &k.wave, &k.state, &k.n)
		return k, err
	}, `SELECT m.id, s.wave, d.state, COUNT(*) FROM mailing m JOIN slice s ON s.mailing = m.id JOIN delivery d ON d.slice = s.id
		WHERE m.edition = $1 GROUP BY m.id, s.wave, d.state`, edition)
	if err != nil {
		return nil, nil, err
	}
	all, err := countEdition(ctx, s.read, edition)
	if err != nil {
		return nil, nil, err
	}
	counts = append(counts, all.byState()...)
	mailings, err := s.Mailings(ctx, edition)
	again = map[int64]int64{}
	for _, m := range mailings {
		if err == nil {
			again[m.ID], err = countSentAgain(ctx, s.read, m.ID)
		}
	}
	return counts, again, err
}

// byState is the reverse of add.
func (c Counts) byState() []keptCount {
	return []keptCount{
		{state: "queued", n: c.Queued - c.Claimed},
		{state: "claimed", n: c.Claimed},
		{state: "accepted", n: c.Accepted - c.Bounced},
		{state: "bounced", n: c.Bounced},
		{state: "deferred", n: c.Deferred},
		{state: "rejected", n: c.Rejected},
		{state: "in_doubt", n: c.InDoubt},
		{state: "skipped", n: c.Skipped},
	}
}

func keepCounts(ctx context.Context, tx *sql.Tx, edition int64, counts []keptCount, again map[int64]int64) error {
	for _, k := range counts {
		if k.n == 0 {
			continue
		}
		if _, err := changed(ctx, tx, `INSERT INTO kept_count (edition, mailing, wave, state, deliveries) VALUES ($1, $2, $3, $4, $5)`,
			edition, k.mailing, k.wave, k.state, k.n); err != nil {
			return err
		}
	}
	for mailing, n := range again {
		if _, err := changed(ctx, tx, `UPDATE mailing SET sent_again = $2 WHERE id = $1`, mailing, n); err != nil {
			return err
		}
	}
	return nil
}

// notForgotten is ErrForgotten where an edition's deliveries are dropped, and holds its
// row, so that they are not meanwhile.
func notForgotten(ctx context.Context, tx *sql.Tx, edition int64) error {
	n, err := changed(ctx, tx, `UPDATE edition SET state = state WHERE id = $1 AND forgotten_at = 0`, edition)
	if err == nil && n == 0 {
		if _, err = editionByID(ctx, tx, edition); err == nil {
			err = ErrForgotten
		}
	}
	return err
}

// DropForgotten deletes the next deliveries, with their tries, of editions that are
// forgotten, at most limit of each. It returns how many deliveries went; done: no more
// are left.
func (s *Store) DropForgotten(ctx context.Context, limit int) (dropped int64, done bool, err error) {
	slices, err := collect(ctx, s.read, scanOne[int64], `SELECT s.id FROM edition e JOIN mailing m ON m.edition = e.id
		JOIN slice s ON s.mailing = m.id WHERE e.forgotten_at <> 0 ORDER BY e.id, m.id, s.number LIMIT 1`)
	if err != nil || len(slices) == 0 {
		return 0, err == nil, err
	}
	slice := slices[0]
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		tries, err := changed(ctx, tx, `DELETE FROM attempt WHERE id IN (SELECT id FROM attempt WHERE slice = $1 LIMIT $2)`, slice, limit)
		if err != nil {
			return err
		}
		dropped, err = changed(ctx, tx, `DELETE FROM delivery WHERE slice = $1 AND subscriber IN
			(SELECT subscriber FROM delivery WHERE slice = $1 ORDER BY subscriber LIMIT $2)`, slice, limit)
		if err != nil || tries == int64(limit) || dropped == int64(limit) {
			return err
		}
		_, err = changed(ctx, tx, `DELETE FROM slice WHERE id = $1`, slice)
		return err
	})
	return dropped, false, err
}

// ForgetWelcomes forgets to which readers a forgotten edition came with their welcome, at
// most limit of them. It returns how many those were.
func (s *Store) ForgetWelcomes(ctx context.Context, limit int) (int64, error) {
	const forgotten = `welcome_edition <> 0 AND welcome_edition IN (SELECT id FROM edition WHERE forgotten_at <> 0)`
	return s.change(ctx, `UPDATE subscription SET welcome_edition = 0, welcome_revision = 0
		WHERE `+forgotten+` AND subscriber IN (SELECT subscriber FROM subscription WHERE `+forgotten+` LIMIT $1)`, limit)
}

// ForgetLetters deletes what the outbox still tells of letters to readers that were
// settled before an instant, at most limit. It returns how many those were.
func (s *Store) ForgetLetters(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.change(ctx, `DELETE FROM letter WHERE id IN (SELECT id FROM letter
		WHERE desk = 0 AND settled_at <> 0 AND settled_at < $1 AND state NOT IN ('queued', 'claimed', 'deferred') LIMIT $2)`, micros(before), limit)
}
