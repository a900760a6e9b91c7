package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

func TestOpenSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	ok(t, os.WriteFile(file, []byte("this is no database, and it is long enough for SQLite to see that at once: "+strings.Repeat("x", 100)), 0o600))
	for _, c := range []struct{ dsn, says string }{
		{"", "set database:"},
		{filepath.Join(dir, "none", "a.db"), "does not exist: make it"},
		{filepath.Join(file, "a.db"), "not a "},
		{dir, "it is a folder"},
		{file, "not a database"},
		{"postgres://user:secret@%zz/", "postgres://user@host:5432/name"},
		{"postgres://user:secret@127.0.0.1:1/news", "no server answers there"},
	} {
		s, err := store.Open(t.Context(), c.dsn)
		if err == nil {
			s.Close()
			t.Errorf("Open(%q) succeeded", c.dsn)
			continue
		}
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("Open(%q) = %v; it does not say %q", c.dsn, err, c.says)
		}
		if n := strings.Count(err.Error(), "connection refused"); n > 1 || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%q) says %d times that the connection was refused: %v", c.dsn, n, err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q) tells the password: %v", c.dsn, err)
		}
	}
}

func TestOpenOfAPathWithSpecialCharacters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "50% off? #1.db")
	s := storetest.Open(t, path)
	ok(t, s.PutMeta(t.Context(), "k", "v"))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		where := dsn()
		s := storetest.Open(t, where)
		if _, err := store.Writer(s).ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true); err != nil {
			t.Fatal(err)
		}
		again, err := store.Open(t.Context(), where)
		if err == nil {
			again.Close()
		}
		if !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("Open = %v, want ErrNewerSchema", err)
		}
	})
}

func TestOpenByManyAtOnce(t *testing.T) {
	storetest.EachEmpty(t, func(t *testing.T, dsn func() string) {
		where := dsn()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				s, err := store.Open(t.Context(), where)
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				if err := s.PutMeta(t.Context(), "k", "v"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// lock opens a transaction that writes, on a connection of its own.
func lock(t *testing.T, path, begin string) {
	t.Helper()
	db := must(sql.Open("sqlite", path))(t)
	conn := must(db.Conn(t.Context()))(t)
	_, err := conn.ExecContext(t.Context(), begin)
	ok(t, err)
	t.Cleanup(func() { conn.Close(); db.Close() })
}

func TestLockedDatabaseSaysByWhom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := must(store.OpenImpatient(t.Context(), path))(t)
	defer s.Close()
	lock(t, path, "BEGIN IMMEDIATE")
	err := s.PutMeta(t.Context(), "k", "v")
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "end that") {
		t.Fatalf("PutMeta = %v", err)
	}
	// Here it is this process itself, which is not told to end; cmd has another one.
	if !strings.Contains(err.Error(), "by another process") {
		t.Errorf("it does not say by whom: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	lock(t, fresh, "BEGIN EXCLUSIVE")
	if s, err := store.OpenImpatient(t.Context(), fresh); !errors.Is(err, store.ErrLocked) {
		t.Errorf("Open = %v, %v, want ErrLocked", s, err)
	}
}

func TestFullDiskIsSaidAndRecovers(t *testing.T) {
	s := storetest.SQLite(t)
	room := store.FillDisk(t, s)
	big := strings.Repeat("x", 100_000)
	if err := s.PutMeta(t.Context(), "big", big); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("PutMeta on a full disk = %v", err)
	}
	if err := s.PutMedia(t.Context(), store.Media{Hash: "h", Bytes: []byte(big)}); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("PutMedia on a full disk = %v", err)
	}
	room()
	ok(t, s.PutMeta(t.Context(), "big", big))
	if got := must(s.Meta(t.Context(), "big"))(t); got != big {
		t.Error("what was stored is not what came back")
	}
	if _, err := s.Meta(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Meta = %v, want ErrNotFound", err)
	}
}
