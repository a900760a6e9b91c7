// Broadsheet builds a newsroom's weekly digest and mails it.
//
// This package is the command line: a file a command. It reads flags and the
// environment, holds the real clock, wires the parts together and prints. What
// the commands do is in internal/newsroom.
package main

import (
	"context"
	"io"
	"net"
	"os"
	"time"
	_ "time/tzdata" // time zones of the schedule, where the machine has none

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func main() {
	a := &App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Lookup:    os.LookupEnv,
		LookupTXT: net.DefaultResolver.LookupTXT,
		Clock:     time.Now,
	}
	os.Exit(a.Run(context.Background(), os.Args[1:]))
}

// App is the command line as a value, so that a test can run it. The zero value
// is not usable: every field but Dir and LookupTXT is required.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Lookup   func(string) (string, bool)
	Clock    func() time.Time
	Dir      string // the newsroom's folder, from --dir
	AsOf     string // when the command begins, from --as-of; empty: now
	Verbose  bool
	Key      string // where the master key is, from --key; empty: where the configuration says

	LookupTXT newsroom.LookupTXT // the DNS, for check; nil: it is not asked
}

// Run carries out one command line and returns its exit code: see [Done] and the
// codes beside it.
func (a *App) Run(ctx context.Context, args []string) int {
	_ = newsroom.KeepMemoryPrivate() // before any command reads a key; serve warns where it cannot
	ctx, stop := stopOnSignal(ctx)
	defer stop()
	root := a.root()
	wrapHelp(root)
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		a.printError(err)
	}
	return exitCode(err)
}
