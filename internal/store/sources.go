package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const sourceColumns = `newsletter, source, etag, last_modified, last_success, last_try, items, new_items, latency_ms, error, redirected_to`

// SourceState is what is known of a source. Of one never fetched it is empty but for
// its names.
func (s *Store) SourceState(ctx context.Context, newsletter, source string) (SourceState, error) {
	st, err := scanSource(s.read.QueryRowContext(ctx, `SELECT `+sourceColumns+` FROM source_state
		WHERE newsletter = $1 AND source = $2`, newsletter, source))
	if errors.Is(err, sql.ErrNoRows) {
		return SourceState{Newsletter: newsletter, Source: source}, nil
	}
	return st, fault(err)
}

// SourceStates lists the sources of a newsletter that have been tried, by name.
func (s *Store) SourceStates(ctx context.Context, newsletter string) ([]SourceState, error) {
	return collect(ctx, s.read, scanSource, `SELECT `+sourceColumns+` FROM source_state
		WHERE newsletter = $1 ORDER BY source`, newsletter)
}

// PutSourceState stores what a fetch found out, over what was known before.
func (s *Store) PutSourceState(ctx context.Context, st SourceState) error {
	_, err := s.change(ctx, `INSERT INTO source_state (`+sourceColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (newsletter, source) DO UPDATE SET
			etag = excluded.etag, last_modified = excluded.last_modified,
			last_success = excluded.last_success, last_try = excluded.last_try,
			items = excluded.items, new_items = excluded.new_items,
			latency_ms = excluded.latency_ms, error = excluded.error,
			redirected_to = excluded.redirected_to`,
		st.Newsletter, st.Source, clean(st.ETag), clean(st.LastModified),
		micros(st.LastSuccess), micros(st.LastTry), st.Items, st.NewItems,
		st.Latency.Milliseconds(), clean(st.Error), clean(st.RedirectedTo))
	return err
}

func scanSource(row scanner) (SourceState, error) {
	var st SourceState
	var success, try, latency int64
	err := row.Scan(&st.Newsletter, &st.Source, &st.ETag, &st.LastModified, &success, &try,
		&st.Items, &st.NewItems, &latency, &st.Error, &st.RedirectedTo)
	st.LastSuccess, st.LastTry = instant(success), instant(try)
	st.Latency = time.Duration(latency) * time.Millisecond
	return st, err
}
