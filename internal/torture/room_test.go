package torture

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The exit codes of the program, docs/sending.md.
const (
	exitDone       = 0
	exitFailed     = 1
	exitIncomplete = 3
)

const (
	edition  = "weekly/2026-11-27T09:00"
	thursday = "2026-11-26T18:00:00Z" // the evening before its slot
)

// settings are what a room sends by.
type settings struct {
	policy      string // resend or hold
	connections int
	window      int
}

// w is the most that one crash may leave in doubt.
func (s settings) w() int { return s.connections * s.window }

// room is a newsroom in a folder of its own.
type room struct {
	t       testing.TB
	dir     string
	home    string
	binary  string
	env     []string // more environment for its commands
	begun   time.Time
	readers int
}

// newRoom makes a newsroom with n readers, whose edition is not drafted.
func newRoom(t testing.TB, dir string, n int) *room {
	t.Helper()
	r := &room{t: t, dir: filepath.Join(dir, "room"), home: t.TempDir(), binary: plain(t), begun: time.Now(), readers: n}
	r.must("init", r.dir)
	sample := os.DirFS(filepath.Join(root, "cmd", "broadsheet", "testdata", "newsroom"))
	if err := os.Remove(r.config()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(r.dir, sample); err != nil {
		t.Fatal(err)
	}
	r.set("127.0.0.1:9", settings{"resend", 4, 4})
	file := filepath.Join(r.home, "readers.csv")
	if err := writeReaders(file, n); err != nil {
		t.Fatal(err)
	}
	r.must("subscribers", "import", file, "--basis", "asked for it")
	return r
}

// ready drafts and approves the edition.
func (r *room) ready() {
	r.t.Helper()
	r.must("draft")
	r.must("approve", "weekly", "--yes")
}

// copy is the same newsroom in another folder. No process may have it open.
func (r *room) copy(t testing.TB, dir string) *room {
	t.Helper()
	c := *r
	c.t, c.dir, c.home, c.env = t, filepath.Join(dir, "room"), t.TempDir(), slices.Clone(r.env)
	if err := os.CopyFS(c.dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	return &c
}

func (r *room) config() string   { return filepath.Join(r.dir, "broadsheet.yaml") }
func (r *room) database() string { return filepath.Join(r.dir, "broadsheet.db") }

// set writes the configuration anew, of the sample's.
func (r *room) set(relay string, s settings) {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "cmd", "broadsheet", "testdata", "newsroom", "broadsheet.yaml"))
	if err != nil {
		r.t.Fatal(err)
	}
	yaml := strings.Replace(string(text), "$SINK", relay, 1)
	yaml = strings.Replace(yaml, "    connections: 4\n", fmt.Sprintf("    connections: %d\n    window: %d\n", s.connections, s.window), 1)
	yaml += "    in_doubt: " + s.policy + "\n    unsubscribe_mailto: leave@harbour-observer.example\n"
	if err := os.WriteFile(r.config(), []byte(yaml), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// command is one run of the program, not started. Its clock goes on from Thursday
// evening, as ours does.
func (r *room) command(args ...string) *exec.Cmd {
	at, err := time.Parse(time.RFC3339, thursday)
	if err != nil {
		r.t.Fatal(err)
	}
	asOf := at.Add(time.Since(r.begun)).Format(time.RFC3339Nano)
	c := exec.CommandContext(r.t.Context(), r.binary, append([]string{"--as-of", asOf}, args...)...)
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "TMPDIR=" + r.home, "TZ=UTC", "BROADSHEET_DIR=" + r.dir,
	}, r.env...)
	return c
}

// run runs the program to its end.
func (r *room) run(args ...string) (code int, stdout, stderr string) {
	r.t.Helper()
	return r.finish(r.command(args...))
}

func (r *room) finish(c *exec.Cmd) (code int, stdout, stderr string) {
	r.t.Helper()
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s: %v", c, err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

func (r *room) must(args ...string) string {
	r.t.Helper()
	code, out, errs := r.run(args...)
	if code != exitDone {
		r.t.Fatalf("broadsheet %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// accounting is what send --json and status --json end with.
type accounting struct {
	Audience int `json:"audience"`
	Queued   int `json:"queued"`
	Accepted int `json:"accepted"`
	Deferred int `json:"deferred"`
	Rejected int `json:"rejected"`
	InDoubt  int `json:"in_doubt"`
	Skipped  int `json:"skipped"`
}

// account asks for the accounting, which has to add up whenever it is asked for.
func (r *room) account() accounting {
	r.t.Helper()
	code, out, errs := r.run("status", "weekly", "--json")
	if code != exitDone && code != exitIncomplete {
		r.t.Fatalf("status: exit code %d: %s", code, errs)
	}
	var a accounting
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		r.t.Fatalf("status: %v in %q", err, out)
	}
	if sum := a.Queued + a.Accepted + a.Deferred + a.Rejected + a.InDoubt + a.Skipped; sum != a.Audience {
		r.t.Errorf("the parts are %d, the audience is %d: %+v", sum, a.Audience, a)
	}
	return a
}

// settle sends until nothing is queued or deferred, and gives the accounting.
func (r *room) settle() accounting {
	r.t.Helper()
	for range 20 {
		code, _, errs := r.run("send", "weekly", "--json", "--yes")
		a := r.account()
		if a.Audience > 0 && a.Queued+a.Deferred == 0 {
			return a
		}
		if code == exitFailed {
			r.t.Fatalf("send: %s", errs)
		}
	}
	r.t.Fatal("it is not done after 20 sends")
	return accounting{}
}

// hold checks what came of a mailing that was killed so many times.
func (r *room) hold(s settings, relay *relay, end accounting, kills int) (missed, doubled int) {
	r.t.Helper()
	missed, doubled = relay.tally()
	most := kills * s.w()
	relay.mu.Lock()
	stray := len(relay.stray)
	relay.mu.Unlock()
	switch {
	case stray > 0:
		r.t.Errorf("%d messages went to nobody of the audience", stray)
	case end.Audience != r.readers || end.Queued+end.Deferred+end.Rejected+end.Skipped != 0:
		r.t.Errorf("%d readers, in the end: %+v", r.readers, end)
	case s.policy == "hold" && (doubled > 0 || missed > end.InDoubt || end.InDoubt > most || end.Accepted+end.InDoubt != r.readers):
		r.t.Errorf("hold: %d doubled, %d missed, %d in doubt of at most %d: %+v", doubled, missed, end.InDoubt, most, end)
	case s.policy == "resend" && (missed > 0 || doubled > most || end.InDoubt > 0 || end.Accepted != r.readers):
		r.t.Errorf("resend: %d missed, %d doubled of at most %d: %+v", missed, doubled, most, end)
	}
	return missed, doubled
}

func writeReaders(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "email,name")
	for i := range n {
		fmt.Fprintf(w, "%s,%s\n", addressOf(i+1), nameOf(i+1))
	}
	return errors.Join(w.Flush(), f.Close())
}
