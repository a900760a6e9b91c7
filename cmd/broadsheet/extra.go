package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) extra() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "extra NEWSLETTER NAME",
		Short: "Open an edition outside the schedule",
		Long: `Open an extra edition, for news that cannot wait. It starts with the newest
stories; edit it as any other. It leaves the window of the next regular
edition alone. It is sent when you say so: approve and send it.`,
		Example: "broadsheet extra weekly blackout",
		Args:    cobra.ExactArgs(2),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			d, err := n.Extra(ctx, args[0], args[1])
			if err != nil {
				return err
			}
			return a.showDraft(d, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
