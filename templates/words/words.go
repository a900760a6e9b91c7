// Package words holds every word that readers see which is not a story: the
// catalogues of the languages, their plural forms and their dates.
//
// A catalogue is one YAML file in this folder, en.yaml and so on; its keys are
// the fields of [Catalogue]. [Builtin] is the set of them; [Load] lays a newsroom's
// own files over it, which add a language or change single words of one that is
// there (own.go reads them, check.go says what is wrong, at which line). The
// catalogues here are held to the same checks. [Set.Sheet] is the file that a
// newsroom begins a language with.
package words

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed *.yaml
var files embed.FS

// Set is the catalogues of a newsroom, by language. It is safe for concurrent use.
type Set struct {
	all map[string]*Catalogue // by tag, in lower case
}

// Builtin is the set of the embedded catalogues.
var Builtin = sync.OnceValue(func() *Set {
	s, wrong := load(&Set{}, files, "templates/words")
	if len(wrong) > 0 {
		panic(wrong[0]) // embedded and tested: cannot happen in a built program
	}
	return s
})

// For is the built-in catalogue of a language: see [Set.For].
func For(language string) *Catalogue { return Builtin().For(language) }

// For is the catalogue of a language tag ("de-AT" asks for de-AT, then de), or
// English where there is none.
func (s *Set) For(language string) *Catalogue {
	if c := s.find(language); c != nil {
		return c
	}
	return s.all["en"]
}

// Has tells whether a language has a catalogue, or the language that it is a kind of.
func (s *Set) Has(language string) bool { return s.find(language) != nil }

func (s *Set) find(language string) *Catalogue {
	for tag := lower(language); tag != ""; tag = parent(tag) {
		if c := s.all[tag]; c != nil {
			return c
		}
	}
	return nil
}

// Asks tells whether a newsletter in a language asks for the words of a tag: de-AT
// does for those of de.
func Asks(language, tag string) bool {
	for l := lower(language); l != ""; l = parent(l) {
		if l == lower(tag) {
			return true
		}
	}
	return false
}

// lower is a tag as the set knows it.
func lower(language string) string {
	return strings.ToLower(strings.ReplaceAll(language, "_", "-"))
}

// parent is the tag without its last part; empty where it has one alone.
func parent(tag string) string {
	return tag[:max(strings.LastIndexByte(tag, '-'), 0)]
}

// Languages lists the tags that have a catalogue.
func (s *Set) Languages() []string {
	var tags []string
	for _, c := range s.all {
		tags = append(tags, c.Language)
	}
	slices.Sort(tags)
	return tags
}

// Load lays a newsroom's own files, NAME.yaml in a folder, over the built-in
// catalogues. A file that has mistakes is left out and told of; name is what the
// errors call the folder.
func Load(dir fs.FS, name string) (*Set, []*Error) { return load(Builtin(), dir, name) }

// Fill puts values into the places of a phrase: Fill("By {names}", "names", "Ada").
// A value is put in as it is, even where it looks like a place itself.
func Fill(phrase string, pairs ...string) string {
	if len(pairs) == 2 { // a table for one place would be made for nothing
		return strings.ReplaceAll(phrase, "{"+pairs[0]+"}", pairs[1])
	}
	old := make([]string, len(pairs))
	for i := range pairs {
		old[i] = pairs[i]
		if i%2 == 0 {
			old[i] = "{" + pairs[i] + "}"
		}
	}
	return strings.NewReplacer(old...).Replace(phrase)
}

// Greet is the greeting line for a name, "Dear Ada,"; empty for an empty name.
func (c *Catalogue) Greet(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return ""
	}
	return Fill(c.Greeting, "name", name)
}

// List joins names as the language does: "Ada, Ben and Cai".
func (c *Catalogue) List(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return Fill(c.And, "a", strings.Join(names[:n-1], c.Comma), "b", names[n-1])
	}
}
