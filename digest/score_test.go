package digest

import (
	"fmt"
	"testing"
	"time"
)

// scored is the points of stories that are picked from together.
func scored(t *testing.T, s Snapshot) map[string]Points {
	t.Helper()
	p := mustMake(t, s, Overlay{})
	points := map[string]Points{}
	for _, list := range [][]Choice{p.Chosen, p.Left} {
		for _, c := range list {
			if c.Points != nil {
				points[c.Story.ID] = *c.Points
			}
		}
	}
	return points
}

func TestPoints(t *testing.T) {
	bare := Story{ID: "x", Source: "paper", URL: "https://example.org/x", Title: "X", Section: "News", Published: slotAt.Add(-newsLifetime)}
	usual := Points{Value: 20, Readers: 10, NoViews: true}
	for _, c := range []struct {
		what   string
		change func(*Story)
		want   Points
	}{
		{"bare, old", func(*Story) {}, usual},
		{"lowest value", func(x *Story) { x.Value = 1 }, Points{Readers: 10, NoViews: true}},
		{"value past its end", func(x *Story) { x.Value = 900 }, Points{Value: 40, Readers: 10, NoViews: true}},
		{"half its lifetime", func(x *Story) { x.Published = slotAt.Add(-newsLifetime / 2) }, Points{Value: 20, Readers: 10, NoViews: true, Freshness: 10}},
		{"three quarters", func(x *Story) { x.Published = slotAt.Add(-newsLifetime * 3 / 4) }, Points{Value: 20, Readers: 10, NoViews: true, Freshness: 5}},
		{"a feature of a week", func(x *Story) {
			x.Published, x.Section = weekFrom, "Features"
		}, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 10}},
		{"a feature of three weeks", func(x *Story) {
			x.Published, x.Section = slotAt.AddDate(0, 0, -21), "Features"
		}, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 5}},
		{"form by topic", func(x *Story) { x.Topics = []string{"x", "Long-read"} }, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 10}},
		{"form by a topic of two words", func(x *Story) { x.Topics = []string{"Long Read"} }, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 10}},
		{"form in Russian", func(x *Story) { x.Topics = []string{"Расследование"} }, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 10}},
		{"form in French", func(x *Story) { x.Topics = []string{"Enquête"} }, Points{Value: 20, Readers: 10, NoViews: true, Form: 10, Freshness: 10}},
		{"its own lifetime", func(x *Story) { x.Lifetime = 28 * 24 * time.Hour }, Points{Value: 20, Readers: 10, NoViews: true, Freshness: 10}},
		{"its own lifetime, over", func(x *Story) { x.Section, x.Lifetime = "Opinion", 12*time.Hour }, Points{Value: 20, Readers: 10, NoViews: true}},
		{"a section's own lifetime", func(x *Story) { x.Section = "Opinion" }, Points{Value: 20, Readers: 10, NoViews: true, Freshness: 6}},
		{"complete", func(x *Story) {
			x.Teaser, x.Authors, x.HTML, x.Image = "T", []string{"Ann"}, "<p>x", &Image{URL: "https://example.org/x.jpg"}
		}, Points{Value: 20, Readers: 10, NoViews: true, Completeness: 5}},
		{"a picture counts twice", func(x *Story) { x.Image = &Image{URL: "https://example.org/x.jpg"} }, Points{Value: 20, Readers: 10, NoViews: true, Completeness: 2}},
	} {
		s, x := week(), bare
		s.From, s.Rules.Sections[2].Lifetime = slotAt.AddDate(0, 0, -28), 10*24*time.Hour
		c.change(&x)
		s.Stories = []Story{x}
		if got := scored(t, s)["x"]; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
}

