package digest

import (
	"fmt"
	"slices"
	"strconv"
)

// Share is something a candidate has in common with stories of the edition, which is
// why it adds less variety to them.
type Share struct {
	Kind string   `json:"kind"` // "section", "author", "topic"
	Name string   `json:"name"`
	With []string `json:"with"` // IDs, in the order they were chosen
}

// sharesOf is what a candidate has in common with those chosen so far.
func (s *selection) sharesOf(i int) []Share {
	var shares []Share
	for _, m := range s.worth.shares[i] {
		if s.worth.weights[m.group] == 0 || m.label.shown == "" {
			continue
		}
		share := Share{Kind: m.label.kind, Name: m.label.shown}
		for _, j := range s.taken {
			if j != i && slices.ContainsFunc(s.worth.shares[j], func(other membership) bool { return other.group == m.group }) {
				share.With = append(share.With, s.all[j].story.ID)
			}
		}
		if len(share.With) > 0 {
			shares = append(shares, share)
		}
	}
	return shares
}

// leaveRest gives those that are left the limit that kept them out, what they would
// add to the edition as it is, and the pick that they come closest to replacing.
func (s *selection) leaveRest() {
	var rest []int
	for i := range s.all {
		if s.undecided(i) {
			rest = append(rest, i)
			s.gains[i], s.shares[i] = s.worth.gain(i), s.sharesOf(i)
		}
	}
	closest := s.closest(rest)
	for n, i := range rest {
		rule, text := s.limit(i)
		if c := closest[n]; c.pick >= 0 {
			s.rivals[i] = c.pick
			text += fmt.Sprintf("; it would add %s where %s adds %s", inPoints(c.gain), s.all[c.pick].story.ID, inPoints(c.loss))
		} else {
			text += "; it would add " + inPoints(s.gains[i])
		}
		s.reasons[i] = s.reason(i, rule, text)
	}
}

// limit is the one that keeps a candidate out of the edition as it is: its
// section's, its author's, or the edition's.
func (s *selection) limit(i int) (Rule, string) {
	c := s.all[i]
	if s.sectionFull(c.section, -1) {
		section := s.rules.Sections[c.section]
		return SectionFull, fmt.Sprintf("%s is full (%d of %d)", section.Name, s.filled[c.section], section.Max)
	}
	if name, full := s.authors.full(i, -1); full {
		return AuthorFull, fmt.Sprintf("%s has %d already, of %d", s.shownAuthor(i, name), s.authors.count[name], s.authors.most)
	}
	return EditionFull, fmt.Sprintf("the edition is full (%d of %d)", len(s.taken), s.rules.Stories)
}

// shownAuthor writes a folded name as the story does.
func (s *selection) shownAuthor(i int, name string) string {
	for _, l := range s.all[i].authors {
		if l.name == name {
			return l.shown
		}
	}
	return name
}

// rivalry is what a candidate would add in the place of a pick, and what that adds.
type rivalry struct {
	pick       int // -1: it may take the place of none
	gain, loss int64
}

// closest finds for each candidate the pick that it comes closest to replacing.
func (s *selection) closest(rest []int) []rivalry {
	found := make([]rivalry, len(rest))
	for n := range found {
		found[n].pick = -1
	}
	for _, i := range slices.Clone(s.taken) {
		if s.pinned[s.all[i].story.ID] {
			continue
		}
		s.without(i, func(loss int64) {
			for n, j := range rest {
				if !s.mayReplace(i, j) {
					continue
				}
				if gain := s.worth.gain(j); found[n].pick < 0 || gain-loss > found[n].gain-found[n].loss {
					found[n] = rivalry{i, gain, loss}
				}
			}
		})
	}
	return found
}

// inPoints writes mills as points, to a tenth.
func inPoints(mills int64) string {
	tenths := (mills + mill/20) / (mill / 10)
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
}
