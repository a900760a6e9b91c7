package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// The exit codes of every command.
const (
	Done       = 0 // done
	Failed     = 1 // failed: the message says what to do
	Misused    = 2 // the command line is wrong
	Incomplete = 3 // done, but not all of it: some are queued, deferred, rejected or in doubt, ...
)

// usageError is a mistake in the command line itself.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func misused(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// incompleteError ends a command that did what it could. The accounting is
// already printed; the error adds what to do next, if anything.
type incompleteError struct{ next string }

func (e incompleteError) Error() string { return e.next }

func exitCode(err error) int {
	var usage usageError
	var incomplete incompleteError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &incomplete):
		return Incomplete
	case errors.As(err, &usage):
		return Misused
	}
	return Failed
}

func (a *App) printError(err error) {
	text := newsroom.Plain(err)
	if text == "" {
		return
	}
	say(a.Err, "broadsheet: %s", text)
	if exitCode(err) == Misused {
		fmt.Fprintln(a.Err, "Try --help.")
	}
}

// stopOnSignal ends the context on the first interrupt, so that a command can
// drain, and lets the second one kill the process: whoever sees that the context has
// ended may promise it.
func stopOnSignal(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals) // before the context ends, since signal.NotifyContext would do it after
		cancel()
	}()
	return ctx, cancel
}
