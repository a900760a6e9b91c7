package event

import (
	"cmp"
	"math"
	"slices"
)

// Near is how alike two groups must be to become one, as a part of what each is to
// itself. It was chosen on titles; docs/picking.md has the figures.
const Near = 0.17

// Events are stories parted into events.
type Events struct {
	// Groups are lists of indexes into the stories, each in the order of date (unknown
	// first) and ID, the lists by their first. Every story is in one.
	Groups [][]int

	stories []Story
	vectors [][]part
	own     [][]part // of those of a series: without its label
	archive *Archive
}

// Group finds the events of stories.
//
// It is agglomerative: every story begins alone, and the two groups that are nearest
// are joined until no two are Near. See the package comment for what near is. Of
// equally near ones those are joined that have the earlier stories. The order of
// the stories changes nothing.
func Group(stories []Story, archive *Archive) *Events {
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(stories[a].at, stories[b].at), cmp.Compare(stories[a].id, stories[b].id), cmp.Compare(a, b))
	})
	e := &Events{stories: stories, vectors: make([][]part, len(stories)), own: make([][]part, len(stories)), archive: archive}
	sorted, vectors, own := make([]*Story, len(order)), make([][]part, len(order)), make([][]part, len(order))
	var w weigher
	for n, i := range order {
		e.vectors[i] = w.vector(archive, &stories[i], false)
		if stories[i].own != nil {
			e.own[i] = w.vector(archive, stories[i].own, false)
		}
		sorted[n], vectors[n], own[n] = &stories[i], e.vectors[i], e.own[i]
	}
	e.Groups = join(pairs(sorted, vectors, own, compared))
	for _, group := range e.Groups {
		for k, n := range group {
			group[k] = order[n]
		}
	}
	return e
}

// Add takes in one more story and changes no group for it. It returns the story's
// index, and that of a story of the group that is nearest to it; -1 where none is
// Near. It is not among the Groups.
func (e *Events) Add(s Story) (index, member int) {
	index = len(e.stories)
	e.stories, e.vectors = append(slices.Clip(e.stories), s), append(e.vectors, e.archive.vector(&s, false))
	var own []part
	if s.own != nil {
		own = e.archive.vector(s.own, false)
	}
	e.own = append(e.own, own)
	nearest, member := 0.0, -1
	for _, group := range e.Groups {
		var sum int64
		for _, i := range group {
			sum += e.likeness(index, i)
		}
		if sum == 0 {
			continue
		}
		if near := float64(sum) / math.Sqrt(one*one*float64(e.within(group))); near >= Near && near > nearest {
			nearest, member = near, group[0]
		}
	}
	return index, member
}

// within is the likeness of a group to itself, as join counts it.
func (e *Events) within(group []int) int64 {
	sum := int64(len(group)) * one * one
	for n, i := range group {
		for _, j := range group[:n] {
			sum += 2 * e.likeness(i, j)
		}
	}
	return sum
}

// likeness is that of two stories, as pairs finds it.
func (e *Events) likeness(i, j int) int64 {
	if l := faded(e.dot(i, j), &e.stories[i], &e.stories[j]); l >= least {
		return l
	}
	return 0
}

// dot is the likeness of two stories, dates aside: of two of one series without its label.
func (e *Events) dot(i, j int) int64 {
	if e.stories[i].sameSeries(&e.stories[j]) {
		return dot(e.own[i], e.own[j])
	}
	return dot(e.vectors[i], e.vectors[j])
}

// sameSeries tells whether two stories stand under the label of one series.
func (s *Story) sameSeries(t *Story) bool { return s.series != 0 && s.series == t.series }

// groups are those that are left while joining, each under its lowest member. A group
// that another was joined to is found by way of it, as in union-find.
type groups struct {
	edges   [][]edge // to groups as they were when the edge was made
	in      []int32  // the group that a group was joined to; itself while it stands
	self    []int64  // likeness of a group to itself: the sum over all its pairs, and over its stories with themselves
	changes []int32  // how often a group was changed
	mates   []mate   // the nearest of each group, or what was the nearest and is no nearer now
	queue   queue    // of groups, by their mates
	sums    []int64  // scratch, by group
}

