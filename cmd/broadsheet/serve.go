package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/jobs"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/ops"
	"github.com/broadsheet-news/broadsheet/internal/web"
)

func (a *App) serve() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the newsroom: schedule, sending, readers' pages",
		Long: `Open each slot when it comes, draft it, send what is approved, send letters, and
serve the readers' pages and the operators' page. Interrupt it to stop: messages
in flight are finished, and nothing is in doubt afterwards.

With "key: unlock" it starts without the master key: see "broadsheet unlock".

After a time when it did not run, the last missed slot is caught up if it is
younger than the newsletter's "expires"; older ones are marked skipped.`,
		Example: "broadsheet serve\nbroadsheet serve --dir /srv/observer",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			o, err := a.options("schedule")
			if err != nil {
				return err
			}
			o.Log = slog.New(slog.NewTextHandler(a.Err, nil))
			if err := newsroom.KeepMemoryPrivate(); err != nil {
				o.Log.Warn("a core dump of this process may hold the keys", "error", err)
			}
			n, err := newsroom.Open(c.Context(), o)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, n.Close()) }()
			n.ReadThemes()
			unlock, err := n.Lock(newsroom.RoleServe)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, unlock()) }()
			return a.runServe(c.Context(), n)
		},
	}
}

func (a *App) runServe(ctx context.Context, n *newsroom.Newsroom) error {
	if err := n.TakeOver(ctx); err != nil {
		return err
	}
	j, err := jobs.Open(ctx, n)
	if err != nil {
		return err
	}
	readers, err := listen("listen: web", n.Config.Listen.Web)
	if err != nil {
		return errors.Join(err, j.Close())
	}
	operators, err := listen("listen: ops", n.Config.Listen.Ops)
	if err != nil {
		return errors.Join(err, readers.Close(), j.Close())
	}
	door, err := n.OpenKeyDoor()
	if err != nil {
		return errors.Join(err, readers.Close(), operators.Close(), j.Close())
	}
	say(a.Out, "Readers' pages at http://%s for %s, operators' at http://%s. Stop with Ctrl-C.", readers.Addr(), n.Config.Site, operators.Addr())
	if state := n.KeyState(); state.Locked && !n.Config.Key.Web {
		say(a.Out, "%s. Hand over the key: broadsheet unlock", keyStateWords(state))
	}
	err = together(ctx,
		j.Run,
		door.Serve,
		func(ctx context.Context) error { return web.Serve(ctx, n, readers) },
		func(ctx context.Context) error {
			return ops.Serve(ctx, n, operators, ops.Options{LastBeat: j.LastBeat, Version: version()})
		},
	)
	return errors.Join(err, j.Close())
}

func listen(key, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil && strings.Contains(err.Error(), "address already in use") {
		return nil, fmt.Errorf("%s: %s is in use: is another serve running? Else choose another address in broadsheet.yaml", key, address)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return l, nil
}

// together runs functions side by side. The first that ends ends the others; an
// error that only says so is dropped.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run(ctx) }()
	}
	var all error
	for range parts {
		err := <-ended
		stop()
		if !errors.Is(err, context.Canceled) {
			all = errors.Join(all, err)
		}
	}
	return all
}
