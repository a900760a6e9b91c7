package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// A database that has the schema and nothing else is made once a test process, as every
// database is, by [store.Open], and copied for each test: under the race detector SQLite
// takes more than a second to make it, which hundreds of tests would each wait for.

// Schema puts a file at path that has the schema and nothing in it, and returns path.
func Schema(t testing.TB, path string) string {
	t.Helper()
	made, err := madeFile()
	if err == nil {
		err = os.WriteFile(path, made, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// madeFile is the bytes of a file of SQLite that Open made.
var madeFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "broadsheet-schema-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "made.db")
	if err := makeSchema(path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the schema is not all in the file, its log is still there: %v", err)
	}
	return os.ReadFile(path)
})

// made is the database of the throw-away server that the others are copies of.
const made = "made"

// makeOnce makes it. Nobody may open it again: a database in use cannot be copied.
func (s *server) makeOnce(ctx context.Context) error {
	s.make.Do(func() {
		if s.errMake = s.admit(ctx, "CREATE DATABASE "+made); s.errMake != nil {
			return
		}
		if s.errMake = makeSchema(s.address(made)); s.errMake != nil {
			return
		}
		s.errMake = s.admit(ctx, "ALTER DATABASE "+made+" ALLOW_CONNECTIONS false")
	})
	return s.errMake
}

func makeSchema(dsn string) error {
	s, err := store.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return s.Close()
}
