package templates

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// appeal is the appeal for support as it is printed.
type appeal struct {
	Title, Text string
	Rows        [][]digest.Link // the buttons: once, every month, every year
	Hide        string          // where the reader hides it; empty on the web
}

// newAppeal is nil where there is no button to press.
func newAppeal(a *Appeal, w *words.Catalogue, links Links) *appeal {
	if a == nil {
		return nil
	}
	safe := &appeal{Title: clean(a.Title, titleRunes), Text: clean(a.Text, teaserRunes), Hide: links.Appeal}
	for _, group := range []struct {
		phrase  string
		amounts []Amount
	}{{w.Once, a.Once}, {w.Monthly, a.Monthly}, {w.Annual, a.Annual}} {
		var row []digest.Link
		for _, amount := range group.amounts {
			if to := link(amount.URL, links.Home); to != "" {
				row = append(row, digest.Link{Title: amount.words(group.phrase), URL: to})
			}
		}
		if len(row) > 0 {
			safe.Rows = append(safe.Rows, row)
		}
	}
	if len(safe.Rows) == 0 {
		return nil
	}
	return safe
}

// words are what a button says, whole: a screen reader reads out links by themselves.
func (a Amount) words(phrase string) string {
	if sum := clean(a.Sum, lineRunes); sum != "" {
		return words.Fill(phrase, "amount", strings.ReplaceAll(sum, " ", "\u00a0"))
	}
	return clean(a.Label, lineRunes)
}

// appeal writes the appeal in the text part.
func (t *textPart) appeal(a *appeal, w *words.Catalogue) {
	if a == nil {
		return
	}
	t.rule("-")
	t.underlined(a.Title, "-")
	t.block(a.Text)
	for _, row := range a.Rows {
		for _, l := range row {
			t.link(l.Title, l.URL)
		}
	}
	t.link(w.AppealHide, a.Hide)
}
