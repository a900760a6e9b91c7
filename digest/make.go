package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// sameDates is how many stories of one source must share one date for the date to
// be the feed's own and not the stories'.
const sameDates = 3

// Make picks an edition. Candidates pass the gates, stories of the same event are
// grouped, and the best are selected under the quotas; see [Rule] for the steps
// and their order. The result depends on the snapshot and the overlay alone: not
// on the order of the stories, nor on the machine.
//
// Its error is an [*OverlayError] where the overlay cannot be followed.
func Make(s Snapshot, o Overlay) (Pick, error) {
	s.Rules = s.Rules.withSections()
	all, err := candidates(s, o)
	if err != nil {
		return Pick{}, err
	}
	if err := checkOverlay(s, o, all); err != nil {
		return Pick{}, err
	}
	final := choose(s.Rules, all, set(o.Add...))
	if o.Lead != "" || len(o.Order) > 0 {
		byRule := final
		final = choose(s.Rules, all, set(slices.Concat(o.Add, o.Order, []string{o.Lead})...))
		// What the rule picks too keeps the rule's reason.
		for _, i := range final.taken {
			if final.reasons[i].Rule == ByEditor && byRule.chosen(i) {
				final.reasons[i] = byRule.reasons[i]
			}
		}
	}
	p := final.pick(o)
	p.Corrections = offered(s, o)
	return p, nil
}

// withSections gives rules without sections the one that takes everything.
func (r Rules) withSections() Rules {
	if len(r.Sections) == 0 {
		r.Sections = []Section{{Rest: true}}
	}
	return r
}

// candidates prepares the stories, best first, each with the gate that stops it.
func candidates(s Snapshot, o Overlay) ([]*candidate, error) {
	added, constant, g := set(o.Add...), constantDates(s.Stories), newGates(s, o)
	all := make([]*candidate, len(s.Stories))
	ids := make(map[string]bool, len(s.Stories))
	for i, story := range s.Stories {
		if story.ID == "" || ids[story.ID] {
			return nil, fmt.Errorf("the snapshot of %s/%s holds story %q twice, or without ID", s.Newsletter, s.Slot, story.ID)
		}
		ids[story.ID] = true
		c := &candidate{
			story: story, keys: Keys(story), title: newHeadline(story.Title), added: added[story.ID],
			section: s.Rules.section(story, o.Sections[story.ID]),
		}
		c.date, c.dated = g.believe(story, constant[story.Source])
		c.free = later(c.date, story.Embargo)
		c.points = scoreOf(story, c.free, s.From, s.To)
		c.gate = g.ask(c)
		all[i] = c
	}
	slices.SortFunc(all, better)
	return all, nil
}

// better orders candidates best first: by score, date, ID.
func better(a, b *candidate) int {
	return cmp.Or(
		cmp.Compare(b.points.total(), a.points.total()),
		b.date.Compare(a.date),
		cmp.Compare(a.story.ID, b.story.ID),
	)
}

// section is the index of the section a story belongs to: the overlay's, or the
// first that takes it, or the first that takes the rest; -1 for none.
func (r Rules) section(s Story, wish string) int {
	if wish != "" {
		return r.sectionNamed(wish)
	}
	words := make(map[string]bool)
	for _, label := range labels(s) {
		words[strings.ToLower(label)] = true
	}
	for i, section := range r.Sections {
		for _, word := range append([]string{section.Name}, section.Match...) {
			if words[strings.ToLower(word)] {
				return i
			}
		}
	}
	return slices.IndexFunc(r.Sections, func(s Section) bool { return s.Rest })
}

func (r Rules) sectionNamed(name string) int {
	return slices.IndexFunc(r.Sections, func(s Section) bool { return strings.EqualFold(s.Name, name) })
}

