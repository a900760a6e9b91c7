package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) editions() *cobra.Command {
	var asJSON, diff bool
	var limit int
	c := &cobra.Command{
		Use:   "editions [NEWSLETTER]",
		Short: "List the editions, newest first",
		Long: `List the editions, newest first. --diff shows what the editor made of each pick:
how many of the proposed stories were kept, and what was changed.`,
		Example: "broadsheet editions\nbroadsheet editions weekly --diff\nbroadsheet editions weekly --limit 5 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			lines, err := n.Editions(ctx, arg(args, 0), limit, diff)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(lines)
			}
			if len(lines) == 0 {
				a.tell("No edition yet. Make the first with \"broadsheet draft\".\n")
				return nil
			}
			if diff {
				a.printDiffs(lines)
				return nil
			}
			a.printEditions(lines)
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&diff, "diff", false, "show each pick beside its edit")
	countFlag(c, &limit, "limit", 20, "how many at most")
	return c
}

func (a *App) printEditions(lines []newsroom.EditionLine) {
	var rows [][]string
	forgotten, skipped := int64(0), ""
	for _, l := range lines {
		if l.MayReopen && skipped == "" {
			skipped = l.Edition
		}
		if l.Forgotten != nil {
			forgotten++
		}
		rows = append(rows, []string{l.Edition, string(l.State), fmt.Sprint(l.Revision), figures.Of(l.Stories), l.Subject})
	}
	printTable(a.Out, []string{"EDITION", "STATE", "REVISION#", "STORIES#", "SUBJECT"}, rows)
	if forgotten > 0 {
		a.tell("\nOf %s here it is deleted who got it (keep_deliveries); \"broadsheet status EDITION\" still has the numbers.\n", figures.Counted(forgotten, "edition", "editions"))
	}
	if skipped != "" {
		a.tell("\nWhat was skipped and has not expired can be taken up again: \"broadsheet reopen %s\".\n", skipped)
	}
}

// printDiffs prints what the editor made of each pick.
func (a *App) printDiffs(lines []newsroom.EditionLine) {
	for i, l := range lines {
		if i > 0 {
			fmt.Fprintln(a.Out)
		}
		head := fmt.Sprintf("%s, revision %d, %s", l.Edition, l.Revision, l.State)
		switch {
		case l.Revision == 0:
			head += ": no draft yet"
		case len(l.Changes) == 0:
			head += ": as picked"
		default:
			head += ": " + l.Kept.String()
		}
		a.tell("%s\n", head)
		for _, change := range l.Changes {
			a.printFact("  - ", change)
		}
	}
}
