package web

import (
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// oneClick is the path that a mail's List-Unsubscribe header asks to be posted to.
func oneClick(t *testing.T, r *room, typed string) string {
	t.Helper()
	m := r.post.to(typed)
	if m == nil {
		t.Fatal("no mail")
	}
	if got := m.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Fatalf("List-Unsubscribe-Post: %q", got)
	}
	u, err := url.Parse(strings.Trim(m.Header.Get("List-Unsubscribe"), "<>"))
	must(t, err)
	if u.Host != "news.harbour-observer.example" || !strings.HasPrefix(u.Path, newsroom.PathUnsubscribe) {
		t.Fatalf("List-Unsubscribe leads to %s%s", u.Host, newsroom.PathUnsubscribe)
	}
	return u.Path
}

func multipartBody(t *testing.T, name, value string) (kind, body string) {
	t.Helper()
	var b strings.Builder
	m := multipart.NewWriter(&b)
	must(t, m.WriteField(name, value))
	must(t, m.Close())
	return m.FormDataContentType(), b.String()
}

// TestOneClick is RFC 8058 with the header of a mail that really arrived.
func TestOneClick(t *testing.T) {
	r := sent(t)
	kind, body := multipartBody(t, "List-Unsubscribe", "One-Click")
	for _, c := range []struct{ name, reader, kind, body string }{
		{"form-encoded", ada, formKind, "List-Unsubscribe=One-Click"},
		{"multipart", ben, kind, body},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := oneClick(t, r, c.reader)
			for range 2 { // a second time is the same as once
				w := r.ask("POST", path, c.kind, c.body)
				want(t, w, http.StatusOK)
				if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Location") != "" {
					t.Error("a cookie or a redirect: a mail program takes neither")
				}
				r.wantState("weekly", c.reader, store.Unsubscribed)
			}
		})
	}
}

// TestLeaveWhateverTheBody: who has the token may leave, and a word in the address is
// no way back.
func TestLeaveWhateverTheBody(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"nothing at all":    {"", ""},
		"not a form":        {"text/plain", "stop"},
		"broken escapes":    {formKind, "List-Unsubscribe=%zz"},
		"multipart unbound": {"multipart/form-data", "List-Unsubscribe"},
		"one-click":         {formKind, "List-Unsubscribe=One-Click"},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, Options{})
			path := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
			want(t, r.ask("POST", path+"?undo=1", c.kind, c.body), http.StatusOK)
			r.wantState("weekly", ada, store.Unsubscribed)
			r.wantState("weekly", ben, store.Confirmed)
		})
	}
}

func TestButtonAndWayBack(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
	want(t, r.get(path), http.StatusOK, `method="post" action="`+path+`"`, "The Friday letter", `<html lang="en"`)
	r.wantState("weekly", ada, store.Confirmed)

	want(t, r.form(path, ""), http.StatusOK, "You have left", `action="`+path+`"`, `name="undo" value="1"`)
	r.wantState("weekly", ada, store.Unsubscribed)

	want(t, r.form(path, "undo=1"), http.StatusOK, "You are subscribed to The Friday letter")
	r.wantState("weekly", ada, store.Confirmed)
	kind, body := multipartBody(t, "undo", "1")
	want(t, r.form(path, ""), http.StatusOK)
	want(t, r.ask("POST", path, kind, body), http.StatusOK)
	r.wantState("weekly", ada, store.Confirmed)
}

// TestTokens: whatever is wrong with a token, the answer is the same, and nothing
// happens.
func TestTokens(t *testing.T) {
	r := open(t, Options{})
	_, err := r.Add(t.Context(), "tides", ada, "", "", "asked us")
	must(t, err)
	gone := "gone.reader@reader.example"
	_, err = r.Add(t.Context(), "weekly", gone, "", "", "asked us")
	must(t, err)
	pages := map[string]subscribers.Purpose{
		newsroom.PathUnsubscribe: subscribers.Unsubscribe, newsroom.PathPreferences: subscribers.Preferences, newsroom.PathAppeal: subscribers.Preferences, newsroom.PathReturn: subscribers.Return, newsroom.PathConfirm: subscribers.Confirm,
	}
	bad := map[string]string{}
	for path, purpose := range pages {
		good := r.token(purpose, "weekly", ada)
		for other, otherPurpose := range pages {
			if otherPurpose != purpose {
				bad["of another purpose, "+path+" for "+other] = path + "weekly/" + r.token(otherPurpose, "weekly", ada)
			}
		}
		bad["for export "+path] = path + "weekly/" + r.token(subscribers.Export, "weekly", ada)
		bad["of another newsletter "+path] = path + "weekly/" + r.token(purpose, "tides", ada)
		bad["changed "+path] = path + "weekly/" + flip(good)
		bad["cut short "+path] = path + "weekly/" + good[:len(good)-1]
		bad["too long "+path] = path + "weekly/" + good + "A"
		bad["of an erased reader "+path] = path + "weekly/" + r.token(purpose, "weekly", gone)
		bad["made up "+path] = path + "weekly/" + r.Keys.Token(purpose, "weekly", subscribers.NewID(), 0)
		bad["of an older generation "+path] = path + "weekly/" + r.Keys.Token(purpose, "weekly", r.reader(ada).ID, 7)
		bad["for no newsletter "+path] = path + "nonesuch/" + r.token(purpose, "nonesuch", ada)
		bad["words "+path] = path + "weekly/unsubscribe"
	}
	must(t, r.Remove(t.Context(), gone, newsroom.Removal{Erase: true}))
	page := r.get(newsroom.PathUnsubscribe + "weekly/x").Body.String()
	before := r.fingerprint()
	for name, path := range bad {
		for _, method := range []string{"GET", "POST"} {
			w := r.ask(method, path, formKind, "undo=1&newsletter=weekly&appeal=never")
			if w.Code != http.StatusGone || w.Body.String() != page {
				t.Errorf("a token %s: %s answers %d, or another page", name, method, w.Code)
			}
		}
	}
	if r.fingerprint() != before {
		t.Error("the store has changed")
	}
}

