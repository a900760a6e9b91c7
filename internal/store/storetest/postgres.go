package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"go.uber.org/goleak"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// server is the one throw-away PostgreSQL of this process.
type server struct {
	cmd    *exec.Cmd
	folder string
	admin  string // address of the database "postgres"
	port   int
	count  atomic.Int64

	make    sync.Once // see makeOnce
	errMake error
}

var (
	once   sync.Once
	shared *server
	errNo  error // why there is none
)

// errMissing says that PostgreSQL is not installed.
var errMissing = errors.New("PostgreSQL is not here: neither PATH nor a usual folder has initdb, and postgres beside it (Debian: apt-get install postgresql)")

// Main runs the tests of a package and then ends the server, if one was started, and
// fails where they have left a goroutine behind:
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
//
// Without it the server ends by itself when the test process does (Linux), and its
// folder stays behind in the temporary folder.
func Main(m *testing.M) int {
	code := m.Run()
	if shared != nil {
		shared.stop()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// PostgresDSN is the address of a database on the throw-away server that has the schema
// and nothing in it, dropped with the server; it skips the test where there is no
// PostgreSQL.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	s := running(t)
	if err := s.makeOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.create(t, " TEMPLATE "+made)
}

// PostgresEmpty is PostgresDSN without the schema.
func PostgresEmpty(t testing.TB) string {
	t.Helper()
	return running(t).create(t, "")
}

// running is the server, which the first who asks starts.
func running(t testing.TB) *server {
	t.Helper()
	once.Do(func() { shared, errNo = start() })
	if errors.Is(errNo, errMissing) {
		parts.Absent(t, parts.PostgreSQL.Name, errNo.Error())
	}
	if errNo != nil {
		t.Fatal(errNo)
	}
	return shared
}

// create makes a database, empty or a copy, and returns its address.
func (s *server) create(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.count.Add(1))
	if err := s.admit(t.Context(), "CREATE DATABASE "+name+from); err != nil {
		t.Fatal(err)
	}
	return s.address(name)
}

// PostgresFolder is where the throw-away server keeps its files and its log, of every
// database that was made there, all that it knows written to them.
func PostgresFolder(t testing.TB) string {
	t.Helper()
	if err := shared.admit(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	return shared.folder
}

func (s *server) address(database string) string {
	return fmt.Sprintf("postgres://broadsheet@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// admit runs a statement as the server's owner.
func (s *server) admit(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.admin)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// start makes a cluster in a temporary folder and starts a server on it.
func start() (*server, error) {
	initdb, postgres, err := binaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "broadsheet-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder}
	if err := s.launch(initdb, postgres); err != nil {
		s.stop()
		return nil, fmt.Errorf("start a throw-away PostgreSQL: %w", err)
	}
	return s, nil
}

func (s *server) launch(initdb, postgres string) error {
	data := filepath.Join(s.folder, "data")
	make := exec.Command(initdb, "-D", data, "-U", "broadsheet", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	if err := unprivileged(make, s.folder); err != nil {
		return err
	}
	if out, err := make.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	var err error
	if s.port, err = freePort(); err != nil {
		return err
	}
	s.admin = s.address("postgres")
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	// A throw-away server may forget everything with the power: no fsync.
	s.cmd = exec.Command(postgres, "-D", data, "-p", fmt.Sprint(s.port), "-k", s.folder,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "synchronous_commit=off",
		"-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=32MB")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := unprivileged(s.cmd, s.folder); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	return s.await()
}

// await asks the server until it answers.
func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.admit(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("no answer: %w: %s", err, log)
		}
	}
}

// stop ends the server at once and removes its folder.
func (s *server) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(os.Interrupt) // SIGINT: the fast shutdown of postgres(1)
		_ = s.cmd.Wait()
	}
	_ = os.RemoveAll(s.folder)
}

// binaries finds initdb and postgres, of one version.
func binaries() (initdb, postgres string, err error) {
	initdb, err = filepath.EvalSymlinks(parts.PostgreSQL.Find())
	if err != nil {
		return "", "", errMissing
	}
	postgres = filepath.Join(filepath.Dir(initdb), "postgres")
	if _, err := os.Stat(postgres); err != nil {
		return "", "", errMissing
	}
	return initdb, postgres, nil
}

// freePort asks the system for a port that nobody has.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
