package digest

// countReports gives candidates the number of reports of their event that each stands
// for: all, if it tells what they tell on average; fewer, if it came in by the edge,
// or tells another event that the group took in. Otherwise the newest of a large group
// would stand for all, whatever it tells.
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

// reportsNear is the part of a group's reports that a story's nearness to its centre,
// in thousandths, stands for.
func reportsNear(size, centre int) int {
	return min(size, max(1, (size*centre+500)/1000))
}
