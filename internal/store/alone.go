package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
)

// Alone runs work while no other process runs work under the same word, and waits
// for its turn. On SQLite, where one process writes deliveries and a file's lock
// sees to that, it only runs it.
func (s *Store) Alone(ctx context.Context, word string, work func() error) error {
	if s.engine != postgresEngine {
		return work()
	}
	c, err := s.write.Conn(ctx)
	if err != nil {
		return fault(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, wordKey(word)); err != nil {
		return fmt.Errorf("wait for %s: %w", word, fault(err))
	}
	err = work()
	return errors.Join(err, unlock(ctx, c, word))
}

// TryHold takes a word for this process until release, or until the process ends:
// PostgreSQL frees the locks of a connection that is gone. got is false where
// another process has it. On SQLite everybody gets it: see Alone.
func (s *Store) TryHold(ctx context.Context, word string) (release func() error, got bool, err error) {
	if s.engine != postgresEngine {
		return func() error { return nil }, true, nil
	}
	c, err := s.write.Conn(ctx)
	if err != nil {
		return nil, false, fault(err)
	}
	got, err = scanOne[bool](c.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, wordKey(word)))
	if err != nil || !got {
		return nil, false, errors.Join(fault(err), c.Close())
	}
	done := context.WithoutCancel(ctx)
	return func() error { return errors.Join(unlock(done, c, word), c.Close()) }, true, nil
}

func unlock(ctx context.Context, c *sql.Conn, word string) error {
	_, err := c.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, wordKey(word))
	return fault(err)
}

// wordKey is the number by which PostgreSQL knows a word.
func wordKey(word string) int64 {
	h := fnv.New64a()
	h.Write([]byte("broadsheet/" + word))
	return int64(h.Sum64())
}
