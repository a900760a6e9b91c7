package words

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Error is everything that is wrong with a newsroom's catalogue.
type Error struct {
	File     string // "words/pl.yaml"
	Language string
	Problems []Problem
}

// Problem is one mistake. Line and Column count from 1, and are 0 where something is
// missing.
type Problem struct {
	Line, Column int
	Key          string
	Text, Fix    string
	excerpt      string
}

// Error prints each problem with its place and line, and what would be right.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
		if p.Key != "" {
			b.WriteString(p.Key + ": ")
		}
		b.WriteString(p.Text)
		if p.excerpt != "" {
			fmt.Fprintf(&b, "\n%5d | %s", p.Line, p.excerpt)
		}
		if p.Fix != "" {
			b.WriteString("\n      = " + p.Fix)
		}
	}
	return b.String()
}

// field is one key of a catalogue.
type field struct {
	key   string
	index int
}

// fieldsInOrder are the keys of a catalogue.
var fieldsInOrder = func() []field {
	t := reflect.TypeFor[Catalogue]()
	var all []field
	for i := range t.NumField() {
		all = append(all, field{t.Field(i).Tag.Get("yaml"), i})
	}
	return all
}()

// set puts the value of a key into the catalogue.
func (f *file) set(e entry) {
	i := slices.IndexFunc(fieldsInOrder, func(k field) bool { return k.key == e.key })
	if i < 0 {
		f.report(e.at, e.key, "there is no such key", `"broadsheet words new `+f.tag+`" writes a file with every key`)
		return
	}
	if first, twice := f.given[e.key]; twice {
		f.report(e.at, e.key, "this is given twice", fmt.Sprintf("it first stands in line %d: remove one", first.line))
		return
	}
	f.given[e.key] = e.at
	switch into := reflect.ValueOf(&f.c).Elem().Field(fieldsInOrder[i].index).Addr().Interface().(type) {
	case *string:
		text, ok := textOf(e.value)
		if !ok {
			f.report(e.at, e.key, "a text is wanted here", "put it into quotes")
		}
		*into = text
	case *[]string:
		*into = f.list(e)
	case *Forms:
		*into = f.forms(e)
	}
}

func (f *file) list(e entry) []string {
	var all []string
	if list, ok := e.value.(*ast.SequenceNode); ok {
		for _, item := range list.Values {
			text, _ := textOf(item)
			all = append(all, text)
		}
	}
	return all
}

func (f *file) forms(e entry) Forms {
	forms := Forms{}
	for _, v := range mappingOf(e.value) {
		text, _ := textOf(v.Value)
		forms[v.Key.GetToken().Value] = text
	}
	return forms
}

// check holds the whole catalogue to what every one must have.
func (f *file) check() {
	c := &f.c
	if at, given := f.given["language"]; given && lower(c.Language) != lower(f.tag) {
		f.report(at, "language", fmt.Sprintf("this says %q, and the file is named %s.yaml", c.Language, f.tag), "write language: "+f.tag)
	}
	c.Language = f.tag
	var missing []string
	v := reflect.ValueOf(c).Elem()
	for _, k := range fieldsInOrder {
		at, given := f.given[k.key]
		if k.key == "language" || given && at.line == 0 {
			continue
		}
		if !given && v.Field(k.index).IsZero() {
			missing = append(missing, k.key)
			continue
		}
		if !given && f.based {
			continue
		}
		switch value := v.Field(k.index).Interface().(type) {
		case string:
			f.checkText(k.key, at, value)
		case []string:
			f.checkList(k.key, at, value)
		case Forms:
			f.checkForms(k.key, at, value)
		}
	}
	if len(missing) > 0 {
		f.report(place{}, "", "missing: "+strings.Join(missing, ", "), `"broadsheet words new `+f.tag+`" writes a file with every key`)
	}
}

// longestPhrase is generous: the longest of ours has 180 characters.
const longestPhrase = 600

func (f *file) checkText(key string, at place, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		f.report(at, key, "this is empty", inEnglish(key))
	case key == "dir" && text != "ltr" && text != "rtl":
		f.report(at, key, fmt.Sprintf("%q is no direction", text), "write ltr (left to right) or rtl (right to left)")
	default:
		f.checkPhrase(key, at, key, text, englishOf(key))
	}
}

// checkPhrase holds a phrase to one line and to the places that English has.
func (f *file) checkPhrase(key string, at place, what, text, english string) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		f.report(at, key, "this holds a line break or a control character", "write it on one line")
		return
	}
	if len([]rune(text)) > longestPhrase {
		f.report(at, key, "this is too long", fmt.Sprintf("keep it under %s characters", figures.Of(longestPhrase)))
	}
	got, want := placesOf(text), placesOf(english)
	for _, p := range got {
		if !slices.Contains(want, p) {
			f.report(at, key, "nothing is ever put into "+p, inEnglish(what))
		}
	}
	for _, p := range want {
		if !slices.Contains(got, p) && !optional[key] {
			f.report(at, key, "this lacks the place "+p, inEnglish(what))
		}
	}
}

// optional are keys in which a place may be left out: a language may write dates
// without a weekday.
var optional = map[string]bool{"date": true, "day": true}

func (f *file) checkList(key string, at place, list []string) {
	want := map[string]int{"weekdays": 7, "months": 12}[key]
	if len(list) != want || slices.Contains(list, "") {
		f.report(at, key, fmt.Sprintf("there are %d of these, in brackets, and none is empty", want), inEnglish(key))
	}
	for _, word := range list {
		f.checkPhrase(key, at, key, word, "")
	}
}

func (f *file) checkForms(key string, at place, forms Forms) {
	rule := examples(f.tag)
	for _, c := range categories {
		numbers, needed := rule[c]
		text, given := forms[c]
		switch {
		case needed && strings.TrimSpace(text) == "":
			f.report(at, key, fmt.Sprintf("the form %q is missing", c), fmt.Sprintf("it is that of %s; English has %s", listed(numbers), quotedForms(englishForms(key))))
		case given && !needed && c != "other":
			f.report(at, key, fmt.Sprintf("this language has no form %q", c), "it has "+strings.Join(neededOf(rule), ", "))
		case given:
			// "one week" needs no number, where the form is of one number alone.
			if len(numbers) == 1 && len(placesOf(text)) == 0 {
				break
			}
			f.checkPhrase(key, at, key, text, "{n}")
		}
	}
	for c := range forms {
		if !slices.Contains(categories, c) {
			f.report(at, key, fmt.Sprintf("there is no form %q", c), "it has "+strings.Join(neededOf(rule), ", "))
		}
	}
}

func neededOf(rule map[string][]int) []string {
	var all []string
	for _, c := range categories {
		if len(rule[c]) > 0 {
			all = append(all, c)
		}
	}
	return all
}

func listed(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, ", ")
}

var placePattern = lazyregexp.New(`\{[^{}]*\}`)

func placesOf(text string) []string { return placePattern.FindAllString(text, -1) }
