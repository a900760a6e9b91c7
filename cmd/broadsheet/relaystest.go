package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) relaysTest() *cobra.Command {
	var to string
	var asJSON bool
	c := &cobra.Command{
		Use:   "test [RELAY...]",
		Short: "Rehearse what each relay will do on the day",
		Long: `Go through every step of a send at each relay, or at those named: its name in the
DNS, the connection, TLS and how long its certificate is good, what it offers, the
login, whether the newest edition's message is small enough, and whether it would
take it from each newsletter's sender. Then: which relay takes over where the one in
use refuses. Without --to nothing is mailed; with it, that address gets a letter by
each relay, which names it.

Exit code 1 says that a relay in use fails; 3, that only a spare one does, or that
nothing would take over.`,
		Example: "broadsheet relays test\nbroadsheet relays test --to editor@example.org\nbroadsheet relays test second --json",
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			r, err := n.Rehearse(ctx, args, to)
			if err != nil {
				return err
			}
			if asJSON {
				if err := a.printJSON(r); err != nil {
					return err
				}
			} else {
				a.printRehearsal(r)
			}
			switch now, spare := r.Failed(); {
			case now:
				return errors.New("a relay in use fails: mail that goes by it would wait")
			case spare:
				return incompleteError{"mail goes out, but there is nothing to fall back on"}
			}
			return nil
		}),
	}
	c.Flags().StringVar(&to, "to", "", "an address that gets a test letter by each relay")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) printRehearsal(r newsroom.Rehearsal) {
	a.tell("Named to each relay: %s, %s bytes.\n", r.Message, figures.Of(r.Bytes))
	for _, relay := range r.Relays {
		fmt.Fprintf(a.Out, "\n%s, %s", relay.Relay, relay.Address)
		if relay.Spare != "" {
			fmt.Fprintf(a.Out, " (%s)", relay.Spare)
		}
		fmt.Fprintln(a.Out)
		for _, s := range relay.Steps {
			a.printFact(fmt.Sprintf("  %s  %-8s  ", mark(s.OK, s.Warn), s.Step), s.Text)
			if s.Fix != "" {
				a.printFact("                  -> ", s.Fix)
			}
		}
	}
	if r.Takeover != nil {
		fmt.Fprintln(a.Out)
		say(a.Out, "Takeover: %s.", r.Takeover.Text)
	}
}
