package newsroom

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/templates"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// themed is a newsletter's theme. Where something is wrong with the newsroom's own
// partials, it is the bare one, without them, for a mistake in the digest must not
// take the page away on which readers leave; no edition is rendered with it.
type themed struct {
	theme, bare *templates.Theme
	wrong       error
}

// Theme is a newsletter's theme, with the newsroom's own partials and words, for
// pages and letters.
func (n *Newsroom) Theme(letter *config.Newsletter) *templates.Theme {
	return n.themed(letter).theme
}

// Page writes a readers' page in the look and the words of a newsletter: without the
// newsroom's own partials, where these fail with what this page holds.
func (n *Newsroom) Page(w io.Writer, letter *config.Newsletter, site templates.Site, p templates.Page) error {
	_, err := either(n, letter, func(t *templates.Theme) (bool, error) { return true, t.Page(w, site, p) })
	return err
}

// renderLetter makes a mail to one person, as Page makes a page.
func (n *Newsroom) renderLetter(letter *config.Newsletter, l templates.Letter) (templates.Rendered, error) {
	return either(n, letter, func(t *templates.Theme) (templates.Rendered, error) { return t.Letter(l, letter.Look, letter.Language) })
}

// either makes something by a newsletter's theme or, where that fails, by the bare one.
func either[T any](n *Newsroom, letter *config.Newsletter, by func(*templates.Theme) (T, error)) (T, error) {
	t := n.themed(letter)
	made, err := by(t.theme)
	if err != nil && t.theme != t.bare {
		n.Log.Error("the newsroom's own templates are not used", "newsletter", letter.Name, "error", err)
		return by(t.bare)
	}
	return made, err
}

// editionTheme is the theme that editions are rendered with.
func (n *Newsroom) editionTheme(letter *config.Newsletter) (*templates.Theme, error) {
	t := n.themed(letter)
	return t.theme, t.wrong
}

func (n *Newsroom) themed(letter *config.Newsletter) themed {
	if read, known := n.themes[letter.Name]; known {
		return read()
	}
	return themed{}
}

// loadThemes forgets the themes, and reads each when it is first asked for: most commands
// show and mail nothing.
func (n *Newsroom) loadThemes() {
	n.themes = map[string]func() themed{}
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		n.themes[letter.Name] = sync.OnceValue(func() themed { return n.themedAs(letter) })
	}
}

// ReadThemes reads the themes as their files are now. Who opens a newsroom for long
// does so at its beginning, and not when the first reader comes.
func (n *Newsroom) ReadThemes() {
	for _, read := range n.themes {
		read()
	}
}

func (n *Newsroom) themedAs(letter *config.Newsletter) themed {
	bare := bareTheme(n.Config, letter)
	theme, err := loadTheme(n.Config, letter)
	switch {
	case err != nil:
		n.Log.Error("the newsroom's own templates are not used", "newsletter", letter.Name, "error", err)
		theme = bare
	case len(theme.Own()) == 0:
		theme = bare
	}
	return themed{theme, bare, err}
}

// bareTheme is a newsletter's theme without the newsroom's own partials; in our words
// alone where something is wrong with its own.
func bareTheme(conf *config.Config, letter *config.Newsletter) *templates.Theme {
	if spoken, err := loadWords(conf, letter); err == nil {
		if theme, err := templates.Load(letter.Look.Theme, spoken); err == nil {
			return theme
		}
	}
	theme, _ := templates.Named(letter.Look.Theme) // the configuration knows the name
	return theme
}

// loadTheme reads a newsletter's theme as the files are now.
func loadTheme(conf *config.Config, letter *config.Newsletter) (*templates.Theme, error) {
	spoken, err := loadWords(conf, letter)
	if err != nil {
		return nil, err
	}
	folders, err := templateFolders(conf, letter)
	if err != nil {
		return nil, err
	}
	return templates.Load(letter.Look.Theme, spoken, folders...)
}

// templateFolders are those of a newsletter's own partials that are there: the
// newsroom's, and the newsletter's within it.
func templateFolders(conf *config.Config, letter *config.Newsletter) ([]templates.Folder, error) {
	dir := filepath.Join(conf.Dir, config.TemplatesDir)
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the folder of templates: %w", err)
	}
	folders := []templates.Folder{{Name: config.TemplatesDir, FS: os.DirFS(dir)}}
	for _, entry := range entries {
		name := entry.Name()
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.IsDir() || strings.HasPrefix(name, ".") {
			continue
		}
		if _, known := conf.Newsletter(name); !known {
			return nil, fmt.Errorf("%s/%s: a folder here is named like a newsletter, for which its templates count: this newsroom has %s",
				config.TemplatesDir, name, newsletterNames(conf))
		}
		if name == letter.Name {
			folders = append(folders, templates.Folder{Name: config.TemplatesDir + "/" + name, FS: os.DirFS(filepath.Join(dir, name))})
		}
	}
	return folders, nil
}

// loadWords reads the newsroom's own words. A mistake counts for the newsletters that
// would be in these words.
func loadWords(conf *config.Config, letter *config.Newsletter) (*words.Set, error) {
	set, wrong := OwnWords(conf)
	for _, e := range wrong {
		if words.Asks(letter.Language, e.Language) {
			return nil, e
		}
	}
	return set, nil
}

// OwnWords reads the newsroom's own words, and says what is wrong with them.
func OwnWords(conf *config.Config) (*words.Set, []*words.Error) {
	dir := filepath.Join(conf.Dir, config.WordsDir)
	if !exists(dir) {
		return words.Builtin(), nil
	}
	return words.Load(os.DirFS(dir), config.WordsDir)
}

func newsletterNames(conf *config.Config) string {
	names := make([]string, len(conf.Newsletters))
	for i, l := range conf.Newsletters {
		names[i] = l.Name
	}
	return strings.Join(names, ", ")
}

// checkTheme says what a newsletter looks like, and what is wrong with that.
func (n *Newsroom) checkTheme(letter *config.Newsletter) Finding {
	f := Finding{What: "theme of " + letter.Name}
	theme, wrong := n.editionTheme(letter)
	if wrong != nil {
		f.Text = wrong.Error()
		return f
	}
	f.OK, f.Text = true, theme.Name()
	if set, _ := OwnWords(n.Config); !set.Has(letter.Language) {
		f.Warn = true
		f.Text += fmt.Sprintf("; there are no words in the language %s, and readers get them in English: \"broadsheet words new %s\" begins a file for them", letter.Language, letter.Language)
	}
	if own := theme.Own(); len(own) > 0 {
		f.Text += ", with " + strings.Join(own, ", ")
	}
	for _, c := range theme.Compare() {
		if c.Outdated {
			f.Warn = true
			f.Text += fmt.Sprintf("; the built-in %s has changed since %s was copied: see \"broadsheet theme diff\"", c.Name, c.File)
		}
	}
	return f
}
