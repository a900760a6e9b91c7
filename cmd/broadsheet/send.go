package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
)

func (a *App) send() *cobra.Command {
	var yes, asJSON bool
	var to string
	var force forceFlags
	o := newsroom.SendOptions{}
	c := &cobra.Command{
		Use:   "send EDITION",
		Short: "Send an edition, or go on with one that was stopped",
		Long: `Freeze an approved edition and send it; or go on where a send was stopped or
killed; whoever has it is left alone. It returns when nothing is due within --wait, and
says when the rest is. Where a serve runs in this newsroom, that one sends, and
this command shows how far it is.

An edition that goes out in waves is sent a wave at a time, with the wait between them;
--now waits for nothing any more, be it the next wave or the rest of a window. What
stops a wave still does.

--where sends it to a part of the list. The others get it when you say so, with another
--where or with --to rest; nobody gets it twice.

Before it is frozen, lint looks at its mail. Errors hold it; --force lets them pass,
with a --reason, which the edition's log keeps.

Exit code 3 says that some readers are queued, deferred, rejected or in doubt.`,
		Example: "broadsheet send weekly\nbroadsheet send weekly/2026-11-27 --yes --json\nbroadsheet send weekly --to delivered\nbroadsheet send weekly --now\nbroadsheet send weekly --where 'language = \"ru\" and joined < 2026-01-01'",
		Args:    cobra.ExactArgs(1),
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
			if err := force.check(); err != nil {
				return err
			}
			o.Force = force.reason
			if to == toDoubt && o.Where != "" {
				return misused("--to doubt is of everyone in doubt: leave --where out")
			}
			if to == toDoubt {
				if err := a.settleDoubt(ctx, n, args[0], yes, asJSON); err != nil {
					return err
				}
				return a.runSend(ctx, n, args[0], o, asJSON)
			}
			var err error
			if o.To, err = parseAudience(to); err != nil {
				return err
			}
			if err := a.announceSend(ctx, n, args[0], o, yes, asJSON); err != nil {
				return err
			}
			return a.runSend(ctx, n, args[0], o, asJSON)
		}),
	}
	force.add(c)
	c.Flags().StringVar(&to, "to", "", "who: list, rest (who have not got it), delivered (who have an earlier revision), doubt (whose fate is not known)")
	c.Flags().BoolVar(&o.Now, "now", false, "do not wait between waves, nor for a window")
	whereFlag(c, &o.Where, "only to a part of them")
	stayFlag(c, &o.Wait, "wait", 5*time.Minute, "how long to stay for what is due later")
	stayFlag(c, &o.GiveUpDialing, "relay-patience", time.Minute, "how long to try while no relay can be used")
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.Flags().BoolVar(&asJSON, "json", false, "end with one JSON object; do not ask")
	return c
}

func parseAudience(s string) (mailer.Audience, error) {
	switch to := mailer.Audience(s); to {
	case "", mailer.ToList, mailer.ToRest, mailer.ToDelivered:
		return to, nil
	}
	return "", misused("--to %q: say list, rest, delivered or doubt", s)
}

// toDoubt is no audience of a mailing: those in doubt get the message of their own
// mailing again, under the same Message-ID, so that a receiver can drop the second.
const toDoubt = "doubt"

// settleDoubt queues again what is in doubt, once a person has said so.
func (a *App) settleDoubt(ctx context.Context, n *newsroom.Newsroom, name string, yes, quiet bool) error {
	before, err := n.Status(ctx, name)
	if err != nil {
		return err
	}
	if before.InDoubt > 0 {
		if !quiet {
			say(a.Out, "%s in doubt: the relay may have the mail, or not. The same message goes out again, with the same Message-ID: nobody is lost, and some may get it twice.",
				figures.Counted(before.InDoubt, "reader is", "readers are"))
		}
		if err := a.confirm(yes, fmt.Sprintf("Send it to %s again?", figures.Counted(before.InDoubt, "reader", "readers"))); err != nil {
			return err
		}
	}
	settled, after, err := n.SettleDoubt(ctx, name, true)
	if err == nil && settled > 0 && after.Queued == 0 {
		err = fmt.Errorf("%s was stopped, and its revision is sent no more: \"broadsheet send %s --to rest\" gives them the mended one", after.Edition, after.Edition)
	}
	return err
}

