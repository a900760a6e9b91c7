package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Drafting are the states in which what an edition says may still be changed.
var Drafting = []digest.State{digest.Draft, digest.Held, digest.Approved}

// PutDraft writes what the current revision says (the first, where there is none)
// over what it said, voids its approval, and moves the edition to draft, held or
// skipped. Errors: *ErrState where the edition is in none of d.From, ErrMeanwhile where
// its overlay is no longer d.Over.
func (s *Store) PutDraft(ctx context.Context, edition int64, d Draft, to digest.State, who, detail string) (number int, err error) {
	if to != digest.Draft && to != digest.Held && to != digest.Skipped {
		return 0, fmt.Errorf("put draft: a draft is draft, held or skipped, not %s", to)
	}
	from := d.From
	if from == nil {
		from = Drafting
	}
	docs, err := documents(d)
	if err != nil {
		return 0, err
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		defer s.passThrough(ctx, tx)()
		if err := moveEdition(ctx, tx, edition, from, to, d.At); err != nil {
			return err
		}
		number, err = scanOne[int](tx.QueryRowContext(ctx, `UPDATE edition
			SET revision = CASE WHEN revision = 0 THEN 1 ELSE revision END WHERE id = $1 RETURNING revision`, edition))
		if err != nil {
			return err
		}
		if err := stillOver(ctx, tx, edition, number, d.Over); err != nil {
			return err
		}
		args := append([]any{edition, number, micros(d.Snapshot.To), micros(d.At), d.Kept.Proposed, d.Kept.Kept}, docs...)
		if _, err := changed(ctx, tx, `INSERT INTO revision (edition, number, cutoff, drafted_at, proposed, kept, snapshot, overlay, pick, content)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (edition, number) DO UPDATE SET cutoff = excluded.cutoff, drafted_at = excluded.drafted_at,
				proposed = excluded.proposed, kept = excluded.kept,
				snapshot = excluded.snapshot, overlay = excluded.overlay, pick = excluded.pick, content = excluded.content,
				approved_hash = '', approved_by = '', approved_at = 0`, args...); err != nil {
			return err
		}
		return putLog(ctx, tx, edition, Entry{At: d.At, Who: who, What: string(to), Detail: detail})
	})
	return number, err
}

// passThrough lets megabytes that are written once go to the disk as they come, and not
// fill SQLite's cache first; it returns what gives the cache its room again. Whether either
// is done changes nothing but what it takes.
func (s *Store) passThrough(ctx context.Context, tx *sql.Tx) (again func()) {
	if s.engine != sqliteEngine {
		return func() {}
	}
	size := func(kB int) {
		_, _ = tx.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA cache_size = -%d", kB))
	}
	size(writerCache / 8)
	return func() { size(writerCache) }
}

// stillOver tells whether the overlay of a revision is the one that a draft began
// from. The edition's row is locked by now.
func stillOver(ctx context.Context, tx *sql.Tx, edition int64, number int, over *digest.Overlay) error {
	if over == nil {
		return nil
	}
	has := "{}"
	docs, err := collect(ctx, tx, scanText, `SELECT overlay FROM revision WHERE edition = $1 AND number = $2`, edition, number)
	if err != nil {
		return err
	}
	if len(docs) > 0 {
		has = docs[0]
	}
	var stored digest.Overlay
	if err := json.Unmarshal([]byte(has), &stored); err != nil {
		return fmt.Errorf("read the overlay of edition %d: %w", edition, err)
	}
	if stored.Mark() != over.Mark() {
		return ErrMeanwhile
	}
	return nil
}

func scanText(row scanner) (text string, err error) { return text, row.Scan(&text) }

