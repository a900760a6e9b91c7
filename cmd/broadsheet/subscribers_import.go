package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// badShown is how many bad rows are printed; the report file has them all.
const badShown = 20

func (a *App) subscribersImport() *cobra.Command {
	var o newsroom.ImportOptions
	var asJSON bool
	var badFile string
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Take in a CSV file of readers",
		Long: `Take in a CSV or TSV file: the columns for address, name, language and format are
found by their heads, in several spellings; a format is digest, full, text or private.
A row that is wrong is reported with its line and the reason, and the rest goes in. Who
has left is never brought back. An import that was stopped can be run again.

--basis says what the consent of these readers rests on; it is kept with each.`,
		Example: "broadsheet subscribers import readers.csv --basis \"signed up on our site\"\nzcat old.csv.gz | broadsheet subscribers import - --basis \"moved from our old list\" --dry-run",
		Args:    cobra.ExactArgs(1),
		PreRunE: func(*cobra.Command, []string) error {
			if o.Basis == "" {
				return misused("an import needs its basis: what did these readers agree to, and where? such as --basis \"signed up on our site\"")
			}
			return nil
		},
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			in, err := a.openInput(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			if isTerminal(a.Err) && !asJSON {
				o.Watch = func(rows int64) { fmt.Fprintf(a.Err, "\r%s rows", number(rows)) }
			}
			report, err := n.Import(ctx, in, o)
			if o.Watch != nil {
				fmt.Fprint(a.Err, "\r\x1b[K")
			}
			if badFile != "" {
				if fileErr := writeBad(badFile, report); fileErr != nil && err == nil {
					err = fileErr
				}
			}
			if asJSON {
				if printErr := a.printJSON(report); printErr != nil && err == nil {
					err = printErr
				}
			} else if err == nil || report.Rows > 0 {
				a.printImport(report)
			}
			if err == nil && len(report.Bad) > 0 {
				return incompleteError{""}
			}
			return err
		}),
	}
	c.Flags().StringVar(&o.Newsletter, "newsletter", "", "which newsletter")
	c.Flags().StringVar(&o.Basis, "basis", "", "what these readers agreed to, and where (required)")
	c.Flags().StringVar(&o.CSV.Charset, "charset", "", "encoding of the file, where it is not found out (windows-1251)")
	c.Flags().StringVar(&badFile, "bad", "", "write every bad row's line and reason to this file")
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "read and check, store nothing")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) printImport(r newsroom.ImportReport) {
	for i, b := range r.Bad {
		if i == badShown {
			fmt.Fprintf(a.Err, "... and %s more; --bad FILE writes them all\n", number(int64(len(r.Bad)-badShown)))
			break
		}
		fmt.Fprintf(a.Err, "line %d: %s\n", b.Line, b.Reason)
	}
	if r.UnknownFormat > 0 {
		fmt.Fprintf(a.Err, "%s: the format is none of digest, full, text and private; these readers get the newsletter's own.\n", plural(r.UnknownFormat, "row", "rows"))
	}
	if r.DryRun {
		fmt.Fprintf(a.Out, "%s rows read, %s bad; nothing stored (--dry-run).\n", number(r.Rows), number(int64(len(r.Bad))))
		return
	}
	fmt.Fprintf(a.Out, "%s rows: %s added, %s subscribed already, %s had left, %s bad.\n",
		number(r.Rows), number(r.Added), number(r.Existing), number(r.Left), number(int64(len(r.Bad))))
}

func writeBad(path string, r newsroom.ImportReport) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, b := range r.Bad {
		if _, err := fmt.Fprintf(f, "%d\t%s\n", b.Line, b.Reason); err != nil {
			return err
		}
	}
	return f.Close()
}
