package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

func (a *App) test() *cobra.Command {
	var to []string
	var format string
	c := &cobra.Command{
		Use:   "test EDITION --to ADDRESS...",
		Short: "Mail the edition, marked as a draft, to a few people",
		Long: `Mail an edition to the addresses given, marked DRAFT in the subject and in the
mail. They need not be subscribers. approve and send later say what has changed
since the version last tested.`,
		Example: "broadsheet test weekly --to editor@example.org --to phone@example.org",
		Args:    cobra.MinimumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			to = append(to, args[1:]...)
			if len(to) == 0 {
				return misused("to whom? add --to ADDRESS")
			}
			report, err := n.Test(ctx, args[0], to, templates.Variant(format))
			if err != nil {
				return err
			}
			waiting := ""
			if report.Waiting > 0 {
				waiting = fmt.Sprintf(", %s waiting", figures.Of(report.Waiting))
			}
			a.tell("%s, revision %d: %s handed over%s.\n", report.Edition, report.Revision,
				figures.Counted(report.Sent, "test mail", "test mails"), waiting)
			if report.Waiting == 0 {
				return nil
			}
			return incompleteError{"the relay did not take every test mail: " + report.Reason + "; \"serve\" or another \"test\" tries again"}
		}),
	}
	c.Flags().StringSliceVar(&to, "to", nil, "an address (repeat for more)")
	c.Flags().StringVar(&format, "format", "", "digest, full, text or private; the newsletter's own where not given")
	return c
}
