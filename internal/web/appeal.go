package web

import (
	"net/http"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

// appeal shows the buttons that hide the appeal for support. A GET hides nothing.
func (s *site) appeal(r *http.Request) (answer, error) {
	return s.hiding(r, false)
}

// hide does what the button says, and shows what came of it, with the way back. A form
// without an answer of ours, a scanner's, changes nothing.
func (s *site) hide(r *http.Request) (answer, error) {
	if err := readForm(r); err != nil {
		return answer{}, err
	}
	h, ok := hidingOf(r)
	if ok {
		if err := s.n.HideAppeal(r.Context(), r.PathValue("newsletter"), r.PathValue("token"), h); err != nil {
			return answer{}, err
		}
	}
	return s.hiding(r, ok)
}

func (s *site) hiding(r *http.Request, saved bool) (answer, error) {
	choice, letter, err := s.n.AppealOf(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.AppealPage{
		Form: templates.Form{Action: s.here(r)}, Choice: choice, Saved: saved,
	}}, nil
}

// hidingOf is what a form says of the appeal; "until" says that all stays as it is.
func hidingOf(r *http.Request) (newsroom.Hiding, bool) {
	switch h := newsroom.Hiding(r.PostForm.Get("appeal")); h {
	case newsroom.ShowAppeal, newsroom.LaterAgain, newsroom.NeverAgain:
		return h, true
	}
	return "", false
}
