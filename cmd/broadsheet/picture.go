package main

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// The picture of a send: a bar, a line a relay, and what is odd. It is made of the
// numbers and the width alone, so that send and status --watch show the same.
const (
	barMost  = 60 // columns of the bar
	barLeast = 10
	nameMost = 24 // columns of a relay's name

	// The room that is kept for words that come and go, so that the bar keeps its width.
	rateRoom = len("99,999/s")
	leftRoom = len("59 min 59 s left")
)

// picture gives the lines, none wider than width.
func picture(p newsroom.Progress, width int, s style) []string {
	lines := []string{barLine(p, width, s)}
	lines = append(lines, relayLines(p, width, s)...)
	odd := oddOnes(p)
	if p.Wave != nil {
		lines = append(lines, fit(inset+waveName(p), width))
	}
	if len(odd) > 0 {
		for _, line := range rows(odd, width-len(inset)) {
			lines = append(lines, inset+s.paint(yellow, line))
		}
	}
	return lines
}

// inset is where the lines below the bar begin.
const inset = "      "

// rows sets words in as many lines as they need.
func rows(words []string, width int) []string {
	var all []string
	for _, w := range words {
		if last := len(all) - 1; last >= 0 && runewidth.StringWidth(all[last]+"  "+w) <= width {
			all[last] += "  " + w
			continue
		}
		all = append(all, fit(w, width))
	}
	return all
}

// waveName is "wave 2 of 3: 1%".
func waveName(p newsroom.Progress) string {
	return fmt.Sprintf("wave %d of %d: %s", p.Wave.Number, p.Wave.Of, printable(p.Wave.Name))
}

// share is how much of the audience is settled, from 0 to 1. While there is anything
// left it is not 1.
func share(p newsroom.Progress) float64 {
	whole := max(p.Audience, p.Expected)
	if whole == 0 {
		return 0
	}
	part := float64(p.Settled()) / float64(whole)
	if p.Settled() < whole {
		part = min(part, 0.999)
	}
	return part
}

// facts are the words beside the bar, the most wanted first.
func facts(p newsroom.Progress) []string {
	all := []string{fmt.Sprintf("%s of %s", figures.Of(p.Settled()), audience(p))}
	switch {
	case stuck(p):
		all = append(all, "waiting for a relay")
	case p.Rate >= 0.05:
		all = append(all, perSecond(p.Rate))
		if p.Left >= 1 && p.Queued > 0 {
			all = append(all, span(p.Left)+" left")
		}
	}
	return all
}

// stuck tells whether no relay takes mail.
func stuck(p newsroom.Progress) bool {
	for _, r := range p.Relays {
		if r.State != newsroom.RelayRefuses && r.State != newsroom.RelayDown {
			return false
		}
	}
	return len(p.Relays) > 0
}

// audience is how many there are, or will be.
func audience(p newsroom.Progress) string {
	if p.Expected > p.Audience {
		return "about " + figures.Of(roundly(p.Expected))
	}
	return figures.Of(p.Audience)
}

// barLine is "42% ████░░░░  42,310 of 100,000  9,812/s  6 s left", as much of it as
// there is room for.
func barLine(p newsroom.Progress, width int, s style) string {
	percent := fmt.Sprintf("%3d%%  ", int(share(p)*100))
	words := facts(p)
	rooms := []int{2*len(audience(p)) + len(" of "), rateRoom, leftRoom}
	room := 0
	for n := len(rooms); n > 0; n-- {
		words = words[:min(n, len(words))]
		room = width - len(percent)
		for i, kept := range rooms[:n] {
			if i < len(words) {
				kept = max(kept, len(words[i]))
			}
			room -= kept + len("  ")
		}
		if room >= barLeast {
			break
		}
	}
	if room < barLeast {
		return fit(percent+words[0], width)
	}
	return percent + bar(share(p), min(room, barMost), s) + "  " + strings.Join(words, "  ")
}

