package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/event"
)

// Correction is a story that an edition carried to readers and that reads otherwise
// now. It is never mailed again as a story. It is offered for the block of
// corrections of the next edition, which names the edition that had it wrong; the
// editor takes it, or does not.
type Correction struct {
	Story   Story     `json:"story"`           // as it reads now
	Edition string    `json:"edition"`         // where readers had it: "weekly/2026-11-20T09:00"
	At      time.Time `json:"at"`              // that edition's slot
	Change  string    `json:"change"`          // what is different, for the editor: "its title was ..."
	Text    string    `json:"text,omitempty"`  // what readers are told; empty: the source does not say, the editor must
	Taken   bool      `json:"taken,omitempty"` // by the editor: it is in the edition
}

// retold is the part of an article's words that must have changed for the change to
// be one that readers should hear of: a fifth. A live article grows by a paragraph
// or two, and loses its typing errors, without being wrong.
const retold = 5

// Corrected compares a story as it was mailed with what it is now, and says in
// words what of substance has changed; it is empty where nothing has. What counts
// is a correction that the source published since, a title of other words, other
// numbers in the title or the teaser, or an article of which a fifth was rewritten.
func Corrected(was, is Story) string {
	switch {
	case is.Correction != "" && is.Correction != was.Correction:
		return "corrected by its source: " + is.Correction
	case retitledSince(was.Title, is.Title):
		return fmt.Sprintf("its title was %q", was.Title)
	case was.Teaser != "" && is.Teaser != "" && !sameNumbers(was.Teaser, is.Teaser):
		return fmt.Sprintf("the numbers in its teaser have changed; it was %q", was.Teaser)
	case rewritten(was.HTML, is.HTML):
		return "a fifth of its text or more has been rewritten"
	}
	return ""
}

// retitledSince tells titles apart that say other words, whatever their case,
// punctuation, order and small words.
func retitledSince(was, is string) bool {
	if was == "" || is == "" {
		return false
	}
	return !event.SameTitle(was, is)
}

func sameNumbers(a, b string) bool {
	return slices.Equal(event.Numbers(a), event.Numbers(b))
}

// rewritten compares two articles as bags of words: what one has and the other has
// not. An article that one of the two does not give is not compared.
func rewritten(was, is string) bool {
	if was == is || was == "" || is == "" {
		return false
	}
	count := map[string]int{}
	before, after := event.Words(bareText(was)), event.Words(bareText(is))
	for _, word := range before {
		count[word]++
	}
	for _, word := range after {
		count[word]--
	}
	apart := 0
	for _, n := range count {
		apart += max(n, -n)
	}
	return apart*retold >= len(before)+len(after)
}

// offered are the snapshot's corrections, by the edition that had them wrong, with
// what the editor says to them.
func offered(s Snapshot, o Overlay) []Correction {
	offers := slices.Clone(s.Corrected)
	for i := range offers {
		c := &offers[i]
		text, take := o.Corrections[c.Story.ID]
		if c.Taken = take; text != "" {
			c.Text = text
		}
	}
	slices.SortStableFunc(offers, func(a, b Correction) int {
		if n := a.At.Compare(b.At); n != 0 {
			return n
		}
		return strings.Compare(a.Story.ID, b.Story.ID)
	})
	return offers
}

// taken are the corrections that the edition prints.
func taken(offers []Correction) []Correction {
	var in []Correction
	for _, c := range offers {
		if c.Taken {
			in = append(in, c)
		}
	}
	return in
}
