package templates

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

func folder(name, text string) fstest.MapFS {
	return fstest.MapFS{name: {Data: []byte(text)}}
}

func TestLoadLaysANewsroomsPartialOver(t *testing.T) {
	theme, err := Load(folder("brief.html", `<h3>OURS {{.Title}}</h3>`))
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	r, err := theme.Render(eight(en), Digest, lookOf(en), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.HTML, "OURS School on the island") || strings.Contains(rendered(t, "en", Digest).HTML, "OURS") {
		t.Error("the newsroom's partial is not used, or not by its theme alone")
	}
}

// TestLoadOfOurOwnChangesNothing ejects every partial and loads it again.
func TestLoadOfOurOwnChangesNothing(t *testing.T) {
	dir := fstest.MapFS{}
	for _, name := range Partials() {
		text, err := Partial(name)
		if err != nil {
			t.Fatal(err)
		}
		dir[name] = &fstest.MapFile{Data: text}
	}
	theme, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	r, err := theme.Render(eight(en), Digest, lookOf(en), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, rendered(t, "en", Digest)) {
		t.Error("the same partials give another mail")
	}
}

func TestLoadNamesFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"syntax":        {"lead.html", "a\nb\n{{if}}", "template lead.html:3: missing value for if"},
		"field":         {"story.html", "a\n{{.Headline}}", "template story.html:2:2: executing"},
		"style":         {"footer.html", `<p style="{{.Css "nonsense"}}">`, `template footer.html:1:12: executing "footer.html" at <.Css>: error calling Css: no style is called "nonsense"`},
		"function":      {"lead.html", "{{exec 1}}", "template lead.html:1: function \"exec\" not defined"},
		"context":       {"lead.html", "a\n<a href=\"{{.URL}}", "template lead.html"},
		"unknown":       {"led.html", "x", "led.html: there is no such partial"},
		"large":         {"lead.html", strings.Repeat("x", maxPartial+1), "lead.html: larger than 65536 bytes"},
		"endless":       {"lead.html", `{{template "lead.html" .}}`, "lead.html"},
		"endless words": {"lead.html", `{{range 9000000}}xxxxxxxxxxxxxxxxxxxxx{{end}}`, "grew past a million bytes"},
		"a page":        {"page-archive.html", "x\n{{.Nope}}", "template page-archive.html:2:2: executing"},
		"a letter":      {"letter.html", "x\n\n{{.Nope}}", "template letter.html:3:2: executing"},
	} {
		_, err := Load(folder(c.file, c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v\nwant %s", name, err, c.want)
		}
	}
}

// TestEscapingHolds: a newsroom's partial cannot print a story raw by mistake.
func TestEscapingHolds(t *testing.T) {
	theme, err := Load(folder("brief.html", `<h3 title="{{.Title}}">{{.Title}}</h3>`))
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
			golden(t, "letter-"+name+"-"+lang+".html", r.HTML)
			golden(t, "letter-"+name+"-"+lang+".txt", r.Text)
		}
	}
}

func TestMarkdown(t *testing.T) {
	css := filledStyles(Look{}.withDefaults(), "ltr")
	for in, want := range map[string][2]string{
		"# Title":                          {"<strong>Title</strong>", "Title"},
		"[a](javascript:alert(1))":         {"<em>a</em>", "a"},
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
