package store

import (
	"context"
	"time"
)

// Progress is what one sender of a mailing says of how far it is. It is a hint: the
// truth is [Store.CountMailing].
type Progress struct {
	Mailing int64
	Sender  string // one run of one process
	At      time.Time
	Doc     string // JSON
}

// PutProgress stores what a sender says, over what it said before.
func (s *Store) PutProgress(ctx context.Context, p Progress) error {
	_, err := s.change(ctx, `INSERT INTO progress (mailing, sender, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (mailing, sender) DO UPDATE SET at = excluded.at, doc = excluded.doc`,
		p.Mailing, clean(p.Sender), micros(p.At), clean(p.Doc))
	return err
}

// ProgressOf is what the senders of a mailing said last, those that have ended
// included.
func (s *Store) ProgressOf(ctx context.Context, mailing int64) ([]Progress, error) {
	return collect(ctx, s.read, func(row scanner) (Progress, error) {
		p := Progress{Mailing: mailing}
		var at int64
		err := row.Scan(&p.Sender, &at, &p.Doc)
		p.At = instant(at)
		return p, err
	}, `SELECT sender, at, doc FROM progress WHERE mailing = $1 ORDER BY sender`, mailing)
}

// ForgetProgress drops what the senders of a mailing said.
func (s *Store) ForgetProgress(ctx context.Context, mailing int64) error {
	return s.explain(forgetProgress(ctx, s.write, mailing))
}

func forgetProgress(ctx context.Context, q querier, mailing int64) error {
	_, err := changed(ctx, q, `DELETE FROM progress WHERE mailing = $1`, mailing)
	return err
}
