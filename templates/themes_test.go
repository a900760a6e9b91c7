package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// inTheme renders the edition of eight in a theme.
func inTheme(t *testing.T, theme, lang string, v Variant) Rendered {
	t.Helper()
	built, err := Named(theme)
	if err != nil {
		t.Fatal(err)
	}
	r, err := built.Render(eight(languages[lang]), v, lookOf(languages[lang]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEveryTheme holds each theme, in each language and variant, to what a mail must
// be: every link in the text, lines of 78 columns, headings in order, its size, its
// direction, nothing of a story's own.
func TestEveryTheme(t *testing.T) {
	for _, theme := range ThemeNames() {
		for lang, in := range languages {
			for _, v := range []Variant{Digest, Full, Private} {
				r := inTheme(t, theme, lang, v)
				name := theme + " in " + lang + ", " + string(v)
				checkInert(t, r)
				for _, to := range hrefs(t, r.HTML) {
					if !strings.Contains(r.Text, to) {
						t.Errorf("%s: %s is not in the text", name, to)
					}
				}
				level := "h0"
				for i, h := range headings(r.HTML) {
					if h > "h1" && i == 0 || h == "h1" && i > 0 || h[1] > level[1]+1 {
						t.Errorf("%s: %s follows %s", name, h, level)
					}
					level = h
				}
				if v == Digest && len(r.HTML) > 25_000 {
					t.Errorf("%s: %d bytes", name, len(r.HTML))
				}
				if !strings.Contains(r.HTML, `dir="`+strings.TrimSpace(map[bool]string{true: "rtl", false: "ltr"}[lang == "ar"])+`"`) {
					t.Errorf("%s: no direction", name)
				}
				for _, s := range in.stories {
					if !strings.Contains(r.HTML, s[0]) || !strings.Contains(unwrapped(r.Text), s[0]) {
						t.Errorf("%s: lacks %q", name, s[0])
					}
				}
				if pictures := strings.Contains(r.HTML, "<img"); v == Digest && pictures != (theme == DefaultTheme) {
					t.Errorf("%s: pictures: %t", name, pictures)
				}
			}
			r := inTheme(t, theme, lang, Digest)
			if theme != DefaultTheme && slices.Contains([]string{"en", "ar"}, lang) {
				trial.Golden(t, "testdata/"+theme+"-"+lang+".html", r.HTML)
				trial.Golden(t, "testdata/"+theme+"-"+lang+".txt", r.Text)
			}
		}
	}
}

// unwrapped is a text on one line.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestBriefIsHeadlines: there is nothing of a story but kicker and headline.
func TestBriefIsHeadlines(t *testing.T) {
	for lang, in := range languages {
		r := inTheme(t, "brief", lang, Digest)
		for _, part := range []string{r.HTML, unwrapped(r.Text)} {
			for _, s := range in.stories {
				if s[1] != "" && strings.Contains(part, s[1]) {
					t.Errorf("%s: the teaser %q", lang, s[1])
				}
			}
			for _, gone := range []string{in.authors[0], in.caption} {
				if strings.Contains(part, gone) {
					t.Errorf("%s: %q is there", lang, gone)
				}
			}
			if !strings.Contains(part, in.kicker) || !strings.Contains(part, in.news) {
				t.Errorf("%s: no kicker, or no section", lang)
			}
		}
	}
}

// TestThemesHaveTheirOwnLook: its colours are readable, its styles those of the table,
// and a newsroom's colours go over them.
func TestThemesHaveTheirOwnLook(t *testing.T) {
	for _, b := range builtins {
		look := Look{Theme: b.name, Title: "T"}
		if err := look.Check(); err != nil {
			t.Errorf("%s: %v", b.name, err)
		}
		for name, css := range b.tokens {
			if _, known := tokens[name]; !known {
				t.Errorf("%s has a style %s that the table has not", b.name, name)
			}
			if strings.Contains(css, "#") {
				t.Errorf("%s: the style %s has a colour of its own", b.name, name)
			}
			if _, font, ok := strings.Cut(css, "font:"); ok {
				size, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(font, "bold "), "normal "), "{slant} "), "px")
				if len(size) != 2 || size < "14" {
					t.Errorf("%s: the style %s sets text of %s px", b.name, name, size)
				}
			}
		}
		look.Light.Accent = "#7a1f1f"
		built, err := Named(b.name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := built.Render(eight(languages["en"]), Digest, look, linksOf())
		if err != nil || !strings.Contains(r.HTML, "color:#7a1f1f") || !strings.Contains(r.HTML, "color:"+b.dark.Ink) {
			t.Errorf("%s: the newsroom's accent, or the theme's dark ink, is not used (%v)", b.name, err)
		}
	}
	if err := (Look{Title: "T", Theme: "tabloid"}).Check(); err == nil || !strings.Contains(err.Error(), "broadsheet, plain, brief") {
		t.Errorf("a theme that is none: %v", err)
	}
}

// TestThemesOnThinEditions: what an edition lacks leaves no hole.
func TestThemesOnThinEditions(t *testing.T) {
	full := eight(languages["en"])
	for _, theme := range ThemeNames() {
		for name, rev := range map[string]digest.Revision{
			"nothing":     {Language: "en", Title: "T"},
			"lead alone":  {Language: "en", Title: "T", Lead: full.Lead},
			"no lead":     {Language: "en", Title: "T", Blocks: full.Blocks},
			"no language": {Title: "T", Blocks: []digest.Block{{Name: "Empty"}, {Items: []digest.Item{{}}}}},
		} {
			built, err := Named(theme)
			if err != nil {
				t.Fatal(err)
			}
			r, err := built.Render(rev, Digest, Look{}, Links{})
			if err != nil || strings.Contains(r.HTML, `href=""`) || strings.Contains(r.HTML, "<h3></h3>") || strings.Contains(r.Text, "\n\n\n\n") {
				t.Errorf("%s, %s: leaves a hole (%v)", theme, name, err)
			}
		}
	}
}

// TestAlsoCovered: a mail lists five of the other reports of an event and says how many more
// there are, in each theme, variant and language; the web version has all.
func TestAlsoCovered(t *testing.T) {
	for lang, in := range languages {
		w := words.For(lang)
		for _, reports := range []int{5, 6, 43} {
			rev := eight(in)
			rev.Lead.Also = nil
			for i := range reports {
				rev.Lead.Also = append(rev.Lead.Also, digest.Link{Title: in.also, URL: fmt.Sprintf("https://other.example/report-%d.", i)})
			}
			more := w.Count(w.AlsoMore, reports-5)
			for _, theme := range ThemeNames() {
				built, err := Named(theme)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range []Variant{Digest, Full, TextOnly, Private, Web} {
					r, err := built.Render(rev, v, lookOf(in), linksOf())
					if err != nil {
						t.Fatal(err)
					}
					for form, said := range map[string]string{"HTML": r.HTML, "text": unwrapped(r.Text)} {
						name := fmt.Sprintf("%s in %s, %s, %d reports, %s", theme, lang, v, reports, form)
						if !strings.Contains(said, w.Also+":") {
							if v == Digest && theme != "brief" {
								t.Errorf("%s: nothing is covered elsewhere", name)
							}
							continue
						}
						want, has := 5, strings.Contains(said, more)
						if v == Web {
							want = reports
						}
						if got := strings.Count(said, "https://other.example/report-"); got != want {
							t.Errorf("%s: %d links, want %d", name, got, want)
						}
						if has != (reports > 5 && v != Web) {
							t.Errorf("%s: %q is there: %t", name, more, has)
						}
					}
				}
			}
		}
	}
}
