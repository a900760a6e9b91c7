package benchpick

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

const (
	pickSize = 12
	draws    = 1000 // of the random pick, whose figures are the mean
)

// BenchmarkPicking picks twelve stories of each pool, by titles and times alone: no
// values, page views, authors, sections or pictures, which the data does not have.
func BenchmarkPicking(b *testing.B) {
	s := newSection("picking", "data and pick", "weeks", "distinct stories", "of the ideal coverage", "in the issue")
	for _, f := range readClusters(b) {
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
				distinct, coverage := mean(all)
				b.ReportMetric(distinct, "distinct")
				b.ReportMetric(coverage, "of-ideal")
				s.row(f.name+", "+how.name, fmt.Sprint(len(f.pools)), fmt.Sprintf("%.1f", distinct), figure(coverage), how.asked)
			})
		}
	}
}

// reach is what a pick comes to in one pool: how many events it tells, and how many
// of the pool's reports are of those, as a share of what the largest twelve events
// have.
type reach struct {
	distinct int
	coverage float64
}

func (p pool) reachOf(chosen []int) reach {
	size := map[string]int{}
	for _, s := range p.stories {
		size[s.event]++
	}
	told, reports := map[string]bool{}, 0
	for _, i := range chosen {
		if event := p.stories[i].event; !told[event] {
			told[event] = true
			reports += size[event]
		}
	}
	sizes := make([]int, 0, len(size))
	for _, n := range size {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	ideal := 0
	for _, n := range sizes[max(0, len(sizes)-pickSize):] {
		ideal += n
	}
	return reach{len(told), float64(reports) / float64(ideal)}
}

func mean(all []reach) (distinct, coverage float64) {
	for _, r := range all {
		distinct += float64(r.distinct)
		coverage += r.coverage
	}
	n := float64(len(all))
	return distinct / n, coverage / n
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
	// The twelve largest have 5, 3 and ten times 1.
	if got := p.reachOf([]int{0, 1, 5, 16}); got != (reach{3, 9. / 18}) {
		t.Errorf("%+v", got)
	}
}
