package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// prepared are the candidates of a snapshot, as choose takes them.
func prepared(t rapid.TB, s Snapshot) (Rules, []*candidate, telling) {
	t.Helper()
	s.Rules = s.Rules.withSections()
	all, told, err := candidates(s, Overlay{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Rules, all, told
}

// worthOf counts the objective of a choice from the beginning.
func worthOf(rules Rules, all []*candidate, chosen []int) int64 {
	o := newObjective(rules, all)
	for _, i := range chosen {
		o.add(i)
	}
	return o.total
}

// drawFew is a small week of stories that all pass the gates, for trying every
// choice there is.
func drawFew(t *rapid.T) Snapshot {
	s := week()
	s.Rules.Stories = rapid.IntRange(1, 4).Draw(t, "stories")
	s.Rules.HoldBelow = 0
	for i := range s.Rules.Sections {
		s.Rules.Sections[i].Max = rapid.IntRange(0, 2).Draw(t, "max")
	}
	s.Stories = nil
	for i := range rapid.IntRange(1, 9).Draw(t, "n") {
		section := rapid.SampledFrom([]string{"News", "Features", "Opinion"}).Draw(t, "section")
		x := tale(fmt.Sprintf("id%d", i), fmt.Sprintf("%d", i), section, 1)
		x.Value = rapid.IntRange(0, 100).Draw(t, "value")
		if rapid.Bool().Draw(t, "signed") {
			x.Authors = []string{rapid.SampledFrom([]string{"Ann", "Ben"}).Draw(t, "author")}
		}
		x.Topics = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"tides", "trade", "art"}), 0, 3, rapid.ID).Draw(t, "topics")
		s.Stories = append(s.Stories, x)
	}
	return s
}

// bestChoice tries every choice that keeps to the limits.
func bestChoice(rules Rules, all []*candidate) int64 {
	best := int64(0)
	for mask := range 1 << len(all) {
		var chosen []int
		sections, signed := map[int]int{}, map[string]int{}
		fits := true
		for i, c := range all {
			if mask&(1<<i) == 0 {
				continue
			}
			chosen = append(chosen, i)
			sections[c.section]++
			most := rules.Sections[c.section].Max
			fits = fits && (most == 0 || sections[c.section] <= most)
			for _, name := range c.story.Authors {
				signed[name]++
				fits = fits && (rules.AuthorMax == 0 || signed[name] <= rules.AuthorMax)
			}
		}
		if fits && len(chosen) <= rules.Stories {
			best = max(best, worthOf(rules, all, chosen))
		}
	}
	return best
}

// The guarantees of the package comment, beside every choice that there is.
func TestPickIsAsGoodAsPromised(t *testing.T) {
	near, n := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawFew(t)
		share := int64(2) // one matroid: sections within the edition
		if rapid.Bool().Draw(t, "author max") {
			s.Rules.AuthorMax, share = 1, 3 // two: and authors, one a story
		}
		rules, all, told := prepared(t, s)
		got := choose(rules, all, nil, told)
		if worth := worthOf(rules, all, got.taken); worth != got.worth.total {
			t.Fatalf("the ledger says %d of a choice that is worth %d", got.worth.total, worth)
		}
		best := bestChoice(rules, all)
		if got.worth.total*share < best {
			t.Fatalf("%d of %d that were possible: less than 1/%d", got.worth.total, best, share)
		}
		if n++; got.worth.total*100 >= best*99 {
			near++
		}
	})
	// The bound is for the worst; most picks are as good as any.
	if near*10 < n*9 {
		t.Errorf("only %d of %d picks come within a hundredth of the best", near, n)
	}
}

// A story adds less to more: the objective is submodular, to the thousandth of a
// point that the whole root of each of its groups may lose.
func TestObjectiveHasDiminishingReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, all, _ := prepared(t, drawFew(t))
		small, large := newObjective(rules, all), newObjective(rules, all)
		x := rapid.IntRange(0, len(all)-1).Draw(t, "x")
		for i := range all {
			if i == x {
				continue
			}
			switch rapid.IntRange(0, 2).Draw(t, "in") {
			case 1:
				large.add(i)
			case 2:
				small.add(i)
				large.add(i)
			}
		}
		few, many := small.gain(x), large.gain(x)
		if slack := int64(len(all[x].story.Topics) + len(all[x].story.Authors) + 3); many > few+slack || many < 0 {
			t.Fatalf("adds %d to few and %d to many", few, many)
		}
	})
}

