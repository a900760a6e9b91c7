package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

// backUp reads the database, as a backup does, until it is told that it has.
func backUp(t *testing.T, path string) (hasRead func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	reading, err := db.BeginTx(t.Context(), nil)
	ok(t, err)
	must(reading.ExecContext(t.Context(), `SELECT COUNT(*) FROM subscriber`))(t)
	return func() {
		t.Helper()
		ok(t, reading.Rollback())
		ok(t, db.Close())
	}
}

// TestEraseBesideABackup: somebody reads the database all the while that a reader is
// erased. Others write meanwhile, and the log is emptied once that is over.
func TestEraseBesideABackup(t *testing.T) {
	path := storetest.Schema(t, filepath.Join(t.TempDir(), "readers.db"))
	s := must(store.OpenImpatient(t.Context(), path))(t)
	defer s.Close()
	subscribe(t, s, "weekly", 0, 50)
	logSize := func() int64 {
		info, err := os.Stat(path + "-wal")
		ok(t, err)
		return info.Size()
	}
	hasRead := backUp(t, path)
	ok(t, s.DeleteSubscriber(t.Context(), readerID(3)))
	if logSize() == 0 {
		t.Fatal("the log is empty though somebody reads from it: this test shows nothing")
	}
	ok(t, s.EmptyLog(t.Context()))
	hasRead()
	ok(t, s.EmptyLog(t.Context()))
	if left := logSize(); left != 0 {
		t.Errorf("the log still holds %d bytes", left)
	}
	ok(t, s.EmptyLog(t.Context())) // nothing is owed any more
}

// TestWriteBesideAnErasure: whoever writes does not wait until an erasure that waits for a
// backup gives up.
func TestWriteBesideAnErasure(t *testing.T) {
	path := storetest.Schema(t, filepath.Join(t.TempDir(), "readers.db"))
	s := must(store.OpenPatient(t.Context(), path))(t)
	defer s.Close()
	subscribe(t, s, "weekly", 0, 50)
	hasRead := backUp(t, path)
	erasing, stop := context.WithCancel(t.Context())
	erased := make(chan error, 1)
	go func() { erased <- s.DeleteSubscriber(erasing, readerID(3)) }()
	for gone := false; !gone; {
		_, err := s.SubscriberByID(t.Context(), readerID(3))
		gone = err != nil
	}
	for i := range byte(50) {
		ok(t, s.PutSignUp(t.Context(), store.SignUp{ID: [16]byte{i}, Sealed: []byte("x"), Due: friday.Add(time.Minute)}))
	}
	select {
	case err := <-erased:
		t.Errorf("the erasure had given up before 50 sign-ups were kept: %v", err)
	default:
	}
	stop()
	ok(t, <-erased)
	hasRead()
}
