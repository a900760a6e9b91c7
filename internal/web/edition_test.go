package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestOnlyWhatIsOut: a draft is nowhere to be read.
func TestOnlyWhatIsOut(t *testing.T) {
	r := open(t, Options{})
	hidden := func(state digest.State) {
		t.Helper()
		e, err := r.Edition(t.Context(), ref)
		must(t, err)
		if e.State != state {
			t.Fatalf("the edition is %s, want %s", e.State, state)
		}
		if w := r.get(webRef); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "bridge") {
			t.Errorf("%s: %d", state, w.Code)
		}
		if strings.Contains(r.get("/a/weekly").Body.String(), "bridge") {
			t.Errorf("%s: in the archive", state)
		}
	}
	want(t, r.get(webRef), http.StatusNotFound)
	want(t, r.get("/a/weekly"), http.StatusOK, "There are no earlier editions yet.")
	r.draft()
	hidden(digest.Draft)
	r.approve()
	hidden(digest.Approved)
	_, err := r.Reopen(t.Context(), ref, "another look")
	must(t, err)
	hidden(digest.Draft)
	r.approve()
	r.send()
	want(t, r.get(webRef), http.StatusOK, "Harbour bridge to close")
	want(t, r.get("/a/weekly"), http.StatusOK, `href="`+webRef+`">Harbour bridge to close for six months</a>`, "Friday, 27 November 2026 · 2 stories")
	if strings.Contains(r.get("/a/tides").Body.String(), "bridge") {
		t.Error("in the archive of another newsletter")
	}
}

// TestMending: while a sent edition is open, its readers find what they have got.
func TestMending(t *testing.T) {
	r := sent(t)
	_, err := r.Reopen(t.Context(), ref, "a wrong name")
	must(t, err)
	_, err = r.Edit(t.Context(), ref, []byte("subject: The bridge, corrected\nretitle: {}\n"))
	must(t, err)
	w := r.get(webRef)
	want(t, w, http.StatusOK, "Harbour bridge to close")
	if strings.Contains(w.Body.String(), "corrected") {
		t.Error("the unfinished mending shows")
	}
	_, err = r.Cancel(t.Context(), ref, "enough")
	must(t, err)
	want(t, r.get(webRef), http.StatusNotFound)
}

// TestTheSameForEveryone: the page holds nothing of a reader, and og: tags.
func TestTheSameForEveryone(t *testing.T) {
	r := sent(t)
	w := r.get(webRef)
	want(t, w, http.StatusOK, `property="og:title"`, `property="og:image" content="https://news.harbour-observer.example/m/`, `rel="canonical" href="https://news.harbour-observer.example`+webRef+`"`)
	for _, personal := range []string{newsroom.PathUnsubscribe, newsroom.PathPreferences, "<script"} {
		if strings.Contains(w.Body.String(), personal) {
			t.Errorf("the page holds %s", personal)
		}
	}
	if r.get("/e/weekly/2026-11-27T09%3A00").Body.String() != w.Body.String() {
		t.Error("with its colon escaped it is another page")
	}
	kept(t, r, webRef, w)
}

// kept asks again with the ETag of an answer.
func kept(t *testing.T, r *room, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	tag := w.Header().Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	req := httptest.NewRequest("GET", path, nil)
	req.Header.Set("If-None-Match", tag)
	again := httptest.NewRecorder()
	r.pages.ServeHTTP(again, req)
	if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again with its ETag: %d, %d bytes", again.Code, again.Body.Len())
	}
}

var pictureOf = regexp.MustCompile(`https://news\.harbour-observer\.example(/m/[0-9a-f]+\.(?:png|jpg))`)

func TestPictures(t *testing.T) {
	r := sent(t)
	found := pictureOf.FindStringSubmatch(r.get(webRef).Body.String())
	if found == nil {
		t.Fatal("the edition has no picture")
	}
	w := r.get(found[1])
	want(t, w, http.StatusOK)
	if got := http.DetectContentType(w.Body.Bytes()); got != w.Header().Get("Content-Type") {
		t.Errorf("Content-Type %s for %s", w.Header().Get("Content-Type"), got)
	}
	for field, value := range map[string]string{
		"Cache-Control": forEver, "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "cross-origin",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := w.Header().Get(field); got != value {
			t.Errorf("%s: %q", field, got)
		}
	}
	kept(t, r, found[1], w)
	for _, wrong := range []string{strings.Replace(found[1], found[1][5:10], "00000", 1), found[1][:len(found[1])-4], found[1][:len(found[1])-4] + ".exe"} {
		want(t, r.get(wrong), http.StatusNotFound)
	}
}

// TestLogoElsewhere: a logo of the newsroom's own domain is shown, and of no other site is
// anything asked.
func TestLogoElsewhere(t *testing.T) {
	for logo, shown := range map[string]bool{
		"https://www.harbour-observer.example/logo.png": true, "https://news.harbour-observer.example/logo.png": true,
		"https://cdn.third.example/logo.png": false, "https://harbour-observer.example.third.example/logo.png": false,
	} {
		r := configured(t, Options{}, func(c *config.Config) error {
			l := &c.Newsletters[0].Look
			l.LogoURL, l.LogoWidth, l.LogoHeight = logo, 200, 50
			return nil
		})
		r.draft()
		r.approve()
		r.send()
		for _, path := range []string{"/subscribe", "/a/weekly", webRef} {
			w := r.get(path)
			policy := w.Header().Get("Content-Security-Policy")
			if has := strings.Contains(w.Body.String(), logo); has != shown || strings.Contains(policy, "third.example") {
				t.Errorf("%s with %s: shown %t, want %t; %s", path, logo, has, shown, policy)
			}
			want(t, w, http.StatusOK, "The Friday letter")
		}
	}
}

// TestLooks: each newsletter has its own language and colours.
func TestLooks(t *testing.T) {
	r := open(t, Options{})
	sheets := map[string]bool{}
	for newsletter, language := range map[string]string{"weekly": "en", "tides": "ru"} {
		w := r.get("/a/" + newsletter)
		want(t, w, http.StatusOK, `<html lang="`+language+`"`)
		path := regexp.MustCompile(`/assets/[0-9a-f]+\.css`).FindString(w.Body.String())
		css := r.get(path)
		want(t, css, http.StatusOK, "--accent:")
		if css.Header().Get("Content-Type") != "text/css; charset=utf-8" || css.Header().Get("Cache-Control") != forEver {
			t.Errorf("%v", css.Header())
		}
		kept(t, r, path, css)
		sheets[path] = true
	}
	if len(sheets) != 2 {
		t.Error("two looks share a stylesheet")
	}
}