// constantDates finds the sources that stamp every story with one date.
func constantDates(stories []Story) map[string]bool {
	first, count := map[string]time.Time{}, map[string]int{}
	varied := map[string]bool{}
	for _, s := range stories {
		if s.Published.IsZero() {
			continue
		}
		if count[s.Source]++; count[s.Source] == 1 {
			first[s.Source] = s.Published
		} else if !first[s.Source].Equal(s.Published) {
			varied[s.Source] = true
		}
	}
	constant := map[string]bool{}
	for source, n := range count {
		constant[source] = n >= sameDates && !varied[source]
	}
	return constant
}

// believe gives the date the rules work with, and why it is not the published one.
func (g *gates) believe(s Story, constant bool) (time.Time, string) {
	why := ""
	switch {
	case s.FirstSeen.IsZero():
		return s.Published, ""
	case s.Published.IsZero():
		why = "without a date"
	case s.Published.After(g.snapshot.To):
		why = "dated in the future (" + g.time(s.Published) + ")"
	case constant:
		why = "dated like everything of its source"
	default:
		return s.Published, ""
	}
	return s.FirstSeen, why + ", so by when it was first seen: " + g.time(s.FirstSeen)
}

// pick puts the selection in order: the lead, the sections as configured, within
// them the editor's order, then the score. What is left goes by date.
func (s *selection) pick(o Overlay) Pick {
	lead := s.lead(o)
	slices.SortFunc(s.taken, func(a, b int) int {
		return cmp.Or(
			compareBool(a == lead, b == lead),
			cmp.Compare(s.all[a].section, s.all[b].section),
			cmp.Compare(position(o.Order, s.all[a].story.ID), position(o.Order, s.all[b].story.ID)),
			cmp.Compare(a, b),
		)
	})
	p := Pick{Verdict: s.verdict(), Chosen: make([]Choice, 0, len(s.taken))}
	for _, i := range s.taken {
		p.Chosen = append(p.Chosen, Choice{
			Story: s.all[i].story, Section: s.sectionName(i), Kicker: o.Retitle[s.all[i].story.ID].Kicker,
			Lead: i == lead, Reason: s.reasons[i], Also: s.also[i],
		})
	}
	p.Left = s.left()
	return p
}

func (s *selection) left() []Choice {
	var left []*candidate
	reasons := make(map[*candidate]Reason)
	for i, c := range s.all {
		if s.chosen(i) {
			continue
		}
		reasons[c] = s.reasons[i]
		if !c.open() {
			reasons[c] = c.gate
		}
		left = append(left, c)
	}
	slices.SortFunc(left, func(a, b *candidate) int {
		return cmp.Or(b.date.Compare(a.date), cmp.Compare(a.story.ID, b.story.ID))
	})
	choices := make([]Choice, len(left))
	for i, c := range left {
		choices[i] = Choice{Story: c.story, Reason: reasons[c]}
		if c.section >= 0 {
			choices[i].Section = s.rules.Sections[c.section].Name
		}
	}
	return choices
}

func (s *selection) verdict() Verdict {
	switch {
	case len(s.taken) == 0:
		return Empty
	case len(s.taken) < s.rules.HoldBelow:
		return Thin
	}
	return Full
}

// lead is the overlay's, or the best with a picture, or the best: never sponsored,
// never from a section that gives no lead. It is -1 where nothing may lead.
func (s *selection) lead(o Overlay) int {
	best := -1
	for i, c := range s.all {
		if !s.chosen(i) {
			continue
		}
		if o.Lead != "" {
			if c.story.ID == o.Lead {
				return i
			}
			continue
		}
		if leads := s.rules.Sections[c.section].Lead; c.story.Sponsor != "" || leads != nil && !*leads {
			continue
		}
		if c.points.image > 0 {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

func (s *selection) sectionName(i int) string { return s.rules.Sections[s.all[i].section].Name }

// position is where a story stands in the editor's order; after it where it does not.
func position(order []string, id string) int {
	if i := slices.Index(order, id); i >= 0 {
		return i
	}
	return len(order)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
