package web

import (
	"errors"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

var linkBack = regexp.MustCompile(`https://news\.harbour-observer\.example(` + newsroom.PathReturn + `weekly/[A-Za-z0-9_-]+)`)

// TestGoodbyeLeadsBack: the mail after a one-click goodbye leads to a button, and the
// button back.
func TestGoodbyeLeadsBack(t *testing.T) {
	r := sent(t)
	want(t, r.form(oneClick(t, r, ada), "List-Unsubscribe=One-Click"), http.StatusOK)
	must(t, r.SendLetters(t.Context()))
	m := r.post.to(ada)
	if m.Header.Get("Subject") != "You have left The Friday letter" {
		t.Fatalf("the last mail is %q", m.Header.Get("Subject"))
	}
	for _, field := range []string{"List-Unsubscribe", "List-Id"} {
		if m.Header.Get(field) != "" {
			t.Errorf("a letter has %s", field)
		}
	}
	found := linkBack.FindStringSubmatch(bodyOf(t, m))
	if found == nil {
		t.Fatal("the goodbye has no way back")
	}
	for range 2 {
		want(t, r.get(found[1]+"?undo=1"), http.StatusOK, "Subscribe to The Friday letter again?", `method="post" action="`+found[1]+`"`)
	}
	r.wantState("weekly", ada, store.Unsubscribed)
	want(t, r.form(found[1], ""), http.StatusOK, "You are subscribed to The Friday letter")
	r.wantState("weekly", ada, store.Confirmed)
}

var anyLink = regexp.MustCompile(`https://news\.harbour-observer\.example(/[^"\s<>]*)`)

// TestForwarded: neither the parts of a mail, nor any page that it leads to, shows whose
// it is; not when they are left, either, and in no form that the mail comes in.
func TestForwarded(t *testing.T) {
	r := open(t, Options{})
	r.Config.Newsletters[0].Greeting = true // the name is the reader's own affair, the address nobody's
	r.draft()
	r.approve()
	r.send()
	tells := func(where, text string) {
		t.Helper()
		for _, part := range []string{ada, "ada.reader", "ada%2ereader", "reader.example"} {
			if strings.Contains(strings.ToLower(text), part) {
				t.Errorf("%s shows the reader's address", where)
			}
		}
	}
	body := bodyOf(t, r.post.to(ada))
	tells("the mail", body)
	pages := map[string]bool{}
	for _, m := range anyLink.FindAllStringSubmatch(body, -1) {
		pages[m[1]] = true
	}
	for _, kind := range []string{newsroom.PathUnsubscribe, newsroom.PathPreferences, newsroom.PathAppeal, newsroom.PathEdition} {
		met := false
		for path := range pages {
			met = met || strings.HasPrefix(path, kind)
		}
		if !met {
			t.Errorf("the mail leads to no %s", kind)
		}
	}
	for path := range pages {
		route := path[:3]
		for method, w := range map[string]*httptest.ResponseRecorder{"GET": r.get(path), "POST": r.form(path, "")} {
			tells(method+" "+route, w.Body.String())
			for field, values := range w.Header() {
				tells(method+" "+route+", "+field, strings.Join(values, " "))
			}
		}
	}
	must(t, r.SendLetters(t.Context()))
	goodbye := bodyOf(t, r.post.to(ada))
	tells("the goodbye", goodbye)
	back := linkBack.FindStringSubmatch(goodbye)
	if back == nil {
		t.Fatal("there is no goodbye")
	}
	tells("the way back", r.get(back[1]).Body.String()+r.form(back[1], "").Body.String())
}

// bodyOf is the text and the HTML of a mail, decoded.
func bodyOf(t *testing.T, m *mail.Message) string {
	t.Helper()
	if m == nil {
		t.Fatal("no mail")
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	var all strings.Builder
	parts := 0
	for r := multipart.NewReader(m.Body, params["boundary"]); ; parts++ {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		_, err = io.Copy(&all, part)
		must(t, err)
	}
	if parts != 2 {
		t.Fatalf("the mail has %d parts, want text and HTML", parts)
	}
	return html.UnescapeString(all.String())
}
