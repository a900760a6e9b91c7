package store

import "context"

// Log adds a line to an edition's log.
func (s *Store) Log(ctx context.Context, edition int64, e Entry) error {
	return s.explain(putLog(ctx, s.write, edition, e))
}

func putLog(ctx context.Context, q querier, edition int64, e Entry) error {
	_, err := changed(ctx, q, `INSERT INTO log (edition, at, who, what, detail) VALUES ($1, $2, $3, $4, $5)`,
		edition, micros(e.At), clean(e.Who), clean(e.What), clean(e.Detail))
	return err
}

// LogOf is an edition's log, oldest line first.
func (s *Store) LogOf(ctx context.Context, edition int64) ([]Entry, error) {
	return collect(ctx, s.read, func(row scanner) (Entry, error) {
		var e Entry
		var at int64
		err := row.Scan(&at, &e.Who, &e.What, &e.Detail)
		e.At = instant(at)
		return e, err
	}, `SELECT at, who, what, detail FROM log WHERE edition = $1 ORDER BY id`, edition)
}

// LogMark is the number of the newest line of an edition's log, 0 where it has none.
// Whatever is done to an edition is logged, so another number says that it has changed.
func (s *Store) LogMark(ctx context.Context, edition int64) (int64, error) {
	return scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM log WHERE edition = $1`, edition))
}