// mate is the nearest of a group; other is -1 where none is near.
type mate struct {
	near    float64
	other   int32
	changes int32 // of the other, when this was found
}

// join merges while there are two groups that are near. A group knows its nearest.
// Where that has changed since, it may be less near than it was, and is looked for
// again only when its turn comes; where another has come nearer, it knows at once. So
// what stands first in the queue, and has not changed, is the nearest pair of all.
func join(edges [][]edge) [][]int {
	n := len(edges)
	g := &groups{edges: edges, in: make([]int32, n), self: make([]int64, n), changes: make([]int32, n), mates: make([]mate, n), sums: make([]int64, n)}
	members := make([][]int, n)
	for i := range edges {
		g.in[i], g.self[i], members[i] = int32(i), one*one, []int{i}
	}
	g.queue = newQueue(g.mates)
	for i := range edges {
		g.look(int32(i))
	}
	for len(g.queue.groups) > 0 {
		a := g.queue.groups[0]
		m := g.mates[a]
		switch {
		case m.other < 0:
			g.queue.groups = nil // nobody is near to anybody
		case g.in[m.other] != m.other || g.changes[m.other] != m.changes:
			g.look(a)
		default:
			a, b := min(a, m.other), max(a, m.other)
			g.merge(a, b)
			members[a] = append(members[a], members[b]...)
			members[b] = nil
		}
	}
	members = slices.DeleteFunc(members, func(m []int) bool { return m == nil })
	for _, m := range members {
		slices.Sort(m)
	}
	return members
}

// merge joins group b to a.
func (g *groups) merge(a, b int32) {
	g.in[b] = a
	g.changes[a]++
	g.queue.remove(b)
	g.edges[a] = append(g.edges[a], g.edges[b]...)
	g.edges[b] = nil
	g.self[a] += g.self[b] + g.gather(a)
	g.look(a)
	for _, e := range g.edges[a] {
		if m := g.mateOf(e.to, edge{a, e.sum}); m.before(g.mates[e.to]) {
			g.set(e.to, m)
		}
	}
}

// gather makes a group's edges one to each group that stands now. What went to groups
// that are part of it now it returns as a sum: each such pair from both sides.
func (g *groups) gather(a int32) (within int64) {
	edges := g.edges[a][:0]
	for _, e := range g.edges[a] {
		to := g.standing(e.to)
		if g.sums[to] == 0 {
			edges = append(edges, edge{to: to}) // never past what was read
		}
		g.sums[to] += e.sum
	}
	kept := edges[:0]
	for _, e := range edges {
		e.sum, g.sums[e.to] = g.sums[e.to], 0
		if e.to == a {
			within = e.sum
			continue
		}
		kept = append(kept, e)
	}
	g.edges[a] = kept
	return within
}

// look finds the nearest of a group.
func (g *groups) look(a int32) {
	g.gather(a)
	nearest := mate{other: -1}
	for _, e := range g.edges[a] {
		if m := g.mateOf(a, e); m.before(nearest) {
			nearest = m
		}
	}
	g.set(a, nearest)
}

func (g *groups) set(a int32, m mate) {
	g.mates[a] = m
	g.queue.fix(a)
}

// mateOf is what an edge makes of two groups: the average over the pairs of the one
// with the other, over the geometric mean of the averages within each. The sizes
// cancel out.
func (g *groups) mateOf(a int32, e edge) mate {
	near := float64(e.sum) / math.Sqrt(float64(g.self[a])*float64(g.self[e.to]))
	if near < Near {
		return mate{other: -1}
	}
	return mate{near, e.to, g.changes[e.to]}
}

// before tells which of two mates of a group comes first: the nearer, then the
// lesser.
func (m mate) before(other mate) bool {
	if m.other < 0 || other.other < 0 {
		return m.other >= 0
	}
	return m.near > other.near || m.near == other.near && m.other < other.other
}

// standing is the group that a group is in now.
func (g *groups) standing(n int32) int32 {
	for g.in[n] != n {
		g.in[n] = g.in[g.in[n]]
		n = g.in[n]
	}
	return n
}
