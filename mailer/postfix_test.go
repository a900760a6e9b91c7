package mailer

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// startPostfixSink starts Postfix's smtp-sink, which is a program of its own and no
// daemon, on a free port.
func startPostfixSink(t testing.TB, options ...string) (address string) {
	t.Helper()
	program := parts.Postfix.Need(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	options = append(options, "-u", "nobody", address, "200")
	cmd := exec.Command(program, options...)
	cmd.Stderr = testWriter{t}
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

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("smtp-sink: %s", p)
	return len(p), nil
}

// postfixSource sends messages with Postfix's smtp-source, and says how long it took.
func postfixSource(t testing.TB, address string, connections, messages int, options ...string) time.Duration {
	t.Helper()
	program := filepath.Join(filepath.Dir(parts.Postfix.Need(t)), "smtp-source")
	options = append(options, "-s", strconv.Itoa(connections), "-l", strconv.Itoa(messageSize), "-m", strconv.Itoa(messages), "-c", address)
	cmd := exec.Command(program, options...)
	cmd.Stdout = io.Discard
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("smtp-source: %v", err)
	}
	return time.Since(start)
}

// TestRunPostfixSink sends to a relay program that we did not write: with
// PIPELINING, without it, and without any extension.
func TestRunPostfixSink(t *testing.T) {
	for name, options := range map[string][]string{"pipelining": nil, "steps": {"-p"}, "no ESMTP": {"-e"}} {
		t.Run(name, func(t *testing.T) {
			address := startPostfixSink(t, options...)
			m := newMemory(t, 1000, 300)
			r := smtp.Relay{Name: "sink", Address: address, TLS: smtp.NoTLS, Connections: 10, MessagesPerSession: 30}
			if err := sender(m, r).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c := m.counts(); c.Accepted != 1000 {
				t.Errorf("%+v", c)
			}
			for _, row := range m.rows {
				if len(row.results) != 1 || row.Attempts != 1 {
					t.Fatalf("delivery %d took %d tries", row.Number, row.Attempts)
				}
			}
		})
	}
}
