package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) mirrors() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "mirrors",
		Short: "List the site's mirrors, look at them, and choose one",
		Long: `List the mirrors of your site, which of them work, and where links in the mail send
readers now. A serve that runs looks at each once a minute; "mirrors check" looks at
once, and "mirrors use" sends everybody to one, whatever is seen of it from here.`,
		Example: "broadsheet mirrors\nbroadsheet mirrors check\nbroadsheet mirrors use https://mirror.example\nbroadsheet mirrors use --auto",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			return a.printMirrors(ctx, n, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(a.mirrorsList(), a.mirrorsCheck(), a.mirrorsUse())
	return c
}

func (a *App) printMirrors(ctx context.Context, n *newsroom.Newsroom, asJSON bool) error {
	lines, err := n.MirrorLines(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(lines)
	}
	if len(lines) == 0 {
		a.tell("There are no mirrors: name some under \"mirrors\" in the configuration.\n")
		return nil
	}
	var rows [][]string
	reached := false
	for _, l := range lines {
		state, use := l.State, "-"
		if !l.Since.IsZero() {
			state += " since " + when(l.Since)
		}
		if l.Problem != "" {
			state += ": " + l.Problem
		}
		switch {
		case l.Chosen != "":
			use = "in use: chosen by " + l.Chosen
		case l.InUse:
			use = "in use"
		}
		reached = reached || l.InUse
		rows = append(rows, []string{l.Site, l.Mirror, use, state})
	}
	printTable(a.Out, []string{"SITE", "MIRROR", "USE", "STATE"}, rows)
	if !reached {
		say(a.Out, "\nNone works as seen from here: readers get a page with all the addresses. \"broadsheet mirrors use ADDRESS\" sends them to one all the same.")
	}
	return nil
}

func (a *App) mirrorsList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the mirrors, and where readers are sent now",
		Example: "broadsheet mirrors list --json",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			return a.printMirrors(ctx, n, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) mirrorsCheck() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Look at every mirror now",
		Long: `Ask every mirror for a page, and keep what came of it. Two looks in a row must fail
before a mirror that worked counts as gone, and two succeed before it counts as back.`,
		Example: "broadsheet mirrors check",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			if err := n.CheckMirrors(ctx); err != nil {
				return err
			}
			return a.printMirrors(ctx, n, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) mirrorsUse() *cobra.Command {
	var auto bool
	c := &cobra.Command{
		Use:   "use ADDRESS | --auto",
		Short: "Send readers to one mirror, from now on; or to what works",
		Long: `Send everybody who follows a link in a mail to one mirror, at once, also by a serve
that runs. It holds, whatever we see of that mirror from here, until another is chosen or
--auto gives the choice back. Where links are written into the mail, it is for mails to come.`,
		Example: "broadsheet mirrors use https://mirror.example\nbroadsheet mirrors use --auto",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if (len(args) == 1) == auto {
				return misused("name a mirror's address, or say --auto")
			}
			if err := n.UseMirror(ctx, arg(args, 0)); err != nil {
				return err
			}
			if auto {
				a.tell("Readers are sent to what works.\n")
				return nil
			}
			a.tell("Readers are sent to %s from now on. \"broadsheet mirrors use --auto\" ends that.\n", args[0])
			return nil
		}),
	}
	c.Flags().BoolVar(&auto, "auto", false, "to the one that works")
	return c
}
