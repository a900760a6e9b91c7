package web

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
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
	body := "email=" + url.QueryEscape(newcomer) + "&newsletter=weekly" + r.work(newcomer)
	want(t, r.form("/subscribe", body+"&page=subscribe"), http.StatusOK, "Check your mail")
	if r.post.to(newcomer) != nil {
		t.Error("the page waits for the relay")
	}
	must(t, r.SendLetters(t.Context()))
	r.wantState("weekly", newcomer, store.Pending)
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
		{"a robot that posts JSON", "application/json", `{"email": "new.reader@reader.example", "newsletters": ["weekly"], "website": "x"}`, http.StatusOK, `{"status":"check mailbox"}`},
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

// TestSignUpForSeveral: one mail asks for them all, and its page confirms what it shows.
func TestSignUpForSeveral(t *testing.T) {
	r := open(t, Options{})
	w := r.ask("POST", "/subscribe", "application/json; charset=utf-8", `{"email": "`+newcomer+`", "newsletters": ["tides", "weekly", "tides"]`+r.workJSON(newcomer)+`}`)
	want(t, w, http.StatusOK)
	if got := w.Body.String(); got != `{"status":"check mailbox"}`+"\n" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%q as %s", got, w.Header().Get("Content-Type"))
	}
	must(t, r.SendLetters(t.Context()))
	r.wantState("weekly", newcomer, store.Pending)
	r.wantState("tides", newcomer, store.Pending)
	counts, err := r.Store.CountLetters(t.Context())
	must(t, err)
	if counts.Accepted != 1 {
		t.Errorf("%d letters, want one", counts.Accepted)
	}
	path := confirmLink.FindStringSubmatch(textOf(t, r.post.to(newcomer)))[1]
	want(t, r.get(path), http.StatusOK, `name="newsletter" value="tides"`, `name="newsletter" value="weekly"`, "Приливы и The Friday letter")
	want(t, r.form(path, "newsletter=weekly"), http.StatusOK, "The Friday letter")
	r.wantState("weekly", newcomer, store.Confirmed)
	r.wantState("tides", newcomer, store.Pending)
	want(t, r.form(path, ""), http.StatusOK)
	r.wantState("tides", newcomer, store.Confirmed)
	want(t, r.form(path, "newsletter=nonesuch"), http.StatusGone)
}

// TestLimitByNetwork: a network's sign-ups past what an hour allows are refused, those of
// another are not; without the work it is a third.
func TestLimitByNetwork(t *testing.T) {
	for name, c := range map[string]struct {
		work bool
		most int
	}{"with the work": {true, 30}, "without": {false, 10}} {
		t.Run(name, func(t *testing.T) {
			r := open(t, Options{})
			body := "newsletter=weekly&email=" + url.QueryEscape(newcomer)
			if c.work {
				body += r.work(newcomer)
			}
			for range c.most {
				want(t, r.form("/subscribe", body), http.StatusOK)
			}
			want(t, r.form("/subscribe", body), http.StatusTooManyRequests, "too many requests from your network")
			want(t, r.ask("POST", "/subscribe", "application/json", `{"email":"`+newcomer+`","newsletters":["weekly"]}`), http.StatusTooManyRequests, `"problem":"limit"`)
			if !strings.Contains(r.get("/subscribe").Body.String(), `name="email"`) {
				t.Error("the form itself is gone")
			}
			if got := r.from("203.0.113.9:1", body, ""); got != http.StatusOK {
				t.Errorf("another network: %d", got)
			}
		})
	}
}

// from posts a sign-up from somewhere else.
func (r *room) from(peer, body, forwarded string) (status int) {
	r.t.Helper()
	req := httptest.NewRequest("POST", "/subscribe", strings.NewReader(body))
	req.Header.Set("Content-Type", formKind)
	if forwarded != "" {
		req.Header.Set("X-Forwarded-For", forwarded)
	}
	req.RemoteAddr = peer
	w := httptest.NewRecorder()
	r.pages.ServeHTTP(w, req)
	return w.Code
}

// TestLimitOfAll: whoever does no work cannot use up what the others have.
func TestLimitOfAll(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.SignUp.InAll = 40
		return nil
	})
	body := "newsletter=weekly&email=" + url.QueryEscape(newcomer)
	counts := map[int]int{}
	for i := range 20 {
		counts[r.from(fmt.Sprintf("203.0.%d.1:1", i), body, "")]++
	}
	if counts[http.StatusOK] != 4 || counts[http.StatusTooManyRequests] != 16 {
		t.Errorf("without the work: %v", counts)
	}
	clear(counts)
	for i := range 50 {
		counts[r.from(fmt.Sprintf("203.0.%d.1:1", i), body+r.work(newcomer), "")]++
	}
	if counts[http.StatusOK] != 40 {
		t.Errorf("with it: %v", counts)
	}
}

// TestProxies: only those that are named may say where a visitor comes from.
func TestProxies(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Listen.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		c.SignUp.PerNetwork = 3 // one, without the work
		return nil
	})
	body := "newsletter=weekly&email=" + url.QueryEscape(newcomer)
	for i, c := range []struct {
		peer, forwarded string
		status          int
	}{
		{"10.1.2.3:1", "198.51.100.7", http.StatusOK},
		{"10.1.2.3:1", "203.0.113.7", http.StatusOK},
		{"10.1.2.3:1", "192.0.2.1, 203.0.113.8", http.StatusTooManyRequests},
		{"127.0.0.1:1", "192.0.2.1", http.StatusOK}, // no proxy any more
		{"127.0.0.1:1", "192.0.2.2", http.StatusTooManyRequests},
	} {
		if got := r.from(c.peer, body, c.forwarded); got != c.status {
			t.Errorf("%d: %d, want %d", i, got, c.status)
		}
	}
}

