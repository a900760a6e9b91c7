package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// thursday is the evening before the slot of the sample newsroom, and the clock of
// every command that names no other.
const (
	thursday = "2026-11-26T18:00:00Z"
	edition  = "weekly/2026-11-27T09:00"
)

// copyRoom makes a newsroom's folder of testdata/newsroom, but for its key.
func copyRoom(dir, relay string) error {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "newsroom"))); err != nil {
		return err
	}
	return setConfig(dir, func(yaml string) string { return strings.ReplaceAll(yaml, "$SINK", relay) })
}

// setConfig changes the configuration of a newsroom.
func setConfig(dir string, change func(string) string) error {
	path := filepath.Join(dir, "broadsheet.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(change(string(text))), 0o600)
}

// readersCSV is a file of n readers, none of whom exists.
func readersCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString("email,name\n")
	for i := range n {
		fmt.Fprintf(&b, "reader%05d@%s%d.example,Canary Reader %d\n", i+1, canary, i%7, i+1)
	}
	return b.Bytes()
}

// room is a newsroom in a folder of its own, on which a test runs the program.
type room struct {
	t    *testing.T
	dir  string
	env  []string
	args []string // before every command
}

// newRoom makes a newsroom with a key and n readers, that mails to relay.
func newRoom(t *testing.T, ears, relay string, readers int) *room {
	t.Helper()
	return newRoomAt(t, ears, t.TempDir(), relay, readers)
}

func newRoomAt(t *testing.T, ears, dir, relay string, readers int) *room {
	t.Helper()
	home := t.TempDir()
	r := &room{t: t, dir: filepath.Join(dir, "room")}
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "TZ=UTC", "BROADSHEET_DIR=" + r.dir,
		envAsOf + "=" + thursday, envEar + "=" + filepath.Join(ears, strings.ReplaceAll(t.Name(), "/", "_")),
	}
	// The key is made by init, in the folder that the configuration is then laid in.
	r.must("init", r.dir)
	if err := os.Remove(filepath.Join(r.dir, "broadsheet.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := copyRoom(r.dir, relay); err != nil {
		t.Fatal(err)
	}
	if readers > 0 {
		r.importReaders(readersCSV(readers))
	}
	return r
}

// write writes a file of the newsroom.
func (r *room) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) importReaders(csv []byte) {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "readers.csv")
	if err := os.WriteFile(file, csv, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.must("subscribers", "import", file, "--basis", "asked for it")
}

// command is one run of the program, not started.
func (r *room) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "broadsheet", append(r.args, args...)...)
	c.Env = r.env
	return c
}

// run runs the program to its end.
func (r *room) run(args ...string) (code int, stdout, stderr string) {
	r.t.Helper()
	c := r.command(r.t.Context(), args...)
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("broadsheet %s: %v", strings.Join(args, " "), err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// must runs the program, which has to succeed.
func (r *room) must(args ...string) (stdout string) {
	r.t.Helper()
	code, out, errs := r.run(args...)
	if code != Done {
		r.t.Fatalf("broadsheet %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// ready drafts and approves the edition of the sample newsroom.
func (r *room) ready() {
	r.t.Helper()
	r.must("draft")
	r.must("approve", "weekly", "--yes")
}
