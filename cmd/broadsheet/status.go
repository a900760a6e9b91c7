package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func (a *App) status() *cobra.Command {
	var asJSON, watch bool
	var limit int
	c := &cobra.Command{
		Use:   "status [EDITION]",
		Short: "Account for every reader: who got it, who waits, who is in doubt",
		Long: `Without an edition, one line for each of the newest: who approved it, or that it
waits; how many of the proposed stories the editor kept; what became of it. Editions
of one group and slot, such as a paper's languages, stand side by side. With an
edition, its whole accounting over all its revisions. --watch follows a send until
it ends, as send shows it; with --json as one object a line, the accounting last.`,
		Example: "broadsheet status\nbroadsheet status weekly --watch\nbroadsheet status weekly/2026-11-27 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if !asJSON {
				defer a.printChoice(ctx, n)
				a.printLocked(n)
			}
			if len(args) == 0 {
				if watch {
					return misused("--watch needs an edition")
				}
				return a.statusAll(ctx, n, limit, asJSON)
			}
			if watch {
				if err := a.watchSend(ctx, n, args[0], asJSON); err != nil {
					return err
				}
				ctx = context.WithoutCancel(ctx) // an interrupt ends the watching alone
			}
			r, err := n.Status(ctx, args[0])
			switch {
			case err != nil:
				return err
			case asJSON && watch:
				err = a.printLine(r)
			case asJSON:
				err = a.printJSON(a.reportOf(r))
			default:
				a.printAccounting(r)
			}
			if err == nil && r.Audience > 0 && !r.Complete() {
				return incompleteError{""}
			}
			return err
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&watch, "watch", false, "follow the send until it ends")
	countFlag(c, &limit, "limit", 10, "how many editions at most")
	return c
}

// printLocked says that the serve at work, or a command, cannot send.
func (a *App) printLocked(n *newsroom.Newsroom) {
	state, err := newsroom.AskServe(n.Options(), newsroom.KeyRequest{Do: newsroom.AskState})
	if err != nil {
		state = n.KeyState()
	}
	if state.Locked || !state.Until.IsZero() {
		a.tell("%s.\n", keyStateWords(state))
	}
}

// watchSend follows a send that another process does, until it ends.
func (a *App) watchSend(ctx context.Context, n *newsroom.Newsroom, name string, asJSON bool) error {
	bar := a.newProgress(false)
	if asJSON {
		bar = a.newStream()
	}
	bar.watches()
	defer context.AfterFunc(ctx, bar.stopping)()
	_, err := n.Follow(ctx, name, newsroom.SendOptions{Watch: bar.show})
	bar.close()
	return err
}

// statusReport is an edition's accounting, and how it stands.
type statusReport struct {
	newsroom.Accounting
	State   digest.State        `json:"state"`
	Mailing mailer.MailingState `json:"mailing,omitempty"` // the last one's state
	Reason  string              `json:"reason,omitempty"`  // why that is paused or cancelled
	NextDue time.Time           `json:"next_due,omitzero"` // when the rest is tried; zero: at once
}

func (a *App) reportOf(r newsroom.Accounting) statusReport {
	report := statusReport{Accounting: r, State: r.State, Mailing: r.Mailing, Reason: r.Reason}
	if r.NextDue.After(a.Clock()) {
		report.NextDue = r.NextDue
	}
	return report
}

func (a *App) statusAll(ctx context.Context, n *newsroom.Newsroom, limit int, asJSON bool) error {
	all, err := n.StatusAll(ctx, limit)
	if err != nil {
		return err
	}
	if asJSON {
		reports := make([]statusReport, len(all))
		for i, r := range all {
			reports[i] = a.reportOf(r)
		}
		return a.printJSON(reports)
	}
	if len(all) == 0 {
		a.tell("No edition yet. Make the first with \"broadsheet draft\".\n")
		return nil
	}
	head, rows := statusTable(all, false)
	if head, rows = withoutZeros(a.Out, head, rows); !fitsTerminal(a.Out, head, rows) {
		head, rows = statusTable(all, true)
		head, rows = withoutZeros(a.Out, head, rows)
	}
	printTable(a.Out, head, rows)
	troubles, err := n.SourceTroubles(ctx)
	if len(troubles) > 0 {
		say(a.Out, "\n%s\n\"broadsheet sources\" tells more.\n", strings.Join(troubles, "\n"))
	}
	return err
}

