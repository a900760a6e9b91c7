package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) check() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Look at everything that Friday depends on, and send nothing",
		Long: `Read the configuration, open the store with the key, work out the next slots, read
every source without storing anything, ask the DNS for the keys that sign mail, and
greet the relays. Every mistake in the configuration is told with its line.`,
		Example: "broadsheet check\nbroadsheet check --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o, err := a.options("operator")
			if err != nil {
				return err
			}
			findings := newsroom.Check(c.Context(), o)
			bad := 0
			for _, f := range findings {
				if !f.OK {
					bad++
				}
			}
			if asJSON {
				if err := a.printJSON(findings); err != nil {
					return err
				}
			} else {
				a.printFindings(findings)
			}
			if bad > 0 {
				return fmt.Errorf("%s to mend: see BAD", figures.Counted(bad, "thing", "things"))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) printFindings(findings []newsroom.Finding) {
	for _, f := range findings {
		head, text := mark(f.OK, f.Warn)+"  ", f.What+": "+f.Text
		if strings.Contains(text, "\n") { // it has lines of its own
			fmt.Fprintln(a.Out, head+text)
			continue
		}
		a.printFact(head, text)
	}
}
