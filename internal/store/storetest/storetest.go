// Package storetest opens stores for tests, on every engine.
//
// [Each] runs a suite twice: on SQLite, in a file of the test's own folder, and on a
// throw-away PostgreSQL, started from its own binaries once a test process, with a
// database a store. Where the binaries are missing the second run is skipped, and
// says so; with BROADSHEET_REQUIRE=all in the environment it fails instead. Each database
// is the test's alone, a copy of one with the schema and nothing in it ([Schema]); tests of
// how the schema is made begin with nothing ([EachEmpty]).
//
// The server lives in a folder of its own, listens on a free port of loopback, and
// runs as an unprivileged user where the tests run as root, which PostgreSQL refuses.
// It is ended with the process: see [Main].
package storetest

import (
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Each runs a suite on every engine. open gives a store with nothing in it, which is
// closed when the test ends.
func Each(t *testing.T, suite func(t *testing.T, open func() *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		suite(t, func() *store.Store { return SQLite(t) })
	})
	t.Run("postgres", func(t *testing.T) {
		suite(t, func() *store.Store { return Postgres(t) })
	})
}

// EachDSN is Each for suites that open a database more than once: dsn names one with the
// schema and nothing in it, and [Open] opens it.
func EachDSN(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		suite(t, func() string { return file(t) })
	})
	t.Run("postgres", func(t *testing.T) {
		suite(t, func() string { return PostgresDSN(t) })
	})
}

// SomeDSN is EachDSN for suites whose matter is not the store. On small data (-short) each
// runs on one engine, by its name: the race detector goes over SQLite for long.
func SomeDSN(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	switch even := crc32.ChecksumIEEE([]byte(t.Name()))%2 == 0; {
	case !testing.Short():
		EachDSN(t, suite)
	case even:
		t.Run("sqlite", func(t *testing.T) { suite(t, func() string { return file(t) }) })
	default:
		t.Run("postgres", func(t *testing.T) { suite(t, func() string { return PostgresDSN(t) }) })
	}
}

// EachEmpty is EachDSN without the schema: who opens it first makes it.
func EachEmpty(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		suite(t, func() string { return filepath.Join(t.TempDir(), "test.db") })
	})
	t.Run("postgres", func(t *testing.T) {
		suite(t, func() string { return PostgresEmpty(t) })
	})
}

// SQLite opens a store with nothing in it, on a file.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, file(t))
}

// file is one of the test's own folder, with the schema.
func file(t testing.TB) string {
	t.Helper()
	return Schema(t, filepath.Join(t.TempDir(), "test.db"))
}

// Postgres opens a store with nothing in it, on the throw-away server; it skips the test
// where there is none.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, PostgresDSN(t))
}

// Open opens a store and closes it when the test ends.
func Open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// missing skips a test for want of a part, or fails it where every part is required.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("BROADSHEET_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}
