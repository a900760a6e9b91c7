package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// page serves an action.
func (s *site) page(do action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := do(r)
		if err != nil {
			a = s.failure(r, err)
		}
		s.write(w, r, a)
	})
}

// file serves what is no page of the theme. Where it fails, a page says so.
func (s *site) file(do func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			s.headers(w.Header())
			s.write(w, r, s.failure(r, err))
		}
	})
}

// errTooLarge says that a body is past maxBody.
var errTooLarge = errors.New("this form is too large")

// failure is the answer to an error: a page, or what a program is told that posts JSON.
func (s *site) failure(r *http.Request, err error) answer {
	a := s.failurePage(r, err)
	switch {
	case r.Method != http.MethodPost || !isJSON(r):
	case errors.Is(err, errTooLarge):
		a.data = toldProgram{Status: "refused", Problem: tooLong}
	default: // nothing is stored
		a.data = toldProgram{Status: "failed"}
	}
	return a
}

// failurePage is the page for an error. Every kind of token that is not good, for
// whatever reason, gets the same.
func (s *site) failurePage(r *http.Request, err error) answer {
	var state *store.ErrState
	switch {
	case errors.Is(err, newsroom.ErrNotYours), errors.As(err, &state):
		return answer{status: http.StatusGone, page: templates.ExpiredPage{}}
	case errors.Is(err, store.ErrNotFound):
		return answer{status: http.StatusNotFound, page: templates.NotFoundPage{}}
	case errors.Is(err, errTooLarge):
		return answer{status: http.StatusRequestEntityTooLarge, page: templates.ErrorPage{}}
	}
	if r.Context().Err() == nil { // else the reader has gone, and nothing is wrong
		s.n.Log.Error("page failed", "route", r.Pattern, "error", err)
	}
	return answer{status: http.StatusInternalServerError, page: templates.ErrorPage{}}
}

// write renders an answer in the look and language of its newsletter.
func (s *site) write(w http.ResponseWriter, r *http.Request, a answer) {
	letter := a.letter
	if letter == nil {
		letter = s.letterOf(r)
	}
	var body bytes.Buffer
	kind, err := "text/html; charset=utf-8", error(nil)
	if a.data != nil {
		kind, err = "application/json", json.NewEncoder(&body).Encode(a.data)
	} else {
		err = s.n.Page(&body, letter, s.around(letter), a.page)
	}
	if err != nil {
		s.n.Log.Error("page does not render", "route", r.Pattern, "newsletter", letter.Name, "error", err)
		s.apologise(w, letter)
		return
	}
	if a.script {
		w.Header().Set("Content-Security-Policy", s.policy("style-src 'self'; script-src 'self'; form-action 'self'"))
	}
	if a.keep != "" {
		w.Header().Set("Cache-Control", a.keep)
	}
	w.Header().Set("Content-Type", kind)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body.Bytes()) // the reader may have gone
}

// apologise answers where not even a page can be made, in the newsletter's language.
func (s *site) apologise(w http.ResponseWriter, letter *config.Newsletter) {
	words := s.n.Theme(letter).Words(letter.Language)
	w.Header().Set("Content-Language", words.Language)
	http.Error(w, words.ErrorTitle+"\n\n"+words.ErrorText, http.StatusInternalServerError)
}

// letterOf is the newsletter whose look a page takes: the one that its address
// names, else the first.
func (s *site) letterOf(r *http.Request) *config.Newsletter {
	name := r.PathValue("newsletter")
	if name == "" {
		name = r.URL.Query().Get("newsletter")
	}
	if letter, ok := s.n.Config.Newsletter(name); ok {
		return letter
	}
	return &s.n.Config.Newsletters[0]
}

// around is what a newsletter's pages share. Every address is a path on the host
// that the page came from.
func (s *site) around(letter *config.Newsletter) templates.Site {
	subscribe := s.base + newsroom.PathSubscribe
	if len(s.n.Config.Newsletters) > 1 {
		subscribe += "?newsletter=" + url.QueryEscape(letter.Name)
	}
	look := letter.Look
	if !s.n.Config.Own(look.LogoURL) { // nobody else learns who looks at a page: the title stands there
		look.LogoURL = ""
	}
	return templates.Site{
		Look: look, Language: letter.Language,
		Stylesheet: s.base + "/assets/" + s.sheetOf[letter.Name],
		Subscribe:  subscribe,
		Archive:    s.base + newsroom.PathArchive + letter.Name,
	}
}

// cutStylesheets makes the stylesheet of each newsletter's look, under the name of
// its hash.
func (s *site) cutStylesheets() {
	for _, letter := range s.n.Config.Newsletters {
		css := templates.StylesheetFor(letter.Look)
		name := templates.NameStylesheet(css)
		s.sheets[name], s.sheetOf[letter.Name] = css, name
	}
}

// here is the path that a page's own form posts to.
func (s *site) here(r *http.Request) string { return s.base + r.URL.EscapedPath() }