func flip(token string) string {
	last := byte('A')
	if token[20] == last {
		last = 'B'
	}
	return token[:20] + string(last) + token[21:]
}

func TestPreferences(t *testing.T) {
	r := open(t, Options{})
	_, err := r.Add(t.Context(), "tides", ada, "", "", "asked us")
	must(t, err)
	path := newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	want(t, r.get(path), http.StatusOK, `value="weekly" id="choice-0" checked`, `value="tides" id="choice-1" checked`, `id="format-digest" checked`)

	w := r.form(path, "newsletter=weekly&format=text")
	want(t, w, http.StatusOK, "Saved.", `value="weekly" id="choice-0" checked`, `value="tides" id="choice-1">`, `id="format-text" checked`)
	r.wantState("weekly", ada, store.Confirmed)
	r.wantState("tides", ada, store.Unsubscribed)
	if got := r.get(path).Body.String(); strings.Contains(got, "Saved.") || !strings.Contains(got, `id="format-text" checked`) {
		t.Error("the choice of text was not kept")
	}

	// What was left here can be taken up again here.
	want(t, r.form(path, "newsletter=weekly&newsletter=tides&format=digest"), http.StatusOK, `value="tides" id="choice-1" checked`)
	r.wantState("tides", ada, store.Confirmed)

	// A newsletter that this reader never had is neither offered nor joined here.
	path = newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ben)
	if strings.Contains(r.get(path).Body.String(), `value="tides"`) {
		t.Error("a newsletter is offered that needs its own yes")
	}
	want(t, r.form(path, "newsletter=weekly&newsletter=tides&newsletter=nonesuch&format=folio"), http.StatusOK)
	r.wantState("tides", ben, "")
	r.wantState("weekly", ben, store.Confirmed)
	want(t, r.form(path, ""), http.StatusOK)
	r.wantState("weekly", ben, store.Unsubscribed)
}

// TestPrivateMailLeadsToTheChoices: its one link of the reader's own is that to leave,
// and the page behind it leads on to the preferences, which it shows to nobody else.
func TestPrivateMailLeadsToTheChoices(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[0].Format = templates.Private
		return nil
	})
	r.draft()
	r.approve()
	r.send()
	mine := regexp.MustCompile(`https://news\.harbour-observer\.example(/[a-z]/weekly/[A-Za-z0-9_-]{20,})`)
	links := map[string]bool{}
	for _, m := range mine.FindAllStringSubmatch(bodyOf(t, r.post.to(ada)), -1) {
		links[m[1]] = true
	}
	leave := oneClick(t, r, ada)
	if len(links) != 1 || !links[leave] {
		t.Fatalf("%d links of the reader's own, want the one to leave", len(links))
	}
	on := regexp.MustCompile(`href="(` + newsroom.PathPreferences + `weekly/[^"]+)"`).FindStringSubmatch(r.get(leave).Body.String())
	if on == nil {
		t.Fatal("the page on which readers leave does not lead to their choices")
	}
	want(t, r.get(on[1]), http.StatusOK, `id="format-private" checked`)
	want(t, r.form(on[1], "newsletter=weekly&format=text"), http.StatusOK, "Saved.", `id="format-text" checked`)
	r.wantState("weekly", ada, store.Confirmed)
	if got := r.reader(ada).Ties[0].Variant; got != "text" {
		t.Errorf("chosen: %q, want text", got)
	}
	if page := r.form(leave, "").Body.String(); strings.Contains(page, newsroom.PathPreferences) {
		t.Error("the answer to a one-click leads on, too")
	}
}
