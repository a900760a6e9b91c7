package words

import (
	"strings"
	"testing"
	"testing/fstest"
)

// own loads one file of a newsroom's.
func own(name, text string) (*Set, []*Error) {
	return Load(fstest.MapFS{name: {Data: []byte(text)}}, "words")
}

func TestOwnWordsGoOverOurs(t *testing.T) {
	s, wrong := own("de.yaml", "# Wir duzen.\ngreeting: \"Hallo {name},\"\nstories: {one: \"{n} Text\", other: \"{n} Texte\"}\n")
	if wrong != nil {
		t.Fatal(wrong)
	}
	if got := s.For("de").Greet("Ada") + s.For("de-AT").StoryCount(2) + s.For("de").Unsubscribe; got != "Hallo Ada,2 TexteAbmelden" {
		t.Error(got)
	}
	if got := For("de").Greet("Ada"); got != "Guten Tag, Ada," {
		t.Errorf("it changed the built-in catalogue: %s", got)
	}
}

// TestAKindOfALanguage begins with the words of its language, the newsroom's own
// included.
func TestAKindOfALanguage(t *testing.T) {
	s, wrong := Load(fstest.MapFS{
		"de.yaml":    {Data: []byte("save: Sichern\n")},
		"de-AT.yaml": {Data: []byte("months: [Jänner, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember]\n")},
	}, "words")
	if wrong != nil {
		t.Fatal(wrong)
	}
	if at := s.For("de-AT"); at.Months[0] != "Jänner" || at.Save != "Sichern" || at.Language != "de-AT" || s.For("de").Months[0] != "Januar" {
		t.Errorf("%+v", at)
	}
}

// TestASheetIsALanguage fills a sheet of a language that we have not: then it loads,
// and has that language's plural forms.
func TestASheetIsALanguage(t *testing.T) {
	sheet, err := Builtin().Sheet("pl")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(sheet, `stories: {one: "", few: "", many: ""} # {one: "{n} story", other: "{n} stories"} (one is 1; few is 2, 3, 4, 22; many is 0, 5, 6, 7)`) {
		t.Error(sheet)
	}
	s, wrong := own("pl.yaml", sheet)
	if len(wrong) != 1 || s.Has("pl") {
		t.Fatal("an empty sheet passes")
	}
	for _, k := range fieldsInOrder[3:] {
		if !strings.Contains(wrong[0].Error(), ": "+k.key+": ") {
			t.Errorf("an empty %s is not told of", k.key)
		}
	}
	var filled strings.Builder
	for line := range strings.Lines(sheet) {
		key, english, _ := strings.Cut(line, " # ")
		switch {
		case strings.Contains(key, `{one: ""`):
			key = strings.ReplaceAll(key, `""`, `"{n} po polsku"`)
			english = ""
		case strings.HasSuffix(key, `""`):
			if !strings.HasPrefix(english, `"`) {
				english = `"` + strings.TrimSpace(english) + `"`
			}
			key = strings.TrimSuffix(key, `""`)
		default:
			key = strings.TrimSuffix(key, `[]`)
		}
		filled.WriteString(key + strings.TrimSpace(english) + "\n")
	}
	s, wrong = own("pl.yaml", filled.String())
	if wrong != nil {
		t.Fatal(wrong[0])
	}
	if got := s.For("pl").StoryCount(5); got != "5 po polsku" || !s.Has("pl-PL") {
		t.Error(got)
	}
}

