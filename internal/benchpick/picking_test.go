package benchpick

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

const (
	pickSize = 12
	draws    = 1000 // of the random pick, whose figures are the mean
	great    = 5    // reports of an event that much is told of
)

// BenchmarkPicking picks twelve stories of each pool, by titles and times alone: no
// values, page views, authors, sections or pictures, which the data does not have.
// Where the pools are parts of weeks, it also picks from each whole week.
func BenchmarkPicking(b *testing.B) {
	s := newSection("picking", "data and pick", "pools", "distinct stories", "of the ideal coverage", "great events", "in the issue")
	for _, f := range withWeeks(readClusters(b)) {
		for _, how := range []struct {
			name, asked string
			pick        func(b *testing.B, p pool) []reach
		}{
			{"ours", "0.94", func(b *testing.B, p pool) []reach { return []reach{p.reachOf(picked(b, p))} }},
			{"the latest 12", "0.08", func(_ *testing.B, p pool) []reach { return []reach{p.reachOf(latest(p))} }},
			{"a random 12", "0.74", func(_ *testing.B, p pool) []reach { return random(p) }},
		} {
			b.Run(f.name+"/"+how.name, func(b *testing.B) {
				var all []reach
				for b.Loop() {
					all = all[:0]
					for _, p := range f.pools {
						all = append(all, how.pick(b, p)...)
					}
				}
				m := mean(all)
				b.ReportMetric(m.distinct, "distinct")
				b.ReportMetric(m.coverage, "of-ideal")
				b.ReportMetric(m.great, "great")
				s.row(f.name+", "+how.name, fmt.Sprint(len(f.pools)), fmt.Sprintf("%.1f", m.distinct), figure(m.coverage), figure(m.great), how.asked)
			})
		}
	}
}

// withWeeks adds to files of parts of weeks the weeks: their parts together, each
// story once.
func withWeeks(files []file) []file {
	all := slices.Clone(files)
	for _, f := range files {
		weeks := file{name: f.name + ", whole weeks"}
		number, known := map[string]int{}, map[[2]string]bool{}
		for _, p := range f.pools {
			name, _, _ := strings.Cut(p.name, "#")
			if _, ok := number[name]; !ok {
				number[name] = len(weeks.pools)
				weeks.pools = append(weeks.pools, pool{name: name})
			}
			week := &weeks.pools[number[name]]
			for _, s := range p.stories {
				if !known[[2]string{name, s.id}] {
					known[[2]string{name, s.id}] = true
					week.stories = append(week.stories, s)
				}
			}
		}
		if len(weeks.pools) < len(f.pools) {
			all = append(all, weeks)
		}
	}
	return all
}

// reach is what a pick comes to in one pool: how many events it tells; how many of the
// pool's reports are of those, as a share of what the largest twelve events have; and
// how many of them are great, as a share of what could be.
type reach struct{ distinct, coverage, great float64 }

func (p pool) reachOf(chosen []int) reach {
	size := map[string]int{}
	for _, s := range p.stories {
		size[s.event]++
	}
	told := map[string]int{}
	for _, i := range chosen {
		told[p.stories[i].event] = size[p.stories[i].event]
	}
	reports, greatOnes := largest(told)
	mostReports, mostGreat := largest(size)
	return reach{float64(len(told)), float64(reports) / float64(mostReports), float64(greatOnes) / float64(max(1, mostGreat))}
}

// largest sums over the largest twelve events their reports, and those that are great.
func largest(size map[string]int) (reports, greatOnes int) {
	sizes := slices.Sorted(maps.Values(size))
	for _, n := range sizes[max(0, len(sizes)-pickSize):] {
		reports += n
		if n >= great {
			greatOnes++
		}
	}
	return reports, greatOnes
}

func mean(all []reach) reach {
	var sum reach
	for _, r := range all {
		sum.distinct += r.distinct
		sum.coverage += r.coverage
		sum.great += r.great
	}
	n := float64(len(all))
	return reach{sum.distinct / n, sum.coverage / n, sum.great / n}
}

// picked is the pick of an edition that takes everything in the pool's time.
func picked(b *testing.B, p pool) []int {
	s := digest.Snapshot{Newsletter: "weekly", Slot: "2014-04-04T09:00", Rules: digest.Rules{Stories: pickSize, HoldBelow: pickSize}}
	index := map[string]int{}
	for i, x := range p.stories {
		index[x.id] = i
		s.Stories = append(s.Stories, digest.Story{
			ID: x.id, Source: "wire", URL: fmt.Sprintf("https://wire.example/%s", x.id), Title: x.title, Published: x.published, FirstSeen: x.published,
		})
		if s.From.IsZero() || x.published.Before(s.From) {
			s.From = x.published
		}
		if !x.published.Before(s.To) {
			s.To = x.published.Add(time.Second)
		}
	}
	s.At = s.To
	pick, err := digest.Make(s, digest.Overlay{})
	if err != nil {
		b.Fatal(err)
	}
	var chosen []int
	for _, c := range pick.Chosen {
		chosen = append(chosen, index[c.Story.ID])
	}
	return chosen
}

func latest(p pool) []int {
	order := make([]int, len(p.stories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return p.stories[j].published.Compare(p.stories[i].published) })
	return order[:min(pickSize, len(order))]
}

func random(p pool) []reach {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]reach, draws)
	for n := range all {
		all[n] = p.reachOf(rng.Perm(len(p.stories))[:min(pickSize, len(p.stories))])
	}
	return all
}

// TestReach counts a small pool by hand.
func TestReach(t *testing.T) {
	var p pool
	for i, n := range []int{5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1} {
		for range n {
			p.stories = append(p.stories, labelled{event: fmt.Sprint("event ", i)})
		}
	}
	// The twelve largest have 5, 3 and ten times 1; one is great.
	if got := p.reachOf([]int{0, 1, 5, 16}); got != (reach{3, 9. / 18, 1}) {
		t.Errorf("%+v", got)
	}
}

// TestWithWeeks puts the parts of a week together, each story once.
func TestWithWeeks(t *testing.T) {
	part := func(name string, ids ...string) pool {
		p := pool{name: name}
		for _, id := range ids {
			p.stories = append(p.stories, labelled{id: id})
		}
		return p
	}
	got := withWeeks([]file{
		{"whole", []pool{part("monday", "a"), part("sunday", "b")}},
		{"parts", []pool{part("monday#0", "a", "b"), part("monday#1", "b", "c"), part("sunday#0", "a")}},
	})
	var names []string
	for _, f := range got {
		for _, p := range f.pools {
			names = append(names, fmt.Sprintf("%s/%s %d", f.name, p.name, len(p.stories)))
		}
	}
	want := []string{"whole/monday 1", "whole/sunday 1", "parts/monday#0 2", "parts/monday#1 2", "parts/sunday#0 1", "parts, whole weeks/monday 3", "parts, whole weeks/sunday 1"}
	if !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
