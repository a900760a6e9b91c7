package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// fetchRoom is what reading sources takes of memory besides the program, in bytes: with it
// that is some 60 MiB.
const fetchRoom = 33 << 20

var errNoSource = errors.New("no source could be read")

func (a *App) fetch() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "fetch [NEWSLETTER]",
		Short: "Read the sources and store their stories",
		Long: `Read every source of a newsletter and store what is new. A source that cannot
be read is reported and costs only its own stories: the others go on, and the exit
code is 3; where none could be read it is 1.`,
		Example: "broadsheet fetch\nbroadsheet fetch weekly --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			defer a.giveRoom(fetchRoom)()
			reports, err := n.Fetch(ctx, arg(args, 0))
			if err != nil {
				return err
			}
			return a.showFetched(reports, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// showFetched prints what was read. Where that cannot be printed, nothing else counts.
func (a *App) showFetched(reports []newsroom.SourceReport, asJSON bool) error {
	if !asJSON {
		a.printSources(reports)
	} else if err := a.printJSON(reports); err != nil {
		return err
	}
	return unreadError(reports)
}

// unreadError says that sources were not read: some, or none at all was.
func unreadError(reports []newsroom.SourceReport) error {
	failed := 0
	for _, r := range reports {
		if r.Error != "" {
			failed++
		}
	}
	switch failed {
	case 0:
		return nil
	case len(reports):
		return errNoSource
	}
	return incompleteError{fmt.Sprintf("%s of %s could not be read; what was stored of them before stands", figures.Of(failed), figures.Counted(len(reports), "source", "sources"))}
}

func (a *App) printSources(reports []newsroom.SourceReport) {
	var rows [][]string
	for _, r := range reports {
		state := "ok"
		switch {
		case r.Error != "":
			state = r.Error
		case len(r.Notes()) > 0:
			state = "ok, but " + strings.Join(r.Notes(), "; ")
		case r.Unchanged:
			state = "ok, unchanged"
		case len(r.Warnings) > 0:
			state = "ok, " + figures.Counted(len(r.Warnings), "warning", "warnings") + ": " + r.Warnings[0]
		}
		if r.Pages > 0 {
			state += "; " + figures.Counted(r.Pages, "page", "pages") + " read to complete its stories"
		}
		rows = append(rows, []string{r.Source, figures.Of(r.Stories), figures.Of(r.New), state})
	}
	printTable(a.Out, []string{"SOURCE", "STORIES#", "NEW#", "STATE"}, rows)
}
