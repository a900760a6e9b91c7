package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestWatchServe watches, from a second process, what a serve sends: while it runs the
// relays' numbers come line by line, and the accounting comes last.
func TestWatchServe(t *testing.T) {
	const readers = 600
	sink := newTestSink(t, "")
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	r.ready()
	d, c, ordered := r.serveUntil(sink, 20)
	code, out, errs := r.run("status", "weekly", "--watch", "--json")
	if code != Done || errs != "" {
		t.Errorf("exit code %d: %s", code, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if a := readAccounting(t, lines[len(lines)-1]); a.Accepted != readers {
		t.Errorf("the last line: %+v", a)
	}
	last, spoke := int64(0), false
	for _, line := range lines[:len(lines)-1] {
		var p newsroom.Progress
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if !p.Balanced() || p.Accepted < last {
			t.Errorf("after %d accepted: %s", last, line)
		}
		last = p.Accepted
		if p.Senders == 1 && len(p.Relays) == 1 {
			one := p.Relays[0]
			spoke = spoke || one.Accepted == p.Accepted && one.Connections > 0 && one.Rate > 0 && p.Rate > 0 && one.State == newsroom.RelayUp
		}
	}
	if !spoke {
		t.Errorf("serve did not say how fast its relay is:\n%s", out)
	}
	_ = c.Wait()
	if c.ProcessState.ExitCode() != Done || !strings.Contains(ordered.String(), "600  accepted") {
		t.Errorf("send watched, and ended with %d:\n%s", c.ProcessState.ExitCode(), ordered)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
}

// TestSecondInterrupt: the first interrupt says what a second would do, and the second
// does it: it stops at once, and the messages under way are in doubt.
func TestSecondInterrupt(t *testing.T) {
	const readers = 100
	sink := newTestSink(t, "")
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	w := r.setRelay(3, 2)
	if err := setConfig(r.dir, func(yaml string) string { return yaml + "    in_doubt: hold\n" }); err != nil {
		t.Fatal(err)
	}
	r.ready()
	sink.fail("filed", &sinkFault{reply: demo.Reply{Delay: time.Minute}})
	c := r.command(t.Context(), "send", "weekly", "--yes")
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if err := sink.await(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(errs); !strings.Contains(said, "Stopping: ") && lines.Scan(); {
		said = lines.Text()
	}
	if !strings.Contains(said, "Ctrl-C once more stops at once") {
		t.Errorf("it says: %s", said)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if c.ProcessState.Exited() {
		t.Errorf("it ended by itself, with %d", c.ProcessState.ExitCode())
	}
	sink.heal()
	_, out, _ := r.run("send", "weekly", "--json")
	if a := readAccounting(t, out); a.InDoubt < 3 || a.InDoubt > w || a.Accepted != readers-a.InDoubt {
		t.Errorf("W = %d: %+v", w, a)
	}
	if _, got := sink.tally(); doubled(got) > 0 {
		t.Errorf("%d have it twice", doubled(got))
	}
}

// TestFold breaks lines where they may be broken.
func TestFold(t *testing.T) {
	for _, test := range []struct {
		text        string
		first, rest int
		want        string
	}{
		{"", 10, 10, ""},
		{"one two", 10, 10, "one two"},
		{"one two three", 7, 7, "one two|three"},
		{"one two three", 13, 5, "one two three"},
		{"  one\ttwo\nthree ", 5, 9, "one|two three"},
		{"abcdefghij", 4, 4, "abcd|efgh|ij"},
		{"ab abcdefghij", 6, 4, "ab abc|defg|hij"},
		{"港口的新渡轮", 4, 4, "港口|的新|渡轮"},
		{"港口的新渡轮", 5, 5, "港口|的新|渡轮"},
		{"港口", 1, 1, "港|口"},
	} {
		if got := strings.Join(fold(test.text, test.first, test.rest), "|"); got != test.want {
			t.Errorf("%q in %d, %d: %q, want %q", test.text, test.first, test.rest, got, test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab é港 -"))).Draw(t, "text")
		columns := rapid.IntRange(2, 12).Draw(t, "columns")
		lines := fold(text, columns, columns)
		for _, line := range lines {
			if runewidth.StringWidth(line) > columns {
				t.Errorf("%q is wider than %d", line, columns)
			}
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(strings.Join(lines, "")) != bare(text) {
			t.Errorf("%q became %q", text, lines)
		}
	})
}
