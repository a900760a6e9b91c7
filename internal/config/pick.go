package config

import (
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// pickKeys say what is in a newsletter's editions.
var pickKeys = []key[Newsletter]{
	{name: "stories", def: "8", read: func(v value, n *Newsletter) { n.Stories, _ = v.number(1, 100) }},
	{name: "hold_below", def: "3", read: func(v value, n *Newsletter) { n.HoldBelow, _ = v.number(0, 100) }},
	{name: "late_grace", def: "2d", read: func(v value, n *Newsletter) { n.LateGrace, _ = v.duration(0, 60*day) }},
	{name: "author_max", def: "3", read: func(v value, n *Newsletter) { n.AuthorMax, _ = v.number(0, 100) }},
	{name: "sections", def: "[{name: News, rest: true}]", read: readSections},
	{name: "barred", read: func(v value, n *Newsletter) { n.Barred = v.list("sections or topics") }},
	{name: "weights", def: "{}", read: readWeights},
	{name: "views", read: readViews},
	{name: "sources", required: "sources: [{url: https://example.org/feed.xml}]", read: readSources},
}

func readSections(v value, n *Newsletter) {
	rest := false
	for _, item := range v.items("sections") {
		var s digest.Section
		g := readMapping(item, "a section", sectionKeys, &s)
		if slices.ContainsFunc(n.Sections, func(t digest.Section) bool { return s.Name != "" && strings.EqualFold(s.Name, t.Name) }) {
			g.at("name").reportf("give each a name of its own", "two sections are called %s", quoted(s.Name))
		}
		if s.Rest && rest {
			g.at("rest").report("two sections take the rest", "leave rest: true with one of them")
		}
		if s.Max > 0 && s.Min > s.Max {
			g.at("min").reportf("make min smaller, or max greater", "a section cannot have %d stories at least and %d at most", s.Min, s.Max)
		}
		rest = rest || s.Rest
		n.Sections = append(n.Sections, s)
	}
}

var sectionKeys = []key[digest.Section]{
	{name: "name", required: "name: News", read: func(v value, s *digest.Section) { s.Name, _ = v.text() }},
	{name: "match", read: func(v value, s *digest.Section) { s.Match = v.list("words") }},
	{name: "min", def: "0", read: func(v value, s *digest.Section) { s.Min, _ = v.number(0, 100) }},
	{name: "max", def: "0", read: func(v value, s *digest.Section) { s.Max, _ = v.number(0, 100) }},
	{name: "rest", def: "false", read: func(v value, s *digest.Section) { s.Rest, _ = v.yes() }},
	{name: "lead", read: func(v value, s *digest.Section) {
		if b, ok := v.yes(); ok {
			s.Lead = &b
		}
	}},
	{name: "lifetime", read: func(v value, s *digest.Section) { s.Lifetime, _ = v.duration(60*minute, 365*day) }},
}

// weightKeys have the weights of digest.UsualWeights as their defaults.
var weightKeys = []key[digest.Weights]{
	{name: "value", def: "40", read: func(v value, w *digest.Weights) { w.Value, _ = v.number(0, 100) }},
	{name: "readers", def: "20", read: func(v value, w *digest.Weights) { w.Readers, _ = v.number(0, 100) }},
	{name: "coverage", def: "15", read: func(v value, w *digest.Weights) { w.Coverage, _ = v.number(0, 100) }},
	{name: "form", def: "10", read: func(v value, w *digest.Weights) { w.Form, _ = v.number(0, 100) }},
	{name: "freshness", def: "10", read: func(v value, w *digest.Weights) { w.Freshness, _ = v.number(0, 100) }},
	{name: "completeness", def: "5", read: func(v value, w *digest.Weights) { w.Completeness, _ = v.number(0, 100) }},
}

// readWeights reads the parts of a score, which is of a hundred points.
func readWeights(v value, n *Newsletter) {
	before := len(v.r.problems)
	g := readMapping(v, "weights", weightKeys, &n.Weights)
	if sum := n.Weights.Sum(); sum != 100 && len(v.r.problems) == before {
		at := v
		for _, k := range weightKeys { // the last that was given
			if g.has(k.name) {
				at = g.at(k.name)
			}
		}
		at.reportf("make them add up; those left out keep their defaults: value 40, readers 20, coverage 15, form 10, freshness 10, completeness 5",
			"the weights add up to %d, where a score is of 100 points", sum)
	}
}

// Views is where page views come from: exactly one of URL and File is set.
type Views struct {
	URL          string // http or https; it may hold a secret when the file gave it as env: or file:
	Secret       bool   // URL was given so
	File         string // absolute path
	AllowPrivate bool   // the address may be loopback or in a private network
}

var viewsKeys = []key[Views]{
	{name: "url", read: func(v value, w *Views) { w.URL, w.Secret = v.fetched("https://example.org/views.csv", "env:VIEWS_URL") }},
	{name: "file", read: func(v value, w *Views) { w.File, _ = v.path() }},
	{name: "allow_private", def: "false", read: func(v value, w *Views) { w.AllowPrivate, _ = v.yes() }},
}

func readViews(v value, n *Newsletter) {
	n.Views = &Views{}
	g := readMapping(v, "views", viewsKeys, n.Views)
	switch {
	case !v.given() || !g.has("url") && !g.has("file"):
		v.report("nothing says where the page views are", "for example: views: {file: views.csv}, or views: {url: https://example.org/views.csv}")
	case g.has("url") && g.has("file"):
		g.at("file").report("page views come from one place, and this has url and file", "leave one of them")
	}
	checkPublic(g.at("url"), n.Views.URL, n.Views.AllowPrivate)
}