// announceSend shows what is about to happen, unless the edition is under way.
func (a *App) announceSend(ctx context.Context, n *newsroom.Newsroom, name string, o newsroom.SendOptions, yes, quiet bool) error {
	under, err := n.UnderWay(ctx, name)
	if err != nil || under {
		return err
	}
	before, err := n.AnnounceSend(ctx, name, o)
	if err != nil || quiet {
		return err
	}
	a.printAnnouncement(before)
	return a.confirm(yes, fmt.Sprintf("Send it to %s?", figures.Counted(before.Readers, "reader", "readers")))
}

func (a *App) runSend(ctx context.Context, n *newsroom.Newsroom, name string, o newsroom.SendOptions, asJSON bool) error {
	bar := a.newProgress(asJSON)
	o.Watch = bar.show
	defer context.AfterFunc(ctx, bar.stopping)()
	o.Told = func(b *newsroom.Busy) {
		bar.watches()
		bar.say(fmt.Sprintf("The running serve (process %d) sends it; this only watches.", b.PID))
	}
	o.Note = bar.say
	report, err := n.Send(ctx, name, o)
	bar.close()
	if report.Edition == "" {
		return err
	}
	if asJSON {
		if printErr := a.printJSON(report); printErr != nil {
			return errors.Join(err, printErr)
		}
	} else {
		a.printAccounting(report)
	}
	return a.afterSend(report, err)
}

// afterSend turns what a send came to into an error that says how to go on, and
// with it into the exit code.
func (a *App) afterSend(r newsroom.Accounting, err error) error {
	goOn := fmt.Sprintf("\"broadsheet send %s\" or a running \"broadsheet serve\" continues it", r.Edition)
	var down *mailer.ErrRelaysDown
	switch {
	case errors.As(err, &down):
		return incompleteError{fmt.Sprintf("%v %s.", down, capital(goOn))}
	case err != nil:
		return err
	case !r.Balanced():
		return fmt.Errorf("the numbers do not add up: this is a fault of Broadsheet; keep the database and report it")
	case r.Complete():
		return nil
	}
	return incompleteError{strings.TrimSpace(a.whatWaits(r, goOn) + " " + whatDoubt(r))}
}

// whatWaits says when those go out who are queued or deferred.
func (a *App) whatWaits(r newsroom.Accounting, goOn string) string {
	wait := figures.Of(r.Queued + r.Deferred)
	switch {
	case r.Queued+r.Deferred == 0:
		return ""
	case r.Mailing == mailer.Paused:
		return fmt.Sprintf("paused: %s; %s wait. \"broadsheet resume %s\", then send it again.", r.Reason, wait, r.Edition)
	case r.ToCome > 0 && r.NextDue.After(a.Clock()):
		return fmt.Sprintf("%s wait; %s due %s. %s, or at once with --now.", wait, nextPart(r), when(r.NextDue), capital(goOn))
	case r.NextDue.After(a.Clock()):
		return fmt.Sprintf("%s wait until %s; %s.", wait, when(r.NextDue), goOn)
	}
	return fmt.Sprintf("stopped; %s wait. %s.", wait, capital(goOn))
}

// whatDoubt says what an operator can do about those in doubt.
func whatDoubt(r newsroom.Accounting) string {
	if r.InDoubt == 0 {
		return ""
	}
	return fmt.Sprintf("%s in doubt: they may have it. \"broadsheet doubt %s --resend\" sends them the same message again, --accept counts them as handed over.",
		figures.Of(r.InDoubt), r.Edition)
}

// nextPart names what a mailing that goes out in parts waits for.
func nextPart(r newsroom.Accounting) string {
	for _, w := range r.Waves {
		if w.State == newsroom.WaveToCome {
			return fmt.Sprintf("wave %d of %d (%s) is", w.Wave, len(r.Waves), w.Who)
		}
	}
	return "the next part of the window is"
}

func capital(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
