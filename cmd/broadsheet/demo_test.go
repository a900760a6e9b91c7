package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
)

// runDemoOnce runs the demo in a folder, in this process, and gives what it printed.
func runDemoOnce(t testing.TB, dir string, args ...string) (code int, out, problems string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &App{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Lookup: func(string) (string, bool) { return "", false }, Clock: time.Now}
	code = a.Run(context.Background(), append([]string{"demo", "--once", "--dir", dir}, args...))
	return code, stdout.String(), stderr.String()
}

func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "observer")
	code, out, problems := runDemoOnce(t, dir)
	if code != Done || problems != "" {
		t.Fatalf("exit %d: %s\n%s", code, problems, out)
	}
	for _, want := range []string{
		"Readers   1,000", "weekend        7", "same event as", "embargoed until", "sponsored by Lockside Houseboats",
		"Freeze", "sha256", "1,000  accepted", "1,000  audience", "1,000 mails in ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if names, err := (demo.Mailbox{Dir: filepath.Join(dir, "mailbox")}).Names(); err != nil || len(names) != demoReaders {
		t.Errorf("%d mails: %v", len(names), err)
	}
	code, out, problems = runDemoOnce(t, dir)
	if code != Done || problems != "" || !strings.Contains(out, "is sent already") {
		t.Errorf("the second time: exit %d: %s\n%s", code, problems, out)
	}
	for _, args := range [][]string{
		{"status", "--json"},
		{"show", "weekly", "--why"},
		{"subscribers", "count"},
		{"editions"},
		{"fetch"},
		{"preview", "weekly", "--out", t.TempDir()},
		{"reopen", "weekly"},
	} {
		var stdout, stderr bytes.Buffer
		a := &App{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Lookup: func(string) (string, bool) { return "", false }, Clock: time.Now}
		if code := a.Run(context.Background(), append(args, "--dir", dir)); code != Done {
			t.Errorf("%s in the folder: exit %d: %s", strings.Join(args, " "), code, stderr.String())
		}
	}
}

// BenchmarkDemo is the demo of a thousand readers, from feeds to their inboxes.
func BenchmarkDemo(b *testing.B) {
	for b.Loop() {
		if code, _, problems := runDemoOnce(b, filepath.Join(b.TempDir(), "observer")); code != Done {
			b.Fatalf("exit %d: %s", code, problems)
		}
	}
}

// TestDemoGoes names no folder that is gone without saying so.
func TestDemoGoes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	code, out, problems := runDemoOnce(t, "", "--readers", "3")
	if code != Done || problems != "" || !strings.Contains(out, "The folder goes now; --dir DIR keeps one") {
		t.Errorf("exit %d: %s\n%s", code, problems, out)
	}
}

func TestDemoMisused(t *testing.T) {
	for _, args := range [][]string{{"--readers", "0"}, {"--port", "70000"}, {"--readers", "2000000"}} {
		dir := filepath.Join(t.TempDir(), "observer")
		if code, _, _ := runDemoOnce(t, dir, args...); code != Misused {
			t.Errorf("%v: exit %d", args, code)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%v made the folder", args)
		}
	}
}
