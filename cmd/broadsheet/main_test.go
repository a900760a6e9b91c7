package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// The tests run the program as a process: this test binary under the name
// "broadsheet", which is [App.Run] and nothing else. So a test can kill it.
func TestMain(m *testing.M) {
	trial.NoNames()
	testscript.Main(m, map[string]func(){"broadsheet": program, "interrupted": interrupted})
}

// What the tests tell the program through its environment.
const (
	envAsOf = "BROADSHEET_TEST_ASOF" // --as-of, where none is given
	envEar  = "BROADSHEET_TEST_EAR"  // file that overhears what is printed: see [hearNoReader]
)

// wrongJSON is the exit code of a test's program whose JSON has null in it.
const wrongJSON = 97

func program() {
	a := &App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Lookup: os.LookupEnv, Clock: time.Now, AsOf: os.Getenv(envAsOf),
	}
	args := os.Args[1:]
	if file := os.Getenv(envEar); file != "" {
		file, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(file, "$ "+strings.Join(args[:min(2, len(args))], " ")+"\n")
		asked := slices.Contains(args, "-v") || slices.Contains(args, "serve")
		a.Err = &ear{to: os.Stderr, also: file, log: asked}
		if !printsReaders(args) {
			a.Out = io.MultiWriter(os.Stdout, file)
		}
		if len(args) > 0 {
			args = append([]string{"--verbose"}, args...)
		}
	}
	if !slices.Contains(args, "--json") || slices.Contains(args, "--watch") {
		os.Exit(a.Run(context.Background(), args))
	}
	var printed bytes.Buffer
	a.Out = io.MultiWriter(a.Out, &printed)
	code := a.Run(context.Background(), args)
	if found := nulls(printed.Bytes()); len(found) > 0 {
		_, _ = io.WriteString(os.Stderr, "null in the JSON of "+strings.Join(args, " ")+": "+strings.Join(found, ", ")+"\n")
		os.Exit(wrongJSON)
	}
	os.Exit(code)
}

// printsReaders tells whether it is a command's purpose to print addresses.
func printsReaders(args []string) bool {
	return slices.Contains(args, "find") || slices.Contains(args, "export")
}

// ear passes on what is written, and files it. Every run logs as with --verbose;
// where that was not asked for, the log goes to the file alone.
type ear struct {
	to, also io.Writer
	log      bool
}

func (e *ear) Write(p []byte) (int, error) {
	if _, err := e.also.Write(p); err != nil {
		return 0, err
	}
	if !e.log && bytes.HasPrefix(p, []byte("time=")) {
		return len(p), nil
	}
	return e.to.Write(p)
}

// canary is in the address and the name of every reader of these tests, and
// nowhere else.
const canary = "canary"

// hearNoReader gives a folder for ears' files. When the test has ended, no reader
// may be in any of them: not in an error, not in a log, not in what was printed.
func hearNoReader(t *testing.T) (dir string) {
	dir = t.TempDir()
	t.Cleanup(func() {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) == 0 {
			t.Errorf("nothing was overheard: %v", err)
		}
		for _, file := range files {
			heard, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			}
			for line := range strings.Lines(string(heard)) {
				if strings.Contains(strings.ToLower(line), canary) {
					t.Errorf("%s: a reader was printed: %s", filepath.Base(file), line)
				}
			}
		}
	})
	return dir
}
