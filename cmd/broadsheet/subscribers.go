package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

func (a *App) subscribers() *cobra.Command {
	c := &cobra.Command{
		Use:   "subscribers",
		Short: "Import, add, remove, find, count, export readers",
		Long: `The list. Addresses and names are stored sealed: the key file opens them, and
nothing else does.`,
		Example: "broadsheet subscribers import readers.csv --basis \"signed up on our site\"\nbroadsheet subscribers count",
	}
	c.AddCommand(a.subscribersImport(), a.subscribersAdd(), a.subscribersRemove(), a.subscribersErase(),
		a.subscribersRevoke(), a.subscribersFind(), a.subscribersCount(), a.subscribersExport())
	return c
}

func (a *App) subscribersAdd() *cobra.Command {
	var newsletter, display, format, basis string
	c := &cobra.Command{
		Use:     "add ADDRESS",
		Short:   "Subscribe one reader, on your word",
		Example: "broadsheet subscribers add ada@example.org --name \"Ada\" --basis \"asked by letter\"",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			outcome, err := n.Add(ctx, newsletter, args[0], display, format, basis)
			if err != nil {
				return err
			}
			switch outcome {
			case store.Added:
				a.tell("Added.\n")
			case store.Left:
				return errors.New("not added: this address is suppressed, never to be mailed")
			default:
				a.tell("Was subscribed already.\n")
			}
			return nil
		}),
	}
	c.Flags().StringVar(&newsletter, "newsletter", "", "which newsletter")
	c.Flags().StringVar(&display, "name", "", "the reader's name")
	c.Flags().StringVar(&format, "format", "", "digest, full, text or private; the newsletter's own where not given")
	c.Flags().StringVar(&basis, "basis", "asked an operator", "what their consent rests on")
	return c
}

func (a *App) subscribersRemove() *cobra.Command {
	var r newsroom.Removal
	c := &cobra.Command{
		Use:   "remove ADDRESS",
		Short: "Unsubscribe a reader, or erase them",
		Long: `Unsubscribe a reader from one newsletter, or from all. --erase deletes everything
about them. --suppress makes sure that the address is never mailed again, whoever
imports it; of the address only a keyed hash is kept. With neither, the next send, or
serve, mails the reader a goodbye with a way back.`,
		Example: "broadsheet subscribers remove ada@example.org\nbroadsheet subscribers remove ada@example.org --erase --suppress",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := n.Remove(ctx, args[0], r); err != nil {
				return err
			}
			a.tell("Removed.\n")
			return nil
		}),
	}
	c.Flags().StringVar(&r.Newsletter, "newsletter", "", "from this newsletter alone")
	c.Flags().BoolVar(&r.Erase, "erase", false, "delete everything about the reader")
	c.Flags().BoolVar(&r.Suppress, "suppress", false, "never mail this address again")
	return c
}

func (a *App) subscribersFind() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "find ADDRESS",
		Short:   "Show what the list holds about one reader",
		Example: "broadsheet subscribers find ada@example.org",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			found, err := n.Find(ctx, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(found)
			}
			a.tell("%s\n", strings.TrimSpace(found.Address+"  "+found.Name))
			if found.Suppressed != "" {
				a.tell("  suppressed: %s\n", found.Suppressed)
			}
			for _, t := range found.Ties {
				printTie(a.Out, t)
			}
			for _, y := range found.Consents {
				a.tell("%s\n", yesWords(y))
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printTie(w io.Writer, t newsroom.FoundTie) {
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s: %s %s", t.Newsletter, t.State, t.Variant), " "))
	for _, more := range [][2]string{{"paused until", t.Paused}, {"no appeal until", t.NoAppeal}, {"welcomed with", t.Welcome}} {
		if more[1] != "" {
			fmt.Fprintf(w, "    %s: %s\n", more[0], more[1])
		}
	}
}

// yesWords are the record of a consent: when, by which way, on what it rests.
func yesWords(y newsroom.FoundYes) string {
	words := fmt.Sprintf("  consent: %s, by %s", y.Week, y.Path)
	if y.Page != "" {
		words += " on the page " + y.Page
	}
	if y.Text != "" {
		words += ", to the policy " + y.Text
	}
	if y.Basis != "" {
		words += ": " + y.Basis
	}
	return words
}

func (a *App) subscribersCount() *cobra.Command {
	var asJSON bool
	var newsletter, where string
	c := &cobra.Command{
		Use:     "count",
		Short:   "Count readers by newsletter and state",
		Example: "broadsheet subscribers count --json\nbroadsheet subscribers count --newsletter weekly --where 'language = \"ru\"'",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			counts, err := n.Count(ctx)
			if where != "" || newsletter != "" {
				counts, err = n.CountIn(ctx, newsletter, where)
			}
			if err != nil {
				return err
			}
			if asJSON {
				type line struct {
					Newsletter string                  `json:"newsletter"`
					State      store.SubscriptionState `json:"state"`
					Count      int64                   `json:"count"`
				}
				lines := make([]line, len(counts))
				for i, c := range counts {
					lines[i] = line(c)
				}
				return a.printJSON(lines)
			}
			switch {
			case len(counts) == 0 && where != "":
				a.tell("Nobody is in that part.\n")
				return nil
			case len(counts) == 0:
				a.tell("The list is empty: \"broadsheet subscribers import\" takes one in.\n")
				return nil
			}
			var rows [][]string
			for _, c := range counts {
				rows = append(rows, []string{c.Newsletter, string(c.State), figures.Of(c.Count)})
			}
			printTable(a.Out, []string{"NEWSLETTER", "STATE", "READERS#"}, rows)
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&newsletter, "newsletter", "", "this newsletter alone")
	whereFlag(c, &where, "only a part of them")
	return c
}

// openInput opens a file, or standard input for "-".
func (a *App) openInput(file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(a.In), nil
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name a file in it, or - for standard input", file)
	}
	return os.Open(file)
}
