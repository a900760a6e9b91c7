package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) relays() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "relays",
		Short: "List the relays, rehearse them, and choose one",
		Long: `List the servers that mail goes out by, and which carry it now. "relays test"
rehearses what will happen on the day; "relays use" sends everything by one.`,
		Example: "broadsheet relays\nbroadsheet relays test --to you@example.org\nbroadsheet relays use second",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			lines, err := n.RelayLines(ctx)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(lines)
			}
			a.printRelays(ctx, n, lines)
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(a.relaysTest(), a.relaysUse())
	return c
}

func (a *App) printRelays(ctx context.Context, n *newsroom.Newsroom, lines []newsroom.RelayLine) {
	var rows [][]string
	for _, l := range lines {
		use := "in use"
		switch {
		case l.Chosen:
			use = fmt.Sprintf("in use, alone: chosen by %s %s", l.ChosenBy, when(l.ChosenAt))
		case !l.InUse:
			use = l.Spare
		}
		rows = append(rows, []string{l.Name, l.Address, l.TLS, fmt.Sprint(l.Connections), fmt.Sprint(l.Window), use})
	}
	printTable(a.Out, []string{"RELAY", "ADDRESS", "TLS", "CONNECTIONS#", "WINDOW#", "USE"}, rows)
	a.printChoice(ctx, n)
}

// printChoice says what an operator chose, where that is not what the configuration
// says.
func (a *App) printChoice(ctx context.Context, n *newsroom.Newsroom) {
	choice, err := n.RelayChoice(ctx)
	switch {
	case err != nil:
		fmt.Fprintf(a.Out, "\n%v\n", err)
	case choice.Gone != "":
		fmt.Fprintf(a.Out, "\n%s was chosen, and is not in the configuration any more: the relays are used as configured.\n", choice.Gone)
	case choice.Relay != "":
		fmt.Fprintf(a.Out, "\nAll mail goes by %s alone (%s, %s). \"broadsheet relays use --all\" ends that.\n", choice.Relay, choice.Who, when(choice.At))
	}
}

func (a *App) relaysUse() *cobra.Command {
	var all, asJSON bool
	c := &cobra.Command{
		Use:   "use NAME | --all",
		Short: "Send everything by one relay, from now on; or as configured",
		Long: `Make all mail go by one relay alone, within 2 seconds, also in a serve that is
sending. It holds until another is chosen, or --all gives the choice back to the
configuration. What the relay may carry (limits, a warm-up) stays as it is.`,
		Example: "broadsheet relays use second\nbroadsheet relays use --all",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if (len(args) == 1) == all {
				return misused("name a relay, or say --all")
			}
			choice, err := n.UseRelay(ctx, arg(args, 0))
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(choice)
			}
			if all {
				fmt.Fprintln(a.Out, "The relays are used as configured.")
				return nil
			}
			fmt.Fprintf(a.Out, "All mail goes by %s from now on. \"broadsheet relays use --all\" ends that.\n", choice.Relay)
			return nil
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "as the configuration says")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
