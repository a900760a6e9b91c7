package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// batchTx puts the rows of a batch in.
type batchTx struct {
	db batchText
	b  *Batch
	n  *BatchCounts
}

// batchText runs texts that say BLOB for what PostgreSQL calls by another word: unlike
// the names of other types, SQLite would take that one for a number's.
type batchText struct {
	querier
	engine engine
}

func (t batchText) text(query string) string {
	return strings.ReplaceAll(query, "BLOB", t.engine.words().Blob)
}

func (t batchText) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.querier.ExecContext(ctx, t.text(query), args...)
}

func (t batchText) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.querier.QueryContext(ctx, t.text(query), args...)
}

// Each text begins with the numbers of its rows, $1 of them, and cuts their indices out
// of $2.
const (
	batchRows   = `WITH RECURSIVE r(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM r WHERE i + 1 < CAST($1 AS INTEGER)) `
	batchIndex  = `substr(CAST($2 AS BLOB), i * 32 + 1, 32)`
	batchBarred = `EXISTS (SELECT 1 FROM suppression x WHERE x.address_index = ` + batchIndex + `)`
	batchKnown  = `r JOIN subscriber p ON p.address_index = ` + batchIndex
	// batchAsked: who reads a newsletter because they asked for it here, not by an import.
	batchAsked = `EXISTS (SELECT 1 FROM subscriber p JOIN subscription n ON n.subscriber = p.number
		JOIN consent c ON c.subscriber = p.number AND c.newsletter = n.newsletter
		WHERE p.address_index = ` + batchIndex + ` AND n.state = 'confirmed' AND c.path <> 'import')`
)

const batchReaders = batchRows + `
	INSERT INTO subscriber (id, address_sealed, address_index, index_version, name_sealed, generation, created_at)
	SELECT substr(CAST($3 AS BLOB), i * 16 + 1, 16),
		substr(CAST($4 AS BLOB), i * CAST($5 AS INTEGER) + 1, CAST($5 AS INTEGER)), ` + batchIndex + `, CAST($6 AS BIGINT),
		NULLIF(substr(CAST($7 AS BLOB), i * CAST($8 AS INTEGER) + 1, CAST($8 AS INTEGER)), CAST('' AS BLOB)), 0, CAST($9 AS BIGINT)
	FROM r WHERE NOT ` + batchBarred + `
	ON CONFLICT (address_index) DO NOTHING`

// addReaders stores those rows that are neither known nor suppressed.
func (t batchTx) addReaders(ctx context.Context, p *packed) (int64, error) {
	return changed(ctx, t.db, batchReaders, p.count, p.indices, p.ids, p.addresses, p.addressSize, t.b.IndexVersion,
		p.names, p.nameSize, micros(t.b.At))
}

const batchConsents = batchRows + `
	INSERT INTO consent (subscriber, newsletter, week, path, basis, text_version)
	SELECT p.number, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT)
	FROM ` + batchKnown + `
	WHERE NOT ` + batchBarred + ` AND NOT EXISTS (SELECT 1 FROM subscription n
		WHERE n.newsletter = $3 AND n.subscriber = p.number AND (n.state <> 'pending' OR n.left_at <> 0))
	ON CONFLICT (subscriber, newsletter, week, path) DO NOTHING`

// Of one who has left, and for whom somebody asks again, batchConfirm waits for the yes.
const batchConfirm = batchRows + `
	UPDATE subscription SET state = 'confirmed', confirmed_at = $4
	WHERE newsletter = $3 AND state = 'pending' AND left_at = 0 AND subscriber IN (SELECT p.number FROM ` + batchKnown + ` WHERE NOT ` + batchBarred + `)`

const batchTies = batchRows + `
	INSERT INTO subscription (newsletter, subscriber, state, variant, language, joined_at, confirmed_at, paused_until, appeal_until)
	SELECT CAST($3 AS TEXT), p.number, 'confirmed', CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($6 AS BIGINT), CAST($8 AS BIGINT), CAST($7 AS BIGINT)
	FROM ` + batchKnown + ` WHERE NOT ` + batchBarred + `
	ON CONFLICT (newsletter, subscriber) DO NOTHING`

