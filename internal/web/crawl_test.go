package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

var linked = regexp.MustCompile(`(?:href|src|action|content)="([^"]+)"`)

// TestAGetChangesNothing follows every link of every page and of the mail, forms'
// targets too, as a scanner does.
func TestAGetChangesNothing(t *testing.T) {
	r := sent(t)
	r.signUp("weekly", newcomer)
	before := r.fingerprint()
	todo := []string{
		"/", "/robots.txt", "/subscribe", "/subscribe?newsletter=tides", "/subscribe/embed", "/privacy/weekly", "/feed/weekly", "/feed/tides", "/a/weekly", "/a/tides", webRef, "/nothing/here",
		newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada) + "?undo=1",
		newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada) + "?format=text",
		newsroom.PathReturn + "weekly/" + r.token(subscribers.Return, "weekly", ada) + "?undo=1",
		newsroom.PathAppeal + "weekly/" + r.token(subscribers.Preferences, "weekly", ada) + "?appeal=never",
		newsroom.PathConfirm + "weekly/" + r.token(subscribers.Confirm, "weekly", "new.reader@reader.example"),
		newsroom.PathExport + "weekly/" + r.token(subscribers.Export, "weekly", ada),
		newsroom.PathErase + "weekly/" + r.token(subscribers.Erase, "weekly", ada) + "?never=1",
		oneClick(t, r, ada),
	}
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
		if w.Code >= 400 && path != "/nothing/here" && path != "/privacy/weekly" {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, m := range linked.FindAllStringSubmatch(w.Body.String()+` href="`+w.Header().Get("Location")+`"`, -1) {
			if u, err := url.Parse(html.UnescapeString(m[1])); err == nil && (u.Host == "" || u.Host == r.Config.Site.Host) && strings.HasPrefix(u.Path, "/") {
				todo = append(todo, u.RequestURI())
			}
		}
	}
	pictures := 0
	for path := range seen {
		if strings.HasPrefix(path, newsroom.PathMedia) {
			pictures++
		}
	}
	if len(seen) < 15 || pictures == 0 {
		t.Errorf("only %d links were found, %d pictures among them", len(seen), pictures)
	}
	if r.fingerprint() != before {
		t.Error("following links has changed the store")
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
