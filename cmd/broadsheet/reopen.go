package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) reopen() *cobra.Command {
	var note string
	c := &cobra.Command{
		Use:   "reopen EDITION",
		Short: "Make the next revision of an edition, to mend it",
		Long: `Make the next revision of an edition that was approved, frozen, stopped half-way,
sent, cancelled or expired. A send under way stops first. Mend it with edit,
approve it, and send it: to the rest, who have not got it, or with
"send --to delivered" as a correction to exactly those who have.`,
		Example: "broadsheet reopen weekly/2026-11-27 --note \"wrong name in the lead\"",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			e, err := n.Reopen(ctx, args[0], note)
			if err != nil {
				return err
			}
			a.warn(e.Warnings...)
			a.tell("%s is a draft again, revision %d. Next: edit, approve, send.\n", e.Ref(), e.Revision.Number)
			return nil
		}),
	}
	c.Flags().StringVar(&note, "note", "", "why, for the log")
	return c
}