func TestWeights(t *testing.T) {
	if UsualWeights.Sum() != 100 {
		t.Fatalf("the usual weights add up to %d", UsualWeights.Sum())
	}
	s := week()
	x := tale("x", "X", "Features", 0)
	x.Published, x.Value, x.Authors, x.HTML = slotAt.Add(-time.Second), 100, []string{"Ann"}, "<p>x"
	s.Stories = []Story{x}
	for i := range manyReports - 1 {
		y := tale(fmt.Sprint("y", i), "X", "News", 1)
		s.Stories = append(s.Stories, y)
		s.Views = map[string]int{"x": 10, "y0": 1}
	}
	for i := range s.Stories {
		s.Stories[i].Title, s.Stories[i].Teaser, s.Stories[i].HTML = "A bridge in the harbour closes", "T", "<p>x" // one event
	}
	if got := scored(t, s)["x"]; got.Total() != 100 {
		t.Errorf("the best story has %s", got)
	}
	s.Rules.Weights = Weights{Value: 100}
	if got := scored(t, s)["x"]; got != (Points{Value: 100}) {
		t.Errorf("by value alone: %+v", got)
	}
}

// A story is held against those of its section and age.
func TestReaders(t *testing.T) {
	s := week()
	s.Stories, s.Views, s.Rules.Stories = nil, map[string]int{}, 1
	add := func(id, section string, days, views int) {
		s.Stories = append(s.Stories, tale(id, id+" and nothing else", section, days))
		if views > 0 {
			s.Views[id] = views
		}
	}
	for i := range 5 {
		add(fmt.Sprint("new", i), "News", 0, 10*(i+1))   // 10 to 50
		add(fmt.Sprint("old", i), "News", 5, 1000*(i+1)) // 1000 to 5000
		s.Stories[len(s.Stories)-2].Published = slotAt.Add(-time.Hour)
	}
	add("column", "Opinion", 1, 60)
	add("essay", "Opinion", 6, 70)
	for i := range 4 {
		add(fmt.Sprint("few", i), "Features", 1, 61+i) // 61 to 64
	}
	add("unknown", "News", 1, 0)
	add("twin", "News", 5, 3000)
	points := scored(t, s)
	for id, want := range map[string]int{
		"new0": 0, "new2": 10, "new4": 20, "old0": 0, "old4": 20,
		"old2": 10, "twin": 10, // the third and fourth of six share the middle
		"column":  6,  // 60 among all: over the five new ones, under eleven
		"few3":    11, // four are too few to be held against each other
		"unknown": 10,
	} {
		if got := points[id]; got.Readers != want || got.NoViews != (id == "unknown") {
			t.Errorf("%s: %+v, want %d", id, got, want)
		}
	}
}

func TestCoverage(t *testing.T) {
	sc := scoring{weights: UsualWeights}
	for reports, want := range map[int]int{1000: 0, 1300: 3, 2000: 6, 3000: 8, 4000: 10, 5000: 11, 8000: 15, 50_000: 15} {
		if got := sc.coverage(reports); got != want {
			t.Errorf("%d thousandths of a report: %d points, want %d", reports, got, want)
		}
	}
	// An edition of two stories in a week of greater events: their rank decides.
	sc.places, sc.events = 4, []int{1000, 1000, 2000, 2000, 9000, 20_000, 20_000, 50_000}
	for reports, want := range map[int]int{50_000: 15, 20_000: 9, 9000: 4, 8000: 0, 2000: 0, 1000: 0} {
		if got := sc.coverage(reports); got != want {
			t.Errorf("%d thousandths of a report beside greater events: %d points, want %d", reports, got, want)
		}
	}
	// Small events get no more for being the week's greatest.
	if sc.events = []int{1000, 1000, 1000, 2000}; sc.coverage(2000) != 6 || sc.coverage(1000) != 0 {
		t.Errorf("in a week of small events: %d and %d", sc.coverage(2000), sc.coverage(1000))
	}
}

func TestReportsNear(t *testing.T) {
	for _, c := range []struct{ size, centre, want int }{{1, 1000, 1000}, {20, 1000, 20_000}, {20, 500, 10_500}, {20, 0, 1000}, {3, 840, 2680}} {
		if got := reportsNear(c.size, c.centre); got != c.want {
			t.Errorf("%d of %d thousandths: %d, want %d", c.size, c.centre, got, c.want)
		}
	}
}

func TestRoot(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 3, 4, 15, 16, 17, 1<<52 + 1, 94906265 * 94906265, 94906266*94906266 - 1} {
		if r := root(n); r*r > n || (r+1)*(r+1) <= n {
			t.Errorf("the root of %d is not %d", n, r)
		}
	}
}
