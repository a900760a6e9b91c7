package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// stamp is the time that a line above the bar begins with.
func stamp(at time.Time) string { return at.Local().Format("15:04:05 ") }

// noteIndent is where the words of a line above the bar begin: after the time.
const noteIndent = len("15:04:05 ")

// narrate tells in plain words what has happened between two looks at a send: the
// lines above the bar. It compares the pictures, so that who watches from another
// process is told the same.
func narrate(before, after newsroom.Progress) []string {
	var lines []string
	at := stamp(after.At)
	was := map[string]newsroom.RelayProgress{}
	for _, r := range before.Relays {
		was[r.Name] = r
	}
	for _, r := range after.Relays {
		if text := turn(was[r.Name], r, after); text != "" {
			lines = append(lines, at+text)
		}
	}
	if was := before.Wave; after.Wave != nil && was != nil && was.Number != after.Wave.Number {
		lines = append(lines, fmt.Sprintf("%sWave %d of %d is over. Now %s.", at, was.Number, was.Of, printable(after.Wave.Name)))
	}
	if after.Note != "" && after.Note != before.Note {
		lines = append(lines, at+printable(after.Note))
	}
	return lines
}

// turn tells what has become of a relay.
func turn(was, is newsroom.RelayProgress, p newsroom.Progress) string {
	name := printable(is.Name)
	switch broken := is.State == newsroom.RelayRefuses || is.State == newsroom.RelayDown; {
	case was.State == is.State || is.State == "":
	case broken:
		what := " cannot be used: "
		if is.State == newsroom.RelayRefuses {
			what = " refuses us, not your readers: "
		}
		return name + what + printable(is.Words) + ". " + whatNow(is.Name, p)
	case was.State == newsroom.RelayRefuses || was.State == newsroom.RelayDown:
		return name + " takes mail again."
	case was.State == newsroom.RelayStandby && is.State == newsroom.RelayUp:
		return name + ", the standby, takes over."
	case is.State == newsroom.RelayStandby && was.State == newsroom.RelayUp:
		return name + " is on standby again."
	}
	return ""
}

// whatNow says what becomes of the mail for a relay that carries none.
func whatNow(failed string, p newsroom.Progress) string {
	var others []string
	for _, r := range p.Relays {
		if r.Name != failed && (r.State == newsroom.RelayUp || r.State == newsroom.RelayStandby) {
			others = append(others, printable(r.Name))
		}
	}
	switch len(others) {
	case 0:
		return fmt.Sprintf("Nobody was removed; %s wait, and it is tried again.", figures.Of(p.Queued+p.Deferred))
	case 1:
		return "Nobody was removed; " + others[0] + " carries on."
	}
	return "Nobody was removed; " + strings.Join(others[:len(others)-1], ", ") + " and " + others[len(others)-1] + " carry on."
}
