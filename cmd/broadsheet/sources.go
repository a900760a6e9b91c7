package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) sources() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "sources [NEWSLETTER]",
		Short: "List the sources, how each is doing, and what one would give",
		Long: `List where stories come from: when each was last read, with how many stories, and what
is wrong with it. "sources show" tells all that is known of one; "sources check" reads
it now, or any address, and says what would be made of it.

A serve that runs reads each source once in "fetch_every", and more rarely one that
fails; a server that says when to come back is not asked before.`,
		Example: "broadsheet sources\nbroadsheet sources weekly --json\nbroadsheet sources show wire\nbroadsheet sources check https://example.org/feed.xml",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			name := arg(args, 0)
			if _, ok := n.Config.Newsletter(name); !ok && name != "" { // a source's name, as people will try
				if l, err := n.Source(ctx, name); err == nil {
					return a.showSource(n, l, asJSON)
				}
			}
			lines, err := n.Sources(ctx, name)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(lines)
			}
			fmt.Fprint(a.Out, sourcesText(lines, n.Clock(), terminalWidth(a.Out)))
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(a.sourcesShow(), a.sourcesCheck())
	return c
}

func (a *App) sourcesShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show SOURCE",
		Short: "Show all that is known of one source",
		Long: `Show when a source was read, with what, what was wrong, and when it is asked next. Where
several newsletters have a source of that name, say NEWSLETTER/SOURCE.`,
		Example: "broadsheet sources show wire\nbroadsheet sources show weekly/wire --json",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			l, err := n.Source(ctx, args[0])
			if err != nil {
				return err
			}
			return a.showSource(n, l, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) showSource(n *newsroom.Newsroom, l newsroom.SourceLine, asJSON bool) error {
	if asJSON {
		return a.printJSON(l)
	}
	fmt.Fprint(a.Out, sourceText(l, n.Clock(), terminalWidth(a.Out)))
	return nil
}

func (a *App) sourcesCheck() *cobra.Command {
	var asJSON, anyway bool
	c := &cobra.Command{
		Use:   "check [SOURCE | NEWSLETTER | ADDRESS | FILE | FOLDER]",
		Short: "Read a source now, and say what would be made of it",
		Long: `Read a source as fetch would, and say what is in it: the format, what had to be mended,
how many stories have a date, a text, a picture. Nothing is stored. Without a name
every source is read, with a newsletter's those that it has. An address, file or folder that is in no configuration will do, too.`,
		Example: "broadsheet sources check wire\nbroadsheet sources check https://example.org/feed.xml\nbroadsheet sources check feed.xml --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			checks, err := n.CheckSources(ctx, arg(args, 0), anyway)
			if err != nil {
				return err
			}
			if asJSON {
				return cmp.Or(a.printJSON(checks), uncheckedError(checks))
			}
			for i, c := range checks {
				if i > 0 {
					fmt.Fprintln(a.Out)
				}
				fmt.Fprint(a.Out, checkText(c, n.Clock(), terminalWidth(a.Out)))
			}
			return uncheckedError(checks)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&anyway, "anyway", false, "ask also a server that wants to be left alone")
	return c
}

// uncheckedError says that sources could not be read; that of a single one stands above.
func uncheckedError(checks []newsroom.SourceCheck) error {
	failed, away := 0, 0
	for _, c := range checks {
		switch {
		case c.Away:
			away++
		case c.Error != "":
			failed++
		}
	}
	of := figures.Counted(len(checks), "source", "sources")
	switch {
	case failed+away == 0:
		return nil
	case len(checks) == 1 && away == 1:
		return fmt.Errorf("%s was not asked, as is said above", checks[0].From)
	case len(checks) == 1:
		return fmt.Errorf("%s cannot be read, as is said above", checks[0].From)
	case failed == 0:
		return fmt.Errorf("%s of %s not asked", figures.Of(away), of+" "+one(int64(len(checks)), "was", "were"))
	case away == 0:
		return fmt.Errorf("%s of %s cannot be read", figures.Of(failed), of)
	}
	return fmt.Errorf("%s of %s cannot be read, and %s %s not asked", figures.Of(failed), of, figures.Of(away), one(int64(away), "was", "were"))
}
