package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) subscribersRevoke() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ADDRESS",
		Short: "Take back the links in a reader's mails",
		Long: `Make the links of a reader's own in all mails that they have got lead nowhere: those
to leave and to choose, too. The next mail has new ones. For a reader who has
forwarded a mail, or whose mailbox somebody else has read.`,
		Example: "broadsheet subscribers revoke ada@example.org",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := n.Revoke(ctx, args[0]); err != nil {
				return err
			}
			a.tell("Revoked: the links in the mails of before lead nowhere.\n")
			return nil
		}),
	}
}
