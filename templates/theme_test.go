package templates

import (
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

// over is a newsroom's folder of templates that holds one file.
func over(name, text string) Folder {
	return Folder{"templates", fstest.MapFS{name: {Data: []byte(text)}}}
}

// loadOver loads the default theme with one partial over it.
func loadOver(name, text string) (*Theme, error) {
	return Load("", words.Builtin(), over(name, text))
}

func TestLoadLaysANewsroomsPartialOver(t *testing.T) {
	theme, err := Load("", words.Builtin(), over("brief.html", `<h3>OURS {{.Title}}</h3>`), Folder{"templates/weekly", fstest.MapFS{
		"footer.html":  {Data: []byte("WEEKLY")},
		"brief.html":   {Data: []byte(`<h3>WEEKLY {{.Title}}</h3>`)},
		"appeal.html":  {Data: []byte("\n")}, // an empty partial leaves its place empty
		"README.md":    {Data: []byte("no partial")},
		"brief.html.~": {Data: []byte("no partial")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	r, err := theme.Render(eight(en), Digest, lookOf(en), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.HTML, "WEEKLY School on the island") || strings.Contains(r.HTML, "OURS") || strings.Contains(r.HTML, en.appeal) {
		t.Error("the newsletter's partials do not go over the newsroom's")
	}
	if got := strings.Join(theme.Own(), " "); got != "templates/weekly/appeal.html templates/weekly/brief.html templates/weekly/footer.html" {
		t.Errorf("own partials: %s", got)
	}
	if strings.Contains(rendered(t, "en", Digest).HTML, "WEEKLY") {
		t.Error("the newsroom's partial is used by another theme")
	}
}

func TestFaultsNameFileLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"syntax":        {"lead.html", "a\nb\n{{if}}", "templates/lead.html:3: missing value for if\n    3 | {{if}}"},
		"field":         {"story.html", "a\n<p>ф{{.Headline}}", "templates/story.html:2:7: there is no .Headline here\n    2 | <p>ф{{.Headline}}\n      |       ^\n      = there is .Address, "},
		"never taken":   {"lead.html", "{{with .Sections}}{{if not $.Title}}{{$.Look.Footer.Adress}}{{end}}{{end}}", "templates/lead.html:1:40: there is no .Adress anywhere"},
		"a list's":      {"wrapper.html", "{{.Sections.Name}}", "templates/wrapper.html:1:12: there is no .Name here"},
		"style":         {"footer.html", `<p style="{{.Css "nonsense"}}">`, `templates/footer.html:1:13: no style is called "nonsense"`},
		"context":       {"lead.html", "a\n<a href=\"{{.URL}}", "templates/lead.html: ends in a non-text context"},
		"a branch":      {"lead.html", "<p>\n {{if .URL}}<a href=\"{{end}}x", "templates/lead.html:2:7: {{if}} branches end in different contexts"},
		"unknown":       {"led.html", "x", "templates/led.html: no partial has this name\n      = there are after.html, "},
		"large":         {"lead.html", strings.Repeat("x", maxPartial+1), "templates/lead.html: it is larger than 65,536 bytes"},
		"includes none": {"lead.html", "\n{{template \"stroy.html\" .}}", "templates/lead.html:2:12: there is no partial \"stroy.html\" to include"},
		"takes another": {"lead.html", `{{define "footer.html"}}x{{end}}`, "templates/lead.html: it defines footer.html, which is another partial"},
		"a page":        {"page-archive.html", "x\n{{.Nope}}", "templates/page-archive.html:2:3: there is no .Nope here"},
		"a letter":      {"letter.html", "x\n\n{{.Nope}}", "templates/letter.html:3:3: there is no .Nope here"},
		"an index":      {"pair.html", "{{(index .Pair 2).Title}}", "templates/pair.html:1:4: error calling index: reflect: slice index out of range"},
	} {
		_, err := loadOver(c.file, c.text)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

// TestFaultsOfOneEdition: what fails with the stories of one edition alone, and with none
// that a partial is tried with when it is read, has its place as well; in a mail, a
// letter and a page.
func TestFaultsOfOneEdition(t *testing.T) {
	en := languages["en"]
	for file, c := range map[string]struct {
		text, want string
		render     func(*Theme) error
	}{
		"brief.html": {"<h3>\n{{if eq .Title \"Odd\"}}{{index .Also 99}}{{end}}</h3>", "templates/brief.html:2:25: ", func(theme *Theme) error {
			rev := eight(en)
			rev.Blocks[0].Items[3].Story.Title = "Odd"
			_, err := theme.Render(rev, Digest, lookOf(en), linksOf())
			return err
		}},
		"letter.html": {"x\n{{if eq .Greeting \"Odd\"}}{{index .After 99}}{{end}}", "templates/letter.html:2:28: ", func(theme *Theme) error {
			_, err := theme.Letter(Confirmation{Newsletters: []string{"A"}, URL: "https://news.example/c", Greeting: "Odd"}, lookOf(en), "en")
			return err
		}},
		"page-name.html": {"{{if eq .Look.Title \"Odd\"}}\n{{index .Address 99}}{{end}}", "templates/page-name.html:2:3: ", func(theme *Theme) error {
			look := lookOf(en)
			look.Title = "Odd"
			return theme.Page(io.Discard, Site{Look: look, Language: "en"}, ErrorPage{})
		}},
	} {
		theme, err := loadOver(file, c.text)
		if err != nil {
			t.Fatalf("%s: it is refused when it is read: %v", file, err)
		}
		if err := c.render(theme); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "    2 | ") {
			t.Errorf("%s: %v\nwant %s", file, err, c.want)
		}
	}
}

// TestEscapingHolds: a newsroom's partial cannot print a story raw by mistake.
func TestEscapingHolds(t *testing.T) {
	theme, err := loadOver("brief.html", `<h3 title="{{.Title}}">{{.Title}}</h3>`)
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	rev := eight(en)
	rev.Blocks[0].Items[3].Story.Title = `<b onclick="x">`
	r, err := theme.Render(rev, Digest, lookOf(en), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.HTML, "<b onclick") {
		t.Error("a story is printed raw")
	}
}

func TestLetters(t *testing.T) {
	letters := map[string]Letter{
		"confirmation": Confirmation{Newsletters: []string{"The Friday letter", "Tide tables"}, URL: "https://news.harbour-observer.example/c/Token7f3a", Greeting: words.For("en").Greet("Ada")},
		"goodbye":      Goodbye{Newsletter: "The Friday letter", Undo: "https://news.harbour-observer.example/b/Token7f3a", Days: 30},
		"welcome":      Welcome{Newsletter: "The Friday letter", Latest: digest.Link{Title: "The night the lighthouse went dark", URL: "https://news.harbour-observer.example/e/weekly/2026-11-27T09:00"}},
		"data":         DataCopy{Newsletter: "The Friday letter", JSON: "{\n  \"address\": \"ada@reader.example\",\n  \"consents\": [\n    {\n      \"text_version\": \"https://harbour-observer.example/privacy/2026/november\"\n    }\n  ]\n}"},
		"erased":       Erased{Newsletter: "The Friday letter"},
		"neutral":      Neutral{Letter: Goodbye{Newsletter: "The Friday letter", Undo: "https://news.harbour-observer.example/b/Token7f3a", Days: 30}, Subject: "News, 27 November"},
		"notice": Notice{
			Subject: "Friday's edition is held",
			Body:    "Only **three** stories are new.\n\n- [See them](https://news.harbour-observer.example/desk)\n- or run `broadsheet draft`\n\n> A quotation\n\n    code",
		},
	}
	for name, l := range letters {
		for _, lang := range []string{"en", "ar"} {
			r, err := Default().Letter(l, lookOf(languages[lang]), lang)
			if err != nil {
				t.Fatal(err)
			}
			if r.Subject == "" || strings.Contains(r.HTML+r.Text, "{title}") {
				t.Errorf("%s in %s: no subject, or an empty place", name, lang)
			}
			for _, to := range hrefs(t, r.HTML) {
				if !strings.Contains(r.Text, to) {
					t.Errorf("%s in %s: %s is not in the text", name, lang, to)
				}
			}
			trial.Golden(t, "testdata/letter-"+name+"-"+lang+".html", r.HTML)
			trial.Golden(t, "testdata/letter-"+name+"-"+lang+".txt", r.Text)
		}
	}
}

func TestMarkdown(t *testing.T) {
	css := filledStyles(Look{}.withDefaults(), "ltr")
	for in, want := range map[string][2]string{
		"# Title":                          {"<strong>Title</strong>", "Title"},
		"[a](javascript:alert(1))":         {`<em style="font-style:italic">a</em>`, "a"},
		"<script>x</script>word":           {"", ""},
		"a <b onclick=x>b</b>":             {"a b", "a b"},
		"![pixel](https://evil.example/p)": {"", ""},
		"see https://news.example/a now":   {`href="https://news.example/a">https://news.example/a</a>`, "see <https://news.example/a> now"},
		"<desk@news.example>":              {`href="mailto:desk@news.example"`, "<mailto:desk@news.example>"},
		"1. one\n2. two":                   {"<li>one</li>", "1. one\n2. two"},
		"> said\n> twice":                  {"<blockquote style=", "> said twice"},
		"- a\n  - b\n\nafter":              {"<li>b</li>", "- a\n  - b\n\nafter"},
	} {
		got := markdown(in, "https://news.example/", css)
		if !strings.Contains(string(got.HTML), want[0]) || strings.Contains(string(got.HTML), "javascript") || strings.Contains(string(got.HTML), "<img") {
			t.Errorf("%q: HTML %s", in, got.HTML)
		}
		if got.Text != want[1] {
			t.Errorf("%q: text %q, want %q", in, got.Text, want[1])
		}
	}
}
