package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) editions() *cobra.Command {
	var asJSON bool
	var limit int
	c := &cobra.Command{
		Use:     "editions [NEWSLETTER]",
		Short:   "List the editions, newest first",
		Example: "broadsheet editions\nbroadsheet editions weekly --limit 5 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			lines, err := n.Editions(ctx, arg(args, 0), limit)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(lines)
			}
			if len(lines) == 0 {
				fmt.Fprintln(a.Out, "No edition yet. Make the first with \"broadsheet draft\".")
				return nil
			}
			var rows [][]string
			for _, l := range lines {
				rows = append(rows, []string{l.Edition, string(l.State), fmt.Sprint(l.Revision), number(int64(l.Stories)), l.Subject})
			}
			printTable(a.Out, []string{"EDITION", "STATE", "REVISION#", "STORIES#", "SUBJECT"}, rows)
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().IntVar(&limit, "limit", 20, "how many at most")
	return c
}
