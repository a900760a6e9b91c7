package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) doubt() *cobra.Command {
	var resend, accept bool
	c := &cobra.Command{
		Use:   "doubt EDITION --resend|--accept",
		Short: "Decide on the deliveries whose fate a crash or a lost reply hides",
		Long: `A delivery is in doubt when its message was handed to the relay and no reply came:
the relay may have it, or not. --resend sends it again, with the same Message-ID:
nobody is lost, and some may get it twice. --accept counts it as handed over:
nobody gets it twice, and some may not have it.`,
		Example: "broadsheet doubt weekly/2026-11-27 --resend\nbroadsheet doubt weekly --accept",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if resend == accept {
				return misused("say --resend or --accept")
			}
			settled, r, err := n.SettleDoubt(ctx, args[0], resend)
			if err != nil {
				return err
			}
			if accept {
				a.tell("%s counted as handed over.\n", figures.Counted(settled, "delivery", "deliveries"))
				return nil
			}
			say(a.Out, "%s queued again. A running serve sends them now; else: broadsheet send %s", figures.Counted(settled, "delivery", "deliveries"), r.Edition)
			return nil
		}),
	}
	c.Flags().BoolVar(&resend, "resend", false, "send them again")
	c.Flags().BoolVar(&accept, "accept", false, "count them as handed over")
	return c
}
