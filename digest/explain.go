package digest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns measures text as terminals show it, whatever the machine's locale says.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// The widths of Explain's columns. Titles and reasons share what is left. On fewer than
// tableWidth columns all stands below one another, and below leastWidth the lines are as
// wide as that.
const (
	tableWidth   = 60
	leastWidth   = 30
	idWidth      = 10
	scoreWidth   = 3
	sectionWidth = 12
	columnGap    = "  "
	detailIndent = "               " // under the section
	narrowIndent = "    "
)

// Explain writes a pick as a table for a terminal of the given width in columns
// (0: no limit): the stories of the edition in their order, then those left out, each
// with the rule that decided. Beneath a story that was weighed stand its points by
// part, what it adds to the edition, and what it shares with other picks. The lead is
// marked with a star. Every line ends in a line break.
func Explain(p Pick, width int) string {
	var b strings.Builder
	t := newTable(p, width)
	b.WriteString(t.folded("", fmt.Sprintf("In the edition: %d (%s)", len(p.Chosen), verdictText(p.Verdict))))
	for _, c := range p.Chosen {
		b.WriteString(t.row(c) + t.detail(c, true))
	}
	fmt.Fprintf(&b, "\nLeft out: %d\n", len(p.Left))
	for _, c := range p.Left {
		b.WriteString(t.row(c) + t.detail(c, false))
	}
	if len(p.Corrections) > 0 {
		fmt.Fprintf(&b, "\nCorrections: %d\n", len(p.Corrections))
	}
	for _, c := range p.Corrections {
		b.WriteString(t.correction(c))
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
type table struct {
	width, section, title int
	narrow                bool // too narrow for columns
}

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
	t.width, t.narrow = max(width, leastWidth), width < tableWidth
	t.title = min(longest, (t.width-t.fixed())/2)
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
	if t.narrow {
		return t.line(strings.Join([]string{mark + c.Story.ID, score, c.Section}, columnGap)) + t.wrapped(c.Story.Title) + t.wrapped(string(c.Reason.Rule))
	}
	reason := why(c.Reason)
	if c.Points != nil || !t.fits(c) {
		reason = string(c.Reason.Rule)
	}
	return t.line(mark + strings.Join([]string{
		fit(c.Story.ID, idWidth), fmt.Sprintf("%*s", scoreWidth, score), fit(c.Section, t.section), fit(c.Story.Title, t.title), reason,
	}, columnGap))
}

// fits tells whether a reason fits into its row: it is never cut.
func (t table) fits(c Choice) bool {
	return !t.narrow && (t.width == 0 || t.fixed()+t.title+columns.StringWidth(why(c.Reason)) <= t.width)
}

// fixed is how wide the columns before the title are, with all the gaps.
func (t table) fixed() int { return 2 + idWidth + scoreWidth + t.section + 4*len(columnGap) }

// line is cut to the width.
func (t table) line(text string) string {
	if t.width > 0 {
		text = columns.Truncate(text, t.width, "…")
	}
	return strings.TrimRight(text, " ") + "\n"
}

// detail is what the ledger holds of a story that was weighed; of another, its reason
// where the row has no room for it.
func (t table) detail(c Choice, in bool) string {
	switch {
	case c.Points == nil && t.fits(c):
		return ""
	case c.Points == nil:
		return t.wrapped(c.Reason.Text)
	}
	parts := []string{c.Reason.Text}
	if in {
		parts = append(parts, fmt.Sprintf("adds %.1f", c.Gain))
	}
	if from := c.Story.Provenance(); from != "" {
		parts = append(parts, from)
	}
	for _, s := range c.Shares {
		parts = append(parts, fmt.Sprintf("shares %s %s with %s", s.Kind, s.Name, strings.Join(s.With, ", ")))
	}
	return t.wrapped(strings.Join(parts, "; "))
}

func (t table) correction(c Correction) string {
	mark := "  "
	if c.Taken {
		mark = "+ "
	}
	if t.narrow {
		return t.line(mark+c.Story.ID+columnGap+c.Edition) + t.wrapped(c.Story.Title) + t.wrapped(c.Change)
	}
	return t.line(mark+fit(c.Story.ID, idWidth)+columnGap+c.Edition+columnGap+c.Story.Title) + t.wrapped(c.Change)
}

// wrapped folds a text beneath its row.
func (t table) wrapped(text string) string {
	if t.narrow {
		return t.folded(narrowIndent, text)
	}
	return t.folded(detailIndent, text)
}

func (t table) folded(indent, text string) string {
	if t.width == 0 {
		return indent + text + "\n"
	}
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		switch longer := line + " " + word; {
		case line == "":
			line = indent + word
		case columns.StringWidth(longer) > t.width:
			b.WriteString(t.line(line))
			line = indent + word
		default:
			line = longer
		}
	}
	return b.String() + t.line(line)
}

// why names the rule and its text, without saying one thing twice.
func why(r Reason) string {
	switch r.Rule {
	case AlreadySent: // the text says it all
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