// TestASheetOfALanguageThatIsThere changes nothing until a line is taken out of its
// comment.
func TestASheetOfALanguageThatIsThere(t *testing.T) {
	for _, lang := range Builtin().Languages() {
		sheet, err := Builtin().Sheet(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{sheet, strings.ReplaceAll(sheet, "# ", "")} {
			if _, head, _ := strings.Cut(text, "\n\n"); text != sheet {
				text = head
			}
			s, wrong := own(lang+".yaml", text)
			if wrong != nil {
				t.Fatal(wrong[0])
			}
			for _, k := range fieldsInOrder {
				if got, want := s.For(lang).written(k.key), For(lang).written(k.key); got != want || got == "" {
					t.Errorf("%s: %s is %s, was %s", lang, k.key, got, want)
				}
			}
		}
	}
	if _, err := Builtin().Sheet("not a tag"); err == nil {
		t.Error("a tag that is none has a sheet")
	}
}

func TestMistakesNameFileLineAndKey(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"de.yaml", "\ngreting: Hallo", "words/de.yaml:2:1: greting: there is no such key"},
		{"de.yaml", "greeting: Hallo", "words/de.yaml:1:1: greeting: this lacks the place {name}\n    1 | greeting: Hallo\n      = English has: \"Dear {name},\""},
		{"de.yaml", "save: \"{title} sichern\"", "words/de.yaml:1:1: save: nothing is ever put into {title}"},
		{"de.yaml", "save:", "words/de.yaml:1:1: save: this is empty"},
		{"de.yaml", "save: [a, b]", "words/de.yaml:1:1: save: a text is wanted here"},
		{"de.yaml", "save: \"a\\nb\"", "words/de.yaml:1:1: save: this holds a line break"},
		{"de.yaml", "save: " + strings.Repeat("x", 601), "words/de.yaml:1:1: save: this is too long"},
		{"de.yaml", "save: a\nsave: b", "words/de.yaml:2:1: save: this is given twice"},
		{"de.yaml", "dir: up", "words/de.yaml:1:1: dir: \"up\" is no direction"},
		{"de.yaml", "language: fr", "words/de.yaml:1:1: language: this says \"fr\", and the file is named de.yaml"},
		{"de.yaml", "weekdays: [a, b]", "words/de.yaml:1:1: weekdays: there are 7 of these"},
		{"de.yaml", "months: January", "words/de.yaml:1:1: months: there are 12 of these"},
		{"ru.yaml", "stories: {one: \"{n} a\", other: \"{n} b\"}", "words/ru.yaml:1:1: stories: the form \"few\" is missing\n    1 | stories: {one: \"{n} a\", other: \"{n} b\"}\n      = it is that of 2, 3, 4, 22; English has \"{n} stories\""},
		{"de.yaml", "stories: {one: \"{n} a\", few: \"{n} c\", other: \"{n} b\"}", "stories: this language has no form \"few\""},
		{"de.yaml", "stories: {one: \"{n} a\", ones: \"{n} c\", other: \"{n} b\"}", "stories: there is no form \"ones\""},
		{"de.yaml", "stories: {one: \"{n} a\", other: viele}", "stories: this lacks the place {n}"},
		{"de.yaml", "format: x\nsave: b: c: d", "words/de.yaml:2:"},
		{"de.yaml", "- a\n- b", "words/de.yaml:1:1: this is no list of keys"},
		{"de.yaml", "save: \xff", "words/de.yaml: it is not in UTF-8"},
		{"pl.yaml", "save: Zapisz", "words/pl.yaml: missing: dir, name, weekdays, months,"},
		{"klingonisch.yaml", "save: a", "words/klingonisch.yaml: this is not named like a language"},
		{"de.yml", "save: a", "words/de.yml: this is not named like a language"},
	} {
		_, wrong := own(c.file, c.text)
		if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), c.want) {
			t.Errorf("%s %q:\n%v\nwant %s", c.file, c.text, wrong, c.want)
		}
	}
}

// FuzzOwnWords reads whatever as a catalogue: it is taken whole or told of.
func FuzzOwnWords(f *testing.F) {
	for _, lang := range Builtin().Languages() {
		text, err := files.ReadFile(lang + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("a: &a [*a]\n<<: *a")
	f.Add("? a\n: b")
	f.Fuzz(func(t *testing.T, text string) {
		s, wrong := own("de.yaml", text)
		if len(wrong) > 1 || len(wrong) == 1 && len(wrong[0].Problems) == 0 {
			t.Errorf("%v", wrong)
		}
		if c := s.For("de"); len(c.Months) != 12 || c.Save == "" || c.StoryCount(2) == "" {
			t.Error("half a catalogue was taken")
		}
	})
}
