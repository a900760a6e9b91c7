package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

const sourceColumns = `newsletter, source, asked, etag, last_modified, validators_of, reader, last_success, last_try, items, new_items,
	last_new, latency_ms, size_bytes, kind, warnings, error, failures, failing_since, not_before, next_try, redirected_to`

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
	return s.inTx(ctx, func(tx *sql.Tx) error { return putSourceState(ctx, tx, st) })
}

func putSourceState(ctx context.Context, tx querier, st SourceState) error {
	_, err := changed(ctx, tx, `INSERT INTO source_state (`+sourceColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		ON CONFLICT (newsletter, source) DO UPDATE SET
			asked = excluded.asked, etag = excluded.etag, last_modified = excluded.last_modified,
			validators_of = excluded.validators_of, reader = excluded.reader,
			last_success = excluded.last_success, last_try = excluded.last_try,
			items = excluded.items, new_items = excluded.new_items, last_new = excluded.last_new,
			latency_ms = excluded.latency_ms, size_bytes = excluded.size_bytes, kind = excluded.kind,
			warnings = excluded.warnings, error = excluded.error, failures = excluded.failures,
			failing_since = excluded.failing_since, not_before = excluded.not_before,
			next_try = excluded.next_try, redirected_to = excluded.redirected_to`,
		st.Newsletter, st.Source, st.Asked, clean(st.ETag), clean(st.LastModified), st.ValidatorsOf, st.Reader,
		micros(st.LastSuccess), micros(st.LastTry), st.Items, st.NewItems, micros(st.LastNew),
		st.Latency.Milliseconds(), st.Size, clean(st.Kind), clean(strings.Join(st.Warnings, "\n")), clean(st.Error), st.Failures,
		micros(st.FailingSince), micros(st.NotBefore), micros(st.NextTry), clean(st.RedirectedTo))
	return err
}

// ClaimSource takes a source that is due at now for a try: nobody else takes it before
// the time until, whatever becomes of this try. It tells whether it was taken. A time
// beyond latest was set by a clock that ran ahead, and counts as come.
func (s *Store) ClaimSource(ctx context.Context, newsletter, source string, now, until, latest time.Time) (bool, error) {
	n, err := s.change(ctx, `INSERT INTO source_state (newsletter, source, next_try) VALUES ($1, $2, $3)
		ON CONFLICT (newsletter, source) DO UPDATE SET next_try = excluded.next_try
		WHERE source_state.next_try <= $4 OR source_state.next_try > $5`,
		newsletter, source, micros(until), micros(now), micros(latest))
	return n > 0, err
}

// ForgetSource drops what is known of a source, as long as it is of that address.
func (s *Store) ForgetSource(ctx context.Context, newsletter, source, asked string) error {
	_, err := s.change(ctx, `DELETE FROM source_state WHERE newsletter = $1 AND source = $2 AND asked = $3`, newsletter, source, asked)
	return err
}

func scanSource(row scanner) (SourceState, error) {
	var st SourceState
	var success, try, fresh, latency, since, before, next int64
	var warnings string
	err := row.Scan(&st.Newsletter, &st.Source, &st.Asked, &st.ETag, &st.LastModified, &st.ValidatorsOf, &st.Reader, &success, &try,
		&st.Items, &st.NewItems, &fresh, &latency, &st.Size, &st.Kind, &warnings, &st.Error, &st.Failures, &since, &before, &next, &st.RedirectedTo)
	st.LastSuccess, st.LastTry, st.LastNew = instant(success), instant(try), instant(fresh)
	st.FailingSince, st.NotBefore, st.NextTry = instant(since), instant(before), instant(next)
	st.Latency = time.Duration(latency) * time.Millisecond
	if warnings != "" {
		st.Warnings = strings.Split(warnings, "\n")
	}
	return st, err
}
