package web

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const newcomer = "new.reader@reader.example"

// textOf is the plain text of a mail of two parts.
func textOf(t *testing.T, m *mail.Message) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	must(t, err)
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	must(t, err)
	return string(text)
}

var confirmLink = regexp.MustCompile(`https://news\.harbour-observer\.example(/c/\S+)`)

// TestSignUp goes the whole way: form, mail, button.
func TestSignUp(t *testing.T) {
	r := open(t, Options{})
	want(t, r.get("/subscribe"), http.StatusOK, `action="/subscribe"`, `name="email"`, `name="website" value=""`, `value="weekly" id="choice-0" checked`, `value="tides" id="choice-1">`)
	want(t, r.form("/subscribe", "email="+url.QueryEscape(newcomer)+"&newsletter=weekly"), http.StatusOK, "Check your mail")
	r.wantState("weekly", newcomer, store.Pending)
	if r.post.to(newcomer) != nil {
		t.Error("the page waits for the relay")
	}
	must(t, r.SendLetters(t.Context()))
	m := r.post.to(newcomer)
	if m == nil {
		t.Fatal("no confirmation came")
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("Auto-Submitted: %q", m.Header.Get("Auto-Submitted"))
	}
	found := confirmLink.FindStringSubmatch(textOf(t, m))
	if found == nil {
		t.Fatal("the confirmation has no link")
	}
	want(t, r.get(found[1]), http.StatusOK, `method="post" action="`+found[1]+`"`)
	r.wantState("weekly", newcomer, store.Pending)
	for range 2 {
		want(t, r.form(found[1], ""), http.StatusOK, "You are subscribed to The Friday letter")
		r.wantState("weekly", newcomer, store.Confirmed)
	}
}

// TestOneAnswer: nobody learns from the page who is on the list.
func TestOneAnswer(t *testing.T) {
	r := open(t, Options{})
	banned := "banned.reader@reader.example"
	must(t, r.Remove(t.Context(), banned, newsroom.Removal{Suppress: true}))
	for _, kind := range []string{formKind, "application/json"} {
		var first string
		for i, typed := range []string{newcomer, ada, banned, newcomer} {
			body := "newsletter=weekly&email=" + url.QueryEscape(typed)
			if kind != formKind {
				text, err := json.Marshal(signUp{Email: typed, Newsletters: []string{"weekly"}})
				must(t, err)
				body = string(text)
			}
			w := r.ask("POST", "/subscribe", kind, body)
			want(t, w, http.StatusOK)
			if i == 0 {
				first = w.Body.String()
			}
			if w.Body.String() != first {
				t.Errorf("%s: reader %d gets another answer", kind, i)
			}
		}
	}
	r.wantState("weekly", ada, store.Confirmed)
}

func TestSignUpRefused(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		status           int
		text             string
	}{
		{"no address", formKind, "newsletter=weekly", http.StatusUnprocessableEntity, "does not look like an email address"},
		{"not an address", formKind, "newsletter=weekly&email=new.reader", http.StatusUnprocessableEntity, `value="new.reader"`},
		{"a header", formKind, "newsletter=weekly&email=a%40b.example%0d%0aBcc:c%40d.example", http.StatusUnprocessableEntity, "email address"},
		{"nothing chosen", formKind, "email=new.reader%40reader.example", http.StatusUnprocessableEntity, "choose at least one"},
		{"chosen what we have not", formKind, "email=new.reader%40reader.example&newsletter=nonesuch", http.StatusUnprocessableEntity, "choose at least one"},
		{"in the newsletter's language", formKind, "newsletter=tides&email=x", http.StatusUnprocessableEntity, `<html lang="ru"`},
		{"a robot", formKind, "email=new.reader%40reader.example&newsletter=weekly&website=x", http.StatusOK, "Check your mail"},
		{"broken JSON", "application/json", `{"email":`, http.StatusUnprocessableEntity, `{"status":"refused","problem":"address"}`},
		{"JSON of other types", "application/json", `{"email": 7}`, http.StatusUnprocessableEntity, `"problem":"address"`},
		{"JSON, nothing chosen", "application/json", `{"email": "new.reader@reader.example"}`, http.StatusUnprocessableEntity, `"problem":"choice"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, Options{})
			before := r.fingerprint()
			want(t, r.ask("POST", "/subscribe", c.kind, c.body), c.status, c.text)
			if r.fingerprint() != before {
				t.Error("something was stored")
			}
		})
	}
}

func TestSignUpForSeveral(t *testing.T) {
	r := open(t, Options{})
	w := r.ask("POST", "/subscribe", "application/json; charset=utf-8", `{"email": "`+newcomer+`", "newsletters": ["tides", "weekly", "tides"]}`)
	want(t, w, http.StatusOK)
	if got := w.Body.String(); got != `{"status":"check mailbox"}`+"\n" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%q as %s", got, w.Header().Get("Content-Type"))
	}
	r.wantState("weekly", newcomer, store.Pending)
	r.wantState("tides", newcomer, store.Pending)
	counts, err := r.Store.CountLetters(t.Context())
	must(t, err)
	if counts.Queued != 2 {
		t.Errorf("%d letters, want one for each newsletter", counts.Queued)
	}
}

// TestLimitByNetwork: the 31st sign-up of one network within the hour is refused,
// that of another is not.
func TestLimitByNetwork(t *testing.T) {
	r := open(t, Options{})
	body := "newsletter=weekly&email=" + url.QueryEscape(newcomer)
	for range asksAnHour {
		want(t, r.form("/subscribe", body), http.StatusOK)
	}
	want(t, r.form("/subscribe", body), http.StatusTooManyRequests, "too many requests from your network")
	want(t, r.ask("POST", "/subscribe", "application/json", `{"email":"`+newcomer+`","newsletters":["weekly"]}`), http.StatusTooManyRequests, `"problem":"limit"`)
	if !strings.Contains(r.get("/subscribe").Body.String(), `name="email"`) {
		t.Error("the form itself is gone")
	}
	req, err := http.NewRequest("POST", "/subscribe", strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", formKind)
	req.RemoteAddr = "203.0.113.9:1"
	w := &discard{header: http.Header{}}
	r.pages.ServeHTTP(w, req)
	if w.status != http.StatusOK {
		t.Errorf("another network: %d", w.status)
	}
	counts, err := r.Store.CountLetters(t.Context())
	must(t, err)
	if counts.Queued != 1 {
		t.Errorf("%d mails to one address, want 1", counts.Queued)
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }

// TestConfirmAfterLeaving: an old confirmation brings nobody back.
func TestConfirmAfterLeaving(t *testing.T) {
	r := open(t, Options{})
	_, err := r.Newsroom.Unsubscribe(t.Context(), "weekly", r.token(subscribers.Unsubscribe, "weekly", ada))
	must(t, err)
	want(t, r.form(newsroom.PathConfirm+"weekly/"+r.token(subscribers.Confirm, "weekly", ada), ""), http.StatusGone)
	r.wantState("weekly", ada, store.Unsubscribed)
}
