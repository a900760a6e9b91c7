package main

import (
	"fmt"
	"io"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// tally shows how much of a known number is done: a bar at a terminal, one line a while
// anywhere else, on standard error.
type tally struct {
	out   io.Writer
	quiet bool
	drawn bool // as a bar
	clock func() time.Time
	style style
	what  string // is done to them: "sealed anew"

	began, last time.Time
	first       int64 // done before this began
	seen        bool
}

func (a *App) newTally(what string, quiet bool) *tally {
	now := a.Clock()
	return &tally{
		out: a.Err, quiet: quiet, drawn: isTerminal(a.Err) && !a.dumb(), clock: a.Clock, style: a.style(), what: what,
		began: now, last: now,
	}
}

// barRedraw is how often the bar is drawn at most.
const barRedraw = 200 * time.Millisecond

// show takes in how far it is.
func (t *tally) show(done, all int64) {
	now := t.clock()
	if !t.seen {
		t.seen, t.first, t.began = true, done, now
	}
	every := lineEvery
	if t.drawn {
		every = barRedraw
	}
	if t.quiet || now.Sub(t.last) < every {
		return
	}
	t.last = now
	line := t.line(done, all, now.Sub(t.began))
	if !t.drawn {
		fmt.Fprintln(t.out, line)
		return
	}
	width := terminalWidth(t.out)
	if room := width - len(line) - len("  ") - 1; room >= barLeast {
		line = bar(part(done, all), min(room, barMost), t.style) + "  " + line
	} else if width > 0 {
		line = fit(line, width-1)
	}
	fmt.Fprint(t.out, "\r\x1b[K"+line)
}

func part(done, all int64) float64 { return float64(done) / float64(max(1, all)) }

// line says it in words.
func (t *tally) line(done, all int64, took time.Duration) string {
	text := fmt.Sprintf("%d%%: %s of %s %s", int(100*part(done, all)), figures.Of(done), figures.Of(all), t.what)
	rate := float64(done-t.first) / took.Seconds()
	if took < time.Second || rate <= 0 || done >= all {
		return text
	}
	return fmt.Sprintf("%s, %s, %s left", text, perSecond(rate), span(float64(all-done)/rate))
}

// close takes the bar away.
func (t *tally) close() {
	if t.drawn && !t.quiet {
		fmt.Fprint(t.out, "\r\x1b[K")
	}
}
