package digest

// countReports gives candidates the number of reports of their event that each stands
// for: all, if it is the most like the others; fewer, the less it is, and few if it
// came in by the edge, or tells another event that the group took in. Otherwise the
// newest of a large group would stand for all, whatever it tells.
func (t telling) countReports(list []*candidate) {
	groups := map[int][]*candidate{}
	for _, c := range list {
		groups[c.event] = append(groups[c.event], c)
	}
	for _, group := range groups {
		members := make([]int, len(group))
		for i, c := range group {
			members[i] = c.nth
		}
		for i, centre := range t.events.Centre(members) {
			group[i].reports = reportsNear(len(group), centre)
		}
	}
}

// reportsNear is the part of a group's reports, in thousandths of one, that a story's
// nearness to its centre, in thousandths, stands for: itself, and that part of the
// others.
func reportsNear(size, centre int) int { return 1000 + (size-1)*centre }
