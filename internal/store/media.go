package store

import "context"

// PutMedia stores a picture under its hash; one stored before stays.
func (s *Store) PutMedia(ctx context.Context, m Media) error {
	_, err := s.change(ctx, `INSERT INTO media (hash, type, width, height, bytes) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (hash) DO NOTHING`, m.Hash, m.Type, m.Width, m.Height, m.Bytes)
	return err
}

// Media is the picture with a hash. Errors: ErrNotFound.
func (s *Store) Media(ctx context.Context, hash string) (Media, error) {
	m := Media{Hash: hash}
	err := s.read.QueryRowContext(ctx, `SELECT type, width, height, bytes FROM media WHERE hash = $1`, hash).
		Scan(&m.Type, &m.Width, &m.Height, &m.Bytes)
	return m, found(err, "picture %s", hash)
}
