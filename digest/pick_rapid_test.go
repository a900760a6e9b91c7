package digest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var vocabulary = []string{"harbour", "bridge", "closes", "council", "budget", "talks", "ferry", "storm", "mayor", "not", "3-1", "30,000", "the", "school"}

func drawStory(t *rapid.T, id string) Story {
	s := tale(id, "", "", 0)
	s.Title = ""
	for _, word := range rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 6).Draw(t, "title") {
		s.Title += word + " "
	}
	s.Source = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source")
	s.Section = rapid.SampledFrom([]string{"News", "Features", "Opinion", "Sport", "Advertorial", ""}).Draw(t, "section")
	s.Value = rapid.SampledFrom([]int{0, 0, 10, 50, 100}).Draw(t, "value")
	s.Authors = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"Ann", "Ben", "Cy"}), 0, 2, rapid.ID).Draw(t, "authors")
	s.Topics = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"tides", "trade", "analysis"}), 0, 2, rapid.ID).Draw(t, "topics")
	s.Evergreen = rapid.IntRange(0, 9).Draw(t, "evergreen") == 0
	s.Published = slotAt.Add(-time.Duration(rapid.IntRange(-10, 240).Draw(t, "age")) * time.Hour)
	s.FirstSeen = s.Published.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "seen")) * time.Hour)
	odd := rapid.IntRange(0, 20).Draw(t, "odd")
	switch odd {
	case 0:
		s.Published = time.Time{}
	case 1:
		s.Sponsor = "Acme"
	case 2:
		s.Embargo = slotAt.Add(time.Hour)
	case 3:
		s.Language = "de"
	case 4:
		s.URL = ""
	case 5:
		s.URL = "https://example.org/same"
	case 6:
		s.Image = nil
	case 7:
		s.Gone = 410
	}
	return s
}

func drawSnapshot(t *rapid.T) Snapshot {
	s := week()
	s.Rules.Stories = rapid.IntRange(0, 8).Draw(t, "stories")
	s.Rules.HoldBelow = rapid.IntRange(0, 3).Draw(t, "hold below")
	if s.Rules.Stories > 0 {
		s.Rules.HoldBelow = min(s.Rules.HoldBelow, s.Rules.Stories)
	}
	s.Rules.AuthorMax = rapid.IntRange(0, 2).Draw(t, "author max")
	s.Views = map[string]int{}
	for i := range s.Rules.Sections {
		s.Rules.Sections[i].Min = rapid.IntRange(0, 2).Draw(t, "min")
		s.Rules.Sections[i].Max = rapid.IntRange(0, 3).Draw(t, "max")
		if m := &s.Rules.Sections[i]; m.Max > 0 {
			m.Min = min(m.Min, m.Max)
		}
	}
	s.Rules.Sections[0].Rest = rapid.Bool().Draw(t, "rest")
	s.Stories = nil
	for i := range rapid.IntRange(0, 25).Draw(t, "n") {
		x := drawStory(t, fmt.Sprintf("id%02d", i))
		s.Stories = append(s.Stories, x)
		if n := rapid.IntRange(0, 300).Draw(t, "views"); n < 200 {
			s.Views[x.ID] = n
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "mailed") {
		m := drawStory(t, fmt.Sprintf("id%02d", 3*i))
		s.Mailed = append(s.Mailed, Mailed{ID: m.ID, URL: m.URL, Title: m.Title, Edition: "weekly/2026-11-20T09:00"})
	}
	return s
}

// drawOverlay draws an overlay that can be followed: what Make objects to is taken
// out, as an editor would.
func drawOverlay(t *rapid.T, s Snapshot) Overlay {
	var o Overlay
	for _, story := range s.Stories {
		switch rapid.IntRange(0, 24).Draw(t, "edit") {
		case 0:
			o.Drop = append(o.Drop, story.ID)
		case 1, 2:
			o.Add = append(o.Add, story.ID)
		case 3, 4:
			o.Order = append(o.Order, story.ID)
		case 5:
			o.Lead = story.ID
		case 6:
			o.Retitle = map[string]Retitle{story.ID: {Title: "Printed otherwise", Kicker: "Traffic"}}
		case 7:
			o.Sections = map[string]string{story.ID: "Opinion"}
		}
	}
	if rapid.Bool().Draw(t, "turned") {
		slices.Reverse(o.Order)
	}
	for {
		_, err := Make(s, o)
		var wrong *OverlayError
		if !errors.As(err, &wrong) {
			return o
		}
		for _, p := range wrong.Problems {
			isIt := func(id string) bool { return id == p.Value }
			o.Add, o.Order = slices.DeleteFunc(o.Add, isIt), slices.DeleteFunc(o.Order, isIt)
			if o.Lead == p.Value {
				o.Lead = ""
			}
		}
	}
}

func text(t *rapid.T, p Pick, err error) string {
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The pick never breaks a quota, a gate or a pin, and has one reason a candidate.
func TestPickKeepsItsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		o := drawOverlay(t, s)
		p, err := Make(s, o)
		if err != nil {
			t.Fatal(err)
		}
		pins := set(slices.Concat(o.Add, o.Order, []string{o.Lead})...)
		holdReasons(t, s, p, pins)
		holdQuotas(t, s.Rules, p, pins)
		holdLimits(t, s.Rules, p)
		for i, c := range p.Chosen {
			holdGates(t, s, o, c)
			if c.Lead && (i > 0 || c.Story.Sponsor != "" || c.Section == "Opinion" && o.Lead == "") {
				t.Fatalf("%s of %s leads, at %d", c.Story.ID, c.Section, i)
			}
		}
		if o.Lead != "" && (!p.Chosen[0].Lead || p.Chosen[0].Story.ID != o.Lead) {
			t.Fatalf("%s does not lead", o.Lead)
		}
	})
}

