package digest

import (
	"fmt"
	"testing"
	"time"
)

// The parts of a series are stories of their own, whichever of them were mailed before; two
// that tell one event still are one.
func TestSeriesInAWeek(t *testing.T) {
	titles := []string{"Fog again", "The herring are late", "A crane without a name", "Who paints the buoys", "Sunday on the mole"}
	for _, c := range []struct {
		what          string
		stories, sent int
		distinct      bool
	}{
		{"five in a week", 5, 0, true},
		{"two, and three before", 2, 3, true},
		{"two alone: they may tell one event", 2, 0, false},
	} {
		s := week()
		s.Rules.AuthorMax, s.Rules.Stories = 0, 20
		s.Stories = s.Stories[:3]
		for i := range c.stories {
			one := tale(fmt.Sprintf("diary%d", i), "The harbour diary of old Norvik: "+titles[i], "News", 1+i)
			one.Teaser, one.Published = "", slotAt.Add(-time.Duration(20+i)*time.Hour)
			s.Stories = append(s.Stories, one)
		}
		for i := range c.sent {
			one := tale(fmt.Sprintf("sent%d", i), "The harbour diary of old Norvik: "+titles[len(titles)-1-i], "News", 8+i)
			s.Mailed = append(s.Mailed, Mailed{ID: one.ID, Source: one.Source, Title: one.Title, URL: one.URL, Published: one.Published, Edition: "weekly/2026-11-20T09:00"})
		}
		p := mustMake(t, s, Overlay{})
		if got := len(p.Chosen) == 3+c.stories; got != c.distinct {
			t.Errorf("%s: %d stories of %d\n%s", c.what, len(p.Chosen), 3+c.stories, Explain(p, 0))
		}
	}
}
