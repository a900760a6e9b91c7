package web

import (
	"net/http"

	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// askForCopy shows the button that has a reader's data mailed to them.
func (s *site) askForCopy(r *http.Request) (answer, error) {
	letter, err := s.n.CheckLink(r.Context(), subscribers.Export, r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.ExportPage{Form: templates.Form{Action: s.here(r)}}}, nil
}

// sendCopy mails them. No page ever shows them: a link may be in the wrong hands, the
// mailbox is the reader's.
func (s *site) sendCopy(r *http.Request) (answer, error) {
	if err := s.n.SendCopy(r.Context(), r.PathValue("newsletter"), r.PathValue("token")); err != nil {
		return answer{}, err
	}
	return answer{page: templates.ExportedPage{}}, nil
}

// askToErase shows the button that deletes a reader.
func (s *site) askToErase(r *http.Request) (answer, error) {
	letter, err := s.n.CheckLink(r.Context(), subscribers.Erase, r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.ErasePage{Form: templates.Form{Action: s.here(r)}}}, nil
}

// erase deletes a reader.
func (s *site) erase(r *http.Request) (answer, error) {
	if err := readForm(r); err != nil {
		return answer{}, err
	}
	never := r.PostForm.Get("never") != ""
	mailed, err := s.n.Erase(r.Context(), r.PathValue("newsletter"), r.PathValue("token"), never)
	if err != nil {
		return answer{}, err
	}
	return answer{page: templates.ErasedPage{Mailed: mailed, Never: never}}, nil
}
