package newsroom

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// checkSources reads each source as a draft would, stores nothing, and says which cannot
// be read, and which give nothing or only a part. Of the one that init makes up
// more is said elsewhere.
func (n *Newsroom) checkSources(ctx context.Context) []Finding {
	ours := slices.DeleteFunc(n.sourcesOf(""), func(o toCheck) bool { return o.source.Sample() })
	checks, err := n.checkEach(ctx, ours, false)
	if err != nil {
		return []Finding{{What: "sources", Text: Plain(err)}}
	}
	var findings []Finding
	for _, c := range checks {
		name := c.Source
		if len(n.Config.Newsletters) > 1 {
			name = c.Newsletter + "/" + name
		}
		findings = append(findings, c.finding("source "+name, name))
	}
	return findings
}

// finding is what a check says of a source in a line.
func (c SourceCheck) finding(what, name string) Finding {
	f := Finding{What: what, OK: true}
	stories := figures.Counted(c.Stories, "story", "stories")
	more := fmt.Sprintf(`. "broadsheet sources check %s" says more`, name)
	switch {
	case c.Away:
		f.Warn, f.Text = true, c.Error
	case c.Error != "":
		f.OK, f.Text = false, "cannot be read: "+c.Error+more
	case c.MovedTo != "":
		f.Warn, f.Text = true, movedWords(c.Source, c.MovedTo)
	case len(c.Warnings) > 1:
		f.Warn, f.Text = true, fmt.Sprintf("%s, %s: %s%s", stories, figures.Counted(len(c.Warnings), "warning", "warnings"), c.Warnings[0], more)
	case len(c.Warnings) == 1 && c.Stories == 0:
		f.Warn, f.Text = true, strings.TrimSuffix(c.Warnings[0], ".")
	case len(c.Warnings) == 1:
		f.Warn, f.Text = true, stories+"; "+strings.TrimSuffix(c.Warnings[0], ".")
	default:
		f.Text = fmt.Sprintf("%s, %s of the last 7 days", stories, figures.Of(c.ThisWeek))
	}
	return f
}
