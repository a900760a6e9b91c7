package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// trap is a field that people never see. Who fills it in is a program, and gets
// the same answer as everyone.
const trap = "website"

// signUp is what a visitor asks for, by form or as JSON:
//
//	{"email": "ada@example.org", "newsletters": ["weekly"]}
type signUp struct {
	Email       string   `json:"email"`
	Name        string   `json:"name"`
	Newsletters []string `json:"newsletters"` // where the newsroom has one only, none need be named
	Format      string   `json:"format"`      // empty: the newsletter's own
	Website     string   `json:"website"`     // the trap
}

// askToJoin shows the form, with the newsletter chosen that ?newsletter= names.
func (s *site) askToJoin(r *http.Request) (answer, error) {
	return s.joinForm(signUp{Newsletters: []string{s.letterOf(r).Name}}, templates.NoProblem), nil
}

func (s *site) joinForm(asked signUp, problem templates.Problem) answer {
	on := map[string]bool{}
	for _, name := range asked.Newsletters {
		on[name] = true
	}
	var a answer
	page := templates.SubscribePage{
		Form: templates.Form{
			Action: s.base + "/subscribe", Hidden: []templates.Hidden{{Name: trap}},
		},
		Newsletters: s.options(on), Email: asked.Email, Name: asked.Name, Problem: problem,
	}
	letter := &s.n.Config.Newsletters[0]
	if len(asked.Newsletters) > 0 {
		if named, ok := s.n.Config.Newsletter(asked.Newsletters[0]); ok {
			a.letter, letter = named, named
		}
	}
	page.Formats, page.Format = letter.Formats, letter.Format
	if f := templates.Variant(asked.Format); slices.Contains(letter.Formats, f) {
		page.Format = f
	}
	a.page = page
	return a
}

// join takes a sign-up. The answer is the same for every address, known or not.
func (s *site) join(r *http.Request) (answer, error) {
	asked, err := s.readSignUp(r)
	if err != nil {
		return answer{}, err
	}
	problem, err := s.take(r, asked)
	if err != nil {
		return answer{}, err
	}
	a := s.joinForm(asked, problem)
	told := toldProgram{Status: "refused", Problem: problem}
	switch problem {
	case templates.NoProblem:
		a.page, told.Status = templates.CheckMailPage{}, "check mailbox"
	case templates.TooManyAsks:
		a.status = http.StatusTooManyRequests
	default:
		a.status = http.StatusUnprocessableEntity
	}
	if isJSON(r) {
		a.data = told
	}
	return a, nil
}

// toldProgram is the answer to a sign-up that came as JSON.
type toldProgram struct {
	Status  string            `json:"status"`            // "check mailbox" or "refused"
	Problem templates.Problem `json:"problem,omitempty"` // "address", "choice" or "limit"
}

// take signs the visitor up to what they chose, or says what is wrong with it.
func (s *site) take(r *http.Request, asked signUp) (templates.Problem, error) {
	_, err := subscribers.ParseAddress(asked.Email)
	switch {
	case asked.Website != "":
		return templates.NoProblem, nil
	case err != nil:
		return templates.BadAddress, nil
	case len(asked.Newsletters) == 0:
		return templates.NoneChosen, nil
	case !s.asks.allow(networkOf(r, s.o.Proxies)):
		return templates.TooManyAsks, nil
	}
	for _, name := range asked.Newsletters {
		err := s.n.SignUp(r.Context(), name, asked.Email, asked.Name, templates.Variant(asked.Format))
		var wrong subscribers.AddressError
		if errors.As(err, &wrong) {
			return templates.BadAddress, nil
		}
		if err != nil {
			return "", err
		}
	}
	return templates.NoProblem, nil
}

// readSignUp reads a form or JSON. Newsletters that we do not have are dropped.
func (s *site) readSignUp(r *http.Request) (signUp, error) {
	var asked signUp
	if isJSON(r) {
		body, err := io.ReadAll(r.Body)
		if err := tooLarge(err); err != nil {
			return asked, err
		}
		_ = json.Unmarshal(body, &asked) // what cannot be read names no address, and is told so
	} else {
		if err := readForm(r); err != nil {
			return asked, err
		}
		f := r.PostForm
		asked = signUp{Email: f.Get("email"), Name: f.Get("name"), Newsletters: f["newsletter"], Format: f.Get("format"), Website: f.Get(trap)}
	}
	if all := s.n.Config.Newsletters; len(asked.Newsletters) == 0 && len(all) == 1 {
		asked.Newsletters = []string{all[0].Name}
	}
	slices.Sort(asked.Newsletters)
	asked.Newsletters = slices.DeleteFunc(slices.Compact(asked.Newsletters), func(name string) bool {
		_, ok := s.n.Config.Newsletter(name)
		return !ok
	})
	return asked, nil
}

func isJSON(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json"
}
