package event

// Centre says for each story of a group, a list of indexes into the stories, how like
// it is to the others, in thousandths of what the story in the middle is, the one most
// like them. What tells the group's event has not much less; what came in by its edge,
// or tells another event that the group took in, has.
//
// A story's likeness to the others is its vector times the sum of theirs, so that the
// effort grows with the stories and not with their pairs. Dates are not asked: what
// is in a group is near in time.
func (e *Events) Centre(group []int) []int {
	if len(group) == 1 {
		return []int{1000}
	}
	sum := make(map[uint64]int64, 2*len(e.vectors[group[0]]))
	for _, i := range group {
		for _, p := range e.vectors[i] {
			sum[p.hash] += int64(p.weight)
		}
	}
	likeness, most := make([]int64, len(group)), int64(0)
	for n, i := range group {
		for _, p := range e.vectors[i] {
			likeness[n] += int64(p.weight) * (sum[p.hash] - int64(p.weight))
		}
		likeness[n] /= one // a group of a hundred thousand stays far below the largest number
		most = max(most, likeness[n])
	}
	centre := make([]int, len(group))
	for n := range group {
		centre[n] = 1000
		if most > 0 {
			centre[n] = int(likeness[n] * 1000 / most)
		}
	}
	return centre
}
