package web

import (
	"bytes"
	"html"
	"mime"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

var (
	linked = regexp.MustCompile(`(?:href|src|action|content)="([^"]+)"`)
	bare   = regexp.MustCompile(`https?://[^\s<>"]+`)
)

// everyMail has readers do all that they are written to about, and is every mail that
// came, by what it is.
func everyMail(t *testing.T, r *room) map[string][]byte {
	t.Helper()
	do := func(path string, purpose subscribers.Purpose, typed, body string) {
		t.Helper()
		want(t, r.form(path+"weekly/"+r.token(purpose, "weekly", typed), body), http.StatusOK)
		must(t, r.SendLetters(t.Context()))
	}
	for _, typed := range []string{"stays@reader.example", "leaves@reader.example", "goes@reader.example", newcomer} {
		must(t, r.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly", "tides"}, Address: typed}))
		must(t, r.SendLetters(t.Context()))
		if typed != newcomer {
			do(newsroom.PathConfirm, subscribers.Confirm, typed, "")
		}
	}
	do(newsroom.PathExport, subscribers.Export, "stays@reader.example", "")
	do(newsroom.PathUnsubscribe, subscribers.Unsubscribe, "leaves@reader.example", "")
	do(newsroom.PathErase, subscribers.Erase, "goes@reader.example", "")
	_, err := r.Test(t.Context(), ref, []string{"tester@reader.example"}, "")
	must(t, err)
	all := map[string][]byte{}
	for _, typed := range []string{ada, "stays@reader.example", "leaves@reader.example", "goes@reader.example", newcomer, "tester@reader.example", "editor@reader.example"} {
		for _, m := range r.post.each(typed) {
			read, err := mail.ReadMessage(bytes.NewReader(m))
			must(t, err)
			subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
			must(t, err)
			all[subject+" to "+typed] = m
		}
	}
	return all
}

// linksOf are the paths on our site that a mail leads to: from its header, its text and
// its HTML.
func linksOf(t *testing.T, r *room, m []byte) []string {
	t.Helper()
	read, err := mail.ReadMessage(bytes.NewReader(m))
	must(t, err)
	texts, _ := bodies(t, m)
	text := html.UnescapeString(texts["text/html"]) + " " + texts["text/plain"]
	for _, values := range read.Header {
		text += " " + strings.Join(values, " ")
	}
	var all []string
	for _, link := range bare.FindAllString(text, -1) {
		if u, err := url.Parse(strings.TrimRight(link, ".,;)")); err == nil && u.Host == r.Config.Site.Host {
			all = append(all, u.RequestURI())
		}
	}
	return all
}

// TestAGetChangesNothing follows every link of every mail and of every page, forms'
// targets too, as a scanner does.
func TestAGetChangesNothing(t *testing.T) {
	r := welcoming(t, func(l *config.Newsletter) {
		l.Privacy, l.Look.Footer.PrivacyURL = "# What we know", "https://news.harbour-observer.example/privacy/weekly"
		l.Editors = []mail.Address{{Address: "editor@reader.example"}}
	})
	mails := everyMail(t, r)
	todo := []string{
		"/", "/robots.txt", "/subscribe", "/subscribe?newsletter=tides", "/subscribe/embed", "/privacy/weekly", "/feed/weekly", "/feed/tides", "/a/weekly", "/a/tides", webRef, "/nothing/here",
		newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada) + "?undo=1",
		newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada) + "?format=text&pause=4&day=2026-12-24&appeal=never",
		newsroom.PathReturn + "weekly/" + r.token(subscribers.Return, "weekly", ada) + "?undo=1",
		newsroom.PathAppeal + "weekly/" + r.token(subscribers.Preferences, "weekly", ada) + "?appeal=never",
		newsroom.PathConfirm + "weekly/" + r.token(subscribers.Confirm, "weekly", newcomer) + "?newsletter=weekly",
		newsroom.PathExport + "weekly/" + r.token(subscribers.Export, "weekly", ada),
		newsroom.PathErase + "weekly/" + r.token(subscribers.Erase, "weekly", ada) + "?never=1",
	}
	over := map[string]bool{} // links that need not work any more
	for what, m := range mails {
		links := linksOf(t, r, m)
		nowhere := strings.HasPrefix(what, "Deleted:") || strings.HasPrefix(what, "Your data:") || strings.HasSuffix(what, "editor@reader.example")
		if len(links) == 0 && !nowhere {
			t.Errorf("%q leads nowhere: this test does not read it", what)
		}
		for _, link := range links {
			over[link] = strings.HasSuffix(what, "goes@reader.example") || strings.HasSuffix(what, "tester@reader.example") ||
				what == "Please confirm: The Friday letter and Приливы to leaves@reader.example"
		}
		todo = append(todo, links...)
	}
	before := r.fingerprint()
	seen := map[string]bool{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		r.ask("HEAD", path, "", "")
		w := r.get(path)
		if w.Code >= 400 && path != "/nothing/here" && (!over[path] || w.Code != http.StatusGone) && !strings.HasPrefix(path, newsroom.PathPrivacy+"tides") {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, m := range linked.FindAllStringSubmatch(w.Body.String()+` href="`+w.Header().Get("Location")+`"`, -1) {
			if u, err := url.Parse(html.UnescapeString(m[1])); err == nil && (u.Host == "" || u.Host == r.Config.Site.Host) && strings.HasPrefix(u.Path, "/") {
				todo = append(todo, u.RequestURI())
			}
		}
	}
	for _, route := range []string{
		newsroom.PathMedia, newsroom.PathUnsubscribe, newsroom.PathPreferences, newsroom.PathReturn, newsroom.PathConfirm, newsroom.PathExport,
		newsroom.PathErase, newsroom.PathAppeal, newsroom.PathEdition, newsroom.PathArchive, newsroom.PathFeed, newsroom.PathPrivacy, "/assets/",
	} {
		found := false
		for path := range seen {
			found = found || strings.HasPrefix(path, route)
		}
		if !found {
			t.Errorf("nothing led to %s", route)
		}
	}
	if r.fingerprint() != before {
		t.Error("following links has changed the store")
	}
	if due, err := r.LettersDue(t.Context()); due || err != nil {
		t.Errorf("it has made mail: %t, %v", due, err)
	}
	r.form(oneClick(t, r, ada), "List-Unsubscribe=One-Click")
	if r.fingerprint() == before {
		t.Error("a POST has not: this test sees nothing")
	}
}

// TestHeaders holds every route to its headers, errors included.
func TestHeaders(t *testing.T) {
	r := sent(t)
	personal := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
	back := newsroom.PathReturn + "weekly/" + r.token(subscribers.Return, "weekly", ada)
	appeal := newsroom.PathAppeal + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	preferences := newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	copyOf := newsroom.PathExport + "weekly/" + r.token(subscribers.Export, "weekly", ada)
	erase := newsroom.PathErase + "weekly/" + r.token(subscribers.Erase, "weekly", ben)
	const scripted = "style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	const strict = "style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for _, c := range []struct {
		method, path  string
		status        int
		policy, cache string
	}{
		{"GET", "/", http.StatusFound, strict, "no-store"},
		{"GET", "/subscribe", http.StatusOK, scripted, "no-store"},
		{"POST", "/subscribe", http.StatusUnprocessableEntity, scripted, "no-store"},
		{"GET", "/subscribe/embed", http.StatusOK, strict, "public, max-age=300"},
		{"GET", "/feed/weekly", http.StatusOK, strict, "public, max-age=300"},
		{"GET", copyOf, http.StatusOK, strict, "no-store"},
		{"POST", copyOf, http.StatusOK, strict, "no-store"},
		{"GET", erase, http.StatusOK, strict, "no-store"},
		{"POST", erase, http.StatusOK, strict, "no-store"},
		{"GET", "/privacy/weekly", http.StatusNotFound, strict, "no-store"},
		{"GET", "/a/weekly", http.StatusOK, strict, "public, max-age=300"},
		{"GET", "/a/nonesuch", http.StatusNotFound, strict, "no-store"},
		{"GET", webRef, http.StatusOK, "style-src 'unsafe-inline'; form-action 'none'", "public, max-age=300"},
		{"GET", "/e/weekly/2026-11-20T09:00", http.StatusNotFound, strict, "no-store"},
		{"GET", "/e/weekly/yesterday", http.StatusNotFound, strict, "no-store"},
		{"GET", personal, http.StatusOK, strict, "no-store"},
		{"POST", personal, http.StatusOK, strict, "no-store"},
		{"GET", preferences, http.StatusOK, strict, "no-store"},
		{"POST", preferences, http.StatusOK, strict, "no-store"},
		{"GET", back, http.StatusOK, strict, "no-store"},
		{"POST", back, http.StatusOK, strict, "no-store"},
		{"GET", appeal, http.StatusOK, strict, "no-store"},
		{"POST", appeal, http.StatusOK, strict, "no-store"},
		{"GET", "/c/weekly/x", http.StatusGone, strict, "no-store"},
		{"POST", "/c/weekly/x", http.StatusGone, strict, "no-store"},
		{"GET", "/m/nonesuch.jpg", http.StatusNotFound, strict, "no-store"},
		{"GET", "/assets/nonesuch.css", http.StatusNotFound, strict, "no-store"},
		{"GET", "/robots.txt", http.StatusOK, strict, "public, max-age=86400"},
		{"GET", "/wp-login.php", http.StatusNotFound, strict, "no-store"},
		{"DELETE", personal, http.StatusMethodNotAllowed, strict, "no-store"},
		{"POST", "/a/weekly", http.StatusMethodNotAllowed, strict, "no-store"},
	} {
		w := r.ask(c.method, c.path, formKind, "")
		name := c.method + " " + strings.SplitAfter(c.path, "weekly/")[0]
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; ") || !strings.Contains(csp, c.policy) || strings.Contains(csp, "script") != (c.policy == scripted) {
			t.Errorf("%s: policy %q", name, csp)
		}
		if h.Get("Cache-Control") != c.cache {
			t.Errorf("%s: Cache-Control %q, want %q", name, h.Get("Cache-Control"), c.cache)
		}
		for field, value := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Set-Cookie": "",
		} {
			if got := h.Get(field); got != value {
				t.Errorf("%s: %s %q, want %q", name, field, got, value)
			}
		}
	}
}

func TestFrames(t *testing.T) {
	r := open(t, Options{FrameAncestors: "http://127.0.0.1:8025"})
	h := r.get("/subscribe").Header()
	if !strings.HasSuffix(h.Get("Content-Security-Policy"), "frame-ancestors http://127.0.0.1:8025") || h.Get("X-Frame-Options") != "" {
		t.Errorf("%v", h)
	}
}
