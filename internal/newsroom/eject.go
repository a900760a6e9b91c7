package newsroom

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/templates"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// Ejection asks for copies of partials.
type Ejection struct {
	Partials   []string // with or without .html
	Theme      string   // empty: that of the newsletter, or of all
	Newsletter string   // whose alone the copies are to be; empty: everybody's
	Force      bool     // over copies that are there
}

// Eject copies built-in partials into the newsroom's folder of templates, and names
// the files. Where one is there already and Force is not given, it writes nothing.
func Eject(conf *config.Config, e Ejection) ([]string, error) {
	theme, err := ThemeToCopy(conf, e.Theme, e.Newsletter)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(config.TemplatesDir, e.Newsletter)
	texts := map[string][]byte{}
	var files, there []string
	for _, name := range e.Partials {
		name = PartialName(name)
		text, err := theme.Copy(name)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, name)
		if _, twice := texts[file]; twice {
			continue
		}
		files, texts[file] = append(files, file), text
		if exists(filepath.Join(conf.Dir, file)) {
			there = append(there, file)
		}
	}
	if len(there) > 0 && !e.Force {
		return nil, fmt.Errorf("%s: there already, and nothing was written: \"broadsheet theme diff\" shows how it differs, --force writes over it", strings.Join(there, ", "))
	}
	if err := os.MkdirAll(filepath.Join(conf.Dir, dir), 0o755); err != nil {
		return nil, err
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(conf.Dir, file), texts[file], 0o644); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// PartialName is a partial's name with its ending.
func PartialName(name string) string { return strings.TrimSuffix(name, ".html") + ".html" }

// ThemeToCopy is the built-in theme that a copy is made of: the one named, else the
// newsletter's, else the one that all newsletters have.
func ThemeToCopy(conf *config.Config, name, newsletter string) (*templates.Theme, error) {
	if newsletter != "" {
		letter, ok := conf.Newsletter(newsletter)
		if !ok {
			return nil, fmt.Errorf("there is no newsletter %q: this newsroom has %s", newsletter, newsletterNames(conf))
		}
		if name == "" {
			name = letter.Look.Theme
		}
	}
	if name == "" {
		name = conf.Newsletters[0].Look.Theme
		for _, letter := range conf.Newsletters {
			if letter.Look.Theme != name {
				return nil, errors.New("the newsletters have different themes: name the one to copy from with --theme, or a newsletter with --newsletter")
			}
		}
	}
	return templates.Named(name)
}

// OwnPartials compares every partial of the newsroom's own, or of one newsletter's
// theme, with the built-in one.
func OwnPartials(conf *config.Config, newsletter string) ([]templates.Compared, error) {
	var all []templates.Compared
	for i := range conf.Newsletters {
		letter := &conf.Newsletters[i]
		if newsletter != "" && letter.Name != newsletter {
			continue
		}
		folders, err := templateFolders(conf, letter)
		if err != nil {
			return nil, err
		}
		compared, err := templates.Compare(letter.Look.Theme, folders...)
		if err != nil {
			return nil, err
		}
		for _, c := range compared {
			if !slices.ContainsFunc(all, func(have templates.Compared) bool { return have.File == c.File }) {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// NewWords writes the file that a language is begun with, words/LANGUAGE.yaml, and
// names it. It writes over nothing.
func NewWords(conf *config.Config, language string) (file string, err error) {
	set, _ := OwnWords(conf)
	sheet, err := set.Sheet(language)
	if err != nil {
		return "", err
	}
	file = filepath.Join(config.WordsDir, words.FileOf(language))
	path := filepath.Join(conf.Dir, file)
	if exists(path) {
		return "", fmt.Errorf("%s is there already: \"broadsheet words check\" says what it lacks", file)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return file, os.WriteFile(path, []byte(sheet), 0o644)
}
