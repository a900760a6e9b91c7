package templates

import (
	"fmt"
	"html"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// What somebody paid for has a place of its own, and a label wherever it is shown.

// label is what stands above what a sponsor paid for.
func (e *edition) label(sponsor string) string {
	name := clean(sponsor, lineRunes)
	if name == "" || digest.PaidMark(name) {
		return e.W.Advertisement
	}
	return words.Fill(e.W.Sponsored, "name", name)
}

// Unlabelled is a story without its label, which its place has above it.
func (s *story) Unlabelled() *story {
	bare := *s
	bare.Kicker = ""
	return &bare
}

// Rel is what a link to a story says of it to browsers and search engines.
func (s *story) Rel() string { return relOf(s.Paid) }

// Rel is the same for a correction.
func (c correction) Rel() string { return relOf(c.Label != "") }

func relOf(paid bool) string {
	if paid {
		return "sponsored noopener"
	}
	return ""
}

// The sample's sponsored story: words that stand nowhere else.
const (
	sampleSponsor = "Samplesponsor"
	samplePaid    = "Samplepaid"
)

// labelled asks that wherever the sample's sponsored story is shown, who paid for it
// is said before.
func (t *Theme) labelled(page string) error {
	var visible strings.Builder
	for rest := page; rest != ""; {
		before, after, _ := strings.Cut(rest, "<")
		visible.WriteString(html.UnescapeString(before) + " ")
		_, rest, _ = strings.Cut(after, ">")
	}
	places := strings.Split(visible.String(), samplePaid)
	for _, before := range places[:len(places)-1] {
		if !strings.Contains(before, sampleSponsor) {
			return fmt.Errorf("what is sponsored is shown without its label by one of %s: print .Kicker, of a correction .Label, above the headline",
				strings.Join(t.Own(), ", "))
		}
	}
	return nil
}
