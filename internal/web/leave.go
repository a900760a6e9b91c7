package web

import (
	"net/http"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

// fieldUndo in a form means the way back.
const fieldUndo = "undo"

// askToLeave shows the button, and the way to what else can be chosen. A GET
// unsubscribes nobody.
func (s *site) askToLeave(r *http.Request) (answer, error) {
	letter, preferences, err := s.n.Leaving(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.UnsubscribePage{
		Form: templates.Form{Action: s.here(r)}, Newsletter: letter.Title,
		Preferences: s.base + newsroom.PathPreferences + letter.Name + "/" + preferences,
	}}, nil
}

// leave unsubscribes: by the button's form, or by a mail program's one-click POST
// of "List-Unsubscribe=One-Click" (RFC 8058 3.2), which may be form-encoded or
// multipart, brings no cookie and follows no redirect. Whatever else the body
// holds: who has the token may leave. Only "undo" means the contrary.
func (s *site) leave(r *http.Request) (answer, error) {
	if err := readForm(r); err != nil {
		return answer{}, err
	}
	newsletter, token := r.PathValue("newsletter"), r.PathValue("token")
	if r.PostForm.Has(fieldUndo) {
		return s.comeBack(r, newsletter, token)
	}
	letter, err := s.n.Unsubscribe(r.Context(), newsletter, token)
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.UnsubscribedPage{
		Newsletter: letter.Title,
		Undo:       templates.Form{Action: s.here(r), Hidden: []templates.Hidden{{Name: fieldUndo, Value: "1"}}},
	}}, nil
}

func (s *site) comeBack(r *http.Request, newsletter, token string) (answer, error) {
	letter, err := s.n.Resubscribe(r.Context(), newsletter, token)
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.ConfirmedPage{Newsletters: []string{letter.Title}}}, nil
}

// askToReturn shows the button that the goodbye's link leads to.
func (s *site) askToReturn(r *http.Request) (answer, error) {
	letter, err := s.n.CheckReturn(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.ReturnPage{
		Form: templates.Form{Action: s.here(r)}, Newsletter: letter.Title,
	}}, nil
}

// comeBackLater brings a reader back who has left, by the goodbye's link.
func (s *site) comeBackLater(r *http.Request) (answer, error) {
	letter, err := s.n.Return(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	return answer{letter: letter, page: templates.ConfirmedPage{Newsletters: []string{letter.Title}}}, nil
}

// askToConfirm shows the button that the confirmation's link leads to. Its form names
// what is shown: nothing else is confirmed by it.
func (s *site) askToConfirm(r *http.Request) (answer, error) {
	asked, err := s.n.Asked(r.Context(), r.PathValue("newsletter"), r.PathValue("token"))
	if err != nil {
		return answer{}, err
	}
	form := templates.Form{Action: s.here(r)}
	for _, letter := range asked {
		form.Hidden = append(form.Hidden, templates.Hidden{Name: "newsletter", Value: letter.Name})
	}
	return answer{letter: asked[0], page: templates.ConfirmPage{Form: form, Newsletters: titles(asked)}}, nil
}

// confirm makes a sign-up stand.
func (s *site) confirm(r *http.Request) (answer, error) {
	if err := readForm(r); err != nil {
		return answer{}, err
	}
	confirmed, err := s.n.Confirm(r.Context(), r.PathValue("newsletter"), r.PathValue("token"), r.PostForm["newsletter"])
	if err != nil {
		return answer{}, err
	}
	return answer{letter: confirmed[0], page: templates.ConfirmedPage{Newsletters: titles(confirmed)}}, nil
}

func titles(letters []*config.Newsletter) []string {
	all := make([]string, len(letters))
	for i, l := range letters {
		all[i] = l.Title
	}
	return all
}