// An exchange never makes an edition worse, and keeps its limits.
func TestExchangeNeverLosesWorth(t *testing.T) {
	better := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawFew(t)
		s.Rules.AuthorMax = rapid.IntRange(0, 2).Draw(t, "author max")
		s.Rules.Sections[1].Min = rapid.IntRange(0, 2).Draw(t, "min")
		rules, all, told := prepared(t, s)
		got := choose(rules, all, nil, told)
		// A bad beginning: the last that fit.
		for i := range all {
			if got.in[i] {
				got.untake(i)
			}
			got.reasons[i], got.rivals[i] = Reason{}, -1
		}
		for i := len(all) - 1; i >= 0; i-- {
			if !got.full() && got.room(i, -1) {
				got.take(i, ByScore, "")
			}
		}
		before, size := got.worth.total, len(got.taken)
		inFeatures := got.filled[1]
		got.exchange()
		if got.worth.total < before || len(got.taken) != size {
			t.Fatalf("%d stories worth %d became %d worth %d", size, before, len(got.taken), got.worth.total)
		}
		if got.filled[1] < min(inFeatures, rules.Sections[1].Min) {
			t.Fatalf("Features had %d and has %d", inFeatures, got.filled[1])
		}
		for n, section := range rules.Sections {
			if section.Max > 0 && got.filled[n] > section.Max {
				t.Fatalf("%s has %d of %d", section.Name, got.filled[n], section.Max)
			}
		}
		if got.worth.total > before {
			better++
		}
	})
	if better == 0 {
		t.Error("nothing was ever exchanged")
	}
}

// written is what of a story the weighing of sections, authors and topics asks.
type written struct {
	section, author, topic string
	value                  int
}

// byline makes a story of each, s0, s1 and on, a day old.
func byline(all ...written) []Story {
	var stories []Story
	for i, x := range all {
		story := tale(fmt.Sprint("s", i), trees[i], x.section, 1)
		story.Authors, story.Topics, story.Value = []string{x.author}, []string{x.topic}, x.value
		stories = append(stories, story)
	}
	return stories
}

func TestVariety(t *testing.T) {
	s := week()
	s.Rules.Stories = 3
	s.Stories = byline(
		written{"News", "Ann", "tides", 60},
		written{"News", "Ann", "tides", 58},
		written{"News", "Ann", "tides", 56},
		written{"News", "Ben", "trade", 50},
		written{"Opinion", "Cy", "art", 44},
	)
	p := mustMake(t, s, Overlay{})
	if got := ids(p.Chosen); got != "s0 s3 s4" {
		t.Errorf("chosen %s\n%s", got, Explain(p, 0))
	}
	c, _ := find(t, p, "s1")
	if c.Reason.Rule != EditionFull || c.LostTo != "s0" || len(c.Shares) != 3 || c.Shares[1].Name != "Ann" || strings.Join(c.Shares[1].With, " ") != "s0" {
		t.Errorf("s1: %+v", c)
	}
	s.Rules.AuthorMax, s.Rules.Stories = 1, 4
	c, in := find(t, mustMake(t, s, Overlay{}), "s1")
	if in || c.Reason.Rule != AuthorFull || !strings.HasPrefix(c.Reason.Text, "Ann has 1 already, of 1; it would add ") || c.LostTo != "s0" {
		t.Errorf("s1 with one story an author: %+v", c)
	}
	// A desk is nobody who writes too much.
	for i := range s.Stories {
		s.Stories[i].Authors = []string{"Staff"}
	}
	if p := mustMake(t, s, Overlay{}); len(p.Chosen) != 4 {
		t.Errorf("by the desk: %s", ids(p.Chosen))
	}
}

// Of equal points the later story goes first, then the lesser ID.
func TestTies(t *testing.T) {
	s := week()
	s.Rules.Stories, s.Rules.HoldBelow = 2, 0
	s.Stories = []Story{tale("a", "Alder", "News", 2), tale("c", "Birch", "News", 1), tale("b", "Cypress", "News", 1), tale("d", "Dogwood", "News", 2)}
	for range s.Stories {
		if got := ids(mustMake(t, s, Overlay{}).Chosen); got != "b c" {
			t.Errorf("chosen %s", got)
		}
		s.Stories = append(s.Stories[1:], s.Stories[0])
	}
	s.Rules.Stories = 3
	if got := ids(mustMake(t, s, Overlay{}).Chosen); got != "b c a" {
		t.Errorf("of three, chosen %s", got)
	}
}

// Two names of a kind make a story no more varied than one.
func TestManyNamesAreNoBetter(t *testing.T) {
	gain := func(change func(*Story)) float64 {
		s := week()
		s.Stories = s.Stories[:1]
		change(&s.Stories[0])
		return mustMake(t, s, Overlay{}).Chosen[0].Gain
	}
	one := gain(func(x *Story) { x.Topics, x.Authors = []string{"tides"}, []string{"Ann"} })
	many := gain(func(x *Story) { x.Topics, x.Authors = []string{"tides", "trade", "art"}, []string{"Ann", "Ben"} })
	if one-many > 0.01 || many > one {
		t.Errorf("one of each adds %v, many %v", one, many)
	}
}

