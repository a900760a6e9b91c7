package words

import (
	"strconv"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Forms are the plural forms of a phrase by CLDR category: zero, one, two, few,
// many, other. Each language has those that its rule gives for whole numbers.
// https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
type Forms map[string]string

// categories are all there are, in CLDR's order.
var categories = []string{"zero", "one", "two", "few", "many", "other"}

var categoryOf = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// category is that of a whole number in a language.
func category(tag string, n int) string {
	// The rules look at the last digits, and at the million of a million.
	return categoryOf[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)]
}

// examples are the categories that whole numbers have in a language, each with the
// first numbers of it.
func examples(tag string) map[string][]int {
	found := map[string][]int{}
	for n := range 201 {
		if c := category(tag, n); len(found[c]) < 4 {
			found[c] = append(found[c], n)
		}
	}
	return found
}

// Count is the form of a phrase for n (0 or more), with n in its place.
func (c *Catalogue) Count(f Forms, n int) string {
	phrase, ok := f[category(c.Language, n)]
	if !ok {
		phrase = f["other"]
	}
	return Fill(phrase, "n", strconv.Itoa(n))
}

// ReadingTime is "4 min read" for whole minutes; empty for less than one.
func (c *Catalogue) ReadingTime(minutes int) string {
	if minutes < 1 {
		return ""
	}
	return c.Count(c.Minutes, minutes)
}

// StoryCount is "8 stories".
func (c *Catalogue) StoryCount(n int) string { return c.Count(c.Stories, n) }
