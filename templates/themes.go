package templates

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/broadsheet-news/broadsheet/templates/words"
)

// DefaultTheme is the theme of a newsletter that names none.
const DefaultTheme = "broadsheet"

// builtin is a theme that comes with the program: partials over the layout, styles
// over the table of tokens, colours and fonts where the look has none, and how the
// text part is written.
type builtin struct {
	name, about string
	light, dark Palette
	fonts       Fonts
	tokens      map[string]string
	text        func(*edition) string

	once   sync.Once
	parsed *Theme
	err    error
}

var builtins = []*builtin{
	{
		name: DefaultTheme, about: "a newspaper: a lead, pictures, sections",
		light: lightDefault, dark: darkDefault, fonts: fontsDefault, text: (*edition).text,
	},
	plain, brief,
}

// ThemeInfo is a built-in theme, for those who choose one.
type ThemeInfo struct {
	Name  string
	About string // a phrase
}

// Themes lists the built-in themes, the default one first.
func Themes() []ThemeInfo {
	var all []ThemeInfo
	for _, b := range builtins {
		all = append(all, ThemeInfo{b.name, b.about})
	}
	return all
}

// ThemeNames lists their names.
func ThemeNames() []string {
	var all []string
	for _, b := range builtins {
		all = append(all, b.name)
	}
	return all
}

// builtinOf finds a theme; the empty name is the default's.
func builtinOf(name string) (*builtin, error) {
	if name == "" {
		name = DefaultTheme
	}
	for _, b := range builtins {
		if b.name == name {
			return b, nil
		}
	}
	return nil, fmt.Errorf("there is no theme %q: there are %s", name, strings.Join(ThemeNames(), ", "))
}

// theme is that of a look; the default one where it names none that is there, which
// Check says.
func (l Look) theme() *builtin {
	b, err := builtinOf(l.Theme)
	if err != nil {
		return builtins[0]
	}
	return b
}

// theme is the theme itself, made when it is first asked for.
func (b *builtin) theme() (*Theme, error) {
	b.once.Do(func() { b.parsed, b.err = b.read() })
	return b.parsed, b.err
}

// files are the embedded paths of a theme's partials, by name.
func (b *builtin) files() map[string]string {
	found := map[string]string{}
	for _, dir := range []string{"layout", "themes/" + b.name} {
		paths, _ := fs.Glob(embedded, dir+"/*.html") // the pattern is good
		for _, p := range paths {
			found[path.Base(p)] = p
		}
	}
	return found
}

// Name is the built-in theme's.
func (t *Theme) Name() string { return t.name }

// Words is the catalogue of a language, the newsroom's own words included.
func (t *Theme) Words(language string) *words.Catalogue { return t.spoken.For(language) }

// Partials lists the names of a theme's partials, "lead.html" among them.
func (t *Theme) Partials() []string {
	var names []string
	for name := range t.files() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Partial is the built-in text of a partial.
func (t *Theme) Partial(name string) ([]byte, error) {
	p, ok := t.files()[name]
	if !ok {
		return nil, fmt.Errorf("there is no partial %q: there are %s", name, strings.Join(t.Partials(), ", "))
	}
	return embedded.ReadFile(p)
}

// Own lists the newsroom's partials of a theme, as it knows them:
// "templates/lead.html".
func (t *Theme) Own() []string {
	var files []string
	for _, p := range t.own {
		files = append(files, p.file)
	}
	slices.Sort(files)
	return files
}
