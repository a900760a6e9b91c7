package store

import (
	"context"
	"fmt"
)

// MakeSchema makes a schema beside the store's own tables, where PostgreSQL has
// none of that name: the jobs keep their tables in one. On SQLite, which has no
// schemas, it does nothing. The name is letters, digits and underscores.
func (s *Store) MakeSchema(ctx context.Context, name string) error {
	if s.engine != postgresEngine {
		return nil
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return fmt.Errorf("make schema %q: use lower-case letters, digits and underscores", name)
		}
	}
	_, err := s.write.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+name)
	if err != nil {
		return fmt.Errorf("make schema %s: %w", name, err)
	}
	return nil
}
