package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/broadsheet-news/broadsheet/digest"
)

// PutStories stores what a fetch found at the instant seen, and says how many of the
// stories are new. A story that is found again by one of its keys keeps its id, its
// first sight, what it was completed with ([digest.Keep]) and, where the source no longer
// gives one, its date; its text becomes the newer.
func (s *Store) PutStories(ctx context.Context, newsletter string, stories []KeyedStory, seen time.Time) (added int, err error) {
	return s.putFetched(ctx, newsletter, stories, seen, func(context.Context, querier, int) error { return nil })
}

// PutFetched is PutStories, and PutSourceState with what is then known of the source, of
// whose stories so many are new: both stand, or neither.
func (s *Store) PutFetched(ctx context.Context, newsletter string, stories []KeyedStory, seen time.Time, state func(added int) SourceState) error {
	_, err := s.putFetched(ctx, newsletter, stories, seen, func(ctx context.Context, tx querier, added int) error {
		return putSourceState(ctx, tx, state(added))
	})
	return err
}

func (s *Store) putFetched(ctx context.Context, newsletter string, stories []KeyedStory, seen time.Time, and func(context.Context, querier, int) error) (added int, err error) {
	var prepared map[string]*sql.Stmt
	if s.engine == sqliteEngine { // PostgreSQL's driver prepares texts by itself
		if prepared, err = s.prepare(ctx, storyTexts()); err != nil {
			return 0, err
		}
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		added = 0
		q := preparedTx{tx, prepared}
		for some := range slices.Chunk(stories, storiesAtOnce) {
			n, err := putStories(ctx, q, newsletter, some, seen)
			if err != nil {
				return fmt.Errorf("store stories from %s on: %w", some[0].ID, err)
			}
			added += n
		}
		return and(ctx, q, added)
	})
	if s.engine == sqliteEngine {
		// The pages of long texts, which nobody reads soon, would fill the cache to its last:
		// of 20 sources they took 15 MB.
		_, _ = s.write.ExecContext(ctx, `PRAGMA shrink_memory`)
	}
	return added, err
}

func (b *storyBatch) put(st KeyedStory) (isNew bool, err error) {
	for i, k := range st.Keys {
		st.Keys[i] = clean(k)
	}
	old := b.find(st)
	if old != nil {
		st.ID, st.FirstSeen = old.ID, old.FirstSeen
		if st.Gone = old.Gone; st.Gone == digest.Withdrawn {
			st.Gone = 0 // its source has it again
		}
		if st.Published.IsZero() {
			st.Published = old.Published
		}
		st.Story = digest.Keep(st.Story, *old)
	} else {
		st.FirstSeen = b.seen.UTC()
	}
	return old == nil, b.add(st)
}

// writeStory changes the row of one story.
func writeStory(ctx context.Context, tx *sql.Tx, newsletter string, st digest.Story, seen time.Time) error {
	b := newStoryBatch(newsletter, seen)
	if err := b.add(KeyedStory{Story: st}); err != nil {
		return err
	}
	return b.write(ctx, tx)
}

// Stories lists the stories of a newsletter that are dated, first seen or freed from
// an embargo at since or later, and dated before until (zero: no end). A story's date
// is when it was published or, for want of that, first seen. Oldest first.
func (s *Store) Stories(ctx context.Context, newsletter string, since, until time.Time) ([]digest.Story, error) {
	docs, err := collect(ctx, s.read, scanText, `SELECT doc FROM story
		WHERE newsletter = $1
		  AND (published >= $2 OR first_seen >= $2 OR embargo >= $2)
		  AND (CAST($3 AS BIGINT) = 0 OR CASE WHEN published > 0 THEN published ELSE first_seen END < CAST($3 AS BIGINT))
		ORDER BY CASE WHEN published > 0 THEN published ELSE first_seen END, id`,
		newsletter, micros(since), micros(until))
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return readStories(docs)
}

// SourceStories lists those of one source that are dated, first seen or freed from an
// embargo at since or later and want at least so much of their page. Oldest first.
func (s *Store) SourceStories(ctx context.Context, newsletter, source string, since time.Time, wanting digest.Want) ([]digest.Story, error) {
	docs, err := collect(ctx, s.read, scanText, sourceStories, newsletter, source, int(wanting), micros(since))
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return readStories(docs)
}

const sourceStories = `SELECT doc FROM story
	WHERE newsletter = $1 AND source = $2 AND page_wanted >= $3
	  AND (published >= $4 OR first_seen >= $4 OR embargo >= $4)
	ORDER BY CASE WHEN published > 0 THEN published ELSE first_seen END, id`

// readStories reads stories from their JSON, as many at once as there are processors.
func readStories(docs []string) ([]digest.Story, error) {
	stories := make([]digest.Story, len(docs))
	var reading errgroup.Group
	most := len(docs)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(docs); from += most {
		reading.Go(func() error {
			for i := from; i < min(from+most, len(docs)); i++ {
				if err := json.Unmarshal([]byte(docs[i]), &stories[i]); err != nil {
					return fmt.Errorf("read a stored story: %w", err)
				}
				docs[i] = "" // each is large
			}
			return nil
		})
	}
	return stories, reading.Wait()
}

