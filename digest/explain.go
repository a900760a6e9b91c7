package digest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
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
func Explain(p Pick, width int) string { return ExplainNearest(p, width, len(p.Left)) }

// ExplainNearest is Explain for a week of many stories: where more than most of them are
// left out, it counts those by rule, and shows the ones that came nearest to the edition.
func ExplainNearest(p Pick, width, most int) string {
	left := nearest(p.Left, most)
	shown := p
	shown.Left = left
	var b strings.Builder
	t := newTable(shown, width)
	b.WriteString(t.folded("", fmt.Sprintf("In the edition: %d (%s)", len(p.Chosen), verdictText(p.Verdict))))
	for _, c := range p.Chosen {
		b.WriteString(t.row(c) + t.detail(c, true))
	}
	fmt.Fprintf(&b, "\nLeft out: %d\n", len(p.Left))
	if len(left) < len(p.Left) {
		b.WriteString(t.folded("  ", byRule(p.Left)+fmt.Sprintf(". The %d nearest to the edition:", len(left))))
	}
	for _, c := range left {
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

// nearest keeps those that were offered and those with the most points, in their order.
func nearest(left []Choice, most int) []Choice {
	if len(left) <= most {
		return left
	}
	places := make([]int, len(left))
	for i := range places {
		places[i] = i
	}
	points := func(c Choice) int {
		if c.Reason.Rule == Offered {
			return math.MaxInt
		}
		return c.Reason.Score
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(points(left[b]), points(left[a])) })
	places = places[:most]
	slices.Sort(places)
	kept := make([]Choice, most)
	for i, place := range places {
		kept[i] = left[place]
	}
	return kept
}

// byRule counts choices by their rules, the most frequent first.
func byRule(choices []Choice) string {
	counts := map[Rule]int{}
	for _, c := range choices {
		counts[c.Reason.Rule]++
	}
	rules := slices.SortedFunc(maps.Keys(counts), func(a, b Rule) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(rules))
	for i, r := range rules {
		parts[i] = fmt.Sprintf("%d %s", counts[r], r)
	}
	return strings.Join(parts, ", ")
}

func verdictText(v Verdict) string {
	switch v {
	case Thin:
		return "a thin week: held for the editors"
	case Empty:
		return "nothing new"
	case Unread:
		return "no source could be read"
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
