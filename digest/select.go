package digest

import (
	"fmt"
	"slices"
)

// selection is the choice among the candidates that passed the gates.
type selection struct {
	rules   Rules
	all     []*candidate
	reasons []Reason // by candidate; a zero Rule is undecided, or left to its gate
	also    [][]string
	taken   []int // chosen candidates
	filled  []int // by section
}

// choose selects among candidates ordered best first. Pinned ones are in; then
// every section gets its minimum, in the order of the sections; then the best by
// score come in under the sections' maxima and the total. One story stands for an
// event: a pinned one, or the best.
func choose(rules Rules, all []*candidate, pinned map[string]bool) *selection {
	s := &selection{
		rules: rules, all: all,
		reasons: make([]Reason, len(all)), also: make([][]string, len(all)), filled: make([]int, len(rules.Sections)),
	}
	s.groupEvents(pinned)
	for i, c := range all {
		if s.undecided(i) && pinned[c.story.ID] {
			s.take(i, ByEditor, editorText(c)+c.points.String())
		}
	}
	for n, section := range rules.Sections {
		for i, c := range all {
			if s.filled[n] >= section.Min || s.full() {
				break
			}
			if s.undecided(i) && c.section == n {
				s.take(i, ByMinimum, fmt.Sprintf("%s wants at least %d; %s", section.Name, section.Min, c.points))
			}
		}
	}
	for i, c := range all {
		if s.full() {
			break
		}
		if s.undecided(i) && !s.sectionFull(c.section) {
			s.take(i, ByScore, c.points.String())
		}
	}
	s.leaveRest()
	return s
}

func editorText(c *candidate) string {
	if c.added {
		return "added by the editor; "
	}
	return "kept by the editor; "
}

func (s *selection) undecided(i int) bool { return s.all[i].open() && s.reasons[i].Rule == "" }

func (s *selection) chosen(i int) bool { return slices.Contains(s.taken, i) }

func (s *selection) full() bool { return s.rules.Stories > 0 && len(s.taken) >= s.rules.Stories }

func (s *selection) sectionFull(section int) bool {
	most := s.rules.Sections[section].Max
	return most > 0 && s.filled[section] >= most
}

func (s *selection) take(i int, rule Rule, text string) {
	s.taken = append(s.taken, i)
	s.filled[s.all[i].section]++
	s.reasons[i] = s.reason(i, rule, text)
}

func (s *selection) reason(i int, rule Rule, text string) Reason {
	if note := s.all[i].dated; note != "" {
		text += "; " + note
	}
	return Reason{Rule: rule, Text: text, Score: s.all[i].points.total()}
}

// groupEvents decides all but the story that stands for each event.
func (s *selection) groupEvents(pinned map[string]bool) {
	known := newEvents()
	var stands []int // by the event's number
	stand := func(i int) {
		c := s.all[i]
		known.add(c.keys, c.title, c.date)
		stands = append(stands, i)
	}
	for i, c := range s.all {
		if c.open() && pinned[c.story.ID] {
			stand(i)
		}
	}
	for i, c := range s.all {
		if !c.open() || pinned[c.story.ID] {
			continue
		}
		n, same := known.find(c.keys, c.title, c.date)
		if !same {
			stand(i)
			continue
		}
		other := s.all[stands[n]].story
		s.reasons[i] = s.reason(i, SameEvent, fmt.Sprintf("same event as %s %q; %s", other.ID, other.Title, c.points))
		s.also[stands[n]] = append(s.also[stands[n]], c.story.ID)
	}
}

// leaveRest gives those that are left the quota that kept them out.
func (s *selection) leaveRest() {
	for i, c := range s.all {
		if !s.undecided(i) {
			continue
		}
		rule, name, has, most := EditionFull, "the edition", len(s.taken), s.rules.Stories
		if s.sectionFull(c.section) {
			section := s.rules.Sections[c.section]
			rule, name, has, most = SectionFull, section.Name, s.filled[c.section], section.Max
		}
		s.reasons[i] = s.reason(i, rule, fmt.Sprintf("%s is full (%d of %d); %s", name, has, most, c.points))
	}
}
