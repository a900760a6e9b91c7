package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) subscribersErase() *cobra.Command {
	r := newsroom.Removal{Erase: true}
	c := &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Delete everything about a reader",
		Long: `Delete a reader: the address, the name, the newsletters, the consents, the letters
that wait. --never-again makes sure that the address is never mailed, whoever imports
it or signs it up; of the address a keyed hash is kept for that. Backups keep what
they have.`,
		Example: "broadsheet subscribers erase ada@example.org\nbroadsheet subscribers erase ada@example.org --never-again",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := n.Remove(ctx, args[0], r); err != nil {
				return err
			}
			a.tell("Erased.\n")
			return nil
		}),
	}
	c.Flags().BoolVar(&r.Suppress, "never-again", false, "never mail this address again")
	return c
}
