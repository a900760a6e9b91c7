package lint

import (
	"fmt"

	"golang.org/x/net/html/atom"
)

// headingRules look at the headings, by which a screen reader's user moves about.
var headingRules = []rule{
	{Rule{"h1", Error, "One heading of the first level", "WCAG 2.2, 1.3.1, 2.4.6", "Keep one h1: the newsletter's name."}, lookH1},
	{Rule{"heading-order", Warning, "Headings go down one level at a time", "WCAG 2.2, 1.3.1; axe heading-order", "Use the next level."}, lookHeadingOrder},
	{Rule{"heading-empty", Error, "No heading says nothing", "WCAG 2.2, 2.4.6; axe empty-heading", "Write it, or take it out."}, lookHeadingEmpty},
}

var headings = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}

func lookH1(m *mail, say say) {
	if m.page == nil {
		return
	}
	switch all := m.find(atom.H1); len(all) {
	case 1:
	case 0:
		say("HTML", "there is no h1")
	default:
		say(m.page.where(all[1]), fmt.Sprintf("%s is one of %d h1", quote(said(all[1])), len(all)))
	}
}

func lookHeadingOrder(m *mail, say say) {
	last := 0
	for _, n := range m.find(headings...) {
		level := int(n.Data[1] - '0')
		if last > 0 && level > last+1 {
			say(m.page.where(n), fmt.Sprintf("%s is an h%d after an h%d", quote(said(n)), level, last))
		}
		last = level
	}
}

func lookHeadingEmpty(m *mail, say say) {
	for _, n := range m.find(headings...) {
		if said(n) == "" {
			say(m.page.where(n), "an empty "+n.Data)
		}
	}
}
