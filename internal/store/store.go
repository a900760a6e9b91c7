package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
)

// lockWait is how long SQLite waits for another process's transaction.
const lockWait = 5 * time.Second

// engine is one of the two databases.
type engine string

const (
	sqliteEngine   engine = "sqlite"
	postgresEngine engine = "postgres"
)

func (e engine) words() words {
	if e == postgresEngine {
		return postgresWords
	}
	return sqliteWords
}

func (e engine) dialect() goose.Dialect {
	if e == postgresEngine {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	engine engine
	write  *sql.DB       // SQLite: the one writer connection
	read   *sql.DB       // SQLite: connections that cannot write; PostgreSQL: write itself
	path   string        // SQLite: the file, absolute
	wait   time.Duration // SQLite: for another's lock

	logOwed atomic.Bool // SQLite: the log holds what was to be gone

	keyed atomic.Pointer[keyed] // nil: nobody has said

	turns   turns
	signUps group[SignUp]
	inbound group[Inbound]
	alone   atomic.Bool // the ledger's last commit failed: the next takes no sign-up along

	mu       sync.Mutex
	prepared map[string]*sql.Stmt // the ledger's texts, once a committer has run
}

// Open opens the database that dsn names, a file path or postgres://..., making the
// file if the folder is there, and brings its schema up to date; of two processes
// that do so at once the second waits. Errors say what to do; ErrLocked,
// ErrNewerSchema and ErrDiskFull can be told by errors.Is.
func Open(ctx context.Context, dsn string) (*Store, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx, dsn, lockWait)
}

func newStore(e engine) *Store {
	s := &Store{engine: e}
	s.signUps.commit, s.inbound.commit = s.putSignUps, s.putInbox
	return s
}

// Close ends every connection. On SQLite it leaves one file, without -wal and -shm,
// where no other process has the database open. Sign-ups under way are stored first.
func (s *Store) Close() error {
	s.signUps.wait()
	s.inbound.wait()
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return string(s.engine) }

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// inTx runs do in one write transaction: all of it is stored, or nothing.
func (s *Store) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	return s.inTurn(ctx, false, do)
}

// inTurn is inTx, for sign-ups sooner: see turns.
func (s *Store) inTurn(ctx context.Context, urgent bool, do func(tx *sql.Tx) error) error {
	give, err := s.turn(ctx, urgent)
	if err != nil {
		return err
	}
	defer give()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // SQLite has rolled back by itself after SQLITE_FULL
		return s.explain(err)
	}
	return s.explain(tx.Commit())
}

// turn waits until it is this caller's turn to write, where only one may.
func (s *Store) turn(ctx context.Context, urgent bool) (give func(), err error) {
	if s.engine != sqliteEngine {
		return func() {}, nil
	}
	return s.turns.give, s.turns.take(ctx, urgent)
}

// change runs one statement as a transaction of its own and returns how many rows it
// touched.
func (s *Store) change(ctx context.Context, query string, args ...any) (int64, error) {
	give, err := s.turn(ctx, false)
	if err != nil {
		return 0, err
	}
	defer give()
	n, err := changed(ctx, s.write, query, args...)
	return n, s.explain(err)
}

// explain says of a locked or full SQLite what to do about it.
func (s *Store) explain(err error) error {
	err = fault(err)
	switch {
	case s.engine != sqliteEngine:
		return err
	case errors.Is(err, ErrLocked):
		return fmt.Errorf("write to %s: %w by %s: end that, or wait until it is done, and try again", s.path, ErrLocked, holders(s.path))
	case errors.Is(err, ErrDiskFull):
		return fmt.Errorf("write to %s: %w: make room there and try again; nothing that was stored is lost", s.path, ErrDiskFull)
	}
	return err
}

// changed runs a statement and returns how many rows it touched.
func changed(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	r, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fault(err)
	}
	return r.RowsAffected()
}

// collect reads every row of a query.
func collect[T any](ctx context.Context, q querier, scan func(row scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, fault(rows.Err())
}

// scanner is one row: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// scanOne reads a row of one column.
func scanOne[T any](row scanner) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// exists tells whether a query has a row.
func exists(ctx context.Context, q querier, query string, args ...any) (bool, error) {
	is, err := scanOne[bool](q.QueryRowContext(ctx, `SELECT EXISTS (`+query+`)`, args...))
	return is, fault(err)
}

// found turns "no rows" into ErrNotFound, with what was looked for.
func found(err error, what string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", fmt.Sprintf(what, args...), ErrNotFound)
	}
	return fault(err)
}
