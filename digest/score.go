package digest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/event"
)

// Weights are the most points that each part of a score can give. They add up to
// 100, so that a score is one of a hundred; see the package comment for each part.
type Weights struct {
	Value        int `json:"value"`        // the editor's value of the story
	Readers      int `json:"readers"`      // how much readers looked at it, beside its like
	Coverage     int `json:"coverage"`     // how many of the newsroom's stories tell its event
	Form         int `json:"form"`         // it is a feature, an analysis or an investigation
	Freshness    int `json:"freshness"`    // how much of its lifetime is left
	Completeness int `json:"completeness"` // picture, teaser, byline, text
}

// UsualWeights are those of a newsletter that says nothing of them.
var UsualWeights = Weights{Value: 40, Readers: 20, Coverage: 15, Form: 10, Freshness: 10, Completeness: 5}

// Sum is 100 where the weights are sound.
func (w Weights) Sum() int {
	return w.Value + w.Readers + w.Coverage + w.Form + w.Freshness + w.Completeness
}

// Points are a story's worth in whole points, by part.
type Points struct {
	Value        int  `json:"value"`
	Readers      int  `json:"readers"`
	Coverage     int  `json:"coverage"`
	Form         int  `json:"form"`
	Freshness    int  `json:"freshness"`
	Completeness int  `json:"completeness"`
	NoViews      bool `json:"no_views,omitempty"` // nobody knows how many read it: Readers is the middle
}

// Total is the score.
func (p Points) Total() int {
	return p.Value + p.Readers + p.Coverage + p.Form + p.Freshness + p.Completeness
}

// String lists the parts: "71 points: value 28, readers 10 (not
// known), ...".
func (p Points) String() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(p.Total()) + " points: ")
	for i, part := range [...]struct {
		name   string
		points int
	}{
		{"value", p.Value},
		{"readers", p.Readers},
		{"coverage", p.Coverage},
		{"form", p.Form},
		{"fresh", p.Freshness},
		{"complete", p.Completeness},
	} {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(part.name + " " + strconv.Itoa(part.points))
		if part.name == "readers" && p.NoViews {
			b.WriteString(" (not known)")
		}
	}
	return b.String()
}

// How long a story stays fresh where its section does not say; see the package
// comment.
const (
	newsLifetime = 7 * 24 * time.Hour
	formLifetime = 28 * 24 * time.Hour
)

// manyReports is the number of reports of one event that gives all the points of
// coverage, if its rank does. Reports are counted in thousandths of one, since a story
// may stand for a part of them.
const manyReports = 8

// forms are the words by which sources mark the longer forms, in the languages of
// package words and the larger ones beside.
var forms = folded("feature", "features", "analysis", "analyses", "investigation", "investigations", "investigative",
	"long read", "long reads", "longread", "longreads", "explainer", "explainers", "in depth", "deep dive",
	"reportage", "reportagen", "analyse", "analysen", "hintergrund", "recherche", "dossier",
	"enquête", "enquêtes", "décryptage", "grand format", "análisis", "investigación", "reportaje", "reportajes",
	"аналитика", "анализ", "расследование", "расследования", "репортаж", "репортажи", "лонгрид", "лонгриды", "разбор",
	"аналітика", "аналіз", "розслідування", "репортажі", "лонгріди",
	"تحليل", "تحليلات", "تحقيق", "تحقيقات", "تقارير خاصة")

// scoring is what the points of one pick depend on beside the story itself.
type scoring struct {
	weights  Weights
	sections []Section
	now      time.Time      // when readers get it: the slot, or the draft where that is later
	views    map[string]int // page views by story
	readers  readership
	events   []int // reports of each event, in thousandths, in order
	places   int   // of events that get points for their rank: twice the edition; 0: all
}

// score gives the candidates their points, each beside the others: who else is
// among them decides the percentile and the share of coverage.
func score(s Snapshot, list []*candidate) {
	sc := scoring{
		weights: s.Rules.weights(), sections: s.Rules.Sections, now: later(s.At, s.known()), views: s.Views,
		readers: newReadership(list, s.Views, s.To), events: greatest(list), places: 2 * s.Rules.Stories,
	}
	for _, c := range list {
		c.points = sc.of(c)
	}
}

