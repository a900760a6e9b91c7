package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

const (
	narrow    = 60 // columns that a table of sources takes at least
	roomState = 24 // of them for how a source is doing
)

// sourceColumns are those of the list; what stands later is left out first where there
// is no room for it.
var sourceColumns = [][]string{
	{"SOURCE", "READ", "NEXT", "STORIES#", "NEW#", "TOOK#", "SIZE#", "STATE"},
	{"SOURCE", "READ", "STORIES#", "NEW#", "TOOK#", "STATE"},
	{"SOURCE", "READ", "STORIES#", "STATE"},
}

// sourcesText lists sources for so many columns; 0: no limit.
func sourcesText(lines []newsroom.SourceLine, now time.Time, width int) string {
	var b strings.Builder
	several := len(lines) > 0 && lines[0].Newsletter != lines[len(lines)-1].Newsletter
	for i := range lines {
		if several {
			lines[i].Source = lines[i].Newsletter + "/" + lines[i].Source
		}
	}
	switch {
	case width > 0 && width < narrow:
		for _, l := range lines {
			b.WriteString(folded(l.Source, 0, width))
			if !l.LastSuccess.IsZero() {
				b.WriteString(folded(fmt.Sprintf("read %s, %s, %s new", lately(l.LastSuccess, now), figures.Counted(l.Stories, "story", "stories"), figures.Of(l.New)), 2, width))
			}
			b.WriteString(folded(sourceStanding(l, now), 2, width))
		}
	default:
		b.WriteString(sourcesTable(lines, now, width))
	}
	for _, l := range lines {
		b.WriteString(sourceAdvice(l, width))
	}
	return b.String()
}

func sourcesTable(lines []newsroom.SourceLine, now time.Time, width int) string {
	for i, head := range sourceColumns {
		var rows [][]string
		for _, l := range lines {
			cells := map[string]string{
				"SOURCE": l.Source, "READ": lately(l.LastSuccess, now), "NEXT": lately(l.NextTry, now), "STORIES#": figures.Of(l.Stories),
				"NEW#": figures.Of(l.New), "TOOK#": "-", "SIZE#": size(l.Bytes), "STATE": sourceStanding(l, now),
			}
			if !l.LastTry.IsZero() {
				cells["TOOK#"] = fmt.Sprintf("%.1f s", l.Seconds)
			}
			var row []string
			for _, name := range head {
				row = append(row, cells[name])
			}
			rows = append(rows, row)
		}
		taken := roomState
		for _, n := range columnWidths(head, rows)[:len(head)-1] {
			taken += n + len("  ")
		}
		if width == 0 || taken <= width || i == len(sourceColumns)-1 {
			return tableText(width, head, rows)
		}
	}
	return ""
}

// sourceAdvice says what an operator should change in the configuration; empty: nothing.
func sourceAdvice(l newsroom.SourceLine, width int) string {
	if l.Advice() == "" {
		return ""
	}
	return "\n" + folded(l.Source+" "+l.Advice()+".", 0, width)
}

// sourceStanding says how a source is doing.
func sourceStanding(l newsroom.SourceLine, now time.Time) string {
	switch l.Standing {
	case newsroom.SourceUnread:
		return "not read yet"
	case newsroom.SourceWaits:
		return fmt.Sprintf("%s (%s)", l.Away, l.Error)
	case newsroom.SourceFails:
		if l.Failures > 1 {
			return fmt.Sprintf("failed %s times since %s: %s", figures.Of(l.Failures), lately(l.FailingSince, now), l.Error)
		}
		return "failed: " + l.Error
	case newsroom.SourceQuiet:
		return "ok, but " + l.Quiet
	case newsroom.SourceWarns:
		return "ok, " + figures.Counted(len(l.Warnings), "warning", "warnings") + ": " + l.Warnings[0]
	}
	return "ok"
}

