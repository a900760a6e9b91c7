package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

const (
	lineEvery = 10 * time.Second // where no bar can be drawn, and people read
	jsonEvery = time.Second      // where programs do
)

// progress shows how far a send is: a live picture at a terminal, one line a while
// anywhere else, both on standard error, so that standard output is the result alone;
// or, for programs, one JSON object a line on standard output.
type progress struct {
	out   io.Writer
	quiet bool
	clock func() time.Time
	json  *json.Encoder
	style style

	bars *mpb.Progress
	bar  *mpb.Bar
	last time.Time // that a line was printed

	mu   sync.Mutex // the picture is drawn aside
	seen bool
	away bool // another process sends
	now  newsroom.Progress
}

func (a *App) newProgress(quiet bool) *progress {
	p := &progress{out: a.Err, quiet: quiet, clock: a.Clock, last: a.Clock(), style: a.style()}
	if isTerminal(a.Err) && !quiet && !a.dumb() {
		p.bars = mpb.New(mpb.WithOutput(a.Err), mpb.WithRefreshRate(200*time.Millisecond))
	}
	return p
}

// newStream shows progress as JSON.
func (a *App) newStream() *progress {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return &progress{quiet: true, clock: a.Clock, json: enc}
}

// show takes in how far the send is now.
func (p *progress) show(now newsroom.Progress) {
	p.mu.Lock()
	before, seen := p.now, p.seen
	p.now, p.seen = now, true
	p.mu.Unlock()
	if seen || now.Note != "" {
		for _, line := range narrate(before, now) {
			p.say(line)
		}
	}
	at := p.clock()
	switch {
	case p.bars != nil:
		p.draw()
	case p.json != nil && (!seen || at.Sub(p.last) >= jsonEvery):
		p.last = at
		_ = p.json.Encode(now) // who does not read it any more, the last line tells
	case p.json == nil && !p.quiet && at.Sub(p.last) >= lineEvery:
		p.last = at
		fmt.Fprintln(p.out, plainLine(now))
	}
}

// draw makes the bar whose lines are the picture.
func (p *progress) draw() {
	if p.bar != nil {
		return
	}
	lines := func(width int) []string {
		p.mu.Lock()
		defer p.mu.Unlock()
		return picture(p.now, width, p.style)
	}
	first := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		_, err := io.WriteString(w, "\r"+lines(s.AvailableWidth)[0])
		return err
	})
	rest := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		for _, line := range lines(s.AvailableWidth)[1:] {
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
	p.bar = p.bars.MustAdd(0, first, mpb.BarFillerTrim(), mpb.BarExtender(rest, false))
}

// say prints a line above the picture.
func (p *progress) say(text string) {
	switch {
	case p.quiet:
	case p.bars != nil && p.bar != nil:
		if width := terminalWidth(p.out); width > 0 {
			text = wrap(text, width, noteIndent)
		}
		fmt.Fprintln(p.bars, "\r"+text) // the terminal has echoed ^C where the cursor was
	default:
		fmt.Fprintln(p.out, text)
	}
}

// watches notes that another process does the sending.
func (p *progress) watches() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
}

// stopping says what an interrupt does, and what a second one would.
func (p *progress) stopping() {
	p.mu.Lock()
	away, flying := p.away, p.now.Flying
	p.mu.Unlock()
	text := "Stopping: finishing what is under way. Ctrl-C once more stops at once."
	switch {
	case away:
		text = "The watching ends; the send goes on."
	case flying > 0:
		text = fmt.Sprintf("Stopping: finishing the messages that are under way, %s at most. Ctrl-C once more stops at once, and leaves them in doubt.", figures.Of(flying))
	}
	p.say(stamp(p.clock()) + text)
}

func (p *progress) close() {
	if p.bars == nil {
		return
	}
	if p.bar != nil {
		p.bar.Abort(true)
	}
	p.bars.Wait()
}

// style is what the terminal can show.
type style struct {
	colour  bool
	unicode bool
}

// style reads what the environment says of the terminal: https://no-color.org, and
// the locale's character set.
func (a *App) style() style {
	_, plain := a.Lookup("NO_COLOR")
	s := style{colour: !plain && isTerminal(a.Err), unicode: true}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, ok := a.Lookup(name); ok && v != "" {
			v = strings.ToLower(v)
			s.unicode = strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
			break
		}
	}
	return s
}

// dumb tells a terminal that cannot move its cursor.
func (a *App) dumb() bool {
	term, _ := a.Lookup("TERM")
	return term == "dumb"
}

// paint colours a text: one of the basic colours, which the terminal's own theme makes
// readable on its ground.
func (s style) paint(colour, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// The colours.
const (
	green  = "32"
	yellow = "33"
	red    = "31"
	faint  = "2"
	strong = "1"
)
