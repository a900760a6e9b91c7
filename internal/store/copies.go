package store

import (
	"context"
	"time"
)

// WantedCopy is a reader's wish for a copy of their data, which a locked node has taken.
type WantedCopy struct {
	Number     int64 // of the reader
	Newsletter string
}

// WantCopy notes the wish; a second one changes nothing.
func (s *Store) WantCopy(ctx context.Context, w WantedCopy, at time.Time) error {
	_, err := s.change(ctx, `INSERT INTO copy_wanted (subscriber, newsletter, at) VALUES ($1, $2, $3)
		ON CONFLICT (subscriber) DO NOTHING`, w.Number, w.Newsletter, micros(at))
	return err
}

// WantedCopies are the wishes that wait, oldest first, at most limit.
func (s *Store) WantedCopies(ctx context.Context, limit int) ([]WantedCopy, error) {
	return collect(ctx, s.read, func(row scanner) (WantedCopy, error) {
		var w WantedCopy
		err := row.Scan(&w.Number, &w.Newsletter)
		return w, err
	}, `SELECT subscriber, newsletter FROM copy_wanted ORDER BY at, subscriber LIMIT $1`, limit)
}

// ForgetWantedCopy ends a wish.
func (s *Store) ForgetWantedCopy(ctx context.Context, number int64) error {
	_, err := s.change(ctx, `DELETE FROM copy_wanted WHERE subscriber = $1`, number)
	return err
}
