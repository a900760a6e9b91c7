package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func (a *App) approve() *cobra.Command {
	var yes, asJSON bool
	var force forceFlags
	c := &cobra.Command{
		Use:   "approve EDITION",
		Short: "Let an edition go out at its slot, as it is now",
		Long: `Show what readers will get and how many they are, and approve it. The approval is
for exactly this text: an edit, or a change of the theme, takes it back. Approved
after its slot, an edition goes out at once.

What lint finds in its mail is shown. Errors keep it from being approved; --force lets
them pass, with a --reason, which the edition's log keeps.`,
		Example: "broadsheet approve weekly\nbroadsheet approve weekly/2026-11-27 --yes",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := force.check(); err != nil {
				return err
			}
			before, err := n.AnnounceApproval(ctx, args[0])
			if err != nil {
				return err
			}
			if !asJSON {
				a.printAnnouncement(before)
			}
			if err := before.Faulty(); err != nil && !force.on {
				return err
			}
			if err := a.confirm(yes || asJSON, "Approve it?"); err != nil {
				return err
			}
			after, err := n.ApproveFor(ctx, args[0], force.reason)
			if err != nil {
				return err
			}
			after.Lint = before.Lint
			if asJSON {
				return a.printJSON(after)
			}
			a.tell("\nApproved. %s\n", nextAfterApproval(after))
			return nil
		}),
	}
	force.add(c)
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON; do not ask")
	return c
}

// nextAfterApproval says what sends an approved edition.
func nextAfterApproval(n newsroom.Announcement) string {
	switch {
	case n.Audience == mailer.ToRest:
		return fmt.Sprintf("An earlier revision was mailed, so you say whom this one goes to:\n\n"+
			"  broadsheet send %s                 to those who have not got it\n"+
			"  broadsheet send %s --to delivered  as a correction, to exactly those who have", n.Edition, n.Edition)
	case n.ByHand:
		return fmt.Sprintf("Send it with: broadsheet send %s", n.Edition)
	case n.Late:
		return fmt.Sprintf("Its slot has passed: a running serve sends it now; else: broadsheet send %s", n.Edition)
	}
	return fmt.Sprintf("A running serve sends it %s; else: broadsheet send %s", when(n.Starts), n.Edition)
}

// audiences are what people call who a mailing goes to.
var audiences = map[mailer.Audience]string{
	mailer.ToList:      "every confirmed reader",
	mailer.ToRest:      "the readers who have not got it",
	mailer.ToDelivered: "the readers who got an earlier revision",
}

// printAnnouncement shows an edition as an inbox will, and the size of the step.
func (a *App) printAnnouncement(n newsroom.Announcement) {
	a.tell("%s, revision %d, %s\n\n", n.Edition, n.Revision, n.State)
	a.tell("  %s\n  %s\n  %s\n\n", n.From, n.Subject, n.Preheader)
	change := ""
	if n.LastEdition != "" {
		change = fmt.Sprintf(" (%+d since %s)", n.Readers-n.LastReaders, n.LastEdition)
	}
	a.tell("  Stories  %s\n", figures.Of(n.Stories))
	a.printFact("  Readers  ", figures.Of(n.Readers)+", "+audiences[n.Audience]+change)
	if n.Where != "" {
		a.tell("           of the part %s\n", n.Where)
		a.tell("           the others get it when you say so: \"broadsheet send %s --to rest\"\n", n.Edition)
	}
	if n.Earlier > 0 {
		a.tell("           %s have an earlier revision: \"broadsheet send %s --to delivered\" corrects them\n", figures.Of(n.Earlier), n.Edition)
	}
	a.printFact("  Tested   ", n.Tested)
	if n.Late {
		a.printFact("  Late     ", "its slot has passed; it can go out until "+when(n.Expires))
	}
	a.printFact("  Goes out ", when(n.Starts)+", the last mail about "+roughly(n.Starts, n.Ends))
	if n.Spread {
		a.tell("           a day's share at a time, for its relay or domain is being warmed up: \"broadsheet relays\"\n")
	}
	a.printWaves(n)
	if len(n.TakenBack) > 0 {
		fmt.Fprint(a.Out, "\n  Mind: since it was picked its sources have taken back some of what it says:\n\n")
	}
	for _, c := range n.TakenBack {
		a.printFact("    - ", c.Title+": "+c.What)
	}
	if len(n.Lint) > 0 {
		a.tell("\n  Lint     %s\n", countLint(newsroom.LintReport{Variants: n.Lint}))
		a.printLinted(n.Lint)
	}
}

// forceFlags let errors of the mail pass.
type forceFlags struct {
	on     bool
	reason string
}

func (f *forceFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.on, "force", false, "let errors that lint finds pass; needs --reason")
	c.Flags().StringVar(&f.reason, "reason", "", "why they may pass, in words: the edition's log keeps it")
}

// check wants both flags, or neither.
func (f *forceFlags) check() error {
	f.reason = strings.TrimSpace(f.reason)
	switch {
	case f.on && f.reason == "":
		return misused("--force needs a --reason: the edition's log keeps it")
	case !f.on && f.reason != "":
		return misused("--reason says why errors may pass: it goes with --force")
	}
	return nil
}

// printWaves shows who gets it when, where it goes out in waves.
func (a *App) printWaves(n newsroom.Announcement) {
	if len(n.Waves) > 0 {
		var rows [][]string
		for i, w := range n.Waves {
			starts := when(w.Starts)
			if i > 0 {
				starts = "about " + roughly(n.Starts, w.Starts)
			}
			rows = append(rows, []string{"  " + fmt.Sprint(i+1), w.Who, figures.Of(w.Readers), starts})
		}
		a.tell("\n  It goes out in waves, and stops by itself where one goes wrong:\n")
		fmt.Fprintln(a.Out)
		printTable(a.Out, []string{"  WAVE", "TO", "READERS#", "STARTS"}, rows)
	}
	if n.Missing != "" {
		a.tell("\n  Mind: %s\n", n.Missing)
	}
}

func roughly(from, to time.Time) string {
	switch took := to.Sub(from); {
	case took < time.Minute:
		return "a minute later"
	case took < 2*time.Hour:
		return figures.Counted(int64(took.Minutes())+1, "minute later", "minutes later")
	}
	return when(to)
}

// confirm asks on standard input: a person, or the line that a script gives. Where
// nobody answers, nothing is done.
func (a *App) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	fmt.Fprint(a.Out, strings.TrimSuffix(told("\n"+question+" [y/N]\n", terminalWidth(a.Out)), "\n")+" ")
	answer, err := bufio.NewReader(a.In).ReadString('\n')
	if !isTerminal(a.In) {
		fmt.Fprintln(a.Out) // what a person's Enter does
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	switch {
	case answer == "y", answer == "yes":
		return nil
	case answer == "" && err != nil:
		return fmt.Errorf("not done: nobody answered on standard input; --yes goes ahead without asking")
	}
	return fmt.Errorf("not done: you did not say yes")
}
