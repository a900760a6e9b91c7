package digest

import (
	"fmt"
	"slices"
)

// selection is the choice among the candidates that passed the gates, and the
// ledger of it: what each one added, or would have, and the rule that decided.
type selection struct {
	rules   Rules
	all     []*candidate // best first
	told    telling
	pinned  map[string]bool
	worth   *objective
	authors *authors
	taken   []int // chosen candidates
	in      []bool
	filled  []int // by section
	lifted  bool  // sections' and authors' limits are, for want of stories

	reasons []Reason // by candidate; a zero Rule is undecided, or left to its gate
	gains   []int64  // by candidate, in mills
	shares  [][]Share
	rivals  []int      // by candidate left out by a quota: the pick that it lost to; -1: none
	also    [][]string // by candidate that stands for an event: the others that tell it
	again   [][]string // and those that tell it in nearly the same words
}

// choose selects among candidates ordered best first: the pinned ones; each
// section's minimum, in the order of the sections; then whatever adds most to the
// objective under the limits; then one pass of exchanges, and what fits after it; and
// in a thin week what else there is. One story stands for an event: a pinned one, or
// the best.
func choose(rules Rules, all []*candidate, pinned map[string]bool, told telling) *selection {
	n := len(all)
	s := &selection{
		rules: rules, all: all, told: told, pinned: pinned, worth: newObjective(rules, all), authors: newAuthors(rules.AuthorMax, all),
		in: make([]bool, n), filled: make([]int, len(rules.Sections)),
		reasons: make([]Reason, n), gains: make([]int64, n), shares: make([][]Share, n), rivals: make([]int, n), also: make([][]string, n), again: make([][]string, n),
	}
	for i := range s.rivals {
		s.rivals[i] = -1
	}
	s.standForEvents()
	for i, c := range all {
		if s.undecided(i) && pinned[c.story.ID] {
			s.take(i, ByEditor, editorText(c))
		}
	}
	s.takeByRule()
	s.exchange()
	s.takeByRule() // who left a place may have filled another limit too, its author's or its section's
	s.fillThin()
	s.leaveRest()
	return s
}

// takeByRule takes what the sections want at least, then whatever adds most, until
// nothing fits.
func (s *selection) takeByRule() {
	for n, section := range s.rules.Sections {
		for s.filled[n] < section.Min {
			i := s.best(func(i int) bool { return s.undecided(i) && s.all[i].section == n })
			if i < 0 {
				break
			}
			s.take(i, ByMinimum, fmt.Sprintf("%s wants at least %d", section.Name, section.Min))
		}
	}
	for i := s.best(s.undecided); i >= 0; i = s.best(s.undecided) {
		s.take(i, ByScore, "")
	}
}

func editorText(c *candidate) string {
	if c.added {
		return "added by the editor"
	}
	return "kept by the editor"
}

func (s *selection) undecided(i int) bool { return s.all[i].open() && s.reasons[i].Rule == "" }

func (s *selection) full() bool { return s.rules.Stories > 0 && len(s.taken) >= s.rules.Stories }

// best is the candidate that adds most, of those that there is room for; of equals
// the better one. It is -1 where there is none.
func (s *selection) best(of func(i int) bool) int {
	best, most := -1, int64(0)
	if s.full() {
		return best
	}
	for i := range s.all {
		if !of(i) || !s.room(i, -1) {
			continue
		}
		if gain := s.worth.gain(i); best < 0 || gain > most {
			best, most = i, gain
		}
	}
	return best
}

// room tells whether the limits of its section and authors let a candidate in,
// once another has left (-1: none). The size of the edition is not asked.
func (s *selection) room(i, leaving int) bool {
	if s.lifted {
		return true
	}
	if s.sectionFull(s.all[i].section, leaving) {
		return false
	}
	_, full := s.authors.full(i, leaving)
	return !full
}

func (s *selection) sectionFull(section, leaving int) bool {
	most, has := s.rules.Sections[section].Max, s.filled[section]
	if leaving >= 0 && s.all[leaving].section == section {
		has--
	}
	return most > 0 && has >= most
}

