package main

import (
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
		Use:   "edit EDITION --file F",
		Short: "Change what an edition says",
		Long: `Take the editor's file: YAML with the subject, preheader, intro (Markdown), lead,
order, sections, what to drop, what to add of what was left out, and titles to
change. It is laid over the pick: fetching again never disturbs it. An edit takes
the approval back.

--print writes the file as it stands now, to start from, with every story's title
and the reason for it as comments.`,
		Example: "broadsheet edit weekly --print > friday.yaml\nbroadsheet edit weekly --file friday.yaml\nbroadsheet edit weekly --file -",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if print {
				text, err := n.EditorsFile(ctx, args[0])
				if err != nil {
					return err
				}
				_, err = a.Out.Write(text)
				return err
			}
			if file == "" {
				return misused("name the file with --file, or print one to start from with --print")
			}
			text, err := a.readInput(file)
			if err != nil {
				return err
			}
			e, voided, err := n.Edit(ctx, args[0], text)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			a.warn(e.Warnings...)
			a.printEdition(e)
			if voided {
				fmt.Fprintln(a.Out, "\nThe approval was for the text before: approve it again.")
			}
			return nil
		}),
	}
	c.Flags().StringVar(&file, "file", "", "the editor's file; - for standard input")
	c.Flags().BoolVar(&print, "print", false, "write the editor's file as it stands")
	return c
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
