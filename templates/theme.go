package templates

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

//go:embed layout themes
var embedded embed.FS

// maxPartial is the most bytes of a newsroom's partial.
const maxPartial = 64 << 10

// Theme is a set of parsed partials with the styles, the text part and the words
// that go with them. It is safe for concurrent use.
type Theme struct {
	*builtin
	spoken   *words.Set
	set      *template.Template // never executed, so that it can be cloned
	partials map[string]looked
	stops    *stops
	own      map[string]ownPartial // the newsroom's

	lock sync.Mutex
	idle []*press
}

// ownPartial is a newsroom's partial: its file, as the newsroom knows it.
type ownPartial struct{ file, text string }

// Folder is where a newsroom's own partials lie. Name is what errors call it:
// "templates".
type Folder struct {
	Name string
	FS   fs.FS
}

// functions are what partials can call beside the built-in ones, of which sandbox.go
// allows a few. The step of the meter is replaced in each press.
var functions = template.FuncMap{"mso": mso, stepName: func(int) (int, error) { return 0, nil }}

// Default is the theme of a newsletter that names none.
func Default() *Theme {
	t, err := Named(DefaultTheme)
	if err != nil {
		panic(err) // embedded and tested
	}
	return t
}

// Named is a built-in theme, with the built-in words.
func Named(name string) (*Theme, error) {
	b, err := builtinOf(name)
	if err != nil {
		return nil, err
	}
	return b.theme()
}

// read makes a built-in theme: the layout, and over it what the theme has of its own.
func (b *builtin) read() (*Theme, error) {
	set := template.New("layout").Funcs(functions).Option("missingkey=error")
	t := &Theme{builtin: b, spoken: words.Builtin(), set: set, partials: map[string]looked{}, stops: &stops{}}
	for name, path := range b.files() {
		text, err := embedded.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := t.add(name, name, string(text)); err != nil {
			return nil, fmt.Errorf("the built-in theme %s: %w", b.name, err)
		}
	}
	return t, weigh(t.partials)
}

// Load is a built-in theme in a newsroom's words, with the newsroom's own partials
// over it, those of a later folder over those of an earlier one. Files are named as
// Theme.Partials lists them; those that are absent keep what is built in. Every mail
// and page is then rendered with samples, so that a mistake is found here and not
// on Friday: an error is a [*Fault] where it is about a place in a file.
func Load(name string, spoken *words.Set, folders ...Folder) (*Theme, error) {
	base, err := Named(name)
	if err != nil {
		return nil, err
	}
	set, err := base.set.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the theme %s: %w", name, err)
	}
	t := &Theme{
		builtin: base.builtin, spoken: spoken, set: set, own: map[string]ownPartial{},
		partials: maps.Clone(base.partials), stops: &stops{all: slices.Clone(base.stops.all)},
	}
	for _, folder := range folders {
		if err := t.lay(folder); err != nil {
			return nil, err
		}
	}
	if len(t.own) == 0 {
		return t, nil
	}
	if err := weigh(t.partials); err != nil {
		return nil, t.faultOf(err)
	}
	for _, name := range slices.Sorted(maps.Keys(t.own)) {
		if err := t.alone(name); err != nil {
			return nil, err
		}
	}
	if err := t.try(); err != nil {
		if fault := new(Fault); errors.As(err, &fault) {
			return nil, fault
		}
		return nil, err
	}
	if err := t.misnamed(); err != nil {
		return nil, err
	}
	return t, nil
}

// lay lays the partials of a folder over those that are there.
func (t *Theme) lay(folder Folder) error {
	names, err := t.take(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := t.add(name, t.own[name].file, t.own[name].text); err != nil {
			return err
		}
	}
	return nil
}

// take reads the partials of a folder, and names them.
func (t *Theme) take(folder Folder) ([]string, error) {
	names, err := fs.Glob(folder.FS, "*.html")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", folder.Name, err)
	}
	for _, name := range names {
		file := folder.Name + "/" + name
		if _, ok := t.partials[name]; !ok {
			return nil, &Fault{spot: spot{file: file}, Text: "no partial has this name", Fix: "there are " + strings.Join(t.Partials(), ", ")}
		}
		text, err := readPartial(folder.FS, name)
		if err != nil {
			return nil, &Fault{spot: spot{file: file}, Text: err.Error(), cause: err}
		}
		t.own[name] = ownPartial{file, text}
	}
	return names, nil
}

// add parses a partial, looks through it and puts it into the set.
func (t *Theme) add(name, file, text string) error {
	trees := map[string]*parse.Tree{}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck // look does, and knows the column
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return t.faultOf(err)
	}
	trees[name] = tree
	for _, inner := range slices.Sorted(maps.Keys(trees)) {
		if _, taken := t.partials[inner]; inner != name && taken && t.partials[inner].tree.ParseName != name {
			return t.placed(&Fault{spot: spot{file: name}, Text: fmt.Sprintf("it defines %s, which is another partial", inner), Fix: "give the definition a name of its own, or write it into a file " + inner})
		}
		found, err := look(trees[inner], name, t.stops)
		if err != nil {
			return t.faultOf(err)
		}
		if _, err := t.set.AddParseTree(inner, trees[inner]); err != nil {
			return t.faultOf(err)
		}
		t.partials[inner] = found
	}
	return nil
}

// alone asks html/template whether a partial makes sense by itself. Within a page
// it would blame a quote that is never closed on the partial around it. Nothing runs.
func (t *Theme) alone(name string) error {
	p, err := t.press()
	if err != nil {
		return err
	}
	p.meter.work = maxWork // escaping comes before the first step, and this one has none left
	if err := p.set.ExecuteTemplate(p.meter, name, nil); errors.As(err, new(*template.Error)) {
		return t.faultOf(err)
	}
	return nil
}

func readPartial(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return "", fmt.Errorf("it cannot be opened: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPartial+1))
	if err != nil {
		return "", fmt.Errorf("it cannot be read: %w", err)
	}
	if len(text) > maxPartial {
		return "", fmt.Errorf("it is larger than %s bytes", figures.Of(maxPartial))
	}
	return string(text), nil
}
