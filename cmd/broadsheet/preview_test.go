package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestPreviewServe shows an edition from a port that is taken, saves a configuration
// that is wrong and one that is right, and interrupts it.
func TestPreviewServe(t *testing.T) {
	r := newRoom(t, hearNoReader(t), "127.0.0.1:9", 0)
	r.must("draft")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := r.command(t.Context(), "preview", "weekly", "--serve", "--port", port)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	said := bufio.NewReader(out)
	await := func(from *bufio.Reader, pattern string) string {
		t.Helper()
		for {
			line, err := from.ReadString('\n')
			if found := regexp.MustCompile(pattern).FindString(line); found != "" {
				return found
			}
			if err != nil {
				t.Fatalf("it does not say %q: %v", pattern, err)
			}
		}
	}
	await(said, "Port "+port+" is taken")
	url := await(said, `http://127\.0\.0\.1:[0-9]+/`)
	page := func() string {
		t.Helper()
		answer, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v", answer.Status, err)
		}
		return string(body)
	}
	if got := page(); !strings.Contains(got, "New ferry links the two quays") || strings.Contains(got, canary) {
		t.Errorf("the page: %s", got)
	}
	config := filepath.Join(r.dir, "broadsheet.yaml")
	good, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	save := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(config, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(append([]byte("colour: red\n"), good...))
	await(bufio.NewReader(errs), `broadsheet.yaml:1:1: unknown key "colour"`)
	if got := page(); !strings.Contains(got, "broadsheet.yaml:1:1: unknown key") || !strings.Contains(got, "New ferry links the two quays") {
		t.Errorf("the page does not say what is wrong, over what rendered last: %s", got)
	}
	save(good)
	await(said, "Mended")
	if got := page(); strings.Contains(got, "unknown key") {
		t.Errorf("the page still shows what was mended: %s", got)
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, said)
	if err := c.Wait(); err != nil {
		t.Errorf("interrupted, it ends with: %v", err)
	}
}
