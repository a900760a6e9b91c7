package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// readers is the size of SQLite's pool for reading: enough for a desk, a web page
// and a command at once, each connection having a cache of its own.
const readers = 4

// writerCache is what the connection for writing keeps of the file: an import goes over
// the same pages of its indices again and again.
const writerCache = 16000 // kB

// openSQLite opens the file at path, one connection for writing and a pool for
// reading.
// wait is how long a connection waits for a lock.
func openSQLite(ctx context.Context, path string, wait time.Duration) (*Store, error) {
	abs, err := checkPath(path)
	if err != nil {
		return nil, err
	}
	if err := makePrivate(abs); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, fault(err))
	}
	s := newStore(sqliteEngine)
	s.path, s.wait = abs, wait
	if s.write, err = sql.Open("sqlite", sqliteDSN(abs, wait, true)); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", sqliteDSN(abs, wait, false)); err != nil {
		s.write.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := migrateSQLite(ctx, s.write, abs); err != nil {
		s.Close()
		return nil, s.explainOpen(path, err)
	}
	return s, nil
}

// checkPath finds out before SQLite does, which only says "unable to open".
func checkPath(path string) (string, error) {
	if path == "" {
		return "", errors.New("the database has no path: set database: in the configuration")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", path, err)
	}
	folder := filepath.Dir(abs)
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("open %s: the folder %s does not exist: make it, or run broadsheet init there", path, folder)
	case err != nil:
		return "", fmt.Errorf("open %s: %w", path, err)
	case !info.IsDir():
		return "", fmt.Errorf("open %s: %s is not a folder", path, folder)
	}
	if info, err := os.Stat(abs); err == nil && info.IsDir() {
		return "", fmt.Errorf("open %s: it is a folder; the database is a file", path)
	}
	return abs, nil
}

// makePrivate makes the file, where there is none, for its owner alone: addresses
// in it are sealed, but not who reads which newsletter since when.
func makePrivate(abs string) error {
	f, err := os.OpenFile(abs, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil // it is there, or SQLite will say what is wrong
	}
	return f.Close()
}

// sqliteDSN names the file with what every connection is told. FULL: a claim must
// be on the disk before a final dot is written; a power cut under NORMAL loses
// claims. immediate: a transaction that will write takes the lock at its start, so
// that it waits there instead of failing half-way.
func sqliteDSN(abs string, wait time.Duration, writer bool) string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()))
	q.Add("_pragma", "foreign_keys(1)")
	if writer {
		q.Add("_txlock", "immediate")
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_pragma", "secure_delete(1)")
		q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", writerCache))
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: q.Encode()}
	return u.String()
}

// migrateSQLite migrates with the database's folder locked (flock), as SQLite's own
// lock does not span goose's transactions. The lock goes with the process.
func migrateSQLite(ctx context.Context, db *sql.DB, abs string) error {
	l := flock.New(filepath.Dir(abs), flock.SetFlag(os.O_RDONLY))
	defer l.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return fmt.Errorf("wait for another process to migrate the database: %w", err)
	}
	if err := db.PingContext(ctx); err != nil {
		return fault(err)
	}
	return migrate(ctx, db, sqliteEngine, nil)
}

// explainOpen says what to do about an error of opening.
func (s *Store) explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, ErrLocked), errors.Is(err, ErrDiskFull):
		return s.explain(err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("open %s: no permission: run this as the user who owns %s", path, filepath.Dir(s.path))
	}
	return fmt.Errorf("open %s: %w", path, err)
}
