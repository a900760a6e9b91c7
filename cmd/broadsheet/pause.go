package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) pause() *cobra.Command {
	var reason string
	var asJSON bool
	c := &cobra.Command{
		Use:   "pause EDITION",
		Short: "Stop sending an edition, from any machine, within two seconds",
		Long: `Stop sending an edition, whichever process sends it. It says how many have it and
how many do not, waves to come included, and the commands that go on from there.`,
		Example: "broadsheet pause weekly --reason \"wrong name in the lead\"\nbroadsheet pause weekly --json",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			r, err := n.Pause(ctx, args[0], reason)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(pausedReport{r, r.OnTheWay, waysOn(r)})
			}
			a.printPaused(r)
			return nil
		}),
	}
	c.Flags().StringVar(&reason, "reason", "by an operator", "why, for the log and for status")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// pausedReport is what pause prints for programs.
type pausedReport struct {
	newsroom.Accounting
	OnTheWay int64   `json:"on_the_way"` // those of queued whom a sender still holds
	Next     []wayOn `json:"next"`
}

// wayOn is one way to go on, and its commands.
type wayOn struct {
	Words    string   `json:"words"`
	Commands []string `json:"commands"`
}

// waysOn are the ways on from a paused mailing.
func waysOn(r newsroom.Accounting) []wayOn {
	reopen := []string{"broadsheet reopen " + r.Edition, "broadsheet edit " + r.Edition, "broadsheet approve " + r.Edition}
	ways := []wayOn{{"continue", []string{"broadsheet resume " + r.Edition, "broadsheet send " + r.Edition}}}
	if left := r.Queued + r.Deferred; left > 0 {
		ways = append(ways, wayOn{"mend it and send it to the rest", append(slices.Clone(reopen), "broadsheet send "+r.Edition+" --to rest")})
	}
	if r.Accepted > 0 {
		ways = append(ways, wayOn{"mend it and correct the " + figures.Of(r.Accepted), append(slices.Clone(reopen), "broadsheet send "+r.Edition+" --to delivered")})
	}
	if r.InDoubt > 0 {
		ways = append(ways, wayOn{"send it again to those in doubt", []string{"broadsheet resume " + r.Edition, "broadsheet send " + r.Edition + " --to doubt"}})
	}
	return append(ways, wayOn{"leave it", []string{"broadsheet cancel " + r.Edition}})
}

// printPaused says first what a frightened person wants to know.
func (a *App) printPaused(r newsroom.Accounting) {
	a.tell("Stopped. %s handed over and cannot be recalled; %s untouched.\n", figures.Of(r.Accepted), figures.Of(r.Queued-r.OnTheWay))
	for _, l := range []struct {
		n     int64
		words string
	}{
		{r.OnTheWay, "on the way as it stopped: it may reach them yet, or they are untouched"},
		{r.Deferred, "put off by the relay, and not tried again now"},
		{r.Rejected, "refused for good"},
		{r.InDoubt, "in doubt: sent, and no reply came"},
		{r.Skipped, "skipped: left, or suppressed"},
	} {
		if l.n > 0 {
			a.tell("%s %s.\n", figures.Of(l.n), l.words)
		}
	}
	for _, w := range waysOn(r) {
		a.tell("\n  %s:\n", capital(w.Words))
		for _, c := range w.Commands {
			a.tell("    %s\n", c)
		}
	}
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
			say(a.Out, "%s may go on; %s wait. A running serve sends them now; else: broadsheet send %s", r.Edition, figures.Of(r.Queued+r.Deferred), r.Edition)
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
			r, err := n.Status(ctx, args[0])
			if err != nil {
				return err
			}
			if err := a.confirm(yes, fmt.Sprintf("Cancel %s, which is %s?", r.Edition, r.State.Words())); err != nil {
				return err
			}
			r, err = n.Cancel(ctx, r.Edition, reason)
			if err != nil {
				return err
			}
			whole, err := n.Status(ctx, r.Edition)
			if err != nil {
				return err
			}
			a.tell("%s is cancelled. %s have it; %s will not get it.\n", r.Edition, figures.Of(r.Accepted), figures.Of(r.Skipped))
			if earlier := whole.Accepted - r.Accepted; earlier > 0 {
				a.tell("%s have an earlier revision of it.\n", figures.Of(earlier))
			}
			return nil
		}),
	}
	c.Flags().StringVar(&reason, "reason", "by an operator", "why, for the log")
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}
