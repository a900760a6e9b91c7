package event

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// Near is how alike two groups must be to become one, as a part of what each is to
// itself. It was chosen on titles; docs/picking.md has the figures.
const Near = 0.16

// Group parts stories into events: lists of indexes into stories, each in the order
// of date (unknown first) and ID, the lists by their first. Every story is in one.
//
// It is agglomerative: every story begins alone, and the two groups that are nearest
// are joined until no two are Near. See the package comment for what near is. Of
// equally near ones those are joined that have the earlier stories. The order of
// the stories changes nothing.
func Group(stories []Story, archive *Archive) [][]int {
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(stories[a].at, stories[b].at), cmp.Compare(stories[a].id, stories[b].id), cmp.Compare(a, b))
	})
	at, vectors := make([]int64, len(order)), make([][]part, len(order))
	for n, i := range order {
		at[n], vectors[n] = stories[i].at, archive.vector(&stories[i], false)
	}
	var events [][]int
	for _, group := range join(pairs(at, vectors)) {
		for k, n := range group {
			group[k] = order[n]
		}
		events = append(events, group)
	}
	return events
}

// groups are those that are left while joining, each under its lowest member. A group
// that another was joined to is found by way of it, as in union-find.
type groups struct {
	edges   [][]edge // to groups as they were when the edge was made
	in      []int32  // the group that a group was joined to; itself while it stands
	self    []int64  // likeness of a group to itself: the sum over all its pairs, and over its stories with themselves
	version []int32  // counts the changes; -1: joined to another
	queue   queue
	sums    []int64 // scratch, by group
}

// join merges while there are two groups that are near.
func join(edges [][]edge) [][]int {
	n := len(edges)
	g := &groups{edges: edges, in: make([]int32, n), self: make([]int64, n), version: make([]int32, n), sums: make([]int64, n)}
	members := make([][]int, n)
	for i := range edges {
		g.in[i], g.self[i], members[i] = int32(i), one*one, []int{i}
	}
	for i := range edges {
		for _, e := range edges[i] {
			if int(e.to) > i {
				g.offer(int32(i), e)
			}
		}
	}
	for len(g.queue) > 0 {
		p := heap.Pop(&g.queue).(pair)
		if g.version[p.a] == p.versionA && g.version[p.b] == p.versionB {
			g.merge(p.a, p.b)
			members[p.a] = append(members[p.a], members[p.b]...)
			members[p.b] = nil
		}
	}
	members = slices.DeleteFunc(members, func(m []int) bool { return m == nil })
	for _, m := range members {
		slices.Sort(m)
	}
	return members
}

// offer puts a pair of groups into the queue if they are near.
func (g *groups) offer(a int32, e edge) {
	b := e.to
	if b < a {
		a, b = b, a
	}
	// The average over the pairs of the one with the other, over the geometric mean
	// of the averages within each: the sizes cancel out.
	near := float64(e.sum) / math.Sqrt(float64(g.self[a])*float64(g.self[b]))
	if near >= Near {
		heap.Push(&g.queue, pair{near, a, b, g.version[a], g.version[b]})
	}
}

// merge joins group b to a.
func (g *groups) merge(a, b int32) {
	g.in[b] = a
	g.version[a]++
	g.version[b] = -1
	all := make([]edge, 0, len(g.edges[a])+len(g.edges[b]))
	for _, from := range [][]edge{g.edges[a], g.edges[b]} {
		for _, e := range from {
			to := g.standing(e.to)
			if g.sums[to] == 0 {
				all = append(all, edge{to: to})
			}
			g.sums[to] += e.sum
		}
	}
	// Each pair of the one with the other is found from both sides.
	g.self[a] += g.self[b] + g.sums[a]
	g.sums[a] = 0
	all = slices.DeleteFunc(all, func(e edge) bool { return e.to == a })
	for i := range all {
		e := &all[i]
		e.sum, g.sums[e.to] = g.sums[e.to], 0
		g.offer(a, *e)
	}
	g.edges[a], g.edges[b] = all, nil
}

// standing is the group that a group is in now.
func (g *groups) standing(n int32) int32 {
	for g.in[n] != n {
		g.in[n] = g.in[g.in[n]]
		n = g.in[n]
	}
	return n
}

// pair is two groups that may be joined, if neither has changed since.
type pair struct {
	near               float64
	a, b               int32
	versionA, versionB int32
}

// queue is a heap of pairs, the nearest first.
type queue []pair

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[j].near, q[i].near), cmp.Compare(q[i].a, q[j].a), cmp.Compare(q[i].b, q[j].b)) < 0
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q *queue) Push(x any) { *q = append(*q, x.(pair)) }

func (q *queue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	*q = (*q)[:last]
	return p
}
