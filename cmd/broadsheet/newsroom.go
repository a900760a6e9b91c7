package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// options say which newsroom a command works on, and what surrounds it.
func (a *App) options(who string) (newsroom.Options, error) {
	dir := a.Dir
	if dir == "" {
		dir, _ = a.Lookup("BROADSHEET_DIR")
	}
	dir, err := filepath.Abs(dir)
	return newsroom.Options{
		Dir: dir, Lookup: a.Lookup, LookupTXT: a.LookupTXT, Clock: a.Clock, Log: a.logger(), Who: who,
		Master: a.givenKey(), Stderr: a.Err, Version: version(),
	}, err
}

// person is who the editions' log names: the name by which this machine knows who
// gives the command.
func (a *App) person() string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if who, _ := a.Lookup(name); who != "" {
			return who
		}
	}
	return "operator"
}

// logger writes to standard error, and only when asked to.
func (a *App) logger() *slog.Logger {
	if !a.Verbose {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return slog.New(slog.NewTextHandler(a.Err, nil))
}

// inNewsroom makes a command's body of one that needs an open newsroom.
func (a *App) inNewsroom(body func(ctx context.Context, n *newsroom.Newsroom, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) (err error) {
		o, err := a.options(a.person())
		if err != nil {
			return err
		}
		n, err := newsroom.Open(c.Context(), o)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, n.Close()) }()
		return whichWords(c, lockedWords(n, body(c.Context(), n, args)))
	}
}

// whichWords says how a newsletter is named to a command that was told none.
func whichWords(c *cobra.Command, err error) error {
	switch {
	case !errors.Is(err, newsroom.ErrWhichNewsletter):
		return err
	case c.Flags().Lookup("newsletter") != nil:
		return fmt.Errorf("%w: name it with --newsletter", err)
	}
	return fmt.Errorf("%w: name it behind the command", err)
}

// lockedWords says what to do where a command found the list locked.
func lockedWords(n *newsroom.Newsroom, err error) error {
	switch {
	case !errors.Is(err, subscribers.ErrLocked):
		return err
	case n.Config.Key.Web:
		return fmt.Errorf("%w, and this node has the web key alone: run the command on the one that has the master key, or give that to it with --key FILE, or --key - to type it", err)
	}
	return fmt.Errorf("%w: give it to this command with --key FILE, or --key - to type it; \"broadsheet unlock\" hands it to a running serve", err)
}

func arg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}
