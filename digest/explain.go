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

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// columns measures text as terminals show it, whatever the machine's locale says.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// The widths of Explain's columns. Headlines have what is left, and go on beneath. On fewer
// than tableWidth columns all stands below one another, and below leastWidth the lines are
// as wide as that.
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
// (0: no limit): the stories of the edition in their order, then those left out. Each has
// its points, section and headline, and beneath them the rule that decided; of a story that
// was weighed also its points by part, what it adds to the edition, and what it shares with
// other picks. The lead is marked with a star. Every line ends in a line break.
func Explain(p Pick, width int) string { return ExplainNearest(p, width, len(p.Left)) }

// ExplainNearest is Explain for a week of many stories: where more than most of them are
// left out, it counts those by rule, and shows the ones that came nearest to the edition,
// the nearest first.
func ExplainNearest(p Pick, width, most int) string {
	left := nearest(p.Left, most)
	shown := p
	shown.Left = left
	var b strings.Builder
	t := newTable(shown, width)
	b.WriteString(t.folded("", "In the edition: "+figures.Counted(len(p.Chosen), "story", "stories")+verdictText(p.Verdict)))
	for _, c := range p.Chosen {
		b.WriteString(t.row(c) + t.detail(c, true))
	}
	offers := slices.ContainsFunc(left, func(c Choice) bool { return c.Reason.Rule == Offered })
	leftOut := "Left out: " + figures.Counted(len(p.Left), "story", "stories")
	switch {
	case len(left) < len(p.Left):
		b.WriteString("\n" + t.folded("", leftOut) + t.folded("  ", byRule(p.Left)+". "+nearestText(len(left), offers)))
	case len(left) < 2:
		b.WriteString("\n" + t.folded("", leftOut))
	case offers:
		b.WriteString("\n" + t.folded("", leftOut+", first what came after the last edit"))
	default:
		b.WriteString("\n" + t.folded("", leftOut+", the newest first"))
	}
	for _, c := range left {
		b.WriteString(t.row(c) + t.detail(c, false))
	}
	if len(p.Corrections) > 0 {
		fmt.Fprintf(&b, "\nCorrections: %s\n", figures.Of(len(p.Corrections)))
	}
	for _, c := range p.Corrections {
		b.WriteString(t.correction(c))
	}
	return b.String()
}

// nearestText says which of the stories left out follow, and in which order.
func nearestText(n int, offers bool) string {
	text := fmt.Sprintf("The %s nearest to the edition, ", figures.Of(n))
	if offers {
		return text + "first what came after the last edit, then by points:"
	}
	return text + "by points:"
}

// nearest are those that were offered, then those with the most points; of as many
// points, and of those that a gate left out, the newest first. A few stay as they are.
func nearest(left []Choice, most int) []Choice {
	if len(left) <= most {
		return left
	}
	points := func(c Choice) int {
		if c.Reason.Rule == Offered {
			return math.MaxInt
		}
		return c.Reason.Score
	}
	sorted := slices.Clone(left)
	slices.SortStableFunc(sorted, func(a, b Choice) int { return cmp.Compare(points(b), points(a)) })
	return sorted[:most]
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
		parts[i] = figures.Of(counts[r]) + " " + string(r)
	}
	return strings.Join(parts, ", ")
}

// verdictText is what a verdict adds to the number of stories.
func verdictText(v Verdict) string {
	switch v {
	case Thin:
		return ", a thin week: held for the editors"
	case Empty:
		return ", for nothing is new"
	case Unread:
		return ", for no source could be read"
	}
	return ""
}

// table holds the widths of the columns that depend on the pick.
type table struct {
	width, section int
	narrow         bool // too narrow for columns
}

func newTable(p Pick, width int) table {
	t := table{width: width}
	for _, list := range [][]Choice{p.Chosen, p.Left} {
		for _, c := range list {
			t.section = max(t.section, columns.StringWidth(c.Section))
		}
	}
	t.section = min(t.section, sectionWidth)
	if width > 0 {
		t.width, t.narrow = max(width, leastWidth), width < tableWidth
	}
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
		return t.line(strings.Join([]string{mark + c.Story.ID, score, c.Section}, columnGap)) + t.wrapped(c.Story.Title)
	}
	head := mark + fit(c.Story.ID, idWidth) + columnGap + fmt.Sprintf("%*s", scoreWidth, score) + columnGap
	if t.section > 0 {
		head += fit(c.Section, t.section) + columnGap
	}
	if c.Story.Title == "" {
		return t.line(head)
	}
	title := t.folded(strings.Repeat(" ", columns.StringWidth(head)), c.Story.Title)
	return head + strings.TrimLeft(title, " ")
}

// line is cut to the width.
func (t table) line(text string) string {
	if t.width > 0 {
		text = columns.Truncate(text, t.width, "…")
	}
	return strings.TrimRight(text, " ") + "\n"
}

// detail is the rule that decided on a story, and what the ledger holds of one that was
// weighed.
func (t table) detail(c Choice, in bool) string {
	parts := []string{why(c.Reason)}
	if c.Points == nil {
		return t.wrapped(parts[0])
	}
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
	for _, word := range t.words(text, t.width-columns.StringWidth(indent)) {
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

// words are those of a text, none wider than a line: Chinese and Japanese have no spaces.
func (t table) words(text string, room int) (all []string) {
	for _, word := range strings.Fields(text) {
		for columns.StringWidth(word) > room {
			part := columns.Truncate(word, room, "")
			if part == "" { // a wide character where there is room for half of it
				break
			}
			all, word = append(all, part), strings.TrimPrefix(word, part)
		}
		all = append(all, word)
	}
	return all
}

// why names the rule and its text, without saying one thing twice.
func why(r Reason) string {
	switch r.Rule {
	case ByScore, AlreadySent, SectionFull, AuthorFull, EditionFull: // the text says it all
		if r.Text != "" {
			return r.Text
		}
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