// Evergreens lists the newest stories of a newsletter that are as good in any week and
// that no edition has mailed, so many at most: a source may have thousands.
func (s *Store) Evergreens(ctx context.Context, newsletter string, most int) ([]digest.Story, error) {
	return collect(ctx, s.read, scanStory, `SELECT s.doc FROM story s WHERE s.newsletter = $1 AND s.evergreen = 1
		  AND NOT EXISTS (SELECT 1 FROM mailed_story m WHERE m.newsletter = s.newsletter AND m.story = s.id)
		ORDER BY s.published DESC, s.id LIMIT $2`, newsletter, most)
}

// MarkGone notes what a story's page answered when it was asked for: 404 or 410, or 0
// where it is there; or that its source has withdrawn it. A story that is not stored is left alone.
func (s *Store) MarkGone(ctx context.Context, newsletter, id string, status int, at time.Time) error {
	return s.ChangeStory(ctx, newsletter, id, at, func(st *digest.Story) { st.Gone = status })
}

// ChangeStory changes a story as it is stored by now. One that is not stored is left alone.
func (s *Store) ChangeStory(ctx context.Context, newsletter, id string, at time.Time, change func(*digest.Story)) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		hits, err := collect(ctx, tx, scanStory, `SELECT doc FROM story WHERE newsletter = $1 AND id = $2`, newsletter, id)
		if err != nil || len(hits) == 0 {
			return err
		}
		change(&hits[0])
		return writeStory(ctx, tx, newsletter, hits[0], at)
	})
}

// Story is one story by its id. Errors: ErrNotFound.
func (s *Store) Story(ctx context.Context, newsletter, id string) (digest.Story, error) {
	st, err := scanStory(s.read.QueryRowContext(ctx, `SELECT doc FROM story WHERE newsletter = $1 AND id = $2`, newsletter, id))
	return st, found(err, "story %s of %s", id, newsletter)
}

// MailedStories lists what editions of the newsletter have carried to readers,
// oldest first.
func (s *Store) MailedStories(ctx context.Context, newsletter string) ([]digest.Mailed, error) {
	return collect(ctx, s.read, scanMailed, `SELECT m.story, m.source, m.guid, m.url, m.title, m.published,
			e.newsletter, e.slot
		FROM mailed_story m JOIN edition e ON e.id = m.edition
		WHERE m.newsletter = $1 ORDER BY m.at, m.edition, m.story`, newsletter)
}

// MailedRevisions lists what editions of a newsletter with slots since an instant
// said in the last revision that was mailed, of those that readers have; oldest
// first. A mailing that was cancelled and reached nobody told readers nothing. One
// edition is left out.
func (s *Store) MailedRevisions(ctx context.Context, newsletter string, since time.Time, but int64) ([]MailedRevision, error) {
	return collect(ctx, s.read, scanMailedRevision, `SELECT r.content, r.overlay FROM edition e
		JOIN mailing m ON m.id = (SELECT MAX(l.id) FROM mailing l WHERE l.edition = e.id AND (l.state <> 'cancelled' OR EXISTS (
			SELECT 1 FROM slice s JOIN delivery d ON d.slice = s.id
			WHERE s.mailing = l.id AND d.state IN ('claimed', 'accepted', 'bounced', 'in_doubt')
			UNION ALL SELECT 1 FROM kept_count k WHERE k.edition = e.id AND k.mailing = l.id
			AND k.state IN ('claimed', 'accepted', 'bounced', 'in_doubt'))))
		JOIN revision r ON r.edition = m.edition AND r.number = m.revision
		WHERE e.newsletter = $1 AND e.at >= $2 AND e.id <> $3
		  AND EXISTS (SELECT 1 FROM mailed_story s WHERE s.edition = e.id)
		ORDER BY e.at, e.id`, newsletter, micros(since), but)
}

func scanMailedRevision(row scanner) (m MailedRevision, err error) {
	var content, overlay string
	if err := row.Scan(&content, &overlay); err != nil {
		return m, err
	}
	if err := errors.Join(json.Unmarshal([]byte(content), &m.Content), json.Unmarshal([]byte(overlay), &m.Overlay)); err != nil {
		return m, fmt.Errorf("read a mailed revision: %w", err)
	}
	return m, nil
}

func scanStory(row scanner) (digest.Story, error) {
	var doc string
	var st digest.Story
	if err := row.Scan(&doc); err != nil {
		return st, err
	}
	if err := json.Unmarshal([]byte(doc), &st); err != nil {
		return st, fmt.Errorf("read a stored story: %w", err)
	}
	return st, nil
}

func scanMailed(row scanner) (digest.Mailed, error) {
	var m digest.Mailed
	var e Edition
	var published int64
	err := row.Scan(&m.ID, &m.Source, &m.GUID, &m.URL, &m.Title, &published, &e.Newsletter, &e.Slot)
	m.Published, m.Edition = instant(published), e.Name()
	return m, err
}
