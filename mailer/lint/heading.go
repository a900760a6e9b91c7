package lint

import (
	"fmt"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// headingRules look at the headings, by which a screen reader's user moves about.
var headingRules = []rule{
	{Rule{"h1", Error, "One heading of the first level", "WCAG 2.2, 1.3.1, 2.4.6", "Keep one h1: the newsletter's name."}, lookH1},
	{Rule{"heading-order", Warning, "Headings go down one level at a time", "WCAG 2.2, 1.3.1; axe heading-order", "Use the next level."}, lookHeadingOrder},
	{SectionEmpty, lookSectionEmpty},
	{Rule{"heading-empty", Error, "No heading says nothing", "WCAG 2.2, 2.4.6; axe empty-heading", "Write it, or take it out."}, lookHeadingEmpty},
}

// SectionEmpty is the rule about a section that has nothing in it. Who knows the
// edition itself finds more of them.
var SectionEmpty = Rule{"section-empty", Error, "No section without a story", "practice", "Take the section out, or put a story into it: \"broadsheet edit\"."}

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

// lookSectionEmpty finds a heading with nothing before the next of its level. One that
// is a link is a story of its own.
func lookSectionEmpty(m *mail, say say) {
	if m.page == nil {
		return
	}
	var section *html.Node
	level := 0
	for n := range m.page.root.Descendants() {
		switch {
		case n.Type == html.ElementNode && slices.Contains(headings, n.DataAtom):
			if next := int(n.Data[1] - '0'); section != nil && next <= level {
				say(m.page.where(section), quote(said(section))+" has nothing under it")
			}
			section, level = n, int(n.Data[1]-'0')
			if hasLink(n) || level == 1 {
				section = nil
			}
		case section == nil || m.page.of(n).hidden:
		case n.DataAtom == atom.Img, n.Type == html.TextNode && squeeze(n.Data) != "" && !unseen(n) && !within(n, headings...):
			section = nil
		}
	}
}

// hasLink tells whether an element holds a link, or is in one.
func hasLink(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			return true
		}
	}
	return within(n, atom.A)
}

func lookHeadingEmpty(m *mail, say say) {
	for _, n := range m.find(headings...) {
		if said(n) == "" {
			say(m.page.where(n), "an empty "+n.Data)
		}
	}
}
