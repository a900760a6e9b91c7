package templates

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

// TestCopiesAreTheSameMail loads a copy of every partial of every theme, comments and
// all: the mail is the same to the byte, and no comment comes into it.
func TestCopiesAreTheSameMail(t *testing.T) {
	for _, info := range Themes() {
		built, err := Named(info.Name)
		if err != nil {
			t.Fatal(err)
		}
		dir := fstest.MapFS{}
		for _, name := range built.Partials() {
			text, err := built.Copy(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "is given :") || strings.Contains(string(text), ": .\n") {
				t.Errorf("%s is not documented", name)
			}
			dir[name] = &fstest.MapFile{Data: text}
		}
		theme, err := Load(info.Name, words.Builtin(), Folder{"templates", dir})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []Variant{Digest, Full, Web} {
			want := inTheme(t, info.Name, "ar", v)
			got, err := theme.Render(eight(languages["ar"]), v, lookOf(languages["ar"]), linksOf())
			if err != nil || got.HTML != want.HTML || got.Text != want.Text {
				t.Errorf("%s: copies give another %s (%v)", info.Name, v, err)
			}
		}
		for _, c := range theme.Compare() {
			if c.Own != c.Builtin || c.Outdated {
				t.Errorf("%s of %s differs from what it was copied from", c.Name, info.Name)
			}
		}
	}
}

// TestCopiesOfAnOlderBuiltin: an upgrade that changes a partial is told.
func TestCopiesOfAnOlderBuiltin(t *testing.T) {
	text, err := Default().Copy("brief.html")
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Replace(string(text), stampOf([]byte(withoutHead(string(text)))), "0123456789ab", 1)
	theme, err := loadOver("brief.html", old+"<p>ours</p>")
	if err != nil {
		t.Fatal(err)
	}
	c := theme.Compare()
	if len(c) != 1 || !c[0].Outdated || !strings.HasSuffix(c[0].Own, "<p>ours</p>") || strings.Contains(c[0].Own, "Copied") {
		t.Errorf("%+v", c)
	}
}

// TestPartialsAreDocumented: each is told of, none that is not, and docs/themes.md has
// the same words.
func TestPartialsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/themes.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range Default().Infos() {
		row := "| `" + info.Name + "` | " + info.About + " | " + info.Data + " |"
		if info.About == "" || !strings.Contains(string(text), row+"\n") {
			t.Errorf("docs/themes.md lacks the line\n%s", row)
		}
	}
	for name := range partialDocs {
		if _, err := Default().Partial(name); err != nil {
			t.Error(err)
		}
	}
}
