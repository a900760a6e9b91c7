package templates

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

// overAgain is a built-in theme with each of its partials laid over it, as read gives them.
func overAgain(t *testing.T, built *Theme, read func(name string) ([]byte, error)) *Theme {
	t.Helper()
	dir := fstest.MapFS{}
	for _, name := range built.Partials() {
		text, err := read(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "is given :") || strings.Contains(string(text), ": .\n") {
			t.Errorf("%s is not documented", name)
		}
		dir[name] = &fstest.MapFile{Data: text}
	}
	theme, err := Load(built.Name(), words.Builtin(), Folder{"templates", dir})
	if err != nil {
		t.Fatal(err)
	}
	return theme
}

// TestOurOwnChangesNothing loads every partial of every theme once more, and the copies
// that a newsroom gets, comments and all: the mail is the same to the byte, and no
// comment comes into it.
func TestOurOwnChangesNothing(t *testing.T) {
	for _, name := range ThemeNames() {
		built, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		copies := overAgain(t, built, built.Copy)
		for what, theme := range map[string]*Theme{"partials": overAgain(t, built, built.Partial), "copies": copies} {
			for lang, in := range languages {
				for _, v := range []Variant{Digest, Full, Web} {
					got, err := theme.Render(eight(in), v, lookOf(in), linksOf())
					if err != nil || !reflect.DeepEqual(got, inTheme(t, name, lang, v)) {
						t.Errorf("%s, %s, %s: the same %s give another mail (%v)", name, lang, v, what, err)
					}
				}
			}
		}
		for _, c := range copies.Compare() {
			if c.Own != c.Builtin || c.Outdated {
				t.Errorf("%s of %s differs from what it was copied from", c.Name, name)
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