// statusTable has a line for each edition; a short one leaves out when it was approved.
func statusTable(all []newsroom.Accounting, short bool) (head []string, rows [][]string) {
	head = []string{"EDITION", "STATE", "APPROVED", "KEPT", "AUDIENCE#", "ACCEPTED#", "QUEUED#", "DEFERRED#", "REJECTED#", "IN DOUBT#", "SKIPPED#"}
	grouped := slices.ContainsFunc(all, func(r newsroom.Accounting) bool { return r.Group != "" })
	if grouped {
		head = slices.Insert(head, 1, "LANGUAGE")
	}
	for _, r := range all {
		approved := approvalWords(r)
		if short && r.Approval.By != "" {
			approved = r.Approval.By
		}
		row := []string{
			r.Edition, string(r.State), approved, keptWords(r.Kept), figures.Of(r.Audience), figures.Of(r.Accepted),
			figures.Of(r.Queued), figures.Of(r.Deferred), figures.Of(r.Rejected), figures.Of(r.InDoubt), figures.Of(r.Skipped),
		}
		if grouped {
			row = slices.Insert(row, 1, r.Language)
		}
		rows = append(rows, row)
	}
	return head, rows
}

// approvalWords says who approved an edition, or that it waits for somebody.
func approvalWords(r newsroom.Accounting) string {
	switch {
	case r.Approval.By != "":
		return "by " + r.Approval.By + ", " + r.Approval.At.Format("Mon 15:04")
	case r.Approval.Empty:
		return "no story"
	case r.Approval.Waits:
		return "waits"
	}
	return "-"
}

// keptWords is the measure of a pick.
func keptWords(k *digest.Kept) string {
	if k == nil || k.Proposed == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", k.Kept, k.Proposed)
}

// printAccounting prints every number, so that they can be added up by eye.
func (a *App) printAccounting(r newsroom.Accounting) {
	why := ""
	if r.Reason != "" {
		why = fmt.Sprintf(" (mailing %s: %s)", r.Mailing, r.Reason)
	}
	a.tell("%s, revision %d, %s%s\n", r.Edition, r.Revision, r.State, why)
	switch {
	case r.Approval.By != "":
		a.tell("  Approved by %s, %s.\n", r.Approval.By, when(r.Approval.At))
	case r.State == digest.Skipped && !r.MayReopen:
		a.tell("  It is not sent, and has expired.\n")
	case r.State == digest.Skipped:
		a.tell("  It is not sent: \"broadsheet reopen %s\" takes it up again.\n", r.Edition)
	case r.Approval.Empty:
		a.tell("  It has no story: broadsheet edit %s\n", r.Edition)
	case r.Approval.Waits:
		a.tell("  It waits for an approval: broadsheet approve %s\n", r.Edition)
	}
	if r.Kept != nil && r.Kept.Proposed > 0 {
		a.tell("  Of the pick, the %s.\n", r.Kept)
	}
	if r.Trouble != "" {
		a.tell("  It waits: %s\n", r.Trouble)
	}
	if r.Where != "" {
		a.tell("  To the part %s\n", r.Where)
	}
	if r.Forgotten != nil {
		a.tell("  Who got it was deleted %s (keep_deliveries); the numbers stay.\n", when(*r.Forgotten))
	}
	a.printCounts(r)
	if r.Left > 0 {
		a.tell("\n%s on the list without it: broadsheet send %s --to rest\n", figures.Counted(r.Left, "reader is", "readers are"), r.Edition)
	}
	if r.SentAgain > 0 {
		a.tell("\n%s\n", newsroom.DoubtWords(r.SentAgain, mailer.Resend))
	}
	a.printWaveAccounts(r)
	a.printMailings(r.Mailings)
}

