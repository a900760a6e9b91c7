package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) relays() *cobra.Command {
	var asJSON, ramp bool
	c := &cobra.Command{
		Use:   "relays",
		Short: "List the relays, rehearse them, and choose one",
		Long: `List the servers that mail goes out by, which carry it now, and how far a warm-up
is. "relays test" rehearses what will happen on the day; "relays use" sends everything
by one.`,
		Example: "broadsheet relays\nbroadsheet relays --ramp --json\nbroadsheet relays test --to you@example.org\nbroadsheet relays use second",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			ups, err := n.WarmUps(ctx)
			if err != nil {
				return err
			}
			lines, err := n.RelayLines(ctx)
			switch {
			case err != nil:
				return err
			case ramp && asJSON:
				return a.printJSON(ups)
			case asJSON:
				return a.printJSON(lines)
			case !ramp:
				a.printRelays(ctx, n, lines)
			case len(ups) == 0:
				a.tell("Nothing is being warmed up.\n")
			}
			a.printWarmUps(ups)
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&ramp, "ramp", false, "show the warm-ups alone")
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
		weight, limits := "-", "-"
		if l.Weight > 0 {
			weight = fmt.Sprint(l.Weight)
		}
		if len(l.Limits) > 0 {
			limits = strings.Join(l.Limits, ", ")
		}
		rows = append(rows, []string{l.Name, l.Address, l.TLS, fmt.Sprint(l.Connections), fmt.Sprint(l.Window), weight, limits, use})
	}
	head := []string{"RELAY", "ADDRESS", "TLS", "CONNECTIONS#", "WINDOW#", "WEIGHT#", "LIMITS", "USE"}
	head, rows = withoutZeros(a.Out, head, rows)
	printTable(a.Out, head, rows)
	a.printChoice(ctx, n)
}

// printWarmUps says of each warm-up what today's shares are, and why.
func (a *App) printWarmUps(ups []newsroom.WarmUp) {
	for _, w := range ups {
		switch {
		case !w.Begun:
			say(a.Out, "\nWarm-up of %s: begins %s with %s to each provider; until then nothing goes this way.", w.What, w.Since, figures.Of(w.First))
			continue
		case len(w.Providers) == 0:
			say(a.Out, "\nWarm-up of %s, since %s: nothing was sent yet; each provider gets %s on the first day.", w.What, w.Since, figures.Of(w.First))
			continue
		}
		a.tell("\nWarm-up of %s, since %s; %s of sending:\n", w.What, w.Since, figures.Counted(w.Days, "day", "days"))
		var rows [][]string
		for _, p := range w.Providers {
			rows = append(rows, []string{p.Provider, figures.Of(p.Share), figures.Of(p.Tried), figures.Of(p.Left), figures.Of(p.Readers), p.Why})
		}
		printTable(a.Out, []string{"PROVIDER", "TODAY#", "TRIED#", "LEFT#", "READERS#", "WHY"}, rows)
	}
}

// printChoice says what an operator chose, where that is not what the configuration
// says.
func (a *App) printChoice(ctx context.Context, n *newsroom.Newsroom) {
	choice, err := n.RelayChoice(ctx)
	switch {
	case err != nil:
		fmt.Fprintf(a.Out, "\n%v\n", err)
	case choice.Gone != "":
		say(a.Out, "\n%s was chosen, and is not in the configuration any more: the relays are used as configured.", choice.Gone)
	case choice.Relay != "":
		say(a.Out, "\nAll mail goes by %s alone (%s, %s). \"broadsheet relays use --all\" ends that.", choice.Relay, choice.Who, when(choice.At))
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
				a.tell("The relays are used as configured.\n")
				return nil
			}
			a.tell("All mail goes by %s from now on. \"broadsheet relays use --all\" ends that.\n", choice.Relay)
			return nil
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "as the configuration says")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
