package benchpick

import (
	"fmt"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest/event"
)

// asked are the figures of the issue, by file: what average-link TF-IDF came to
// there, and what to aim for.
var asked = map[string]struct{ bcubed, pairs, aim float64 }{
	"uci_pools_dev":   {0.849, 0.688, 0.88},
	"uci_natural_dev": {0.780, 0.616, 0.82},
}

// BenchmarkGrouping groups each pool by titles and times alone, with the pool itself
// as the archive.
func BenchmarkGrouping(b *testing.B) {
	s := newSection("grouping", "data", "stories", "events", "B-cubed F1", "precision", "recall", "to beat", "to aim for", "pair F1", "to beat")
	for _, f := range readClusters(b) {
		b.Run(f.name, func(b *testing.B) {
			var t tally
			for b.Loop() {
				t = tally{}
				for _, p := range f.pools {
					t.compare(groupPool(p), p.events())
				}
			}
			b.ReportMetric(t.bcubed(), "B-cubed-F1")
			b.ReportMetric(t.pairs(), "pair-F1")
			goal := asked[f.name]
			s.row(f.name, fmt.Sprint(int(t.stories)), fmt.Sprint(f.eventCount()),
				figure(t.bcubed()), figure(t.precision/t.stories), figure(t.recall/t.stories), figure(goal.bcubed), figure(goal.aim),
				figure(t.pairs()), figure(goal.pairs))
		})
	}
}

// groupPool is the number of the group of each story.
func groupPool(p pool) []int {
	stories := make([]event.Story, len(p.stories))
	var series event.Series
	for _, s := range p.stories {
		series.Count(s.publisher, s.title, s.published)
	}
	for i, s := range p.stories {
		stories[i] = event.Read(event.Text{ID: s.id, Title: s.title, At: s.published, Series: series.Of(s.publisher, s.title)})
	}
	of := make([]int, len(stories))
	for n, group := range event.Group(stories, event.NewArchive(stories)).Groups {
		for _, i := range group {
			of[i] = n
		}
	}
	return of
}

func (p pool) events() []string {
	all := make([]string, len(p.stories))
	for i, s := range p.stories {
		all[i] = s.event
	}
	return all
}

func (f file) eventCount() int {
	n := 0
	for _, p := range f.pools {
		events := map[string]bool{}
		for _, s := range p.stories {
			events[s.event] = true
		}
		n += len(events)
	}
	return n
}

// figure writes a measure, or nothing where there is none.
func figure(f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", f)
}
