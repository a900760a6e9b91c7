package newsroom_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestKeyFile opens a newsroom whose key is away, another, or no key.
func TestKeyFile(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		path := filepath.Join(r.dir, newsroom.KeyFile)
		own, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key file has mode %v, %v", info.Mode(), err)
		}
		for want, change := range map[string]func() error{
			"is missing":     func() error { return os.Remove(path) },
			"is not the key": func() error { return os.WriteFile(path, []byte(subscribers.NewMaster().Encode()), 0o600) },
			"key file":       func() error { return os.WriteFile(path, []byte("hello"), 0o600) },
			"another file?":  func() error { return os.WriteFile(path, make([]byte, 70<<10), 0o600) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if n, err := newsroom.Open(t.Context(), r.options("test")); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %q, got %v", want, err)
				if err == nil {
					_ = n.Close()
				}
			}
		}
		if err := os.WriteFile(path, own, 0o600); err != nil {
			t.Fatal(err)
		}
		r.again()
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
	})
}

// TestReadOnlyFolder opens a newsroom as somebody who may only read it.
func TestReadOnlyFolder(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 1)
		for _, path := range []string{r.dsn, r.dsn + "-wal", r.dsn + "-shm", filepath.Join(r.dir, newsroom.KeyFile)} {
			if err := os.Chmod(path, 0o444); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		for _, dir := range []string{r.dir, filepath.Dir(r.dsn)} {
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Chmod(dir, 0o755) }()
		}
		if said := r.unprivileged(childOpens); !strings.Contains(said, "permission denied") || !strings.Contains(said, "broadsheet.") {
			t.Errorf("it said: %s", said)
		}
	})
}

// TestBusy starts a second send while the first runs.
func TestBusy(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		r.ready()
		full, release := r.stopAfter(10)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		_, err := r.open("second").Send(t.Context(), fridays, newsroom.SendOptions{})
		var busy *newsroom.Busy
		if !errors.As(err, &busy) || busy.Role != newsroom.RoleSend ||
			r.n.Store.Engine() == "sqlite" && busy.PID != os.Getpid() {
			t.Errorf("the second said: %v", err)
		}
		release()
		if got := r.wait(done); got.err != nil || got.a.Accepted != 50 {
			t.Errorf("%+v, %v", got.a, got.err)
		}
		r.got(once(readers...))
	})
}

// TestHandedOver sends while a serve holds the lock: the order is given to it, and
// followed.
func TestHandedOver(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		r.ready()
		serve := r.open("schedule")
		unlock, err := serve.Lock(newsroom.RoleServe)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unlock() }()
		told := make(chan *newsroom.Busy, 1)
		watched := atomic.Int64{}
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{
			Told:  func(to *newsroom.Busy) { told <- to },
			Watch: func(newsroom.Progress) { watched.Add(1) },
		})
		if to := <-told; to.Role != newsroom.RoleServe {
			t.Errorf("handed to %+v", to)
		}
		r.got(nil)
		r.run(serve)
		if got := r.wait(done); got.err != nil || got.a.Accepted != 50 || watched.Load() == 0 {
			t.Errorf("%+v, %v, watched %d times", got.a, got.err, watched.Load())
		}
		r.got(once(readers...))
	})
}

// unprivileged runs a copy of this binary as nobody, who may read the room but not
// write it, and returns what it said.
func (r *room) unprivileged(what string) string {
	r.t.Helper()
	own, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	folder := r.t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil { // the test's, which holds all its folders
		r.t.Fatal(err)
	}
	binary := filepath.Join(folder, "child")
	if err := copyFile(binary, own); err != nil {
		r.t.Fatal(err)
	}
	cmd := r.child(what, binary)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.Output()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		r.t.Fatalf("the child, which should have failed: %v", err)
	}
	return string(out)
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
