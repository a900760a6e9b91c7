package newsroom_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// TestWordsOutliveAPartial: a mistake in a partial of the newsroom's takes its own words
// from no page and no letter.
func TestWordsOutliveAPartial(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		for _, folder := range []string{"templates", "words"} {
			if err := os.Mkdir(filepath.Join(r.dir, folder), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		r.write("words/en.yaml", "goodbye_subject: So long from {title}\n")
		r.write("templates/footer.html", "<p>{{.Nonesuch}}</p>")
		r.again()
		letter, _ := r.n.Config.Newsletter("weekly")
		if got := r.n.Theme(letter).Words("en").GoodbyeSubject; got != "So long from {title}" {
			t.Errorf("the goodbye begins %q", got)
		}
	})
}

// TestThemesAreReadOnce: when they are first asked for or, where a newsroom is opened for
// long, at once; from then on they stay, whatever becomes of their files.
func TestThemesAreReadOnce(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.must(os.Mkdir(filepath.Join(r.dir, "words"), 0o755))
		goodbye := func() string {
			letter, _ := r.n.Config.Newsletter("weekly")
			return r.n.Theme(letter).Words("en").GoodbyeSubject
		}
		write := func(goodbye string) { r.write("words/en.yaml", "goodbye_subject: "+goodbye+" {title}\n") }
		write("One")
		r.again()
		write("Two")
		if got := goodbye(); got != "Two {title}" {
			t.Errorf("what nobody had asked for was read before: %q", got)
		}
		write("Three")
		if got := goodbye(); got != "Two {title}" {
			t.Errorf("read twice: %q", got)
		}
		r.again()
		r.n.ReadThemes()
		write("Four")
		if got := goodbye(); got != "Three {title}" {
			t.Errorf("what was to be read at once was read later: %q", got)
		}
	})
}

var (
	emptyPhrase = regexp.MustCompile(`(?m)^(\w+): "" # "?(.*?)"?$`)
	emptyForms  = regexp.MustCompile(`(?m)^(\w+): (\{.*?\}) # \{.*?other: "(.*?)"\}.*$`)
	emptyList   = regexp.MustCompile(`(?m)^(\w+): \[\] # (.*)$`)
)

// TestANewLanguage begins a language that is not built in, and is written from right to
// left, by its file alone: then mails in every form, letters and pages speak it.
func TestANewLanguage(t *testing.T) {
	boxed(t, settings{"language": "he", "formats": "[full]", "welcome": "true", "look": asking}, func(t *testing.T, r *room) {
		path, err := newsroom.NewWords(r.n.Config, "he")
		r.must(err)
		sheet, err := os.ReadFile(filepath.Join(r.dir, path))
		r.must(err)
		text := emptyPhrase.ReplaceAllString(string(sheet), `$1: "ש $2"`)
		text = emptyList.ReplaceAllString(text, `$1: $2`)
		text = emptyForms.ReplaceAllStringFunc(text, func(line string) string {
			m := emptyForms.FindStringSubmatch(line)
			return m[1] + ": " + strings.ReplaceAll(m[2], `""`, `"ש `+m[3]+`"`)
		})
		r.write(path, text)
		r.again()
		speaks := func(what, page string, words ...string) {
			t.Helper()
			for _, word := range append([]string{`lang="he" dir="rtl"`}, words...) {
				if !strings.Contains(page, word) {
					t.Errorf("%s lacks %q", what, word)
				}
			}
		}
		for to, l := range r.sent("digest", "full", "text", "private") {
			if l.html != "" {
				speaks("the HTML to "+to, l.html, "ש Unsubscribe", "ש You are getting this mail because")
			}
			if !strings.Contains(l.text, "ש Unsubscribe") {
				t.Errorf("the text to %s has other words", to)
			}
		}
		web, err := r.n.WebPage(t.Context(), &r.edition(fridays).Printed)
		r.must(err)
		speaks("the page on the web", web, "ש Friday, 27 November 2026")

		const who = "ada@new.example"
		r.must(r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
		r.letters(who)
		_, err = r.n.Confirm(t.Context(), "weekly", r.token(subscribers.Confirm, who), nil)
		r.must(err)
		r.letters(who)
		r.unsubscribe(who)
		letters := r.letters(who)
		if len(letters) != 3 {
			t.Fatalf("%d letters, want the confirmation, the welcome, the goodbye", len(letters))
		}
		for i, word := range []string{"ש Please confirm: The Observer", "ש Welcome to The Observer", "ש You have left The Observer"} {
			if letters[i].Subject != word {
				t.Errorf("a letter %q, want %q", letters[i].Subject, word)
			}
			speaks(word, letters[i].HTML)
		}

		letter, _ := r.n.Config.Newsletter("weekly")
		for word, p := range map[string]templates.Page{
			"ש Your preferences": templates.PreferencesPage{}, "ש You have left": templates.UnsubscribedPage{}, "ש Earlier editions": templates.ArchivePage{},
		} {
			var b strings.Builder
			r.must(r.n.Page(&b, letter, templates.Site{Look: letter.Look, Language: letter.Language, Stylesheet: "/s.css"}, p))
			speaks("the page "+word, b.String(), word)
		}
	})
}
