package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// The demo's readers, in number.
const (
	demoReaders     = 1000
	mostDemoReaders = 1_000_000
)

func (a *App) demo() *cobra.Command {
	var once bool
	var port, readers int
	c := &cobra.Command{
		Use:   "demo",
		Short: "See it all on sample data: feeds to inboxes, on this machine, offline",
		Long: `Make a newsroom for a newspaper that does not exist, The Harbour Observer, with
feeds, pictures and a thousand made-up readers; fetch, pick, freeze and send its
edition to a mail server of the demo's own; then show what readers got, on a page
on this machine. Nothing leaves it.

Its folder goes with it. With --dir it is kept, and is an ordinary newsroom: every
other command works on it. Its relay is the demo's mail server, which files what it gets in the
folder mailbox (a Maildir) and runs only while the demo does: to send later, run
"broadsheet demo --dir DIR" beside it, or name another relay in broadsheet.yaml.`,
		Example: "broadsheet demo\nbroadsheet demo --once --dir observer\nbroadsheet demo --readers 20000",
		Args:    cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			switch {
			case readers < 1 || readers > mostDemoReaders:
				return misused("--readers %d: say 1 to %s", readers, figures.Of(mostDemoReaders))
			case port < 0 || port > 65535:
				return misused("--port %d: say 1 to 65535, or 0 for any free one", port)
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) (err error) {
			ctx := c.Context()
			d, err := demo.Open(ctx, demo.Options{Dir: a.Dir, Readers: readers, Lookup: a.Lookup, Clock: a.Clock, Log: a.logger()})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, d.Close()) }()
			if err := a.runDemo(ctx, d); err != nil || once || ctx.Err() != nil {
				if !d.Kept {
					fmt.Fprintln(a.Out, "  The folder goes now; --dir DIR keeps one that every command works on.")
				}
				return err
			}
			return a.serveDemo(ctx, d, port)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end when the edition is sent, instead of showing it")
	c.Flags().IntVar(&port, "port", 8480, "port of the page; where it is taken, the next free one")
	c.Flags().IntVar(&readers, "readers", demoReaders, "how many readers subscribe (a new folder only)")
	return c
}

// runDemo takes the demo's edition as far as it is not yet.
func (a *App) runDemo(ctx context.Context, d *demo.Demo) error {
	begun := a.Clock()
	a.title("The Harbour Observer", "a newspaper that does not exist, in "+d.Dir)
	if d.Kept && d.Taken != "" {
		a.warn(fmt.Sprintf("somebody listens on %s, where broadsheet.yaml has the demo's mail server: it is on %s as long as this demo runs, and other commands must not send meanwhile", d.Taken, d.Sink.Address()))
	}
	state, err := d.State(ctx)
	if err != nil {
		return err
	}
	switch state {
	case "", digest.Draft, digest.Held, digest.Approved:
		if err := a.makeDemo(ctx, d, state); err != nil {
			return err
		}
	case digest.Frozen, digest.Sending:
	default:
		return a.demoDone(ctx, d, state)
	}
	if err := a.sendDemo(ctx, d); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "\n  %s mails in %s, %.1f s after the start.\n", figures.Of(d.Sink.Messages()), d.Mailbox.Dir, a.Clock().Sub(begun).Seconds())
	return nil
}

// demoDone says that there is nothing to send, in a folder that was kept.
func (a *App) demoDone(ctx context.Context, d *demo.Demo, state digest.State) error {
	status, err := d.Newsroom.Status(ctx, d.Ref())
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "\n  This week's edition, %s, is %s already.\n\n", d.Ref(), state)
	a.printAccounting(status)
	return nil
}

// makeDemo subscribes, fetches, picks and approves.
func (a *App) makeDemo(ctx context.Context, d *demo.Demo, state digest.State) error {
	report, err := d.Subscribe(ctx)
	if err != nil {
		return err
	}
	if report.Rows > 0 {
		a.step("Readers", fmt.Sprintf("%s, from readers.csv; each address and name is stored sealed", figures.Of(report.Added)))
	}
	if state != digest.Approved {
		drafted, err := d.Newsroom.Draft(ctx, demo.Newsletter, d.Slot.Format(digest.SlotLayout), true)
		if err != nil {
			return err
		}
		a.step("Fetch", "three feeds over HTTP, and a folder of Markdown")
		a.printSources(drafted.Sources)
		a.step("Pick", fmt.Sprintf("%s for %s, and why", figures.Counted(len(drafted.Edition.Pick.Chosen), "story", "stories"), d.Ref()))
		fmt.Fprint(a.Out, digest.Explain(drafted.Edition.Pick, terminalWidth(a.Out)))
		a.warn(drafted.Warnings...)
		if _, err := d.Newsroom.Approve(ctx, d.Ref()); err != nil {
			return err
		}
	}
	d.Today()
	// The schedule's own step: an approved edition whose slot has come is frozen.
	return d.Newsroom.Advance(ctx)
}

// sendDemo sends what is frozen.
func (a *App) sendDemo(ctx context.Context, d *demo.Demo) error {
	frozen, err := d.Frozen(ctx)
	if err != nil {
		return err
	}
	a.step("Freeze", "approved; rendered and compiled for the last time")
	widest := 0
	for _, v := range frozen {
		widest = max(widest, len(v.Name))
	}
	for _, v := range frozen {
		fmt.Fprintf(a.Out, "  %-*s %4d kB  sha256 %.16s\n", widest, v.Name, (v.Size+512)/1024, v.Hash)
	}
	a.step("Send", "to "+d.Sink.Address()+", the demo's mail server; each mail is signed (DKIM)")
	bar := a.newProgress(false)
	result, err := d.Newsroom.Send(ctx, d.Ref(), newsroom.SendOptions{Wait: time.Second, Watch: bar.show, GiveUpDialing: 5 * time.Second})
	bar.close()
	if result.Edition == "" {
		return err
	}
	a.printAccounting(result)
	return a.afterSend(result, err)
}

// serveDemo shows the edition until somebody interrupts it.
func (a *App) serveDemo(ctx context.Context, d *demo.Demo, port int) error {
	return d.Serve(ctx, port, func(url string) {
		a.step("Look", url)
		fmt.Fprintln(a.Out, "  The edition as readers see it, the mailbox, and the readers' pages.\n  Ctrl-C ends it.")
		if d.Kept {
			fmt.Fprintf(a.Out, "  The folder stays: try  broadsheet -C %s status\n", relative(d.Dir))
		} else {
			fmt.Fprintln(a.Out, "  The folder goes with it; --dir DIR keeps one that every command works on.")
		}
	})
}

// relative is a path as short as it can be typed from here.
func relative(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && len(short) < len(path) {
		return short
	}
	return path
}

// title and step set what the demo does apart from what it shows; bold where a
// person looks.
func (a *App) title(name, about string) { fmt.Fprintf(a.Out, "%s\n%s\n", a.bold(name), about) }

func (a *App) step(name, about string) {
	fmt.Fprintf(a.Out, "\n%s  %s\n", a.bold(fmt.Sprintf("%-8s", name)), about)
}

func (a *App) bold(text string) string {
	if _, plain := a.Lookup("NO_COLOR"); plain || !isTerminal(a.Out) {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}
