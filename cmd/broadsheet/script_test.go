package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestScripts runs testdata/script/*.txtar: every command, used well and badly.
// Beside testscript's own commands a script has
//
//	newsroom DIR [READERS]       make a newsroom that mails to $SINK, and work in it
//	exitcode N CMD...            run a program, which has to exit with N
//	sink start|stop              an SMTP server, at $SINK
//	sink count N                 so many messages have come; none to anyone twice
//	sink everyone N W            so many readers have it; W messages more at most
//	sink forget                  count from here
//	sink await N, sink more N    wait for so many; for so many more
//	sink fail STAGE KEY=VALUE... what goes wrong at a stage: see sinkScript
//	sink heal                    nothing goes wrong any more
//	site serve DIR               a newspaper's site, at $SITE: see scriptSiteCommand
//	site asked N PATH            a path of it was asked for so many times
//	mail REGEXP, ! mail REGEXP   some message, or none, holds this
//	json keys K...               the last output is an object with exactly these keys
//	json is PATH VALUE           what stands at a path of it: a.0.b
//	json sum                     audience is the sum of its parts
//	lockdb FILE, unlockdb        hold a SQLite file as a writer does
//	[long]                       BROADSHEET_TRIALS asks for what takes long
//	private FILE                 it is its owner's alone, mode 0600
//	subst FILE REGEXP NEW        change a file; the pattern has to be found
func TestScripts(t *testing.T) {
	ears := hearNoReader(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       trial.Updating(),
		RequireUniqueNames:  true,
		RequireExplicitExec: false,
		Setup: func(env *testscript.Env) error {
			sink := &scriptSink{}
			env.Values[sinkKey{}] = sink
			env.Values[siteKey{}] = &siteHolder{}
			env.Defer(sink.close)
			name := filepath.Base(env.WorkDir)
			env.Setenv(envEar, filepath.Join(ears, strings.TrimPrefix(name, "script-")))
			env.Setenv(envAsOf, thursday)
			env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
			env.Setenv("TZ", "UTC")
			env.Setenv("SINK", "127.0.0.1:9") // nobody's, until one is started
			return os.Mkdir(filepath.Join(env.WorkDir, ".home"), 0o700)
		},
		Condition: func(name string) (bool, error) {
			if name != "long" {
				return false, fmt.Errorf("no condition %s", name)
			}
			return os.Getenv("BROADSHEET_TRIALS") != "", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"newsroom": scriptNewsroom,
			"exitcode": scriptExitCode,
			"sink":     scriptSinkCommand,
			"site":     scriptSiteCommand,
			"mail":     scriptMail,
			"json":     scriptJSON,
			"lockdb":   scriptLockDB,
			"unlockdb": scriptUnlockDB,
			"private":  scriptPrivate,
			"subst":    scriptSubst,
		},
	})
}

// scriptNewsroom makes a newsroom and makes it the one that commands work on.
func scriptNewsroom(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: newsroom DIR [READERS]")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(ts.Exec("broadsheet", "init", dir))
	ts.Check(os.Remove(filepath.Join(dir, "broadsheet.yaml")))
	ts.Check(copyRoom(dir, ts.Getenv("SINK")))
	ts.Setenv("BROADSHEET_DIR", dir)
	if len(args) == 2 {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		file := ts.MkAbs("readers.csv")
		ts.Check(os.WriteFile(file, readersCSV(n), 0o600))
		ts.Check(ts.Exec("broadsheet", "subscribers", "import", file, "--basis", "asked for it"))
	}
}

func scriptExitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N CMD [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptPrivate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: private FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if mode := info.Mode().Perm(); mode != 0o600 {
		ts.Fatalf("%s has mode %04o, not 0600", args[0], mode)
	}
}

func scriptSubst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: subst FILE REGEXP NEW")
	}
	file, find := ts.MkAbs(args[0]), regexp.MustCompile("(?m)"+args[1])
	text, err := os.ReadFile(file)
	ts.Check(err)
	if !find.Match(text) {
		ts.Fatalf("%s has no %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(file, find.ReplaceAll(text, []byte(strings.ReplaceAll(args[2], `\n`, "\n"))), 0o600))
}

// sinkKey finds the script's sink among its values.
type sinkKey struct{}

// scriptSink is the sink of one script.
type scriptSink struct {
	*testSink
	locked func()
}

func (s *scriptSink) close() {
	if s.testSink != nil {
		_ = s.stop()
	}
	if s.locked != nil {
		s.locked()
	}
}

func sinkOf(ts *testscript.TestScript) *scriptSink { return ts.Value(sinkKey{}).(*scriptSink) }

func scriptSinkCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sink start|stop|count|forget|await|more|fail|heal")
	}
	s := sinkOf(ts)
	if s.testSink == nil && args[0] != "start" {
		ts.Fatalf("no sink is started")
	}
	switch args[0] {
	case "start":
		if s.testSink != nil {
			ts.Check(s.start())
			return
		}
		var err error
		s.testSink, err = openTestSink(ts.MkAbs(filepath.Join(ts.Getenv("WORK"), ".mail")))
		ts.Check(err)
		ts.Setenv("SINK", s.address)
	case "stop":
		ts.Check(s.stop())
	case "count":
		sinkCount(ts, s, number1(ts, args))
	case "everyone":
		if len(args) != 3 {
			ts.Fatalf("usage: sink everyone READERS W")
		}
		sinkEveryone(ts, s, number1(ts, args[:2]), number1(ts, args[1:]))
	case "await":
		ts.Check(s.await(context.Background(), number1(ts, args)))
	case "more":
		total, _ := s.tally()
		ts.Check(s.await(context.Background(), total+number1(ts, args)))
	case "fail":
		sinkFail(ts, s, args[1:])
	case "heal":
		s.heal()
	case "forget":
		s.forget()
	default:
		ts.Fatalf("sink knows no %s", args[0])
	}
}

func number1(ts *testscript.TestScript, args []string) int {
	if len(args) != 2 {
		ts.Fatalf("sink %s wants one number", args[0])
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	return n
}

func sinkCount(ts *testscript.TestScript, s *scriptSink, want int) {
	total, got := s.tally()
	if total != want {
		ts.Fatalf("%d messages came, want %d", total, want)
	}
	for _, n := range got {
		if n > 1 {
			ts.Fatalf("somebody got %d messages", n)
		}
	}
}

func sinkEveryone(ts *testscript.TestScript, s *scriptSink, readers, w int) {
	total, got := s.tally()
	if len(got) != readers || total > readers+w {
		ts.Fatalf("%d messages came to %d readers, want %d and at most %d more", total, len(got), readers, w)
	}
	ts.Logf("%d messages to %d readers", total, len(got))
}

// sinkFail reads: connect|mail|rcpt|data|filed, then any of code=451 text=...
// drop delay=50ms every=3 to=PART.
func sinkFail(ts *testscript.TestScript, s *scriptSink, args []string) {
	if len(args) == 0 || !slices.Contains([]string{"connect", "mail", "rcpt", "data", "filed"}, args[0]) {
		ts.Fatalf("usage: sink fail connect|mail|rcpt|data|filed code=451 text=WORDS drop delay=50ms every=3 to=PART")
	}
	f := &sinkFault{}
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		var err error
		switch key {
		case "code":
			f.reply.Code, err = strconv.Atoi(value)
		case "text":
			f.reply.Text = value
		case "drop":
			f.reply.Drop = true
		case "delay":
			f.reply.Delay, err = time.ParseDuration(value)
		case "every":
			f.every, err = strconv.Atoi(value)
		case "to":
			f.to = value
		default:
			err = fmt.Errorf("sink fail knows no %s", key)
		}
		ts.Check(err)
	}
	if f.reply == (demo.Reply{}) {
		ts.Fatalf("sink fail: say what: code, drop or delay")
	}
	s.fail(args[0], f)
}

func scriptMail(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] mail REGEXP")
	}
	find, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	all, err := sinkOf(ts).messages()
	ts.Check(err)
	if len(all) == 0 {
		ts.Fatalf("the mailbox is empty")
	}
	for _, m := range all {
		if found := find.FindString(strings.ReplaceAll(m, "\r\n", "\n")); found != "" {
			if neg {
				ts.Fatalf("a message holds %q", found)
			}
			return
		}
	}
	if !neg {
		ts.Fatalf("no message of %d holds %s; the first begins:\n%.2000s", len(all), args[0], all[0])
	}
}

func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json keys|is|sum")
	}
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var v any
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("more than one JSON value was printed")
	}
	switch {
	case args[0] == "keys":
		object, ok := v.(map[string]any)
		if !ok {
			ts.Fatalf("the output is no object")
		}
		got, want := slices.Sorted(maps.Keys(object)), slices.Sorted(slices.Values(args[1:]))
		if !slices.Equal(got, want) {
			ts.Fatalf("keys %v, want %v", got, want)
		}
	case args[0] == "is" && len(args) == 3:
		var want any
		if json.Unmarshal([]byte(args[2]), &want) != nil {
			want = args[2]
		}
		if got := jsonAt(ts, v, args[1]); !reflect.DeepEqual(got, want) {
			ts.Fatalf("%s is %v, want %v", args[1], got, want)
		}
	case args[0] == "sum":
		whole, parts := jsonAt(ts, v, "audience").(float64), 0.0
		for _, part := range []string{"queued", "accepted", "deferred", "rejected", "in_doubt", "skipped"} {
			parts += jsonAt(ts, v, part).(float64)
		}
		if whole != parts {
			ts.Fatalf("audience is %v, its parts are %v", whole, parts)
		}
	default:
		ts.Fatalf("usage: json keys K... | json is PATH VALUE | json sum")
	}
}

// jsonAt goes down a path of keys and indexes; "len" is the length of a list.
func jsonAt(ts *testscript.TestScript, v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				ts.Fatalf("%s: there is no %q", path, step)
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if step == "len" {
				v = float64(len(at))
				continue
			}
			if err != nil || i >= len(at) {
				ts.Fatalf("%s: a list of %d has no %q", path, len(at), step)
			}
			v = at[i]
		default:
			ts.Fatalf("%s: nothing below %q", path, step)
		}
	}
	return v
}

// scriptLockDB holds a database as another writer does, until unlockdb.
func scriptLockDB(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lockdb FILE")
	}
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0])+"?_txlock=immediate&_pragma=busy_timeout(20000)")
	ts.Check(err)
	db.SetMaxOpenConns(1)
	tx, err := db.Begin()
	ts.Check(err)
	sinkOf(ts).locked = func() { _ = tx.Rollback(); _ = db.Close() }
}

func scriptUnlockDB(ts *testscript.TestScript, neg bool, args []string) {
	s := sinkOf(ts)
	if neg || len(args) != 0 || s.locked == nil {
		ts.Fatalf("usage: unlockdb, after lockdb")
	}
	s.locked()
	s.locked = nil
}
