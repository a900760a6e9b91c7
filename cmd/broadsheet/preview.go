package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/ops"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
)

// proofPort is where preview --serve begins to look for a free port.
const proofPort = 8482

func (a *App) preview() *cobra.Command {
	var out, file string
	var serve bool
	var port int
	c := &cobra.Command{
		Use:   "preview EDITION",
		Short: "Show the edition as readers will see it, or write it: HTML, text, eml",
		Long: `Render an edition and write it, for each variant, as a page to open in a browser
(html), as text (txt), and as the whole message (eml), with a made-up reader.

--serve writes nothing. It shows the edition on a page of this machine, each variant:
on a desk, on a phone, dark, without pictures, as text, its source, what is wrong with
it. The page renews itself as you save a partial, broadsheet.yaml or an edit; a
mistake stands at its top, with file and line, over what rendered last. --file shows
an editor's file that you are writing as if "edit --file" had taken it. Ctrl-C ends it.`,
		Example: "broadsheet preview weekly\nbroadsheet preview weekly --out /tmp/friday\nbroadsheet preview weekly --serve\nbroadsheet preview weekly --serve --file friday.yaml",
		Args:    cobra.ExactArgs(1),
		PreRunE: func(c *cobra.Command, _ []string) error {
			for _, name := range []string{"port", "file"} {
				if c.Flags().Changed(name) && !serve {
					return misused("--%s is for --serve", name)
				}
			}
			switch {
			case serve && out != "":
				return misused("--serve shows the edition and --out writes it: give one of them")
			case port < 0 || port > 65535:
				return misused("--port %d: there is no such port", port)
			}
			return nil
		},
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if serve {
				return a.servePreview(ctx, n, args[0], file, port)
			}
			return a.writePreview(ctx, n, args[0], out)
		}),
	}
	c.Flags().StringVar(&out, "out", "", "the folder to write to (default: preview/ in the newsroom)")
	c.Flags().BoolVar(&serve, "serve", false, "show it on a page of this machine that renews itself")
	c.Flags().IntVar(&port, "port", proofPort, "port of the page; where it is taken, the next free one")
	c.Flags().StringVar(&file, "file", "", "show this editor's file as if it were taken")
	return c
}

// writePreview writes an edition's variants into a folder.
func (a *App) writePreview(ctx context.Context, n *newsroom.Newsroom, name, out string) error {
	if out == "" {
		out = filepath.Join(n.Config.Dir, "preview")
	}
	r, err := n.PreviewLint(ctx, name, func(files []newsroom.PreviewFile) error {
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
	})
	if wrong := n.Unmailable(); err == nil && wrong != nil {
		a.warn("there is no .eml: " + wrong.Error())
	}
	if err == nil && r.Count(lint.Error)+r.Count(lint.Warning) > 0 {
		a.tell("\nLint: %s. \"broadsheet lint %s\" says which.\n", countLint(r), name)
	}
	return err
}

// servePreview shows an edition until somebody interrupts it.
func (a *App) servePreview(ctx context.Context, n *newsroom.Newsroom, name, file string, port int) error {
	e, err := n.Edition(ctx, name)
	if err != nil {
		return err
	}
	l, err := ops.Loopback(port)
	if err != nil {
		return err
	}
	if got := l.Addr().(*net.TCPAddr).Port; port != 0 && got != port {
		a.tell("Port %d is taken: here is %d.\n", port, got)
	}
	err = ops.ServeProof(ctx, n, l, ops.ProofOptions{Edition: e.Ref(), File: file, Say: a.speak}, func() {
		a.tell("%s at http://%s/\nIt is rendered again as you save. Ctrl-C ends it.\n", e.Ref(), l.Addr())
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// speak says what happened to a preview that is shown.
func (a *App) speak(s ops.Spoken) {
	to := a.Out
	if s.Wrong {
		to = a.Err
	}
	fmt.Fprintf(to, "%s  %s\n", s.At.Format("15:04:05"), strings.ReplaceAll(s.Text, "\n", "\n          "))
}
