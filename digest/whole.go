package digest

import (
	"fmt"
	"slices"
)

// makeWhole picks where the overlay is the whole of the edition: what it names is
// in, whatever the quotas, and the rule adds none. What is left out keeps the rule's
// own reason, but for what the rule would take: that the editor has left out or, if
// it came after the edit, is offered.
func makeWhole(s Snapshot, o Overlay) (Pick, error) {
	rule, err := makeOpen(s, Overlay{})
	if err != nil {
		return Pick{}, err
	}
	named := o.named()
	only := s
	only.Rules.Stories, only.Rules.AuthorMax = len(named), 0
	only.Rules.Sections = slices.Clone(s.Rules.Sections)
	for i := range only.Rules.Sections {
		only.Rules.Sections[i].Min, only.Rules.Sections[i].Max = 0, 0
	}
	p, err := makeOpen(only, o)
	if err != nil {
		return Pick{}, err
	}
	if len(named) == 0 { // no quota means no limit: here it means none
		p = emptied(p)
	}
	byRule := choicesOf(rule)
	for i, c := range p.Chosen {
		p.Chosen[i] = asChosen(c, byRule[c.Story.ID])
	}
	for i, c := range p.Left {
		switch c.Reason.Rule {
		case EditionFull, SectionFull, AuthorFull: // else a gate, or another report of an event
			p.Left[i] = o.asLeft(c, byRule[c.Story.ID])
		}
	}
	return p, nil
}

// asChosen gives a story its rule's own ledger where the rule picks it too, and else
// the editor's word.
func asChosen(c Choice, rule ruled) Choice {
	if rule.in {
		c.Reason, c.Points, c.Gain, c.Shares = rule.Reason, rule.Points, rule.Gain, rule.Shares
	} else if c.Reason.Rule != ByEditor {
		c.Reason.Rule, c.Reason.Text = ByEditor, "added by the editor; "+c.Reason.Text
	}
	return c
}

// asLeft is a story that no gate stops and that is not in an edition which the editor
// has made whole, with why.
func (o Overlay) asLeft(c Choice, rule ruled) Choice {
	c.Points, c.Gain, c.Shares, c.LostTo, c.Reason = rule.Points, rule.Gain, rule.Shares, rule.LostTo, rule.Reason
	switch {
	case !rule.in:
	case o.offers(c.Story):
		c.Reason = Reason{Rule: Offered, Text: "offered: it came after the editor's last edit; " + rule.Reason.Text, Score: rule.Reason.Score}
	default:
		c.Reason = Reason{Rule: Dropped, Text: "dropped by the editor; " + rule.Reason.Text, Score: rule.Reason.Score}
	}
	return c
}

// offers tells of a story that came after the editor's last edit.
func (o Overlay) offers(s Story) bool {
	return o.Whole && !o.Seen.IsZero() && !s.FirstSeen.Before(o.Seen)
}

// ruled is what a pick says of a story.
type ruled struct {
	Choice
	in bool
}

func choicesOf(p Pick) map[string]ruled {
	all := make(map[string]ruled, len(p.Chosen)+len(p.Left))
	for _, c := range p.Chosen {
		all[c.Story.ID] = ruled{c, true}
	}
	for _, c := range p.Left {
		all[c.Story.ID] = ruled{c, false}
	}
	return all
}

// emptied is a pick without its stories.
func emptied(p Pick) Pick {
	var left []Choice
	for _, c := range p.Chosen {
		c.Lead, c.Also, c.Again, c.Kicker, c.Reason.Rule = false, nil, nil, "", EditionFull
		left = append(left, c)
	}
	return Pick{Verdict: Empty, Chosen: []Choice{}, Left: append(left, p.Left...), Corrections: p.Corrections}
}

// Proposal is what the rule makes of a snapshot by itself: of what the editor had seen,
// where the overlay is the whole edition.
func Proposal(s Snapshot, o Overlay) (Pick, error) {
	s.Stories = slices.DeleteFunc(slices.Clone(s.Stories), o.offers)
	return Make(s, Overlay{})
}

// Kept says how many of the stories that the rule proposed are in the pick: the
// measure of the rule.
type Kept struct {
	Proposed int `json:"proposed"`
	Kept     int `json:"kept"`
}

// String is "editor kept 6 of 8".
func (k Kept) String() string { return fmt.Sprintf("editor kept %d of %d", k.Kept, k.Proposed) }

// KeptOf compares what the rule proposed with what became of it.
func KeptOf(proposal, p Pick) Kept {
	in := choicesOf(p)
	k := Kept{Proposed: len(proposal.Chosen)}
	for _, c := range proposal.Chosen {
		if in[c.Story.ID].in {
			k.Kept++
		}
	}
	return k
}
