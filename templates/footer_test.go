package templates

import (
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

// TestFooter: every mail, whatever its theme, variant and language, says who sends it
// from where, why it comes, how to leave, and where the privacy policy is.
func TestFooter(t *testing.T) {
	look := lookOf(languages["en"])
	look.Footer.Note = "Registered in Port Ashby."
	for _, name := range ThemeNames() {
		theme, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range words.Builtin().Languages() {
			w := words.For(lang)
			rev := eight(languages["en"])
			rev.Language = lang
			for _, v := range []Variant{Digest, Full, TextOnly, Private, Web} {
				r, err := theme.Render(rev, v, look, linksOf())
				if err != nil {
					t.Fatal(err)
				}
				want := []string{"4 Ropewalk, Port Ashby", "Registered in Port Ashby.", w.Privacy, "https://harbour-observer.example/privacy", "mailto:desk@harbour-observer.example"}
				if v != Web {
					want = append(want, words.Fill(w.Because, "title", look.Title), w.Unsubscribe, linksOf().Unsubscribe)
				}
				for part, text := range map[string]string{"HTML": r.HTML, "text": r.Text} {
					if text == "" {
						continue
					}
					flat := strings.Join(strings.Fields(text), " ")
					for _, word := range want {
						if !strings.Contains(flat, strings.Join(strings.Fields(word), " ")) {
							t.Errorf("%s, %s, %s: the %s lacks %q", name, v, lang, part, word)
						}
					}
				}
			}
		}
	}
}
