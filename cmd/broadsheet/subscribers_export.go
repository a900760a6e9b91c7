package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) subscribersExport() *cobra.Command {
	var o newsroom.ExportOptions
	var out string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the readers of a newsletter as CSV or JSON lines, in clear",
		Long: `Write addresses and names in clear: the confirmed readers who may be mailed, as CSV that
a spreadsheet opens without running anything, or as JSON lines; import reads both again.
--left writes also who has left, has not confirmed or is suppressed, and a column that says
which. Of those whom it knows by a hash alone it can write nothing. Mind where the file
goes, and delete it when it has done its work.`,
		Example: "broadsheet subscribers export --out readers.csv\nbroadsheet subscribers export --where 'joined > 30d ago' --out new.csv\nbroadsheet subscribers export --left --format json --out all.jsonl",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) (err error) {
			if o.Format != "csv" && o.Format != "json" {
				return misused("there is no format %q to export: there are csv and json", o.Format)
			}
			if out == "" || out == "-" {
				return n.Export(ctx, a.Out, o)
			}
			if err := n.CheckWhere(o.Newsletter, o.Where); err != nil {
				return err
			}
			f, err := newFile(out)
			if err != nil {
				return err
			}
			if err := errors.Join(n.Export(ctx, f, o), f.Close()); err != nil {
				return errors.Join(err, os.Remove(out)) // a part of a list must not pass for the whole
			}
			say(a.Err, "%s holds addresses in clear (mode 0600): delete it when it has done its work.", out)
			return nil
		}),
	}
	c.Flags().StringVar(&o.Newsletter, "newsletter", "", "which newsletter")
	whereFlag(c, &o.Where, "only a part of them")
	c.Flags().StringVar(&o.Format, "format", "csv", "as csv or json (JSON lines)")
	c.Flags().BoolVar(&o.Left, "left", false, "also who has left, has not confirmed or is suppressed")
	c.Flags().StringVar(&out, "out", "", "the file to make (mode 0600); - for standard output")
	return c
}
