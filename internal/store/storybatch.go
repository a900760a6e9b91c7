package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Sizes of statements. A fetch stores a hundred stories of which few are new: a
// statement for each of their keys and rows took most of its time.
const (
	storiesAtOnce   = 100 // looked up together
	rowsAtOnce      = 10  // written by one statement, of 11 parameters each
	storyKeysAtOnce = 50  // looked up, or written, by one statement

	storyColumns, storyKeyColumns = 11, 3 // of their tables
)

// storyBatch stores some stories: what is known of them is looked up at once, and what
// has changed is written at once.
type storyBatch struct {
	newsletter string
	seen       time.Time
	byKey      map[string]string    // a key's story, stored or to be
	known      map[string]*storyRow // stories by id, likewise
	rows       []*storyRow          // to write, an id once
	keys       []any                // to write: newsletter, key, story, and so on
}

type storyRow struct {
	digest.Story
	doc string // as it is stored, or will be
}

func newStoryBatch(newsletter string, seen time.Time) *storyBatch {
	return &storyBatch{newsletter: newsletter, seen: seen, byKey: map[string]string{}, known: map[string]*storyRow{}}
}

func putStories(ctx context.Context, tx querier, newsletter string, stories []KeyedStory, seen time.Time) (added int, err error) {
	b := newStoryBatch(newsletter, seen)
	if err := b.look(ctx, tx, stories); err != nil {
		return 0, err
	}
	for _, st := range stories {
		isNew, err := b.put(st)
		if err != nil {
			return 0, fmt.Errorf("story %s: %w", st.ID, err)
		}
		if isNew {
			added++
		}
	}
	return added, b.write(ctx, tx)
}

// look reads what is stored under the keys and the ids of stories.
func (b *storyBatch) look(ctx context.Context, tx querier, stories []KeyedStory) error {
	var keys, ids []any
	asked := map[string]bool{}
	ask := func(id string) {
		if !asked[id] {
			asked[id] = true
			ids = append(ids, id)
		}
	}
	for _, st := range stories {
		for _, k := range st.Keys {
			keys = append(keys, clean(k))
		}
		ask(st.ID)
	}
	for some := range slices.Chunk(keys, storyKeysAtOnce) {
		hits, err := collect(ctx, tx, scanPair, keysText(len(some)), append([]any{b.newsletter}, some...)...)
		if err != nil {
			return err
		}
		for _, h := range hits {
			b.byKey[h[0]] = h[1]
			ask(h[1])
		}
	}
	for some := range slices.Chunk(ids, storyKeysAtOnce) {
		hits, err := collect(ctx, tx, scanPair, idsText(len(some)), append([]any{b.newsletter}, some...)...)
		if err != nil {
			return err
		}
		for _, h := range hits {
			var st digest.Story
			if err := json.Unmarshal([]byte(h[1]), &st); err != nil {
				return fmt.Errorf("read the stored story %s: %w", h[0], err)
			}
			b.known[h[0]] = &storyRow{st, h[1]}
		}
	}
	return nil
}

func scanPair(row scanner) (p [2]string, err error) {
	err = row.Scan(&p[0], &p[1])
	return p, err
}

// find is the story with one of the keys, the strongest first, or else with the id;
// nil where there is none.
func (b *storyBatch) find(st KeyedStory) *digest.Story {
	for _, k := range st.Keys {
		if known, ok := b.known[b.byKey[k]]; ok {
			return &known.Story
		}
	}
	if known, ok := b.known[st.ID]; ok {
		return &known.Story
	}
	return nil
}

// add notes what is to be written of a story: nothing where it is stored like that.
func (b *storyBatch) add(st KeyedStory) error {
	doc, err := document(st.Story)
	if err != nil {
		return err
	}
	row := &storyRow{st.Story, doc}
	if old := b.known[st.ID]; old == nil || old.doc != doc {
		if i := slices.IndexFunc(b.rows, func(r *storyRow) bool { return r.ID == st.ID }); i >= 0 {
			b.rows[i] = row
		} else {
			b.rows = append(b.rows, row)
		}
	}
	b.known[st.ID] = row
	for _, k := range st.Keys {
		if _, taken := b.byKey[k]; !taken {
			b.byKey[k] = st.ID
			b.keys = append(b.keys, b.newsletter, k, st.ID)
		}
	}
	return nil
}

// write leaves a row alone of whose story nothing has changed.
func (b *storyBatch) write(ctx context.Context, tx querier) error {
	for some := range slices.Chunk(b.rows, rowsAtOnce) {
		args := make([]any, 0, storyColumns*len(some))
		for _, r := range some {
			args = append(args, b.newsletter, r.ID, r.Source, micros(r.FirstSeen), micros(r.Published),
				micros(r.Updated), micros(r.Embargo), micros(b.seen), r.doc, bit(r.Evergreen), int(r.Wants()))
		}
		if _, err := changed(ctx, tx, putRowsText(len(some)), args...); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(b.keys, storyKeysAtOnce*storyKeyColumns) {
		if _, err := changed(ctx, tx, putKeysText(len(some)/storyKeyColumns), some...); err != nil {
			return err
		}
	}
	return nil
}

// The texts of a batch, for so many keys, ids or rows.

func keysText(n int) string {
	return `SELECT key, story FROM story_key WHERE newsletter = $1 AND key IN (` + params(2, n) + `)`
}

func idsText(n int) string {
	return `SELECT id, doc FROM story WHERE newsletter = $1 AND id IN (` + params(2, n) + `)`
}

func putRowsText(n int) string {
	return `INSERT INTO story (newsletter, id, source, first_seen, published, updated, embargo, fetched, doc, evergreen, page_wanted)
		VALUES ` + tuples(1, n, storyColumns) + `
		ON CONFLICT (newsletter, id) DO UPDATE SET source = excluded.source, published = excluded.published,
			updated = excluded.updated, embargo = excluded.embargo, fetched = excluded.fetched, doc = excluded.doc,
			evergreen = excluded.evergreen, page_wanted = excluded.page_wanted
		WHERE story.doc <> excluded.doc`
}

func putKeysText(n int) string {
	return `INSERT INTO story_key (newsletter, key, story) VALUES ` + tuples(1, n, storyKeyColumns) + `
		ON CONFLICT (newsletter, key) DO NOTHING`
}

// storyTexts are those of full statements, which a fetch of many sources runs many times.
var storyTexts = sync.OnceValue(func() []string {
	return []string{keysText(storyKeysAtOnce), idsText(storyKeysAtOnce), putRowsText(rowsAtOnce), putKeysText(storyKeysAtOnce)}
})
