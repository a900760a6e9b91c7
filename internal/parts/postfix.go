package parts

import (
	"context"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// StartPostfixSink starts Postfix's smtp-sink, which is a program of its own and no
// daemon, on a free port, until the test ends.
func StartPostfixSink(t testing.TB, options ...string) (address string) {
	t.Helper()
	program := Postfix.Need(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	cmd := exec.Command(program, append(options, "-u", "nobody", address, "200")...)
	cmd.Stderr = logged{t}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); <-again.C {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
	}
	t.Fatal("smtp-sink does not listen")
	return ""
}

// logged takes what a program complains of into the test's log.
type logged struct{ t testing.TB }

func (l logged) Write(p []byte) (int, error) {
	l.t.Logf("smtp-sink: %s", p)
	return len(p), nil
}

// PostfixSource sends messages of so many bytes with Postfix's smtp-source, and says
// how long it took.
func PostfixSource(ctx context.Context, t testing.TB, address string, connections, size, messages int, options ...string) time.Duration {
	t.Helper()
	program := filepath.Join(filepath.Dir(Postfix.Need(t)), "smtp-source")
	options = append(options, "-s", strconv.Itoa(connections), "-l", strconv.Itoa(size), "-m", strconv.Itoa(messages), "-c", address)
	cmd := exec.CommandContext(ctx, program, options...)
	cmd.Stdout = io.Discard
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("smtp-source: %v", err)
	}
	return time.Since(begun)
}
