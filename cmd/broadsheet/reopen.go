package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) reopen() *cobra.Command {
	var note string
	c := &cobra.Command{
		Use:   "reopen EDITION",
		Short: "Make the next revision of an edition, to mend it",
		Long: `Make the next revision of an edition that was approved, frozen, stopped half-way,
sent, cancelled or expired, or take up one that was skipped. A send under way stops
first. Mend it with edit, approve it, and send it: to the rest, who have not got it,
or with "send --to delivered" as a correction to exactly those who have.

A skipped edition is open again until it expires: "draft --slot SLOT" looks once more
for something new, and it is not skipped again.`,
		Example: "broadsheet reopen weekly/2026-11-27 --note \"wrong name in the lead\"",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			e, err := n.Reopen(ctx, args[0], note)
			if err != nil {
				return err
			}
			a.warn(e.Warnings...)
			is := "a draft again"
			if e.State != digest.Draft {
				is = "open again and " + string(e.State)
			}
			a.tell("%s is %s, revision %d. Next: %s.\n", e.Ref(), is, max(e.Revision.Number, 1), a.reopenedNext(e))
			return nil
		}),
	}
	c.Flags().StringVar(&note, "note", "", "why, for the log")
	return c
}

// reopenedNext is what to do with a reopened edition; one without a story has to get some
// first.
func (a *App) reopenedNext(e *newsroom.Edition) string {
	if len(e.Revision.Items()) > 0 {
		return "edit, approve, send"
	}
	return fmt.Sprintf("%s; then approve, send", e.WayOn(a.Clock()))
}