// join subscribes rows. The consents come before the ties, for those who have none yet.
func (t batchTx) join(ctx context.Context, p *packed) error {
	b, c := t.b, t.b.Consent
	fresh, err := t.addReaders(ctx, p)
	if err != nil {
		return err
	}
	if fresh == int64(p.count) {
		t.n.Added += fresh
	} else if err := t.count(ctx, p); err != nil {
		return err
	}
	if _, err := changed(ctx, t.db, batchConsents, p.count, p.indices, b.Newsletter,
		clean(c.Week), clean(c.Path), clean(c.Basis), clean(c.TextVersion)); err != nil {
		return err
	}
	if fresh < int64(p.count) {
		if _, err := changed(ctx, t.db, batchConfirm, p.count, p.indices, b.Newsletter, micros(b.At)); err != nil {
			return err
		}
	}
	_, err = changed(ctx, t.db, batchTies, p.count, p.indices, b.Newsletter, p.tie.Variant, p.tie.Language,
		micros(b.At), micros(p.tie.AppealUntil), micros(p.tie.PausedUntil))
	return err
}

const batchStates = batchRows + `
	SELECT CASE WHEN ` + batchBarred + ` THEN 'suppressed' WHEN n.state = 'pending' AND n.left_at <> 0 THEN 'unsubscribed'
		ELSE COALESCE(n.state, '') END AS standing, COUNT(*)
	FROM r LEFT JOIN subscriber p ON p.address_index = ` + batchIndex + `
	LEFT JOIN subscription n ON n.newsletter = $3 AND n.subscriber = p.number
	GROUP BY 1`

// count says how rows to join stand, before they do.
func (t batchTx) count(ctx context.Context, p *packed) error {
	_, err := collect(ctx, t.db, func(row scanner) (struct{}, error) {
		var standing string
		var n int64
		err := row.Scan(&standing, &n)
		switch standing {
		case "suppressed":
			t.n.Suppressed += n
		case string(Confirmed):
			t.n.Existing += n
		case string(Unsubscribed):
			t.n.Left += n
		default:
			t.n.Added += n
		}
		return struct{}{}, err
	}, batchStates, p.count, p.indices, t.b.Newsletter)
	return err
}

const batchLeave = batchRows + `
	UPDATE subscription SET state = 'unsubscribed', left_at = $4
	WHERE newsletter = $3 AND state = 'confirmed' AND subscriber IN (SELECT p.number FROM ` + batchKnown + ` WHERE NOT ` + batchAsked + `)`

const batchGone = batchRows + `
	INSERT INTO subscription (newsletter, subscriber, state, joined_at, left_at)
	SELECT CAST($3 AS TEXT), p.number, 'unsubscribed', CAST($4 AS BIGINT), CAST($4 AS BIGINT) FROM ` + batchKnown + ` WHERE true
	ON CONFLICT (newsletter, subscriber) DO NOTHING`

// In batchStayed the reader is looked for within EXISTS: of a join SQLite reads the whole
// newsletter first, once for each statement.
const batchStayed = batchRows + `
	SELECT COUNT(*) FROM r WHERE EXISTS (SELECT 1 FROM subscriber p JOIN subscription n ON n.newsletter = $3 AND n.subscriber = p.number
		WHERE p.address_index = ` + batchIndex + ` AND n.state <> 'unsubscribed')`

// leave records rows as having left.
func (t batchTx) leave(ctx context.Context, p *packed) error {
	if _, err := t.addReaders(ctx, p); err != nil {
		return err
	}
	for _, text := range []string{batchLeave, batchGone} {
		n, err := changed(ctx, t.db, text, p.count, p.indices, t.b.Newsletter, micros(t.b.At))
		if err != nil {
			return err
		}
		t.n.Gone += n
	}
	return t.stay(ctx, batchStayed, p.count, p.indices, t.b.Newsletter)
}

const batchBar = batchRows + `
	INSERT INTO suppression (address_index, reason, at, index_version)
	SELECT ` + batchIndex + `, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM r WHERE NOT ` + batchAsked + `
	ON CONFLICT (address_index) DO NOTHING`

const batchKept = batchRows + `
	SELECT COUNT(*) FROM r WHERE ` + batchAsked + ` AND NOT ` + batchBarred

// bar suppresses rows.
func (t batchTx) bar(ctx context.Context) error {
	byReason := map[string][]byte{}
	for _, r := range t.b.Barred {
		byReason[r.Reason] = append(byReason[r.Reason], r.Index[:]...)
	}
	for reason, all := range byReason {
		for indices := range slices.Chunk(all, packedRows*32) {
			n, err := changed(ctx, t.db, batchBar, len(indices)/32, indices, clean(reason), micros(t.b.At), t.b.IndexVersion)
			if err != nil {
				return err
			}
			t.n.Barred += n
			if err := t.stay(ctx, batchKept, len(indices)/32, indices); err != nil {
				return err
			}
		}
	}
	return nil
}

// stay counts who keeps the newsletter that they asked for.
func (t batchTx) stay(ctx context.Context, text string, args ...any) error {
	n, err := collect(ctx, t.db, scanOne[int64], text, args...)
	for _, one := range n {
		t.n.Stayed += one
	}
	return err
}
