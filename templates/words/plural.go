package words

import "strconv"

// Forms are the plural forms of a phrase by CLDR category: zero, one, two, few,
// many, other. Each language has those that its rule below can give.
type Forms map[string]string

// rules are the cardinal rules of CLDR for whole numbers.
// https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
var rules = map[string]func(n int) string{
	"en": oneOther,
	"de": oneOther,
	"fr": func(n int) string {
		switch {
		case n == 0 || n == 1:
			return "one"
		case n%1_000_000 == 0:
			return "many"
		}
		return "other"
	},
	"ru": slavic,
	"uk": slavic,
	"ar": arabic,
}

func oneOther(n int) string {
	if n == 1 {
		return "one"
	}
	return "other"
}

func slavic(n int) string {
	switch ten, hundred := n%10, n%100; {
	case ten == 1 && hundred != 11:
		return "one"
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return "few"
	}
	return "many"
}

func arabic(n int) string {
	switch hundred := n % 100; {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case hundred >= 3 && hundred <= 10:
		return "few"
	case hundred >= 11:
		return "many"
	}
	return "other"
}

// Count is the form of a phrase for n (0 or more), with n in its place.
func (c *Catalogue) Count(f Forms, n int) string {
	category := "other"
	if rule, ok := rules[c.Language]; ok {
		category = rule(n)
	}
	phrase, ok := f[category]
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
