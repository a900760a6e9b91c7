package digest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns measures text as terminals show it, whatever the machine's locale says.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// The widths of Explain's columns. Titles and reasons share what is left, and
// below leastWidth columns the lines are as wide as that.
const (
	leastWidth   = 60
	idWidth      = 10
	scoreWidth   = 3
	sectionWidth = 12
	columnGap    = "  "
)

// Explain writes a pick as a table for a terminal of the given width in columns
// (0: no limit): the stories of the edition in their order with why they are in,
// then those left out with why. The lead is marked with a star. Every line ends in
// a line break.
func Explain(p Pick, width int) string {
	var b strings.Builder
	t := newTable(p, width)
	fmt.Fprintf(&b, "In the edition: %d (%s)\n", len(p.Chosen), verdictText(p.Verdict))
	for _, c := range p.Chosen {
		b.WriteString(t.row(c))
	}
	fmt.Fprintf(&b, "\nLeft out: %d\n", len(p.Left))
	for _, c := range p.Left {
		b.WriteString(t.row(c))
	}
	return b.String()
}

func verdictText(v Verdict) string {
	switch v {
	case Thin:
		return "a thin week: held for the editors"
	case Empty:
		return "nothing new"
	}
	return "a full edition"
}

// table holds the widths of the columns that depend on the pick.
type table struct{ width, section, title int }

func newTable(p Pick, width int) table {
	t := table{width: width}
	longest := 0
	for _, list := range [][]Choice{p.Chosen, p.Left} {
		for _, c := range list {
			t.section = max(t.section, columns.StringWidth(c.Section))
			longest = max(longest, columns.StringWidth(c.Story.Title))
		}
	}
	t.section = min(t.section, sectionWidth)
	if width <= 0 {
		t.title = longest
		return t
	}
	t.width = max(width, leastWidth)
	fixed := 2 + idWidth + scoreWidth + t.section + 4*len(columnGap)
	t.title = min(longest, (t.width-fixed)/2)
	return t
}

func (t table) row(c Choice) string {
	mark, score := "  ", ""
	if c.Lead {
		mark = "* "
	}
	if c.Reason.Score > 0 {
		score = strconv.Itoa(c.Reason.Score)
	}
	line := mark + strings.Join([]string{
		fit(c.Story.ID, idWidth), fmt.Sprintf("%*s", scoreWidth, score), fit(c.Section, t.section), fit(c.Story.Title, t.title), why(c.Reason),
	}, columnGap)
	if t.width > 0 {
		line = columns.Truncate(line, t.width, "…")
	}
	return strings.TrimRight(line, " ") + "\n"
}

// why names the rule and its text, without saying one thing twice.
func why(r Reason) string {
	switch r.Rule {
	case ByScore, EditionFull, SectionFull, AlreadySent: // the text says it all
		return r.Text
	}
	if strings.HasPrefix(r.Text, string(r.Rule)) {
		return r.Text
	}
	return strings.TrimSuffix(string(r.Rule)+": "+r.Text, ": ")
}

// fit cuts or fills a text to exactly width columns.
func fit(text string, width int) string {
	return columns.FillRight(columns.Truncate(text, width, "…"), width)
}
