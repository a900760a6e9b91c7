package words

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// places lists the places of a phrase, sorted.
func places(s string) []string {
	found := place.FindAllString(s, -1)
	slices.Sort(found)
	return found
}

// TestNoCatalogueMissesAKey walks the fields: each is filled, and has the places
// that English has.
func TestNoCatalogueMissesAKey(t *testing.T) {
	all, err := catalogues()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(Languages()) {
		t.Fatalf("%d catalogues, but Languages names %d", len(all), len(Languages()))
	}
	english := reflect.ValueOf(*all["en"])
	for _, lang := range Languages() {
		c := all[lang]
		if c == nil {
			t.Errorf("%s: no catalogue", lang)
			continue
		}
		if len(c.Weekdays) != 7 || len(c.Months) != 12 {
			t.Errorf("%s: %d weekdays, %d months", lang, len(c.Weekdays), len(c.Months))
		}
		v := reflect.ValueOf(*c)
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("yaml")
			text, ok := v.Field(i).Interface().(string)
			if !ok {
				continue
			}
			if text == "" {
				t.Errorf("%s: %s is missing", lang, name)
			}
			if got, want := places(text), places(english.Field(i).String()); name != "and" && name != "by" && !slices.Equal(got, want) {
				t.Errorf("%s: %s has the places %v, English %v", lang, name, got, want)
			}
		}
	}
}

// TestPluralsFollowCLDR holds our rules, and the forms of each catalogue, against
// those of golang.org/x/text.
func TestPluralsFollowCLDR(t *testing.T) {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	for _, lang := range Languages() {
		c := For(lang)
		for n := range 1200 {
			want := names[plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)]
			got := rules[lang](n)
			if got != want {
				t.Fatalf("%s: %d is %q, CLDR says %q", lang, n, got, want)
			}
			for _, f := range []Forms{c.Minutes, c.Stories} {
				if f[got] == "" {
					t.Fatalf("%s: no form %q for %d", lang, got, n)
				}
			}
		}
	}
}

func TestDates(t *testing.T) {
	friday := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	want := map[string]string{
		"en": "Friday, 27 November 2026",
		"de": "Freitag, 27. November 2026",
		"fr": "Vendredi 27 novembre 2026",
		"ru": "Пятница, 27 ноября 2026 года",
		"uk": "П’ятниця, 27 листопада 2026 року",
		"ar": "الجمعة، 27 نوفمبر 2026",
	}
	for lang, date := range want {
		if got := For(lang).Date(friday); got != date {
			t.Errorf("%s: %q, want %q", lang, got, date)
		}
	}
	if got := For("fr").Date(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); got != "Vendredi 1er mai 2026" {
		t.Errorf("the first in French: %q", got)
	}
	if got := For("de").Day(friday); got != "27. November" {
		t.Errorf("short day: %q", got)
	}
}

func TestForFallsBack(t *testing.T) {
	for tag, want := range map[string]string{"": "en", "xx": "en", "de-AT": "de", "RU": "ru", "uk_UA": "uk", "ar-EG": "ar"} {
		if got := For(tag).Language; got != want {
			t.Errorf("For(%q) is %s, want %s", tag, got, want)
		}
	}
}

func TestPhrases(t *testing.T) {
	en := For("en")
	if got := en.Greet("  Ada\r\nBcc: x "); got != "Dear Ada Bcc: x," {
		t.Errorf("Greet: %q", got)
	}
	if got := en.Greet(" "); got != "" {
		t.Errorf("Greet of nobody: %q", got)
	}
	if got := en.List([]string{"Ada", "Ben", "Cai"}); got != "Ada, Ben and Cai" {
		t.Errorf("List: %q", got)
	}
	if got := Fill("By {names}", "names", "{names} {title}"); got != "By {names} {title}" {
		t.Errorf("Fill expands a value: %q", got)
	}
	if got := For("ru").ReadingTime(4); got != "4 минуты чтения" {
		t.Errorf("ReadingTime: %q", got)
	}
	if got := en.ReadingTime(0); got != "" {
		t.Errorf("ReadingTime of nothing: %q", got)
	}
}
