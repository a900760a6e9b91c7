package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

// OpenImpatient is Open of a SQLite file by someone who does not wait for locks.
func OpenImpatient(ctx context.Context, path string) (*Store, error) {
	return openSQLite(ctx, path, 50*time.Millisecond)
}

// OpenPatient is Open of a SQLite file by someone who waits for locks longer than any
// machine takes for what a test does meanwhile.
func OpenPatient(ctx context.Context, path string) (*Store, error) {
	return openSQLite(ctx, path, time.Minute)
}

// Writer is the pool that a test may reach under the store with.
func Writer(s *Store) *sql.DB { return s.write }

// FillDisk lets SQLite's file grow no more (a full disk, to SQLite), and returns what
// makes room again.
func FillDisk(t *testing.T, s *Store) (makeRoom func()) {
	t.Helper()
	limit := func(pages int64) {
		if _, err := s.write.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes this as "no more than there are"
	return func() { limit(1 << 30) }
}

// SubscribersOf are the readers of a mailing's deliveries, by slice and number.
func SubscribersOf(ctx context.Context, s *Store, mailing int64) ([]int64, error) {
	return collect(ctx, s.read, scanOne[int64], `SELECT d.subscriber FROM slice s JOIN delivery d ON d.slice = s.id
		WHERE s.mailing = $1 ORDER BY s.number, d.subscriber`, mailing)
}

// Condition is the text and the parameters of a segment.
func Condition(s Segment) (text string, args []any) { return s.among(6) }

// PickText is the pick of a revision as it is stored.
func (s *Store) PickText(ctx context.Context, edition int64, number int) (string, error) {
	return scanText(s.read.QueryRowContext(ctx, `SELECT pick FROM revision WHERE edition = $1 AND number = $2`, edition, number))
}

// SchemaOf makes the schema of an earlier version in an empty database, which is left open.
func SchemaOf(ctx context.Context, dsn string, version int64) (*sql.DB, error) {
	e, driver, address := sqliteEngine, "sqlite", sqliteDSN(dsn, lockWait, true)
	if strings.HasPrefix(dsn, "postgres:") {
		e, driver, address = postgresEngine, "pgx", dsn
	}
	schema, err := schemaOf(e.words())
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(e.dialect(), db, schema, goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	return db, err
}
