package event

import (
	"cmp"
	"container/heap"
)

// queue is a heap of groups, the one with the nearest mate first; of equally near ones
// the pair with the lowest group.
type queue struct {
	mates  []mate
	groups []int32
	place  []int // of a group in the heap; -1: not in it
}

func newQueue(mates []mate) queue {
	q := queue{mates: mates, groups: make([]int32, len(mates)), place: make([]int, len(mates))}
	for i := range mates {
		q.groups[i], q.place[i] = int32(i), i
		q.mates[i] = mate{other: -1}
	}
	return q
}

// fix moves a group to its place after its mate has changed.
func (q *queue) fix(a int32) { heap.Fix(q, q.place[a]) }

func (q *queue) remove(a int32) { heap.Remove(q, q.place[a]) }

// Len is the number of groups in the heap; with it and the next four methods a queue
// is a heap.Interface.
func (q *queue) Len() int { return len(q.groups) }

func (q *queue) Less(i, j int) bool {
	a, b := q.groups[i], q.groups[j]
	x, y := q.mates[a], q.mates[b]
	if x.other < 0 || y.other < 0 {
		return x.other >= 0 && y.other < 0
	}
	return cmp.Or(
		cmp.Compare(y.near, x.near),
		cmp.Compare(min(a, x.other), min(b, y.other)),
		cmp.Compare(max(a, x.other), max(b, y.other)),
	) < 0
}

func (q *queue) Swap(i, j int) {
	q.groups[i], q.groups[j] = q.groups[j], q.groups[i]
	q.place[q.groups[i]], q.place[q.groups[j]] = i, j
}

func (q *queue) Push(any) {} // all groups are in it from the beginning

func (q *queue) Pop() any {
	last := len(q.groups) - 1
	a := q.groups[last]
	q.groups, q.place[a] = q.groups[:last], -1
	return a
}
