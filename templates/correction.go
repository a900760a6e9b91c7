package templates

import (
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// correction is what an edition takes back of an earlier one.
type correction struct {
	*edition
	Title, URL      string
	Where           string // "Edition of 20 November"
	Label           string // of what a sponsor paid for
	Text            string
	Other, OtherDir string // language, where the story is not in the edition's
}

// corrections are the block at the end of the stories.
func (e *edition) corrections(list []digest.Correction, zone *time.Location) []correction {
	var all []correction
	for _, c := range list {
		one := correction{
			edition: e, Title: clean(c.Story.Title, titleRunes), URL: link(c.Story.URL, e.Links.Home),
			Where: words.Fill(e.W.EditionOf, "date", e.W.Day(c.At.In(zone))), Text: clean(c.Text, teaserRunes),
		}
		if c.Story.Sponsor != "" {
			one.Label = e.label(c.Story.Sponsor)
		}
		one.Other, one.OtherDir = otherLanguage(c.Story.Language, e.Lang)
		all = append(all, one)
	}
	return all
}

func (t *textPart) corrections(e *edition) {
	if len(e.Corrections) == 0 {
		return
	}
	t.line("")
	t.rule("=")
	t.underlined(e.W.Corrections, "=")
	for _, c := range e.Corrections {
		if c.Label != "" {
			t.line(wrapText(c.Label, "", ""))
		}
		t.line(wrapText(c.Title, "* ", "  "))
		t.line(wrapText(c.Where, "  ", "  ") + "\n")
		t.line(wrapText(c.Text, "  ", "  ") + "\n")
		if c.URL != "" {
			t.line("  " + c.URL + "\n")
		}
	}
}
