// Package words holds every word that readers see which is not a story: the
// catalogues of the languages, their plural rules and their dates.
//
// A catalogue is one YAML file in this folder, en.yaml and so on; its keys are
// the fields of [Catalogue]. [For] finds one by language tag. To add a language,
// copy en.yaml, translate it, and name its plural rule in plural.go: the tests
// say what is missing.
package words

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var files embed.FS

// catalogues reads every embedded file once. A file that cannot be read is a
// fault of the build, which the tests catch.
var catalogues = sync.OnceValues(func() (map[string]*Catalogue, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]*Catalogue{}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		all[c.Language] = c
	}
	return all, nil
})

func parse(text []byte) (*Catalogue, error) {
	c := &Catalogue{}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c); err != nil {
		return nil, err
	}
	return c, nil
}

// Set is the catalogues of a newsroom, by language.
type Set struct{ all map[string]*Catalogue }

// Builtin is the set of the embedded catalogues.
var Builtin = sync.OnceValue(func() *Set {
	all, err := catalogues()
	if err != nil {
		panic(err) // embedded and tested: cannot happen in a built program
	}
	return &Set{all}
})

// For is the built-in catalogue of a language: see [Set.For].
func For(language string) *Catalogue { return Builtin().For(language) }

// For is the catalogue of a language tag ("de-AT" asks for de-AT, then de), or
// English where there is none.
func (s *Set) For(language string) *Catalogue {
	all := s.all
	tag := strings.ReplaceAll(language, "_", "-")
	for tag != "" {
		for have, c := range all {
			if strings.EqualFold(have, tag) {
				return c
			}
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			break
		}
		tag = tag[:i]
	}
	return all["en"]
}

// Languages lists the tags that have a catalogue.
func Languages() []string { return []string{"ar", "de", "en", "fr", "ru", "uk"} }

// Fill puts values into the places of a phrase: Fill("By {names}", "names", "Ada").
// A value is put in as it is, even where it looks like a place itself.
func Fill(phrase string, pairs ...string) string {
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
