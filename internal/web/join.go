package web

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// trap is a field that people never see. Who fills it in is a program, and gets
// the same answer as everyone.
const trap = "website"

// ownPage is the name of our own sign-up page in the record of a consent.
const ownPage = "subscribe"

// signUp is what a visitor asks for, by form or as JSON:
//
//	{"email": "ada@example.org", "newsletters": ["weekly"]}
type signUp struct {
	Email       string   `json:"email"`
	Name        string   `json:"name"`
	Newsletters []string `json:"newsletters"` // where the newsroom has one only, none need be named
	Format      string   `json:"format"`      // empty: the newsletter's own
	Page        string   `json:"page"`        // name of the page that held the form
	Website     string   `json:"website"`     // the trap
	Challenge   string   `json:"challenge"`   // the work that a browser has done, if it has
	Answer      string   `json:"answer"`
}

// askToJoin shows the form, with the newsletter chosen that ?newsletter= names.
func (s *site) askToJoin(r *http.Request) (answer, error) {
	return s.joinForm(r.Context(), signUp{Newsletters: []string{s.letterOf(r).Name}}, templates.NoProblem)
}

// embed shows the form as HTML for a page elsewhere. Such a form is posted by the browser
// as it moves to us: no other site reads what we answer, so none needs to be let in (CORS).
func (s *site) embed(r *http.Request) (answer, error) {
	letter := s.letterOf(r)
	return answer{letter: letter, page: templates.EmbedPage{Action: s.n.SubscribeURL(), Newsletter: letter.Name}, keep: aWhile}, nil
}

// privacy is the privacy policy of a newsletter, where it is kept here.
func (s *site) privacy(r *http.Request) (answer, error) {
	letter, ok := s.n.Config.Newsletter(r.PathValue("newsletter"))
	if !ok || letter.Privacy == "" {
		return s.nothing(r)
	}
	return answer{letter: letter, page: templates.PrivacyPage{Markdown: letter.Privacy}, keep: aWhile}, nil
}

// latest is the path of the newest edition that was sent; empty where there is none.
func (s *site) latest(ctx context.Context, letter *config.Newsletter) (string, error) {
	rows, err := s.n.Store.Editions(ctx, letter.Name, 0)
	if sent := sentOf(rows); err == nil && len(sent) > 0 {
		return s.base + newsroom.PathEdition + letter.Name + "/" + string(sent[0].Slot), nil
	}
	return "", err
}

func (s *site) joinForm(ctx context.Context, asked signUp, problem templates.Problem) (answer, error) {
	on := map[string]bool{}
	for _, name := range asked.Newsletters {
		on[name] = true
	}
	var a answer
	page := templates.SubscribePage{
		Form: templates.Form{
			Action: s.base + newsroom.PathSubscribe, Hidden: []templates.Hidden{{Name: trap}, {Name: "page", Value: ownPage}},
		},
		Newsletters: s.options(on), Email: asked.Email, Name: asked.Name, Problem: problem,
	}
	letter := s.letterAsked(asked)
	a.letter = letter
	page.Formats, page.Format = letter.Formats, letter.Format
	if f := templates.Variant(asked.Format); slices.Contains(letter.Formats, f) {
		page.Format = f
	}
	if bits := s.n.Config.SignUp.Work; bits > 0 {
		page.Work = &templates.Work{Challenge: s.n.Keys.WebKey().Challenge(s.n.Clock()), Bits: bits, Script: s.base + "/assets/" + nameScript(work)}
		page.Form.Hidden = append(page.Form.Hidden, templates.Hidden{Name: "challenge", Value: page.Work.Challenge}, templates.Hidden{Name: "answer"})
		a.script = true
	}
	var err error
	page.Preview, err = s.latest(ctx, letter)
	a.page = page
	return a, err
}

// join takes a sign-up. The answer is the same for every address, known or not.
func (s *site) join(r *http.Request) (answer, error) {
	asked, err := s.readSignUp(r)
	var problem templates.Problem
	if err == nil {
		problem, err = s.take(r, asked)
	}
	if err != nil {
		return answer{}, err
	}
	status := http.StatusUnprocessableEntity
	switch problem {
	case templates.NoProblem:
		status = http.StatusOK
	case templates.TooManyAsks:
		status = http.StatusTooManyRequests
	}
	letter := s.letterAsked(asked)
	switch {
	case isJSON(r):
		told := toldProgram{Status: "refused", Problem: problem}
		if problem == templates.NoProblem {
			told.Status = "check mailbox"
		}
		return answer{status: status, letter: letter, data: told}, nil
	case problem == templates.NoProblem:
		return answer{letter: letter, page: templates.CheckMailPage{}}, nil
	}
	a, err := s.joinForm(r.Context(), asked, problem)
	a.status = status
	return a, err
}

// letterAsked is the newsletter whose look a sign-up takes: the first that is asked for.
func (s *site) letterAsked(asked signUp) *config.Newsletter {
	if len(asked.Newsletters) > 0 {
		if named, ok := s.n.Config.Newsletter(asked.Newsletters[0]); ok {
			return named
		}
	}
	return &s.n.Config.Newsletters[0]
}

// toldProgram is the answer to a sign-up that came as JSON.
type toldProgram struct {
	Status  string            `json:"status"`            // "check mailbox", "refused", or "failed": to be tried again later
	Problem templates.Problem `json:"problem,omitempty"` // "address", "choice", "limit" or tooLong
}

// tooLong is the problem of a body past maxBody; a form's is told on a page of its own.
const tooLong templates.Problem = "size"

// take signs the visitor up to what they chose, or says what is wrong with it.
func (s *site) take(r *http.Request, asked signUp) (templates.Problem, error) {
	_, err := subscribers.ParseAddress(asked.Email)
	bits := s.n.Config.SignUp.Work
	worked := bits == 0 || s.n.Keys.WebKey().CheckWork(asked.Challenge, strings.TrimSpace(asked.Email), asked.Answer, bits, s.n.Clock())
	switch {
	case asked.Website != "":
		return templates.NoProblem, nil
	case err != nil:
		return templates.BadAddress, nil
	case len(asked.Newsletters) == 0:
		return templates.NoneChosen, nil
	case !s.asks.allow(networkOf(r, s.n.Config.Listen.Proxies), worked):
		return templates.TooManyAsks, nil
	}
	u := newsroom.SignUp{
		Newsletters: asked.Newsletters, Address: asked.Email, Name: asked.Name,
		Format: templates.Variant(asked.Format), Page: asked.Page,
	}
	if !worked {
		u.Wait = slowerBy
	}
	return templates.NoProblem, s.n.SignUp(r.Context(), u)
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
		asked.Page = newsroom.PageName(asked.Page, "json")
	} else {
		if err := readForm(r); err != nil {
			return asked, err
		}
		f := r.PostForm
		asked = signUp{Email: f.Get("email"), Name: f.Get("name"), Newsletters: f["newsletter"], Format: f.Get("format"), Website: f.Get(trap)}
		asked.Page, asked.Challenge, asked.Answer = newsroom.PageName(f.Get("page"), "elsewhere"), f.Get("challenge"), f.Get("answer")
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