func documents(d Draft) ([]any, error) {
	snapshot, err := snapshotDocument(d.Snapshot)
	if err != nil {
		return nil, err
	}
	docs := []any{snapshot}
	for _, v := range []any{d.Overlay, d.Pick.Named(d.Snapshot), d.Content} {
		doc, err := document(v)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// snapshotDocument is document of a snapshot, story by story: as one value its megabytes
// would be copied as often as the encoder's room is doubled.
func snapshotDocument(s digest.Snapshot) (string, error) {
	rest, err := document(struct {
		digest.Snapshot
		Stories any `json:"stories,omitempty"` // nothing, in the place of the snapshot's
	}{Snapshot: s})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(len(rest) + roomFor(s.Stories))
	b.WriteString(`{"stories":[`)
	for i := range s.Stories {
		doc, err := document(&s.Stories[i])
		if err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(doc)
	}
	b.WriteString("]," + rest[1:])
	return b.String(), nil
}

// roomFor is about what stories take as JSON.
func roomFor(stories []digest.Story) int {
	n := 0
	for i := range stories {
		n += 1024 + len(stories[i].Teaser) + len(stories[i].HTML)
	}
	return n
}

// EditorOf is what an editor has done with a revision: how many of the stories that the
// rule proposed are in it, and its approval. Errors: ErrNotFound.
func (s *Store) EditorOf(ctx context.Context, edition int64, number int) (k digest.Kept, approved Mark, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `SELECT proposed, kept, approved_hash, approved_by, approved_at FROM revision
		WHERE edition = $1 AND number = $2`, edition, number).Scan(&k.Proposed, &k.Kept, &approved.Hash, &approved.By, &at)
	approved.At = instant(at)
	return k, approved, found(err, "revision %d of edition %d", number, edition)
}

// Said is what a revision of an edition says. Errors: ErrNotFound.
func (s *Store) Said(ctx context.Context, edition int64, number int) (Said, error) {
	return s.revision(ctx, edition, number, "")
}

// Revision is a revision of an edition, whole. Errors: ErrNotFound.
func (s *Store) Revision(ctx context.Context, edition int64, number int) (Revision, error) {
	var r Revision
	var err error
	r.Said, err = s.revision(ctx, edition, number, ", snapshot, pick", stored{&r.Snapshot}, stored{&r.Pick})
	r.Pick = r.Pick.Told(r.Snapshot)
	return r, err
}

// revision reads what a revision says, and more of its columns.
func (s *Store) revision(ctx context.Context, edition int64, number int, columns string, more ...any) (Said, error) {
	r := Said{Edition: edition, Number: number}
	var cutoff, drafted, approved, tested, frozen int64
	err := s.read.QueryRowContext(ctx, `SELECT overlay, content, proposed, kept, cutoff, drafted_at, note,
			approved_hash, approved_by, approved_at, tested_hash, tested_by, tested_at, tested_to,
			frozen_hash, frozen_by, frozen_at`+columns+`
		FROM revision WHERE edition = $1 AND number = $2`, edition, number).Scan(append([]any{
		stored{&r.Overlay},
		stored{&r.Content},
		&r.Kept.Proposed, &r.Kept.Kept, &cutoff, &drafted, &r.Note,
		&r.Approved.Hash, &r.Approved.By, &approved, &r.Tested.Hash, &r.Tested.By, &tested, &r.TestedTo,
		&r.Frozen.Hash, &r.Frozen.By, &frozen,
	}, more...)...)
	if err != nil {
		return Said{}, found(err, "revision %d of edition %d", number, edition)
	}
	r.Cutoff, r.At = instant(cutoff), instant(drafted)
	r.Approved.At, r.Tested.At, r.Frozen.At = instant(approved), instant(tested), instant(frozen)
	return r, nil
}

// Approve approves the rendering with this hash. Errors: *ErrState where the edition
// is not draft or held, ErrNotFound where number is not its current revision.
func (s *Store) Approve(ctx context.Context, edition int64, number int, hash, who string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, edition, []digest.State{digest.Draft, digest.Held}, digest.Approved, at); err != nil {
			return err
		}
		if err := mark(ctx, tx, edition, number, `UPDATE revision SET approved_hash = $3, approved_by = $4, approved_at = $5`, hash, clean(who), micros(at)); err != nil {
			return err
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: string(digest.Approved), Detail: fmt.Sprintf("revision %d", number)})
	})
}