// sourceText tells all of one source.
func sourceText(l newsroom.SourceLine, now time.Time, width int) string {
	var b strings.Builder
	b.WriteString(folded(fmt.Sprintf("%s of %s: %s", l.Source, l.Newsletter, sourceStanding(l, now)), 0, width) + "\n")
	next := "with the next draft"
	if !l.NextTry.IsZero() {
		next = when(l.NextTry)
	}
	read := "-"
	if !l.LastTry.IsZero() {
		read = fmt.Sprintf("%s, in %.1f s", when(l.LastTry), l.Seconds)
	}
	for _, fact := range [][2]string{
		{"From", l.From},
		{"Kind", kindWords(l.Kind)},
		{"Last tried", read},
		{"Last read", when(l.LastSuccess)},
		{"Stories", fmt.Sprintf("%s, %s new", figures.Of(l.Stories), figures.Of(l.New))},
		{"Last new", when(l.LastNew)},
		{"Size", size(l.Bytes)},
		{"Asked next", next},
	} {
		if fact[1] != "" {
			b.WriteString(fmt.Sprintf("  %-11s ", fact[0]) + strings.TrimLeft(folded(fact[1], 14, width), " "))
		}
	}
	for _, w := range l.Warnings {
		b.WriteString(folded("warning: "+w, 2, width))
	}
	b.WriteString(sourceAdvice(l, width))
	return b.String()
}

// checkText tells what would be read of a source.
func checkText(c newsroom.SourceCheck, now time.Time, width int) string {
	var b strings.Builder
	say := func(text string) { b.WriteString(folded(text, 2, width)) }
	name := c.From
	if c.Source != "" {
		name = c.Source + ": " + c.From
	}
	b.WriteString(folded(name, 0, width))
	if c.Final != "" {
		say("Redirects lead to " + c.Final + ".")
	}
	if advice := c.Advice(); advice != "" {
		say("It " + advice + ".")
	}
	if c.Wire > 0 {
		packed := ""
		if len(c.Packed) > 0 {
			packed = " in " + strings.Join(c.Packed, " in ") + ", " + size(c.Bytes) + " unpacked"
		}
		say(fmt.Sprintf("Answered in %.1f s: %s%s, %s.", c.Seconds, size(c.Wire), packed, cmp.Or(c.Type, "of no type")))
	}
	switch {
	case c.Away:
		say(capital(c.Error) + ".")
		say("\"--anyway\" asks all the same.")
		return b.String()
	case c.Error != "":
		say("Cannot be read: " + c.Error + ".")
		if len(c.Feeds) > 1 || len(c.Feeds) == 1 && !strings.Contains(c.Error, c.Feeds[0]) {
			say("It names: " + strings.Join(c.Feeds, ", "))
		}
		return b.String()
	}
	return b.String() + foundText(c, now, width)
}

// foundText tells what was read of a source.
func foundText(c newsroom.SourceCheck, now time.Time, width int) string {
	var b strings.Builder
	say := func(text string) { b.WriteString(folded(text, 2, width)) }
	about := "A " + cmp.Or(kindWords(c.Kind), "feed")
	if c.Title != "" {
		about += ", \"" + c.Title + "\""
	}
	if !c.Oldest.IsZero() {
		about += fmt.Sprintf(", back to %s", c.Oldest.Format("2 January 2006"))
	}
	say(about + ".")
	if c.Stories > 0 {
		say(fmt.Sprintf("%s: %s of the last 7 days, %s not stored yet.", figures.Counted(c.Stories, "story", "stories"), figures.Of(c.ThisWeek), figures.Of(c.Unstored)))
		say(fmt.Sprintf("%s with a date, %s with a teaser, %s with a text, %s with a picture.", figures.Of(c.Dated), figures.Of(c.Teasers), figures.Of(c.Texts), figures.Of(c.Pictures)))
	}
	for _, w := range c.Warnings {
		say("warning: " + w)
	}
	if len(c.Newest) > 0 {
		say("Its newest:")
	}
	for _, s := range c.Newest {
		at := "no date"
		if !s.Published.IsZero() {
			at = lately(s.Published, now)
		}
		b.WriteString(fmt.Sprintf("    %-9s  ", at) + strings.TrimLeft(folded(cmp.Or(s.Title, s.URL), 15, width), " "))
	}
	return b.String()
}

// folded is a text as indented lines of so many columns; 0: one line.
func folded(text string, indent, width int) string {
	lines := []string{text}
	if width > 0 {
		lines = fold(text, width-indent, width-indent)
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(lines, "\n"+margin) + "\n"
}

// lately prints an instant near now in short, in its own zone: "09:00", "Thu 09:00", "3 Oct
// 2025"; "-" for none.
func lately(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	now = now.In(t.Location())
	far := t.Sub(now).Abs()
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case far < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// size prints bytes as people do.
func size(n int64) string {
	switch {
	case n == 0:
		return "-"
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// kindWords says what a source gives that is no feed.
func kindWords(kind string) string {
	switch kind {
	case "wordpress":
		return "WordPress site"
	case "ghost":
		return "Ghost site"
	case "folder":
		return "folder of stories"
	}
	return kind
}