// printCounts prints how many readers there are of each outcome, and their sum.
func (a *App) printCounts(r newsroom.Accounting) {
	lines := []struct {
		n    int64
		name string
		note string
	}{
		{r.Accepted, "accepted", "handed over to the relay"},
		{r.Queued, "queued", queuedNote(r)},
		{r.Deferred, "deferred", "to be tried again"},
		{r.Rejected, "rejected", "refused for good"},
		{r.InDoubt, "in doubt", "sent, and no reply came"},
		{r.Skipped, "skipped", "left, suppressed or cancelled meanwhile"},
	}
	room := 12
	if width := terminalWidth(a.Out); width > 0 && width < narrow {
		room = len(figures.Of(r.Audience))
	}
	for _, l := range lines {
		if l.n > 0 || l.name == "accepted" {
			a.printFact(fmt.Sprintf("  %*s  %-9s  ", room, figures.Of(l.n), l.name), l.note)
		}
	}
	took := ""
	if r.Seconds > 0 {
		took = fmt.Sprintf("   in %.1f s", r.Seconds)
	}
	fmt.Fprintf(a.Out, "  %*s  audience%s\n", room, figures.Of(r.Audience), took)
}

// queuedNote says what keeps those that are queued.
func queuedNote(r newsroom.Accounting) string {
	switch {
	case r.ToCome == 0:
		return "not tried yet"
	case r.NextDue.IsZero() || r.Mailing == mailer.Paused:
		return fmt.Sprintf("not tried yet; the turn of %s is still to come", figures.Of(r.ToCome))
	}
	return fmt.Sprintf("not tried yet; the turn of %s comes %s", figures.Of(r.ToCome), when(r.NextDue))
}

// printWaveAccounts prints each wave of the mailing that went or goes out in waves.
func (a *App) printWaveAccounts(r newsroom.Accounting) {
	if len(r.Waves) == 0 {
		return
	}
	a.tell("\nIts waves:\n")
	var rows [][]string
	for _, w := range r.Waves {
		began := when(w.Began)
		if !w.Due.IsZero() {
			began = "due " + when(w.Due)
		}
		rows = append(rows, []string{
			fmt.Sprint(w.Wave), w.Who, w.State, figures.Of(w.Audience), figures.Of(w.Accepted), figures.Of(w.Queued),
			figures.Of(w.Deferred), figures.Of(w.Rejected), figures.Of(w.InDoubt), figures.Of(w.Skipped), began,
		})
	}
	printTable(a.Out, []string{"WAVE#", "TO", "STATE", "AUDIENCE#", "ACCEPTED#", "QUEUED#", "DEFERRED#", "REJECTED#", "IN DOUBT#", "SKIPPED#", "BEGAN"}, rows)
}

// printMailings prints each mailing of an edition that was mailed more than once:
// the numbers above it count each reader once, whatever revision they have.
func (a *App) printMailings(mailings []newsroom.MailingAccount) {
	if len(mailings) == 0 {
		return
	}
	a.tell("\nIts mailings, each by itself:\n")
	var rows [][]string
	for _, m := range mailings {
		rows = append(rows, []string{
			fmt.Sprint(m.Revision), toWhom(m), string(m.State), figures.Of(m.Audience), figures.Of(m.Accepted),
			figures.Of(m.Queued), figures.Of(m.Deferred), figures.Of(m.Rejected), figures.Of(m.InDoubt), figures.Of(m.Skipped),
		})
	}
	head, rows := withoutZeros(a.Out, []string{"REVISION#", "TO", "STATE", "AUDIENCE#", "ACCEPTED#", "QUEUED#", "DEFERRED#", "REJECTED#", "IN DOUBT#", "SKIPPED#"}, rows)
	printTable(a.Out, head, rows)
}

// toWhom is whom a mailing is for.
func toWhom(m newsroom.MailingAccount) string {
	if m.Where == "" {
		return string(m.To)
	}
	return string(m.To) + ", where " + m.Where
}