func holdReasons(t *rapid.T, s Snapshot, p Pick, pins map[string]bool) {
	reasons := map[string]int{}
	for _, c := range p.Chosen {
		reasons[c.Story.ID]++
		if !slices.Contains([]Rule{ByEditor, ByMinimum, ByScore, BySwap, ByThin, ByLifted}, c.Reason.Rule) || c.Reason.Text == "" {
			t.Fatalf("%s is in by %+v", c.Story.ID, c.Reason)
		}
	}
	for _, c := range p.Left {
		reasons[c.Story.ID]++
		if pins[c.Story.ID] || c.Reason.Rule == "" || c.Reason.Text == "" {
			t.Fatalf("%s is left out by %+v", c.Story.ID, c.Reason)
		}
	}
	for _, x := range s.Stories {
		if reasons[x.ID] != 1 {
			t.Fatalf("%s has %d reasons", x.ID, reasons[x.ID])
		}
	}
	if len(p.Chosen)+len(p.Left) != len(s.Stories) {
		t.Fatalf("%d in, %d out, of %d", len(p.Chosen), len(p.Left), len(s.Stories))
	}
}

func holdGates(t *rapid.T, s Snapshot, o Overlay, c Choice) {
	x := c.Story
	if x.URL == "" || x.Gone != 0 || x.Embargo.After(s.At) || slices.Contains(o.Drop, x.ID) || x.Title == "" && o.Retitle[x.ID].Title == "" {
		t.Fatalf("%s is in and nothing lifts its gate", x.ID)
	}
	if slices.ContainsFunc(s.Mailed, func(m Mailed) bool { return m.ID == x.ID }) {
		t.Fatalf("%s is mailed twice", x.ID)
	}
	foreign := x.Language == "de" && slices.ContainsFunc(s.Stories, func(y Story) bool { return y.Source == x.Source && y.Language != "de" && soundAlone(s, y) })
	old := x.Date().Before(s.From.Add(-s.Rules.LateGrace)) && c.Reason.Rule != ByThin && c.Reason.Rule != ByLifted
	named := slices.Contains(o.Order, x.ID) || o.Lead == x.ID // keeps what a thin week brought
	if !slices.Contains(o.Add, x.ID) && (x.Sponsor != "" || foreign || x.Section == "Advertorial" || old && !named || x.Date().Before(s.From.Add(-Reserve))) {
		t.Fatalf("%s is in and nobody added it", x.ID)
	}
}

// soundAlone tells whether a story, as its source gave it, passes the gates that ask
// about itself alone.
func soundAlone(s Snapshot, y Story) bool {
	return ask(&candidate{story: y}, newGates(s, Overlay{}).own()).Rule == ""
}

// holdQuotas lets pins go over a quota, and a thin week over those of sections and
// authors, and nothing beside them.
func holdQuotas(t *rapid.T, rules Rules, p Pick, pins map[string]bool) {
	ruled, bySection, ruledIn := 0, map[string]int{}, map[string]int{}
	byAuthor, ruledBy := map[string]int{}, map[string]int{}
	for i, c := range p.Chosen {
		if c.Reason.Rule == ByLifted && !pins[c.Story.ID] {
			if len(p.Chosen) > rules.HoldBelow {
				t.Fatalf("%d stories, %d by lifted limits, and %d would do", len(p.Chosen), i, rules.HoldBelow)
			}
			continue
		}
		bySection[c.Section]++
		for _, name := range c.Story.Authors {
			byAuthor[name]++
		}
		if !pins[c.Story.ID] {
			ruled++
			ruledIn[c.Section]++
			for _, name := range c.Story.Authors {
				ruledBy[name]++
			}
		}
	}
	if rules.Stories > 0 && ruled > 0 && len(p.Chosen) > rules.Stories {
		t.Fatalf("%d stories of %d", len(p.Chosen), rules.Stories)
	}
	for _, section := range rules.Sections {
		if section.Max > 0 && ruledIn[section.Name] > 0 && bySection[section.Name] > section.Max {
			t.Fatalf("%s has %d of %d", section.Name, bySection[section.Name], section.Max)
		}
	}
	for name, n := range byAuthor {
		if rules.AuthorMax > 0 && ruledBy[name] > 0 && n > rules.AuthorMax {
			t.Fatalf("%s has %d of %d", name, n, rules.AuthorMax)
		}
	}
}

