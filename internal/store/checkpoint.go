package store

import (
	"context"
	"database/sql"
	"time"
)

const (
	// checkpointWait is how long everybody else who writes may wait for one try to empty
	// the log: it needs a moment in which nobody reads what was before.
	checkpointWait  = 20 * time.Millisecond
	checkpointPause = 80 * time.Millisecond // for those who write, between two tries
)

// Checkpoint brings what was written, and so what was deleted and overwritten, from the
// log into the database's file, and empties the log. PostgreSQL looks after its own.
// Where somebody reads all the while, as a backup does, the log is owed: EmptyLog does it.
func (s *Store) Checkpoint(ctx context.Context) error {
	if s.engine != sqliteEngine {
		return nil
	}
	s.logOwed.Store(true)
	for end := time.Now().Add(s.wait); ; {
		err := s.EmptyLog(ctx)
		if ctx.Err() != nil {
			return nil // what was to be stored is
		}
		if err != nil || !s.logOwed.Load() || !time.Now().Before(end) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(checkpointPause):
		}
	}
}

// EmptyLog tries once to empty a log that Checkpoint could not empty. It has a connection
// of its own, so that those who write do not queue behind it.
func (s *Store) EmptyLog(ctx context.Context) error {
	if !s.logOwed.Load() {
		return nil
	}
	db, err := sql.Open("sqlite", sqliteDSN(s.path, checkpointWait, true))
	if err != nil {
		return fault(err)
	}
	defer db.Close()
	var held, pages, moved int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&held, &pages, &moved); err != nil {
		return fault(err)
	}
	s.logOwed.Store(held != 0)
	return nil
}
