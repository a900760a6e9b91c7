// Package storetest opens stores for tests, on every engine.
//
// [Each] runs a suite twice: on SQLite, in a file of the test's own folder, and on a
// throw-away PostgreSQL, started from its own binaries once a test process, with a
// database a store. Where the binaries are missing the second run is skipped, and
// says so, or fails where BROADSHEET_REQUIRE asks for them (see parts.Required). Each database
// is the test's alone, a copy of one with the schema and nothing in it ([Schema]); tests of
// how the schema is made begin with nothing ([EachEmpty]).
//
// The server lives in a folder of its own, listens on a free port of loopback, and
// runs as an unprivileged user where the tests run as root, which PostgreSQL refuses.
// It is ended with the process: see [Main].
package storetest

import (
	"hash/crc32"
	"path/filepath"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// engines are what a suite runs on: schema gives the address of a database with the schema
// and nothing in it, empty of one without.
var engines = []struct {
	name          string
	schema, empty func(testing.TB) string
}{
	{"sqlite", file, func(t testing.TB) string { return filepath.Join(t.TempDir(), "test.db") }},
	{"postgres", PostgresDSN, PostgresEmpty},
}

// Each runs a suite on every engine. open gives a store with nothing in it, which is
// closed when the test ends.
func Each(t *testing.T, suite func(t *testing.T, open func() *store.Store)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn func() string) {
		suite(t, func() *store.Store { return Open(t, dsn()) })
	})
}

// EachDSN is Each for suites that open a database more than once: dsn names one with the
// schema and nothing in it, and [Open] opens it.
func EachDSN(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { suite(t, func() string { return e.schema(t) }) })
	}
}

// SomeDSN is EachDSN for suites whose matter is not the store. On small data (-short) each
// runs on one engine, by its name: the race detector goes over SQLite for long. That is
// SQLite for all where PostgreSQL is not here, and need not be.
func SomeDSN(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	if !testing.Short() {
		EachDSN(t, suite)
		return
	}
	e := engines[choice(t.Name(), parts.Required(parts.PostgreSQL.Name) || installed())]
	t.Run(e.name, func(t *testing.T) { suite(t, func() string { return e.schema(t) }) })
}

// choice is the engine that a test of a name runs on: SQLite where it is the only one.
func choice(test string, both bool) int {
	if !both {
		return 0
	}
	return int(crc32.ChecksumIEEE([]byte(test)) % uint32(len(engines)))
}

// EachEmpty is EachDSN without the schema: who opens it first makes it.
func EachEmpty(t *testing.T, suite func(t *testing.T, dsn func() string)) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { suite(t, func() string { return e.empty(t) }) })
	}
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

// installed tells whether PostgreSQL is here.
func installed() bool {
	_, _, err := binaries()
	return err == nil
}
