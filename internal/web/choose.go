package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

// preferences shows what a reader has chosen.
func (s *site) preferences(r *http.Request) (answer, error) {
	return s.choices(r, false, templates.NoProblem)
}

// choose stores what the form says, and shows what came of it.
func (s *site) choose(r *http.Request) (answer, error) {
	if err := readForm(r); err != nil {
		return answer{}, err
	}
	c := newsroom.Choices{Newsletters: map[string]bool{}, Variant: templates.Variant(r.PostForm.Get("format"))}
	for _, name := range r.PostForm["newsletter"] {
		c.Newsletters[name] = true
	}
	c.Hide, _ = hidingOf(r)
	c.Pause, c.PauseDay = pausing(r.PostForm.Get("pause")), r.PostForm.Get("day")
	switch err := s.n.Choose(r.Context(), r.PathValue("newsletter"), r.PathValue("token"), c); {
	case errors.Is(err, newsroom.ErrPauseDay):
		return s.choices(r, false, templates.BadDay)
	case err != nil:
		return answer{}, err
	}
	return s.choices(r, true, templates.NoProblem)
}

func (s *site) choices(r *http.Request, saved bool, problem templates.Problem) (answer, error) {
	c, letter, err := s.n.ChoicesOf(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	// Only newsletters that the reader has had: another needs its own yes.
	had := slices.DeleteFunc(s.options(c.Newsletters), func(o templates.Option) bool {
		_, ok := c.Newsletters[o.Name]
		return !ok
	})
	return answer{letter: letter, page: templates.PreferencesPage{
		Form: templates.Form{Action: s.here(r)}, Newsletters: had, Formats: offered(letter, c.Variant), Format: c.Variant, Pause: c.Paused, Appeal: c.Appeal, Saved: saved, Problem: problem,
		Export: s.base + newsroom.PathExport + letter.Name + "/" + c.Export,
		Erase:  s.base + newsroom.PathErase + letter.Name + "/" + c.Erase,
	}}, nil
}

// pausing is what a form says of a pause; "until" says that all stays as it is.
func pausing(said string) newsroom.Pausing {
	if said == "none" {
		return newsroom.NoPause
	}
	weeks, err := strconv.Atoi(said)
	if err != nil || weeks < 0 {
		return 0
	}
	return newsroom.Pausing(weeks)
}

// offered are the forms that a newsletter offers, and the one that a reader has, which
// may be offered no more.
func offered(letter *config.Newsletter, has templates.Variant) []templates.Variant {
	if slices.Contains(letter.Formats, has) {
		return letter.Formats
	}
	return append(slices.Clone(letter.Formats), has)
}

// options are the newsroom's newsletters, those that are on marked.
func (s *site) options(on map[string]bool) []templates.Option {
	var all []templates.Option
	for _, letter := range s.n.Config.Newsletters {
		all = append(all, option(&letter, on[letter.Name]))
	}
	return all
}

func option(letter *config.Newsletter, on bool) templates.Option {
	return templates.Option{Name: letter.Name, Title: letter.Title, About: letter.Tagline, On: on}
}