// greatest are the reports of each event, in order.
func greatest(list []*candidate) []int {
	reports := map[int]int{}
	for _, c := range list {
		reports[c.event] = max(reports[c.event], c.reports)
	}
	return slices.Sorted(maps.Values(reports))
}

func (r Rules) weights() Weights {
	if r.Weights == (Weights{}) {
		return UsualWeights
	}
	return r.Weights
}

func (sc scoring) of(c *candidate) Points {
	w, story := sc.weights, c.story
	p := Points{
		Value:        (w.Value + 1) / 2,
		Coverage:     sc.coverage(max(1000, c.reports)),
		Freshness:    share(w.Freshness, sc.left(c), sc.lifetime(c)),
		Completeness: share(w.Completeness, completeness(story), completeParts),
	}
	if story.Value > 0 {
		p.Value = share(w.Value, int64(min(story.Value, 100)), 100)
	}
	p.Readers, p.NoViews = sc.readers.points(c, w.Readers)
	if hasForm(c) {
		p.Form = w.Form
	}
	return p
}

// share is part/whole of a weight, rounded to whole points.
func share(weight int, part, whole int64) int {
	return int((int64(weight)*part*2 + whole) / (2 * whole))
}

// coverage grows with the square root of the further reports: the second says more
// about an event than the twentieth. Where a week has more great events than an
// edition has places, their rank decides.
func (sc scoring) coverage(reports int) int {
	w := sc.weights.Coverage
	n := int64(min(reports, 1000*manyReports) - 1000)
	most := int((root(4*int64(w)*int64(w)*n/(1000*(manyReports-1))) + 1) / 2)
	if sc.places == 0 {
		return most
	}
	from, _ := slices.BinarySearch(sc.events, reports)
	to, _ := slices.BinarySearch(sc.events, reports+1)
	// Those of the same number share the middle of their ranks, from 0 for the first.
	twiceRank := int64(2*(len(sc.events)-to) + max(0, to-from-1))
	return min(most, share(w, max(0, int64(2*sc.places)-twiceRank), int64(2*sc.places)))
}

// lifetime is how long a candidate is fresh, in seconds.
func (sc scoring) lifetime(c *candidate) int64 {
	life := newsLifetime
	if hasForm(c) {
		life = formLifetime
	}
	if c.section >= 0 && sc.sections[c.section].Lifetime > 0 {
		life = sc.sections[c.section].Lifetime
	}
	if c.story.Lifetime > 0 {
		life = c.story.Lifetime
	}
	return int64(life / time.Second)
}

// left is what is left of a candidate's freshness, of a lifetime in seconds: all for
// its first half, then evenly less until its end.
func (sc scoring) left(c *candidate) int64 {
	life, age := sc.lifetime(c), int64(sc.now.Sub(c.free)/time.Second)
	return max(0, min(life, 2*(life-age)))
}

// completeParts are what completeness counts.
const completeParts = 5

// completeness counts a picture twice: it is what most readers see first.
func completeness(s Story) int64 {
	n := int64(0)
	if s.Image != nil && s.Image.URL != "" {
		n += 2
	}
	if s.Teaser != "" {
		n++
	}
	if len(s.Authors) > 0 {
		n++
	}
	if s.HTML != "" {
		n++
	}
	return n
}

func hasForm(c *candidate) bool {
	return forms()[foldWords(c.story.Section)] || slices.ContainsFunc(c.topics, func(l label) bool { return forms()[l.name] })
}

// foldWords writes a label as its words alone, without case and accents.
func foldWords(label string) string { return strings.Join(event.Words(label), " ") }

// folded is a set of labels, each as foldWords writes it. It is made when it is first asked
// for: folding takes a table.
func folded(list ...string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		all := make(map[string]bool, len(list))
		for _, l := range list {
			all[foldWords(l)] = true
		}
		return all
	})
}
