package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) pause() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "pause EDITION",
		Short:   "Stop sending an edition, from any machine, within two seconds",
		Example: "broadsheet pause weekly --reason \"wrong name in the lead\"",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			r, err := n.Pause(ctx, args[0], reason)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "Stopped. %s handed over and cannot be recalled; %s untouched.\n", number(r.Accepted), number(r.Queued+r.Deferred))
			fmt.Fprintf(a.Out, "  go on:          broadsheet resume %s\n  mend it first:  broadsheet reopen %s\n  leave it:       broadsheet cancel %s\n", r.Edition, r.Edition, r.Edition)
			return nil
		}),
	}
	c.Flags().StringVar(&reason, "reason", "by an operator", "why, for the log and for status")
	return c
}

func (a *App) resume() *cobra.Command {
	return &cobra.Command{
		Use:     "resume EDITION",
		Short:   "Let a paused edition go on",
		Example: "broadsheet resume weekly",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			r, err := n.Resume(ctx, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "%s may go on; %s wait. A running serve sends them now; else: broadsheet send %s\n", r.Edition, number(r.Queued+r.Deferred), r.Edition)
			return nil
		}),
	}
}

func (a *App) cancel() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use:   "cancel EDITION",
		Short: "End an edition: who has it keeps it, nobody else gets it",
		Long: `End an edition for good. Those who have it keep it; everyone else is skipped. It
can be reopened, mended and sent to the rest.`,
		Example: "broadsheet cancel weekly/2026-11-27 --reason \"published by mistake\"",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := a.confirm(yes, "Cancel "+args[0]+"?"); err != nil {
				return err
			}
			r, err := n.Cancel(ctx, args[0], reason)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "%s is cancelled. %s have it; %s will not get it.\n", r.Edition, number(r.Accepted), number(r.Skipped))
			return nil
		}),
	}
	c.Flags().StringVar(&reason, "reason", "by an operator", "why, for the log")
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}