// MarkTested notes that the rendering with this hash went to some addresses as a
// test. It changes no state.
func (s *Store) MarkTested(ctx context.Context, edition int64, number int, hash string, to int, who string, at time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mark(ctx, tx, edition, number, `UPDATE revision SET tested_hash = $3, tested_by = $4, tested_at = $5, tested_to = $6`, hash, clean(who), micros(at), to); err != nil {
			return err
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: "tested", Detail: fmt.Sprintf("revision %d, sent to %d", number, to)})
	})
}

// mark writes on the current revision of an edition, which number must be.
func mark(ctx context.Context, tx *sql.Tx, edition int64, number int, update string, args ...any) error {
	n, err := changed(ctx, tx, update+` WHERE edition = $1 AND number = $2
		AND number = (SELECT revision FROM edition WHERE id = $1)`, append([]any{edition, number}, args...)...)
	if err == nil && n == 0 {
		err = found(sql.ErrNoRows, "revision %d as the current one of edition %d", number, edition)
	}
	return err
}

// Reopened is what an edition's log says of a revision that was opened.
const Reopened = "reopened"

// NextRevision opens the next revision, a copy of the current one, and makes the
// edition a draft again. Errors: *ErrState where it is in none of the states from,
// ErrUnfinished while a mailing of it is neither done nor cancelled.
func (s *Store) NextRevision(ctx context.Context, edition int64, from []digest.State, who, note string, at time.Time) (number int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, edition, from, digest.Draft, at); err != nil {
			return err
		}
		if err := noneUnfinished(ctx, tx, edition); err != nil {
			return err
		}
		// An edition that expired before its first draft has no revision to copy.
		number, err = scanOne[int](tx.QueryRowContext(ctx, `UPDATE edition
			SET revision = CASE WHEN revision = 0 THEN 0 ELSE revision + 1 END
			WHERE id = $1 RETURNING revision`, edition))
		if err != nil {
			return err
		}
		if _, err := changed(ctx, tx, `INSERT INTO revision (edition, number, snapshot, overlay, pick, content, proposed, kept, cutoff, drafted_at, note)
			SELECT edition, $2, snapshot, overlay, pick, content, proposed, kept, cutoff, $3, $4 FROM revision
			WHERE edition = $1 AND number = $5`, edition, number, micros(at), clean(note), number-1); err != nil {
			return err
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: Reopened, Detail: fmt.Sprintf("revision %d: %s", number, note)})
	})
	return number, err
}

// Freeze stores the compiled variants of an approved revision and their common hash:
// nothing is rendered after this. Errors: *ErrState where the edition is not
// approved, ErrNotFound where number is not its current revision.
func (s *Store) Freeze(ctx context.Context, edition int64, number int, hash string, variants []Variant, who string, at time.Time) error {
	if len(variants) == 0 {
		return fmt.Errorf("freeze revision %d of edition %d: there is no variant", number, edition)
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := moveEdition(ctx, tx, edition, []digest.State{digest.Approved}, digest.Frozen, at); err != nil {
			return err
		}
		if err := mark(ctx, tx, edition, number, `UPDATE revision SET frozen_hash = $3, frozen_by = $4, frozen_at = $5`, hash, clean(who), micros(at)); err != nil {
			return err
		}
		for _, v := range variants {
			if _, err := changed(ctx, tx, `INSERT INTO variant (edition, revision, name, subject, compiled, hash, size)
				VALUES ($1, $2, $3, $4, $5, $6, $7)`, edition, number, v.Name, v.Subject, v.Compiled, v.Hash, v.Size); err != nil {
				return err
			}
		}
		return putLog(ctx, tx, edition, Entry{At: at, Who: who, What: string(digest.Frozen), Detail: fmt.Sprintf("revision %d, %d variants", number, len(variants))})
	})
}

// Variants are the compiled renderings of a frozen revision, by name; none before
// the freeze.
func (s *Store) Variants(ctx context.Context, edition int64, number int) ([]Variant, error) {
	return collect(ctx, s.read, func(row scanner) (Variant, error) {
		var v Variant
		err := row.Scan(&v.Name, &v.Subject, &v.Compiled, &v.Hash, &v.Size)
		return v, err
	}, `SELECT name, subject, compiled, hash, size FROM variant WHERE edition = $1 AND revision = $2 ORDER BY name`, edition, number)
}
