package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) preview() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "preview EDITION",
		Short: "Write the edition as readers will see it: HTML, text, eml",
		Long: `Render an edition and write it, for each variant, as a page to open in a browser
(html), as text (txt), and as the whole message (eml), with a made-up reader.`,
		Example: "broadsheet preview weekly\nbroadsheet preview weekly --out /tmp/friday",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			files, err := n.Preview(ctx, args[0])
			if err != nil {
				return err
			}
			if out == "" {
				out = filepath.Join(n.Config.Dir, "preview")
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			for _, f := range files {
				path := filepath.Join(out, f.Name)
				if err := os.WriteFile(path, f.Bytes, 0o644); err != nil {
					return err
				}
				fmt.Fprintln(a.Out, path)
			}
			return nil
		}),
	}
	c.Flags().StringVar(&out, "out", "", "the folder to write to (default: preview/ in the newsroom)")
	return c
}
