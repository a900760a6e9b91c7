package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const (
	// badShown is how many bad rows are printed; --bad has them all.
	badShown = 20
	// lookedAt is of how many rows the first look is, in each file.
	lookedAt = 1000
)

const noBasis = "an import needs its basis: what did these readers agree to, and where? such as --basis \"signed up on our site\""

// importFlags are what import was asked for.
type importFlags struct {
	newsroom.ImportOptions
	yes, asJSON bool
	badFile     string
}

func (a *App) subscribersImport() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Take in a list of readers",
		Long: `Take in a list of readers, from a file or, for -, from standard input. What it is is
found out from its content: CSV or TSV; JSON, one object a line or an array; gzip of
either; or a ZIP of several. The exports of Mailchimp, Ghost, listmonk and Substack are
known as they are: who has left there, or whose mail came back, is not subscribed, and
noted, so that no import brings them back. Columns that are not needed are dropped; a
format is digest, full, text or private.

It shows how it understood the list and, on a terminal, asks before it begins. A row that
is wrong is reported with its line and the reason, and the rest goes in. Who has left here
stays away. An import that was stopped can be run again.

--basis says what the consent of these readers rests on; it is kept with each. On a
terminal it is asked for.`,
		Example: "broadsheet subscribers import readers.csv --basis \"signed up on our site\"\n" +
			"broadsheet subscribers import audience_export.zip --basis \"moved from Mailchimp\" --bad bad.csv\n" +
			"zcat old.csv.gz | broadsheet subscribers import - --dry-run",
		Args: cobra.ExactArgs(1),
		PreRunE: func(_ *cobra.Command, args []string) error {
			if f.Basis == "" && !f.DryRun && (args[0] == "-" || !isTerminal(a.In)) {
				return misused(noBasis)
			}
			if f.File.Format != "" && !known(f.File.Format) {
				return misused("there is no format %q: there are %s", f.File.Format, strings.Join(subscribers.Formats, ", "))
			}
			return nil
		},
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			in, err := a.openInput(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			return a.importList(ctx, n, in, args[0] == "-", f)
		}),
	}
	c.Flags().StringVar(&f.Newsletter, "newsletter", "", "which newsletter")
	c.Flags().StringVar(&f.Basis, "basis", "", "what these readers agreed to, and where")
	c.Flags().StringVar(&f.File.Format, "format", "", "insist on a format: "+strings.Join(subscribers.Formats, ", "))
	c.Flags().StringVar(&f.File.Charset, "charset", "", "encoding of the file, where it is not found out (windows-1251)")
	c.Flags().StringVar(&f.badFile, "bad", "", "write every bad row to this CSV file (mode 0600), to be mended and imported")
	c.Flags().BoolVar(&f.DryRun, "dry-run", false, "read and check, store nothing")
	c.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	return c
}

func known(format string) bool {
	for _, f := range subscribers.Formats {
		if f == format {
			return true
		}
	}
	return false
}

// importList shows what the list is, asks, takes it in, and says what became of it.
func (a *App) importList(ctx context.Context, n *newsroom.Newsroom, in io.Reader, piped bool, f importFlags) (err error) {
	list, whole := seekable(in)
	show := func(l subscribers.Layout) {
		if !f.asJSON {
			a.printLayout(l)
		}
	}
	if whole && isTerminal(a.In) && !f.DryRun && !f.asJSON && !piped {
		if err := a.agree(n, list, &f, show); err != nil {
			return err
		}
	} else {
		f.File.Layout = show
	}
	bad, err := openBad(f.badFile, in)
	if err != nil {
		return err
	}
	f.Bad = bad.write
	if isTerminal(a.Err) && !f.asJSON {
		f.Watch = func(rows int64) { fmt.Fprintf(a.Err, "\r%s rows", figures.Of(rows)) }
	}
	report, err := n.Import(ctx, list, f.ImportOptions)
	if f.Watch != nil {
		fmt.Fprint(a.Err, "\r\x1b[K")
	}
	err = errors.Join(err, bad.close())
	switch {
	case err != nil && report.Rows == 0:
	case f.asJSON:
		err = errors.Join(err, a.printJSON(report))
	default:
		a.printImport(report, f.badFile)
	}
	if err == nil && report.BadRows > 0 {
		return incompleteError{""}
	}
	return err
}

// agree shows how a list is understood, and asks for what is missing.
func (a *App) agree(n *newsroom.Newsroom, list io.Reader, f *importFlags, show func(subscribers.Layout)) error {
	look := f.ImportOptions
	look.File.Layout = show
	report, err := n.LookAtFile(list, look, lookedAt)
	if err != nil {
		return err
	}
	if _, err := list.(io.Seeker).Seek(0, io.SeekStart); err != nil {
		return err
	}
	say(a.Err, "The first rows (%s at most of each file): %s to subscribe, %s left or barred there, %s bad.", figures.Of(lookedAt),
		figures.Of(report.Added), figures.Of(report.LeftThere+report.BarredThere+report.Unconfirmed), figures.Of(report.BadRows))
	if f.Basis == "" {
		fmt.Fprint(a.Err, "What did these readers agree to, and where? It is kept with each of them: ")
		answer, err := bufio.NewReader(a.In).ReadString('\n')
		if f.Basis = strings.TrimSpace(answer); f.Basis == "" {
			return errors.Join(errors.New(noBasis), ignoreEOF(err))
		}
	}
	return a.confirm(f.yes, "Import it?")
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// seekable is an input as one that can be read at any place, as a ZIP has to be, and
// twice; whole is false where it is none.
func seekable(in io.Reader) (list io.Reader, whole bool) {
	f, ok := in.(*os.File)
	if !ok {
		return in, false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return in, false
	}
	return io.NewSectionReader(f, 0, info.Size()), true
}

// badRows is the file of bad rows, made with the first of them.
type badRows struct {
	path string
	file *os.File
	rows *subscribers.BadWriter
}

// openBad begins the file; without a path there is none. It holds addresses in clear,
// so it is its owner's alone, also where it was there before. The list itself is never
// written over.
func openBad(path string, list io.Reader) (b *badRows, err error) {
	b = &badRows{path: path}
	if path == "" {
		return b, nil
	}
	if f, ok := list.(*os.File); ok {
		in, errIn := f.Stat()
		out, errOut := os.Stat(path)
		if errIn == nil && errOut == nil && os.SameFile(in, out) {
			return nil, fmt.Errorf("%s is the list itself: write the bad rows to another file", path)
		}
	}
	if b.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err = errors.Join(b.file.Chmod(0o600), b.file.Truncate(0)); err == nil {
		b.rows, err = subscribers.NewBadWriter(b.file)
	}
	if err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	return b, nil
}

func (b *badRows) write(bad subscribers.Bad) error {
	if b.file == nil {
		return nil
	}
	return b.rows.Write(bad)
}

func (b *badRows) close() error {
	if b.file == nil {
		return nil
	}
	return errors.Join(b.rows.Flush(), b.file.Close())
}