// bar draws a share over so many columns, in eighths of a column where they can be
// shown.
func bar(part float64, columns int, s style) string {
	if !s.unicode {
		full := int(part * float64(columns-2))
		return "[" + strings.Repeat("#", full) + strings.Repeat("-", columns-2-full) + "]"
	}
	eighths := int(part * float64(columns) * 8)
	full, tip := eighths/8, ""
	if rest := eighths % 8; rest > 0 {
		tip = string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	done := strings.Repeat("█", full) + tip
	return s.paint(green, done) + s.paint(faint, strings.Repeat("░", columns-utf8.RuneCountInString(done)))
}

// relayLines is a line a relay, in columns.
func relayLines(p newsroom.Progress, width int, s style) []string {
	var name, rate, accepted, connections int
	for _, r := range p.Relays {
		name = max(name, min(nameMost, runewidth.StringWidth(printable(r.Name))))
		rate = max(rate, len(perSecond(r.Rate)))
		accepted = max(accepted, len(figures.Of(r.Accepted)))
		connections = max(connections, len(figures.Of(r.Connections)))
	}
	name = max(4, min(name, width/3))
	var lines []string
	for _, r := range p.Relays {
		head := inset + pad(fit(printable(r.Name), name), name) + "  "
		room := width - runewidth.StringWidth(head)
		text, colour := troubleOf(r, p.At), red
		switch {
		case r.State == newsroom.RelayStandby:
			text, colour = standing(r), faint
		case text == "":
			colour = ""
			text = rows(append([]string{
				fmt.Sprintf("%*s", rate, perSecond(r.Rate)),
				fmt.Sprintf("%*s accepted", accepted, figures.Of(r.Accepted)),
				fmt.Sprintf("%*s %s", connections, figures.Of(r.Connections), pad(one(r.Connections, "connection", "connections"), len("connections"))),
			}, besides(r)...), room)[0]
		}
		lines = append(lines, head+s.paint(colour, fit(strings.TrimRight(text, " "), room)))
	}
	return lines
}

// troubleOf says why a relay carries nothing; empty: it does, or has.
func troubleOf(r newsroom.RelayProgress, now time.Time) string {
	switch r.State {
	case newsroom.RelayRefuses:
		return "refuses us since " + clockTime(r.Since, now) + ": " + printable(r.Words)
	case newsroom.RelayDown:
		return "down since " + clockTime(r.Since, now) + ": " + printable(r.Words)
	}
	return ""
}

// standing is what there is to say of a relay on standby.
func standing(r newsroom.RelayProgress) string {
	if r.Accepted == 0 {
		return "standby"
	}
	return "standby again; " + figures.Of(r.Accepted) + " accepted"
}

// besides is what else there is to say of a relay that works.
func besides(r newsroom.RelayProgress) []string {
	var all []string
	if r.Deferred > 0 {
		all = append(all, figures.Of(r.Deferred)+" deferred")
	}
	if r.Refused > 0 {
		all = append(all, figures.Of(r.Refused)+" refused")
	}
	return all
}

// oddOnes are the readers that are not simply waiting or served.
func oddOnes(p newsroom.Progress) []string {
	var all []string
	for _, odd := range []struct {
		n    int64
		name string
	}{{p.Deferred, "deferred"}, {p.Rejected, "rejected"}, {p.InDoubt, "in doubt"}, {p.Skipped, "skipped"}} {
		if odd.n > 0 {
			all = append(all, figures.Of(odd.n)+" "+odd.name)
		}
	}
	return all
}

// plainLine says the same in one line, for a log, a pipe, or to be read aloud.
func plainLine(p newsroom.Progress) string {
	all := facts(p)
	all[0] = fmt.Sprintf("%d%%: %s", int(share(p)*100), all[0])
	if len(all) > 1 {
		if rate, ok := strings.CutSuffix(all[1], "/s"); ok {
			all[1] = rate + " a second"
		}
	}
	if p.Wave != nil {
		all = append(all, waveName(p))
	}
	all = append(all, oddOnes(p)...)
	text := strings.Join(all, ", ")
	for _, r := range p.Relays {
		if trouble := troubleOf(r, p.At); trouble != "" {
			text += "; " + printable(r.Name) + " " + trouble
		} else if r.State == newsroom.RelayStandby {
			text += "; " + printable(r.Name) + " on " + standing(r)
		} else if len(p.Relays) > 1 {
			text += fmt.Sprintf("; %s %s accepted", printable(r.Name), figures.Of(r.Accepted))
		}
	}
	return text
}

// perSecond is a rate as short as it is true.
func perSecond(rate float64) string {
	if rate > 0 && rate < 10 {
		return fmt.Sprintf("%.1f/s", rate)
	}
	return figures.Of(int64(math.Round(rate))) + "/s"
}

// span is a duration of so many seconds in the two largest units that it has.
func span(seconds float64) string {
	n := int64(math.Ceil(seconds))
	switch {
	case n < 60:
		return fmt.Sprintf("%d s", n)
	case n < 3600:
		return fmt.Sprintf("%d min %d s", n/60, n%60)
	case n < 48*3600:
		return fmt.Sprintf("%d h %d min", n/3600, n%3600/60)
	}
	return fmt.Sprintf("%d days", n/86400)
}

// roundly drops what of an estimate nobody can know.
func roundly(n int64) int64 {
	unit := int64(1)
	for n/unit >= 1000 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// clockTime is the time of day; with the day where that is another one.
func clockTime(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("Mon 2 Jan 15:04")
}

// wrap breaks a text into lines of so many columns, those after the first indented.
func wrap(text string, columns, indent int) string {
	return strings.Join(fold(text, columns, columns-indent), "\n"+strings.Repeat(" ", indent))
}

// fold breaks a text at its blanks into lines of so many columns, and where a word is
// wider than a line, as text without blanks is, in the word.
func fold(text string, first, rest int) []string {
	line, lines, columns := "", []string{}, first
	push := func() {
		lines, line, columns = append(lines, line), "", rest
	}
	for _, w := range strings.Fields(text) {
		switch n := runewidth.StringWidth(w); {
		case line == "" && n <= columns:
			line = w
			continue
		case line != "" && runewidth.StringWidth(line)+1+n <= columns:
			line += " " + w
			continue
		case line != "" && n <= rest:
			push()
			line = w
			continue
		case line != "" && runewidth.StringWidth(line) < columns-2:
			line += " "
		case line != "":
			push()
		}
		for _, r := range w {
			if runewidth.StringWidth(line)+runewidth.RuneWidth(r) > max(2, columns) {
				push()
			}
			line += string(r)
		}
	}
	return append(lines, line)
}

// fit cuts a text to so many columns.
func fit(text string, columns int) string {
	return runewidth.Truncate(text, max(0, columns), "…")
}

// pad fills a text up to so many columns.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-runewidth.StringWidth(text)))
}

// sequence is an order to a terminal (ECMA-48 5.4).
var sequence = lazyregexp.New("\x1b\\[[0-?]*[ -/]*[@-~]")

// printable takes out of another's words what could move the cursor or change the
// colours of this terminal, or reverse its writing.
func printable(text string) string {
	text = sequence.ReplaceAllString(text, "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}
