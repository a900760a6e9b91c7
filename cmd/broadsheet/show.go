package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) show() *cobra.Command {
	var asJSON, why, log bool
	c := &cobra.Command{
		Use:   "show EDITION",
		Short: "Show what an edition says, and why",
		Long: `Show an edition's subject and stories. --why adds the one reason for each story
in and out, with its points by part, what it adds to the edition and what it shares
with other picks; --log who did what, when.`,
		Example: "broadsheet show weekly\nbroadsheet show weekly/2026-11-27 --why",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			e, err := n.Edition(ctx, args[0])
			if err != nil {
				return err
			}
			entries, err := n.LogOf(ctx, e)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(struct {
					Edition *newsroom.Edition   `json:"edition"`
					Log     []newsroom.LogEntry `json:"log"`
				}{e, entries})
			}
			a.printEdition(e)
			if why {
				fmt.Fprintf(a.Out, "\n%s\n", digest.Explain(e.Pick, terminalWidth(a.Out)))
			}
			if log {
				a.printLog(entries)
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&why, "why", false, "give the reason for every story in and out")
	c.Flags().BoolVar(&log, "log", false, "tell who did what, when")
	return c
}

func (a *App) printEdition(e *newsroom.Edition) {
	a.tell("%s, revision %d, %s\n", e.Ref(), e.Revision.Number, e.State)
	fmt.Fprintln(a.Out)
	a.printFact("  Subject    ", e.Revision.Subject)
	a.printFact("  Preheader  ", e.Revision.Preheader)
	if e.Revision.Lead != nil {
		a.tell("\n  Lead\n")
		a.printFact(fmt.Sprintf("    %-10s  ", e.Revision.Lead.Story.ID), e.Revision.Lead.Story.Title)
	}
	for _, block := range e.Revision.Blocks {
		a.tell("\n  %s\n", block.Name)
		for _, item := range block.Items {
			a.printFact(fmt.Sprintf("    %-10s  ", item.Story.ID), item.Story.Title)
		}
	}
	if len(e.Revision.Items()) == 0 {
		a.tell("\n  No story is in it: %s.\n", e.WayOn(a.Clock()))
	}
	if len(e.Revision.Corrections) > 0 {
		a.tell("\n  Corrections\n")
	}
	for _, c := range e.Revision.Corrections {
		a.printFact(fmt.Sprintf("    %-10s  ", c.Story.ID), fmt.Sprintf("%s, of %s: %s", c.Story.Title, c.Edition, c.Text))
	}
}

// printFact prints words after a head, at a terminal folded to stand beside it.
func (a *App) printFact(head, text string) {
	if room := terminalWidth(a.Out) - len(head); room >= leastText {
		text = strings.Join(fold(text, room, room), "\n"+strings.Repeat(" ", len(head)))
	}
	fmt.Fprintln(a.Out, head+text)
}

func (a *App) printLog(entries []newsroom.LogEntry) {
	fmt.Fprintln(a.Out)
	var rows [][]string
	for _, l := range entries {
		rows = append(rows, []string{when(l.At), l.Who, l.What, l.Detail})
	}
	printTable(a.Out, []string{"WHEN", "WHO", "WHAT", ""}, rows)
}