func (s *selection) take(i int, rule Rule, text string) {
	s.gains[i], s.shares[i] = s.worth.gain(i), s.sharesOf(i)
	s.reasons[i] = s.reason(i, rule, text)
	s.worth.add(i)
	s.authors.add(i, 1)
	s.filled[s.all[i].section]++
	s.taken, s.in[i] = append(s.taken, i), true
}

// untake undoes a choice, as if it had not been looked at.
func (s *selection) untake(i int) {
	s.worth.remove(i)
	s.authors.add(i, -1)
	s.filled[s.all[i].section]--
	s.taken, s.in[i] = slices.DeleteFunc(s.taken, func(j int) bool { return i == j }), false
	s.gains[i], s.shares[i], s.reasons[i] = 0, nil, Reason{}
}

// reason is the rule, what it has to say, the points and, where it is not the
// published one, the date.
func (s *selection) reason(i int, rule Rule, text string) Reason {
	c := s.all[i]
	if text != "" {
		text += "; "
	}
	text += c.points.String()
	if c.dated != "" {
		text += "; " + c.dated
	}
	return Reason{Rule: rule, Text: text, Score: c.points.Total()}
}

// exchange goes once over what the rule picked, in the order it was taken, and puts
// for each the story that makes most of its place, where one makes more of it. The
// objective never falls.
func (s *selection) exchange() {
	for _, i := range slices.Clone(s.taken) {
		if s.pinned[s.all[i].story.ID] {
			continue
		}
		j, more := s.replacement(i)
		if j < 0 || more <= 0 {
			continue
		}
		s.untake(i)
		s.take(j, BySwap, fmt.Sprintf("adds %s more than %s, in whose place it is", inPoints(more), s.all[i].story.ID))
	}
}

// replacement is the candidate that makes most of the place of a chosen one, and
// how much more than it that is, in mills.
func (s *selection) replacement(i int) (best int, most int64) {
	best = -1
	s.without(i, func(loss int64) {
		for j := range s.all {
			if !s.undecided(j) || !s.mayReplace(i, j) {
				continue
			}
			if more := s.worth.gain(j) - loss; best < 0 || more > most {
				best, most = j, more
			}
		}
	})
	return best, most
}

// without asks what the others are worth, less a chosen one. What is asked is told
// how much that one adds to them.
func (s *selection) without(i int, ask func(loss int64)) {
	loss := s.worth.remove(i)
	ask(loss)
	s.worth.add(i)
}

// mayReplace tells whether j may have the place of i: the limits hold, and so does
// the minimum of the section that i leaves.
func (s *selection) mayReplace(i, j int) bool {
	from := s.all[i].section
	if s.all[j].section != from && s.filled[from] <= s.rules.Sections[from].Min {
		return false
	}
	return s.room(j, i)
}

// standForEvents decides all but the story that stands for each event.
func (s *selection) standForEvents() {
	stands := s.standing()
	for i, c := range s.all {
		n := stands[c.event]
		if !c.open() || n == i || s.pinned[c.story.ID] { // the editor may have several
			continue
		}
		other := s.all[n]
		text := fmt.Sprintf("same event as %s %q", other.story.ID, other.story.Title)
		if s.told.again(c, other) {
			text += ", in nearly the same words"
			s.again[n] = append(s.again[n], c.story.ID)
		} else {
			s.also[n] = append(s.also[n], c.story.ID)
		}
		s.reasons[i] = s.reason(i, SameEvent, text)
	}
}

// standing finds for each event the story that stands for it: the editor's, or the
// best; of those of one score, the one that stands for most reports.
func (s *selection) standing() map[int]int {
	stands := map[int]int{}
	for i, c := range s.all {
		if c.open() && s.pinned[c.story.ID] {
			if _, known := stands[c.event]; !known {
				stands[c.event] = i
			}
		}
	}
	for i, c := range s.all {
		if !c.open() || s.pinned[c.story.ID] {
			continue
		}
		n, known := stands[c.event]
		if known {
			other := s.all[n]
			known = s.pinned[other.story.ID] || c.points.Total() < other.points.Total() || c.reports <= other.reports
		}
		if !known {
			stands[c.event] = i
		}
	}
	return stands
}