// A byline that signs a dozen stories, and half of the week, is a desk's.
func TestDesks(t *testing.T) {
	for _, c := range []struct {
		signed, week int
		most         bool // the limit holds
	}{{11, 12, true}, {12, 12, false}, {12, 24, false}, {12, 25, true}} {
		var all []*candidate
		for i := range c.week {
			one := &candidate{}
			if i < c.signed {
				one.authors = foldedLabels(kindAuthor, []string{"Harbour Post"})
			}
			all = append(all, one)
		}
		a := newAuthors(1, all)
		a.add(0, 1)
		if _, full := a.full(1, -1); full != c.most {
			t.Errorf("%d of %d: the limit holds %t", c.signed, c.week, full)
		}
	}
}

// An exchange may give back more than the place that it takes: here the only story of
// Ann's, so that another of hers fits.
func TestWhatAnExchangeMakesRoomFor(t *testing.T) {
	s := week()
	s.Rules.Stories, s.Rules.AuthorMax, s.Rules.Sections[0].Max = 5, 1, 1
	s.Stories = byline(
		written{"News", "Ann", "tides", 60},
		written{"News", "Ben", "art", 56},
		written{"Opinion", "Cy", "tides", 50},
		written{"Features", "Ann", "trade", 10},
	)
	p := mustMake(t, s, Overlay{})
	if got := ids(p.Chosen); got != "s1 s3 s2" {
		t.Errorf("chosen %s\n%s", got, Explain(p, 0))
	}
	if c, _ := find(t, p, "s1"); c.Reason.Rule != BySwap {
		t.Errorf("s1: %+v", c.Reason)
	}
}

func TestThinWeek(t *testing.T) {
	old := func(id string, days int) Story { return tale(id, id+" once", "News", days) }
	green := old("green", 400)
	green.Evergreen = true
	for _, c := range []struct {
		what   string
		change func(*Snapshot)
		want   string // in the edition, by rule
		v      Verdict
	}{
		{"enough", func(s *Snapshot) { s.Rules.HoldBelow = 4 }, "", Full},
		{"one short", func(s *Snapshot) { s.Rules.HoldBelow = 5 }, "earlier: thin week", Full},
		{"two short", func(s *Snapshot) { s.Rules.HoldBelow = 6 }, "earlier: thin week, green: thin week", Full},
		{"three short", func(s *Snapshot) { s.Rules.HoldBelow = 7 }, "earlier: thin week, green: thin week", Thin},
		{"mailed already", func(s *Snapshot) {
			s.Rules.HoldBelow = 5
			s.Mailed = []Mailed{{ID: "earlier", Edition: "weekly/2026-11-20T09:00"}}
		}, "green: thin week", Full},
		{"sponsored", func(s *Snapshot) { s.Rules.HoldBelow, s.Stories[4].Sponsor = 5, "Acme" }, "green: thin week", Full},
		{"older than the reserve", func(s *Snapshot) {
			s.Rules.HoldBelow, s.Stories[4].Published = 5, weekFrom.AddDate(0, 0, -28).Add(-time.Hour)
		}, "green: thin week", Full},
		{"as old as the reserve", func(s *Snapshot) {
			s.Rules.HoldBelow, s.Stories[4].Published = 5, weekFrom.AddDate(0, 0, -28)
		}, "earlier: thin week", Full},
		{"told this week", func(s *Snapshot) {
			s.Rules.HoldBelow, s.Stories[4].Title = 5, s.Stories[3].Title
			s.Stories[4].Published = weekFrom.Add(-72 * time.Hour)
			s.Stories[3].Published = weekFrom
		}, "green: thin week", Full},
		{"limits lifted", func(s *Snapshot) {
			s.Stories = s.Stories[:4]
			s.Stories[1].Section, s.Rules.Sections[0].Max, s.Rules.HoldBelow = "News", 2, 4
		}, "market: thin week, limits lifted", Full},
		{"nothing new", func(s *Snapshot) { s.Stories = s.Stories[4:] }, "", Empty},
	} {
		s := week()
		s.Stories = append(s.Stories, old("earlier", 12), green, old("ancient", 60))
		c.change(&s)
		p := mustMake(t, s, Overlay{})
		var got []string
		for _, x := range p.Chosen {
			if x.Reason.Rule == ByThin || x.Reason.Rule == ByLifted {
				got = append(got, x.Story.ID+": "+string(x.Reason.Rule))
			}
		}
		if strings.Join(got, ", ") != c.want || p.Verdict != c.v {
			t.Errorf("%s: %s, %v, want %s", c.what, p.Verdict, got, c.want)
		}
	}
}
