package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// draftRoom is what drafting takes of memory besides the program, in bytes, where the week
// is not larger than that.
const draftRoom = 24 << 20

func (a *App) draft() *cobra.Command {
	var slot string
	var asJSON, noFetch bool
	c := &cobra.Command{
		Use:   "draft [NEWSLETTER]",
		Short: "Fetch, pick the week's stories, and show the draft",
		Long: `Open the edition at hand (or the one of --slot), read the sources, and pick its
stories. Drafting again keeps what the editor has changed.

Where nothing is in it and no source could be read, the edition is held, and the
exit code is 1: nobody knows then whether there is news.

--as-of is the clock of the whole command: what is due, what is new, and when an
undated story was first seen.`,
		Example: "broadsheet draft\nbroadsheet draft weekly --slot 2026-11-27\nbroadsheet draft --as-of 2026-11-26T18:00",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			defer a.giveRoom(draftRoom)()
			d, err := n.Draft(ctx, arg(args, 0), slot, !noFetch)
			if err != nil {
				return err
			}
			return a.showDraft(d, asJSON)
		}),
	}
	c.Flags().StringVar(&slot, "slot", "", "the slot to draft, 2026-11-27T09:00 or the date alone")
	c.Flags().BoolVar(&noFetch, "no-fetch", false, "pick from the stories already stored")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// nearest is how many of the stories left out a draft prints.
const nearest = 40

// sourceWarnings is how many warnings about one source a draft prints.
const sourceWarnings = 5

// warn says what the result lacks, a line each, apart from the result itself.
func (a *App) warn(texts ...string) {
	for _, text := range texts {
		say(a.Err, "warning: %s", text)
	}
}

// showDraft prints a draft. It fails where there is none for want of a source that can be
// read: a script would take it for a week without news.
func (a *App) showDraft(d newsroom.Drafted, asJSON bool) error {
	if asJSON {
		if err := a.printJSON(d); err != nil {
			return err
		}
	} else {
		a.printDraft(d)
	}
	if d.Edition.Pick.Verdict == digest.Unread {
		return errNoSource
	}
	return nil
}

func (a *App) printDraft(d newsroom.Drafted) {
	for _, s := range d.Sources {
		if s.Error != "" {
			a.warn("source " + s.Source + ": " + s.Error)
		}
		for _, note := range s.Notes() {
			a.warn("source " + s.Source + ": " + note)
		}
		for i, w := range s.Warnings {
			if i == sourceWarnings {
				a.warn(fmt.Sprintf("source %s: %s more; \"draft --json\" has them all", s.Source, figures.Of(len(s.Warnings)-i)))
				break
			}
			a.warn("source " + s.Source + ": " + w)
		}
	}
	a.warn(d.Warnings...)
	e := d.Edition
	a.tell("%s is %s: %s, picked from %s\n", e.Ref(), e.State.Words(),
		figures.Counted(len(e.Pick.Chosen), "story", "stories"), figures.Of(len(e.Pick.Chosen)+len(e.Pick.Left)))
	if d.Late != "" {
		a.tell("%s\n", d.Late)
	}
	if d.Voided {
		a.tell("Its approval is taken back: what it says now has to be approved again.\n")
	}
	fmt.Fprintln(a.Out)
	fmt.Fprintln(a.Out, digest.ExplainNearest(e.Pick, terminalWidth(a.Out), nearest))
	if more := len(e.Pick.Left) - nearest; more > 0 {
		a.tell("And %s more: \"broadsheet show %s --why\" has them all.\n\n", figures.Of(more), e.Ref())
	}
	if d.Advice != "" {
		a.tell("%s\n", d.Advice)
	}
}
