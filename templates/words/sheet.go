package words

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"golang.org/x/text/language"
)

// english is the text of each key of the English catalogue, as its file writes it:
// the yardstick for places, and what a translator reads.
var english = sync.OnceValue(func() map[string]ast.Node {
	text, err := files.ReadFile("en.yaml")
	if err != nil {
		panic(err) // embedded
	}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		panic(err) // tested
	}
	all := map[string]ast.Node{}
	for _, v := range mappingOf(parsed.Docs[0].Body) {
		all[v.Key.GetToken().Value] = v.Value
	}
	return all
})

func englishOf(key string) string {
	text, _ := textOf(english()[key])
	return text
}

func englishForms(key string) Forms { return (&file{}).forms(entry{value: english()[key]}) }

func quotedForms(f Forms) string { return fmt.Sprintf("%q", f["other"]) }

// inEnglish shows a translator what a key says.
func inEnglish(key string) string {
	if n, ok := english()[key]; ok {
		return "English has: " + strings.TrimSpace(n.String())
	}
	return ""
}

// Sheet is the file that a newsroom begins a language with: every key. Where the
// language has words already they stand there as comments, to change single ones;
// else each is empty, behind it what it says in English.
func (s *Set) Sheet(tag string) (string, error) {
	parsed, err := language.Parse(tag)
	if err != nil {
		return "", fmt.Errorf("%q is no language's tag: write one such as pl or pt-BR", tag)
	}
	tag = parsed.String()
	var b strings.Builder
	base := s.find(tag)
	if base == nil {
		fmt.Fprintf(&b, "# Fill in each line: the English is behind it. {name} and the like are filled in for\n# each mail; keep them. Months stand as they do in a date. Then: broadsheet words check\n\n")
	} else {
		fmt.Fprintf(&b, "# Take the # away where you want other words than these; the rest may be deleted.\n# {name} and the like are filled in for each mail. Then: broadsheet words check\n\n")
	}
	source, _ := files.ReadFile("en.yaml")
	for line := range strings.Lines(string(source)) {
		key, value, found := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		switch {
		case !found:
			b.WriteString("\n")
		case base != nil:
			b.WriteString("# " + key + ": " + base.written(key) + "\n")
		default:
			b.WriteString(blank(key, value, tag))
		}
	}
	return b.String(), nil
}

// written is the value of a key as YAML.
func (c *Catalogue) written(key string) string {
	for _, k := range fieldsInOrder {
		if k.key != key {
			continue
		}
		text, err := yaml.MarshalWithOptions(reflect.ValueOf(*c).Field(k.index).Interface(), yaml.Flow(true), yaml.JSON())
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(text))
	}
	return ""
}

// blank is the line of a key that is to be filled in.
func blank(key, inEnglish, tag string) string {
	switch {
	case key == "language":
		return "language: " + tag + "\n"
	case key == "dir":
		return "dir: " + direction(tag) + "\n"
	case reflect.TypeFor[Catalogue]().Field(indexOf(key)).Type == reflect.TypeFor[Forms]():
		var forms, numbers []string
		rule := examples(tag)
		for _, c := range neededOf(rule) {
			forms = append(forms, c+`: ""`)
			numbers = append(numbers, c+" is "+listed(rule[c]))
		}
		return fmt.Sprintf("%s: {%s} # %s (%s)\n", key, strings.Join(forms, ", "), inEnglish, strings.Join(numbers, "; "))
	case strings.HasPrefix(inEnglish, "["):
		return key + ": [] # " + inEnglish + "\n"
	}
	return key + `: "" # ` + inEnglish + "\n"
}

func indexOf(key string) int {
	for _, k := range fieldsInOrder {
		if k.key == key {
			return k.index
		}
	}
	return 0
}

// direction is that of a language's usual script.
func direction(tag string) string {
	switch script, _ := language.Make(tag).Script(); script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// FileOf is the name of a language's file.
func FileOf(tag string) string { return language.Make(tag).String() + ".yaml" }
