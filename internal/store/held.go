package store

import (
	"context"
	"time"
)

// Got is an edition that went to a reader.
type Got struct {
	Newsletter string
	Slot       string
	State      string // of the delivery
	Variant    string
	At         time.Time // of the last result; zero: none yet
}

// GotBy are the editions that went to a reader, by the number, the latest first.
func (s *Store) GotBy(ctx context.Context, number int64) ([]Got, error) {
	return collect(ctx, s.read, func(row scanner) (Got, error) {
		var g Got
		var at int64
		err := row.Scan(&g.Newsletter, &g.Slot, &g.State, &g.Variant, &at)
		g.At = instant(at)
		return g, err
	}, `SELECT e.newsletter, e.slot, d.state, d.variant, d.at FROM mailing m
		JOIN slice s ON s.mailing = m.id AND s.first_number <= $1 AND s.last_number >= $1
		JOIN delivery d ON d.slice = s.id AND d.subscriber = $1
		JOIN edition e ON e.id = m.edition
		ORDER BY m.id DESC`, number)
}
