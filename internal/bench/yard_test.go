package bench

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// yardMessage is the size of smtp-source's messages, in bytes.
const yardMessage = 40_000

// startPostfixSink starts Postfix's smtp-sink, which is a program of its own and no
// daemon, on a free port.
func startPostfixSink(b *testing.B) (address string) {
	b.Helper()
	program := postfix(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	cmd := exec.Command(program, "-u", "nobody", address, "200")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
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
	b.Fatal("smtp-sink does not listen")
	return ""
}

// postfix is the path of smtp-sink. A yardstick that is missing fails the figure: a
// page without it would say nothing.
func postfix(b *testing.B) string {
	b.Helper()
	program := parts.Postfix.Find()
	if program == "" {
		b.Fatalf("smtp-sink is missing: apt-get install %s (it need not run)", parts.Postfix.Packages)
	}
	return program
}

// smtpSource sends messages with Postfix's smtp-source, and gives its rate, a second.
func smtpSource(b *testing.B, address string, connections, messages int, options ...string) float64 {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	options = append(options, "-s", strconv.Itoa(connections), "-l", strconv.Itoa(yardMessage), "-m", strconv.Itoa(messages), "-c", address)
	cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(postfix(b)), "smtp-source"), options...)
	cmd.Stdout = io.Discard
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("smtp-source: %v", err)
	}
	return float64(messages) / time.Since(begun).Seconds()
}
