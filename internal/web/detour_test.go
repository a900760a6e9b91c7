package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// mirroredRoom is a room whose weekly has mirrors, sent.
func mirroredRoom(t *testing.T, at ...string) *room {
	t.Helper()
	m := &config.Mirrors{Site: parsed(t, "https://harbour-observer.example"), Links: config.ByPage, Check: "/", Text: true, AllowPrivate: true}
	for _, a := range at {
		m.At = append(m.At, parsed(t, a))
	}
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[0].Mirrors = m
		return nil
	})
	r.draft()
	r.approve()
	r.send()
	return r
}

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u
}

// TestDetour: a link of an edition is sent on to the mirror that works, tells that site
// nothing, and may be kept by nobody. Every other address is no page.
func TestDetour(t *testing.T) {
	r := mirroredRoom(t, "https://one.example/ho", "https://two.example")
	path := newsroom.PathDetour + ref + "/"
	for range 2 { // asking changes nothing
		w := r.get(path + "1")
		if w.Code != http.StatusFound || w.Header().Get("Location") != "https://one.example/ho/bridge" {
			t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Set-Cookie": "", "Etag": ""} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
	must(t, r.UseMirror(t.Context(), "https://two.example"))
	if got := r.get(path + "1?utm_source=x&to=https://evil.example").Header().Get("Location"); got != "https://two.example/bridge" {
		t.Errorf("after the operator's word to %q", got)
	}
	for _, no := range []string{
		path + "0", path + "99", path + "01", path + "+1", path + "-1", path + "1.", path + "https://evil.example/", path, path + "1/https://evil.example",
		newsroom.PathDetour + "tides/" + slot + "/1", newsroom.PathDetour + "weekly/2026-11-20T09:00/1", newsroom.PathDetour + "weekly//evil.example/1",
	} {
		w := r.get(no)
		for range 2 { // the router tidies a path, and sends there
			if to := w.Header().Get("Location"); w.Code/100 == 3 && strings.HasPrefix(to, newsroom.PathDetour) {
				w = r.get(to)
			}
		}
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d to %q", no, w.Code, w.Header().Get("Location"))
		}
	}
}

// TestDetourLeavesNoTrace: no line in the log at any level, and not a row in the database.
func TestDetourLeavesNoTrace(t *testing.T) {
	r := mirroredRoom(t, "https://one.example")
	r.get(newsroom.PathDetour + ref + "/1") // what is made once is made
	logged, before := len(r.log.String()), r.fingerprint()
	for _, path := range []string{"/1", "/2", "/77", "/x"} {
		r.get(newsroom.PathDetour + ref + path)
	}
	if len(r.log.String()) != logged {
		t.Errorf("it was logged:\n%s", r.log.String()[logged:])
	}
	if after := r.fingerprint(); after != before {
		t.Errorf("it was stored: %s\nbefore: %s", after, before)
	}
	r.get(webRef)
	if len(r.log.String()) == logged {
		t.Error("other pages leave no line either: this test sees nothing")
	}
}

// TestDetourWithoutAMirror: the page says what to try, in the newsletter's look, and shows
// the story where that is allowed; and goes on as soon as one is back.
func TestDetourWithoutAMirror(t *testing.T) {
	down := true
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(site.Close)
	r := mirroredRoom(t, site.URL)
	look := func() { // twice: one look is not believed
		t.Helper()
		must(t, r.CheckMirrors(t.Context()))
		must(t, r.CheckMirrors(t.Context()))
	}
	look()
	path := newsroom.PathDetour + ref + "/1"
	w := r.get(path)
	want(t, w, http.StatusOK, "Harbour bridge to close for six months", `href="`+site.URL+`/bridge"`, `href="https://harbour-observer.example/bridge"`, "What happened, in a few words.")
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("it may be kept: %q", got)
	}
	for _, bad := range []string{"style=", "<script"} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	down = false
	look()
	if w := r.get(path); w.Code != http.StatusFound {
		t.Errorf("%d after the mirror is back", w.Code)
	}
}

// TestWebVersionIsSafeToShare: one address for all, without a token, a greeting or the
// appeal's own links; its links lead where the mail's do.
func TestWebVersionIsSafeToShare(t *testing.T) {
	r := mirroredRoom(t, "https://one.example")
	w := r.get(webRef)
	page := w.Body.String()
	want(t, w, http.StatusOK, newsroom.PathDetour+ref+"/1")
	if w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Error("following a link tells where from")
	}
	for _, bad := range []string{newsroom.PathUnsubscribe, newsroom.PathPreferences, newsroom.PathAppeal, "Dear ", "cid:", `"https://harbour-observer.example/bridge"`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page on the web holds %s", bad)
		}
	}
}