// holdLimits lets a limit keep a story out that is reached, and no other.
func holdLimits(t *rapid.T, rules Rules, p Pick) {
	bySection, byAuthor := map[string]int{}, map[string]int{}
	for _, c := range p.Chosen {
		bySection[c.Section]++
		for _, name := range c.Story.Authors {
			byAuthor[name]++
		}
	}
	most := map[string]int{}
	for _, section := range rules.Sections {
		most[section.Name] = section.Max
	}
	for _, c := range p.Left {
		reached := true
		switch c.Reason.Rule {
		case EditionFull:
			reached = rules.Stories > 0 && len(p.Chosen) >= rules.Stories
		case SectionFull:
			reached = most[c.Section] > 0 && bySection[c.Section] >= most[c.Section]
		case AuthorFull:
			reached = slices.ContainsFunc(c.Story.Authors, func(name string) bool { return byAuthor[name] >= rules.AuthorMax })
		}
		if !reached {
			t.Fatalf("%s is left out by a limit that is not reached: %+v", c.Story.ID, c.Reason)
		}
	}
}

// The order of the input changes nothing; neither does making the pick again.
func TestPickOfShuffledInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		o := drawOverlay(t, s)
		p, err := Make(s, o)
		want := text(t, p, err)
		p, err = Make(s, o)
		if again := text(t, p, err); again != want {
			t.Fatalf("made twice:\n%s\n%s", want, again)
		}
		mixed := s
		mixed.Stories = slices.Clone(s.Stories)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rng.Shuffle(len(mixed.Stories), func(i, j int) {
			mixed.Stories[i], mixed.Stories[j] = mixed.Stories[j], mixed.Stories[i]
		})
		p, err = Make(mixed, o)
		if got := text(t, p, err); got != want {
			t.Fatalf("mixed:\n%s\n%s", want, got)
		}
	})
}

// What was stored says the same again: the pick and the edition of a snapshot and an
// overlay that were read back are those that were made first, word for word.
func TestReplayOfAnyWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type stored struct {
			Snapshot Snapshot
			Overlay  Overlay
		}
		s := drawSnapshot(t)
		first := stored{s, drawOverlay(t, s)}
		doc, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		var back stored
		if err := json.Unmarshal(doc, &back); err != nil {
			t.Fatal(err)
		}
		said := func(w stored) string {
			p, err := Make(w.Snapshot, w.Overlay)
			pick := text(t, p, err)
			content, err := json.Marshal(Compose(w.Snapshot, w.Overlay, p, Meta{Title: "Observer", Zone: time.UTC}))
			if err != nil {
				t.Fatal(err)
			}
			return pick + string(content)
		}
		if was, is := said(first), said(back); was != is {
			t.Fatalf("made:\n%s\nread back:\n%s", was, is)
		}
	})
}

// A story that fails a gate changes nothing for the others.
func TestGatedStoryChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		// Its source speaks the newsletter's language, so that another is a gate.
		s.Stories = append(s.Stories, Story{ID: "sibling", Source: "newcomers", Language: "en", Title: "Sibling", URL: "https://example.org/sibling"})
		o := drawOverlay(t, s)
		p, err := Make(s, o)
		want := text(t, p, err)
		x := drawStory(t, "newcomer")
		x.Source = "newcomers"
		switch rapid.IntRange(0, 8).Draw(t, "gate") {
		case 0:
			x.Title = ""
		case 1:
			x.Sponsor = "Acme"
		case 2:
			x.Embargo = slotAt.Add(1)
		case 3:
			x.Published, x.Evergreen = weekFrom.AddDate(0, -1, 0), false // no thin week may have it either
		case 4:
			x.Language = "de"
		case 5:
			s.Mailed = append(s.Mailed, Mailed{ID: x.ID, Edition: "weekly/2026-11-20T09:00"})
		case 6:
			x.Topics = append(x.Topics, "advertorial")
		case 7:
			x.Gone = 404
		case 8:
			x.RunUntil = slotAt
		}
		s.Stories = append(s.Stories, x)
		p, err = Make(s, o)
		if err != nil {
			t.Fatal(err)
		}
		kept := len(p.Left)
		p.Left = slices.DeleteFunc(p.Left, func(c Choice) bool { return c.Story.ID == x.ID })
		if len(p.Left) != kept-1 {
			t.Fatal("the newcomer is in")
		}
		if got := text(t, p, nil); got != want {
			t.Fatalf("without:\n%s\nwith:\n%s", want, got)
		}
	})
}
