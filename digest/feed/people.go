package feed

import (
	"strings"

	"github.com/mmcdole/gofeed"
	gofeedext "github.com/mmcdole/gofeed/extensions"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

type gofeedExtension = gofeedext.Extension

// ext gives the text of an item's first extension element of that name.
func ext(r raw, prefix, local string) string {
	for _, e := range r.Extensions[prefix][local] {
		if v := strings.TrimSpace(e.Value); v != "" {
			return v
		}
	}
	return ""
}

func extAttr(r raw, prefix, local, attribute string) string {
	for _, e := range r.Extensions[prefix][local] {
		if v := e.Attrs[attribute]; v != "" && (local != "link" || e.Attrs["rel"] == "" || e.Attrs["rel"] == "alternate") {
			return v
		}
	}
	return ""
}

// byline gives an item's authors by name. An address is no byline: it is dropped.
func (src source) byline(r raw) []string {
	var names []string
	add := func(list ...string) {
		for _, text := range list {
			names = withName(names, text)
		}
	}
	switch {
	case r.rss != nil:
		for _, e := range append(r.Extensions["dc"]["creator"], r.Extensions["dc"]["author"]...) {
			add(e.Value)
		}
		if len(names) == 0 {
			for _, e := range r.Extensions["given"]["author"] {
				add(e.Value)
				for _, n := range e.Children["name"] { // QUIRK: Atom's
					add(n.Value)
				}
			}
		}
		if len(names) == 0 { // QUIRK: elements of no standard, or of one that was not named
			add(firstOf(r.Custom["creator"], r.Custom["byline"], ext(r, "dcterms", "creator"), ext(r, "googleplay", "author")))
		}
		for _, e := range r.Extensions["atom"]["author"] {
			for _, n := range e.Children["name"] {
				add(n.Value)
			}
		}
		if len(names) == 0 && r.ITunesExt != nil {
			add(r.ITunesExt.Author)
		}
	default:
		add(people(r.Authors)...)
		for _, e := range r.Extensions["dc"]["creator"] {
			add(e.Value)
		}
		if len(names) == 0 && r.atom != nil && r.atom.Source != nil {
			for _, p := range r.atom.Source.Authors { // RFC 4287 4.2.1
				add(p.Name)
			}
		}
	}
	if len(names) == 0 {
		return src.authors
	}
	return names
}

func people(list []*gofeed.Person) []string {
	var names []string
	for _, p := range list {
		if p != nil {
			names = withName(names, p.Name)
		}
	}
	return names
}

// mostNames are more authors than a byline has room for.
const mostNames = 10

// withName adds the person that a text names, once.
func withName(names []string, text string) []string {
	n := personName(text)
	if n == "" || len(names) == mostNames || contains(names, n) {
		return names
	}
	return append(names, n)
}

var (
	nameElement = lazyregexp.New(`(?is)<name>(.*?)</name>`)
	inBrackets  = lazyregexp.New(`[(<\[]([^)>\]]*)[)>\]]`)
	address     = lazyregexp.New(`\S+@\S+`)
	byWord      = lazyregexp.New(`(?i)^(?:by|von|par|por)\s+`)
)

// personName finds the name in "ann@example.org (Ann)", "Ann <ann@example.org>",
// "By Ann", and in Atom's <name> within RSS's <author>.
func personName(text string) string {
	if m := nameElement.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if address.MatchString(text) {
		rest := address.ReplaceAllString(inBrackets.ReplaceAllString(text, " "), " ")
		if strings.TrimSpace(rest) == "" {
			rest = ""
			for _, m := range inBrackets.FindAllStringSubmatch(text, -1) {
				if !strings.Contains(m[1], "@") {
					rest = m[1]
				}
			}
		}
		text = rest
	}
	if inner, whole := strings.CutPrefix(strings.TrimSpace(text), "("); whole && strings.IndexByte(inner, ')') == len(inner)-1 {
		text = strings.TrimSuffix(inner, ")") // RSS's, without an address before it
	}
	name := byWord.ReplaceAllString(strings.Trim(prose.Plain(text), " ,;"), "")
	if strings.Contains(name, "://") {
		return "" // where the author is to be found, on the web
	}
	return name
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return true
		}
	}
	return false
}
