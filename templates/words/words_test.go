package words

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestCataloguesAreWhole: ours pass the checks that a newsroom's have to.
func TestCataloguesAreWhole(t *testing.T) {
	s, wrong := load(&Set{}, files, "words")
	for _, e := range wrong {
		t.Error(e)
	}
	if got := strings.Join(s.Languages(), " "); got != "ar de en fr ru uk" {
		t.Errorf("languages %s", got)
	}
}

// TestEveryKeyIsWatched takes each key out of each catalogue in turn.
func TestEveryKeyIsWatched(t *testing.T) {
	for _, lang := range Builtin().Languages() {
		text, err := files.ReadFile(lang + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range fieldsInOrder {
			if k.key == "language" {
				continue
			}
			without := regexp.MustCompile(`(?m)^`+k.key+`:.*\n`).ReplaceAll(text, nil)
			_, wrong := load(&Set{}, fstest.MapFS{lang + ".yaml": {Data: without}}, "words")
			if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "words/"+lang+".yaml: missing: "+k.key) {
				t.Errorf("%s without %s: %v", lang, k.key, wrong)
			}
		}
	}
}

// TestPluralsAreOfTheLanguage: each form of each number, from no library.
func TestPluralsAreOfTheLanguage(t *testing.T) {
	for lang, want := range map[string]map[int]string{
		"en": {0: "0 stories", 1: "1 story", 2: "2 stories", 21: "21 stories"},
		"de": {1: "1 Beitrag", 101: "101 Beiträge"},
		"fr": {0: "0 article", 1: "1 article", 2: "2 articles"},
		"ru": {1: "1 материал", 2: "2 материала", 5: "5 материалов", 11: "11 материалов", 12: "12 материалов", 21: "21 материал", 22: "22 материала", 111: "111 материалов"},
		"uk": {1: "1 матеріал", 4: "4 матеріали", 14: "14 матеріалів", 24: "24 матеріали"},
		"ar": {0: "لا مواد", 1: "مادة واحدة", 2: "مادتان", 3: "3 مواد", 10: "10 مواد", 11: "11 مادة", 100: "100 مادة", 103: "103 مواد"},
	} {
		for n, phrase := range want {
			if got := For(lang).StoryCount(n); got != phrase {
				t.Errorf("%s: %d is %q, want %q", lang, n, got, phrase)
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

// TestFrenchSpaces: no line begins with what stands apart from its word.
func TestFrenchSpaces(t *testing.T) {
	text, err := files.ReadFile("fr.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range fieldsInOrder {
		phrase := For("fr").written(k.key)
		if bad := regexp.MustCompile(` [»:;?!]|« `).FindString(phrase); bad != "" && !strings.HasPrefix(phrase, "{") {
			t.Errorf("%s: an ordinary space in %q of %s", k.key, bad, phrase)
		}
	}
	if !strings.Contains(string(text), "«\u00a0") {
		t.Error("no quotation marks")
	}
}
