package newsroom

import (
	"fmt"
	"os"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Theme is a newsletter's theme: the built-in one, or with the newsroom's own
// partials over it.
func (n *Newsroom) Theme(letter *config.Newsletter) *templates.Theme { return n.themes[letter.Name] }

func loadThemes(conf *config.Config) (map[string]*templates.Theme, error) {
	themes := map[string]*templates.Theme{}
	for _, letter := range conf.Newsletters {
		theme := templates.Default()
		if letter.Theme != "" {
			var err error
			if theme, err = templates.Load(os.DirFS(letter.Theme)); err != nil {
				return nil, fmt.Errorf("the theme of newsletter %s: %w", letter.Name, err)
			}
		}
		themes[letter.Name] = theme
	}
	return themes, nil
}
