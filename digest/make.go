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
	s = s.withElsewhere(o)
	how := makeOpen
	if o.Whole {
		how = makeWhole
	}
	p, err := how(s, o)
	if p.Verdict == Empty && s.Unread {
		p.Verdict = Unread
	}
	return p, err
}

// makeOpen lets the rule fill up what the overlay leaves open.
func makeOpen(s Snapshot, o Overlay) (Pick, error) {
	all, told, err := candidates(s, o)
	if err != nil {
		return Pick{}, err
	}
	if err := checkOverlay(s, o, all); err != nil {
		return Pick{}, err
	}
	final := choose(s.Rules, all, set(o.Add...), told)
	if o.Lead != "" || len(o.Order) > 0 {
		byRule := final
		final = choose(s.Rules, all, set(slices.Concat(o.Add, o.Order, []string{o.Lead})...), told)
		// What the rule picks too keeps the rule's reason.
		for _, i := range final.taken {
			if final.reasons[i].Rule == ByEditor && byRule.in[i] {
				final.reasons[i], final.gains[i], final.shares[i] = byRule.reasons[i], byRule.gains[i], byRule.shares[i]
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

// candidates prepares the stories, best first, each with the gate that stops it, or
// with its event and its points. Events and points are made of what passed the
// gates alone, so that a story that fails one changes nothing for the others. Events
// are made of what passes them whatever the editor says, so that an edit of one story
// does not change the events of others.
func candidates(s Snapshot, o Overlay) ([]*candidate, telling, error) {
	added, named, unshown, g := o.lifted(), set(append(slices.Clone(o.Order), o.Lead)...), set(s.Unshown...), newGates(s, o)
	own, beside := g.own(), g.beside()
	all := make([]*candidate, len(s.Stories))
	ids := make(map[string]bool, len(s.Stories))
	for _, story := range s.Stories {
		if story.ID == "" || ids[story.ID] {
			return nil, telling{}, fmt.Errorf("the snapshot of %s/%s holds story %q twice, or without ID", s.Newsletter, s.Slot, story.ID)
		}
		ids[story.ID] = true
	}
	sideBySide(len(all), func(i int) {
		story := s.Stories[i]
		all[i] = &candidate{
			story: story, keys: Keys(story), added: added[story.ID], shown: shown(story, o.Retitle[story.ID], unshown),
			authors: foldedLabels(kindAuthor, story.Authors), topics: foldedLabels(kindTopic, story.Topics),
			section: s.Rules.section(story, o.Sections[story.ID]), event: -1 - i,
		}
		all[i].gate = ask(all[i], own)
	})
	g.learn(all)
	sideBySide(len(all), func(i int) {
		c := all[i]
		c.date, c.dated = g.believe(c.story)
		c.free = later(c.date, c.story.Embargo)
		if c.open() || g.edited(c) {
			c.tells = g.tellingOf(c)
		}
	})
	var open, reserve, through, letIn []*candidate
	for _, c := range all {
		edited := g.edited(c)
		if c.open() {
			c.gate = ask(c, beside)
			c.tier = g.reserveOf(c)
		}
		passes := c.open() && !edited || edited && g.passesUnedited(c)
		if c.tier != thisWeek && named[c.story.ID] { // an editor kept what a thin week brought
			c.gate, c.tier = Reason{}, thisWeek
		}
		switch {
		case passes:
			through = append(through, c)
		case c.open():
			letIn = append(letIn, c)
		}
		switch {
		case c.open():
			open = append(open, c)
		case c.tier != thisWeek:
			reserve = append(reserve, c)
		}
	}
	told := tell(g.mailed.stories, through, letIn)
	told.countReports(open)
	score(s, open)
	score(s, reserve)
	slices.SortFunc(all, better)
	return all, told, nil
}

// better orders candidates best first: by score, date, ID.
func better(a, b *candidate) int {
	return cmp.Or(
		cmp.Compare(b.points.Total(), a.points.Total()),
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
func constantDates(list []*candidate) map[string]bool {
	first, count := map[string]time.Time{}, map[string]int{}
	varied := map[string]bool{}
	for _, c := range list {
		source, published := c.story.Source, c.story.Published
		if published.IsZero() {
			continue
		}
		if count[source]++; count[source] == 1 {
			first[source] = published
		} else if !first[source].Equal(published) {
			varied[source] = true
		}
	}
	constant := map[string]bool{}
	for source, n := range count {
		constant[source] = n >= sameDates && !varied[source]
	}
	return constant
}

// believe gives the date the rules work with, and why it is not the published one.
// A date is in the future where it is after the window and after the story was seen.
func (g *gates) believe(s Story) (time.Time, string) {
	why := ""
	switch {
	case s.FirstSeen.IsZero():
		return s.Published, ""
	case s.Published.IsZero():
		why = "without a date"
	case s.Published.After(g.snapshot.To) && s.Published.After(s.FirstSeen):
		why = "dated in the future (" + g.time(s.Published) + ")"
	case g.constant[s.Source]:
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
		c := s.choice(i)
		c.Kicker, c.Lead, c.Also, c.Again = o.Retitle[c.Story.ID].Kicker, i == lead, s.also[i], s.again[i]
		p.Chosen = append(p.Chosen, c)
	}
	p.Left = s.left()
	return p
}

// choice is a candidate with what the ledger holds of it.
func (s *selection) choice(i int) Choice {
	c := s.all[i]
	choice := Choice{Story: c.story, Reason: s.reasons[i], Gain: float64(s.gains[i]) / mill, Shares: s.shares[i]}
	if c.section >= 0 {
		choice.Section = s.rules.Sections[c.section].Name
	}
	if choice.Reason.Rule == "" {
		choice.Reason = c.gate
	} else {
		choice.Points = &c.points
	}
	if rival := s.rivals[i]; rival >= 0 {
		choice.LostTo = s.all[rival].story.ID
	}
	return choice
}

func (s *selection) left() []Choice {
	var left []int
	for i := range s.all {
		if !s.in[i] {
			left = append(left, i)
		}
	}
	slices.SortFunc(left, func(i, j int) int {
		a, b := s.all[i], s.all[j]
		return cmp.Or(b.date.Compare(a.date), cmp.Compare(a.story.ID, b.story.ID))
	})
	choices := make([]Choice, len(left))
	for n, i := range left {
		choices[n] = s.choice(i)
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

// lead is the overlay's, or the best with a picture, or the best, of those that may.
// It is -1 where none may lead.
func (s *selection) lead(o Overlay) int {
	best := -1
	for i, c := range s.all {
		if !s.in[i] {
			continue
		}
		if o.Lead != "" {
			if c.story.ID == o.Lead {
				return i
			}
			continue
		}
		if !mayLead(c, s.rules.Sections[c.section]) {
			continue
		}
		if c.shown {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

// shown tells whether a story is printed with a picture that is not known to be none.
func shown(s Story, r Retitle, unshown map[string]bool) bool {
	image := retitled(s, r).Image
	return image != nil && image.URL != "" && !unshown[image.URL]
}

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
