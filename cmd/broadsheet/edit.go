package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) edit() *cobra.Command {
	var file string
	var print bool
	c := &cobra.Command{
		Use:   "edit EDITION",
		Short: "Change what an edition says, in your editor",
		Long: `Open the editor's file of an edition in $VISUAL or $EDITOR: YAML with the subject,
the preheader, the intro (Markdown), then the sections with their stories, a line
or two each, the reasons as comments, and below them what was left out. Move a line
to reorder, delete it to drop, uncomment one to add; its head tells the rest.

On saving it is checked: a mistake opens it again, with the error at its line. Leave
it as it is, or empty it, and nothing changes. It is laid over the pick: fetching
again offers late stories, and never disturbs it. An edit takes the approval back.

--file takes a prepared file, for scripts: the whole of your changes, so that one of
{} alone takes them all back. --print writes the file as it stands.`,
		Example: "broadsheet edit weekly\nbroadsheet edit weekly --print > friday.yaml\nbroadsheet edit weekly --file friday.yaml\nbroadsheet edit weekly --file -",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			switch {
			case print && file != "":
				return misused("--print writes the file and --file takes one: give one of them")
			case print:
				begun, err := n.BeginEdit(ctx, args[0])
				if err != nil {
					return err
				}
				_, err = a.Out.Write(begun.Text)
				return err
			case file != "":
				return a.editFrom(ctx, n, args[0], file)
			}
			return a.editByHand(ctx, n, args[0])
		}),
	}
	c.Flags().StringVar(&file, "file", "", "take this prepared file; - for standard input")
	c.Flags().BoolVar(&print, "print", false, "write the editor's file as it stands")
	return c
}

// editFrom takes a prepared file.
func (a *App) editFrom(ctx context.Context, n *newsroom.Newsroom, name, file string) error {
	text, err := a.readInput(file)
	if err != nil {
		return err
	}
	if file == "-" {
		file = "standard input"
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return fmt.Errorf("%s is empty, and nothing was changed: a file of {} alone takes all changes back", file)
	}
	done, err := n.Edit(ctx, name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	a.printEdited(done)
	return nil
}

// printEdited prints the edition as an edit left it, and what the edit changed.
func (a *App) printEdited(done newsroom.Edited) {
	a.warn(done.Warnings...)
	a.printEdition(done.Edition)
	if done.Same {
		a.tell("\nNothing has changed.\n")
		return
	}
	if len(done.Changes) > 0 {
		a.tell("\nChanged:\n")
		for _, change := range done.Changes {
			a.printFact("  - ", change)
		}
	}
	if kept := done.Edition.Stored.Kept; kept.Proposed > 0 {
		a.tell("\nOf the pick, the %s.\n", kept)
	}
	if done.Voided {
		a.tell("\nThe approval was for the text before: approve it again.\n")
	}
}

// inputLimit is more than any file that an editor writes, in bytes.
const inputLimit = 4 << 20

func (a *App) readInput(file string) ([]byte, error) {
	in := a.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, inputLimit+1))
	if err == nil && len(text) > inputLimit {
		err = fmt.Errorf("%s is larger than %d MB: is it the editor's file?", file, inputLimit>>20)
	}
	return text, err
}