// work is what a browser adds to a form once it has worked for an address.
func (r *room) work(address string) string {
	r.t.Helper()
	bits := r.Config.SignUp.Work
	challenge := r.Keys.WebKey().Challenge(r.now())
	for i := 0; ; i++ {
		if answer := strconv.Itoa(i); r.Keys.WebKey().CheckWork(challenge, address, answer, bits, r.now()) {
			return "&challenge=" + challenge + "&answer=" + answer
		}
	}
}

func (r *room) workJSON(address string) string {
	form, err := url.ParseQuery(r.work(address))
	must(r.t, err)
	return fmt.Sprintf(`, "challenge": %q, "answer": %q`, form.Get("challenge"), form.Get("answer"))
}

// TestSlowerPath: who has done no work waits for the confirmation, and gets it.
func TestSlowerPath(t *testing.T) {
	r := open(t, Options{})
	for name, more := range map[string]string{
		"none": "", "nonsense": "&challenge=x&answer=1", "for another address": r.work(ada),
	} {
		want(t, r.form("/subscribe", "newsletter=weekly&email="+url.QueryEscape(newcomer)+more), http.StatusOK, "Check your mail")
		must(t, r.SendLetters(t.Context()))
		if r.post.to(newcomer) != nil {
			t.Fatalf("%s: it came at once", name)
		}
	}
	r.later(slowerBy)
	must(t, r.SendLetters(t.Context()))
	if r.post.to(newcomer) == nil {
		t.Error("it never came")
	}
}

// TestOneConfirmationADay: whatever happens in between, an address is asked once in 24
// hours, and nothing of what the visitor typed stands in that mail.
func TestOneConfirmationADay(t *testing.T) {
	r := open(t, Options{})
	ask := func(more string) {
		t.Helper()
		want(t, r.form("/subscribe", "email="+url.QueryEscape(newcomer)+more+r.work(newcomer)), http.StatusOK)
		must(t, r.SendLetters(t.Context()))
	}
	ask("&newsletter=weekly&name=BUY+NOW+evil.example&page=evil")
	m := r.post.to(newcomer)
	if raw := fmt.Sprint(m.Header) + textOf(t, m); strings.Contains(raw, "BUY") || strings.Contains(raw, "evil") {
		t.Errorf("what was typed stands in the mail: %s", raw)
	}
	ask("&newsletter=tides")
	r.wantState("tides", newcomer, store.Pending)
	must(t, r.Remove(t.Context(), newcomer, newsroom.Removal{Erase: true}))
	r.later(23 * time.Hour)
	for range 5 {
		ask("&newsletter=weekly")
	}
	if n := r.post.count(newcomer); n != 1 {
		t.Fatalf("%d mails within a day", n)
	}
	r.later(25 * time.Hour)
	ask("&newsletter=weekly")
	if n := r.post.count(newcomer); n != 2 {
		t.Errorf("%d mails after two days", n)
	}
}

// TestConsent: what is recorded of a yes.
func TestConsent(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[0].PrivacyVersion = "0123456789ab"
		return nil
	})
	for page, want := range map[string]string{"&page=homepage": "homepage", "": "elsewhere", "&page=" + url.QueryEscape("<b>"): "elsewhere"} {
		want2 := store.Consent{Newsletter: "weekly", Week: "2026-W48", Path: "form", TextVersion: "0123456789ab", Page: want}
		who := fmt.Sprintf("reader%d@reader.example", len(page))
		r.form("/subscribe", "newsletter=weekly&email="+url.QueryEscape(who)+page+r.work(who))
		must(t, r.TakeSignUps(t.Context()))
		got, err := r.Store.Consents(t.Context(), r.reader(who).Number)
		must(t, err)
		if len(got) != 1 || got[0] != want2 {
			t.Errorf("page %q: %+v", page, got)
		}
	}
}

// TestConfirmAfterLeaving: an old confirmation brings nobody back.
func TestConfirmAfterLeaving(t *testing.T) {
	r := open(t, Options{})
	_, err := r.Newsroom.Unsubscribe(t.Context(), "weekly", r.token(subscribers.Unsubscribe, "weekly", ada))
	must(t, err)
	want(t, r.form(newsroom.PathConfirm+"weekly/"+r.token(subscribers.Confirm, "weekly", ada), ""), http.StatusGone)
	r.wantState("weekly", ada, store.Unsubscribed)
}

// TestSignUpFails: where it cannot be stored, the visitor is told so, in the form that
// they asked in, and not that mail is on its way.
func TestSignUpFails(t *testing.T) {
	r := open(t, Options{})
	must(t, r.Store.Close())
	w := r.form("/subscribe", "newsletter=weekly&email="+url.QueryEscape(newcomer))
	want(t, w, http.StatusInternalServerError, "Something went wrong here", "try again")
	w = r.ask("POST", "/subscribe", "application/json", `{"email":"`+newcomer+`","newsletters":["weekly"]}`)
	want(t, w, http.StatusInternalServerError)
	if got := w.Body.String(); got != `{"status":"failed"}`+"\n" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%q as %s", got, w.Header().Get("Content-Type"))
	}
}
