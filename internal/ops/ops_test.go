package ops

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestHosts: a name that somebody points at this machine is not ours.
func TestHosts(t *testing.T) {
	r := open(t, Options{Hosts: []string{"ops.harbour-observer.example"}})
	for host, status := range map[string]int{
		"localhost": http.StatusOK, "localhost:8481": http.StatusOK, "LOCALHOST.:8481": http.StatusOK,
		"127.0.0.1:8481": http.StatusOK, "127.9.9.9": http.StatusOK, "[::1]:8481": http.StatusOK, "[::1]": http.StatusOK,
		"ops.harbour-observer.example:8481": http.StatusOK,
		"evil.example":                      http.StatusMisdirectedRequest, "localhost.evil.example": http.StatusMisdirectedRequest,
		"10.0.0.5:8481": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/healthz", "/metrics", "/preview/" + ref} {
			w := r.getAs(host, path)
			if (w.Code == http.StatusMisdirectedRequest) != (status == http.StatusMisdirectedRequest) {
				t.Errorf("%q asks for %s: %d", host, path, w.Code)
			}
		}
	}
	r.Config.Listen.Ops = "10.0.0.5:8481"
	want(t, r.getAs("10.0.0.5:8481", "/healthz"), http.StatusOK)
	want(t, r.getAs("10.0.0.6:8481", "/healthz"), http.StatusMisdirectedRequest)
	r.Config.Listen.Ops = "0.0.0.0:8481"
	want(t, r.getAs("10.0.0.6:8481", "/healthz"), http.StatusOK)
	want(t, r.getAs("evil.example", "/healthz"), http.StatusMisdirectedRequest)
}

func TestHealth(t *testing.T) {
	for _, c := range []struct {
		name     string
		beat     func() time.Time
		status   int
		schedule string
		age      float64
	}{
		{"no schedule", nil, http.StatusOK, "not in this process", 0},
		{"before the first", func() time.Time { return time.Time{} }, http.StatusOK, "starting", 0},
		{"fresh", func() time.Time { return friday.Add(-30 * time.Second) }, http.StatusOK, "running", 30},
		{"late", func() time.Time { return friday.Add(-4 * time.Minute) }, http.StatusServiceUnavailable, "late", 240},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, Options{LastBeat: c.beat})
			w := r.get("/healthz")
			want(t, w, c.status)
			var h Health
			must(t, json.Unmarshal(w.Body.Bytes(), &h))
			if h.Store != "sqlite" || h.Schedule != c.schedule || h.Age != c.age || h.OK != (c.status == http.StatusOK) {
				t.Errorf("%+v", h)
			}
			if c.schedule == "late" {
				want(t, r.get("/"), http.StatusOK, `role="alert"`, "27 Nov 07:56:30 UTC")
			}
		})
	}
}

func TestHealthOfTheStore(t *testing.T) {
	r := open(t, Options{})
	must(t, r.Store.Close())
	want(t, r.get("/healthz"), http.StatusServiceUnavailable, `"ok":false`)
	want(t, r.get("/"), http.StatusInternalServerError)
	want(t, r.get("/preview/"+ref), http.StatusInternalServerError)
	want(t, r.get("/metrics"), http.StatusOK, "broadsheet_up 0\n", "broadsheet_build_info{")
}

// TestMetrics reads the numbers of a newsroom before and after it sends.
func TestMetrics(t *testing.T) {
	r := open(t, Options{Version: "v1.2.3", LastBeat: func() time.Time { return friday }})
	r.readers("ada@reader.example", "ben@reader.example")
	want(t, r.get("/metrics"), http.StatusOK, "broadsheet_up 1\n", `broadsheet_subscribers{newsletter="weekly",state="confirmed"} 3`,
		"broadsheet_letters_due 0\n", `broadsheet_build_info{go="go1.`, `version="v1.2.3"} 1`, "broadsheet_last_heartbeat_timestamp_seconds 1.79576643e+09", "go_goroutines ")
	r.draft()
	want(t, r.get("/metrics"), http.StatusOK, `broadsheet_editions{newsletter="weekly",state="draft"} 1`,
		`broadsheet_source_stories{newsletter="weekly",source="stories"} 2`, `broadsheet_source_failures{newsletter="weekly",source="stories"} 0`,
		`broadsheet_source_last_success_timestamp_seconds{newsletter="weekly",source="stories"} 1.79576643e+09`)
	r.send()
	must(t, r.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: "new@reader.example"}))
	must(t, r.TakeSignUps(t.Context()))
	want(t, r.get("/metrics"), http.StatusOK,
		`broadsheet_editions{newsletter="weekly",state="sent"} 1`,
		`broadsheet_deliveries{edition="weekly/2026-11-27T09:00",state="accepted"} 2`,
		`broadsheet_deliveries{edition="weekly/2026-11-27T09:00",state="rejected"} 1`,
		`broadsheet_deliveries{edition="weekly/2026-11-27T09:00",state="in_doubt"} 0`,
		`broadsheet_letters{state="queued"} 1`, "broadsheet_letters_due 1\n",
		`broadsheet_subscribers{newsletter="weekly",state="pending"} 1`)
}

func TestPage(t *testing.T) {
	r := open(t, Options{Version: "v1.2.3"})
	r.thousand()
	want(t, r.get("/"), http.StatusOK, "There is no edition yet", "The Friday letter has 1,001 readers.", "v1.2.3")
	r.draft()
	want(t, r.get("/"), http.StatusOK, `<a href="/preview/`+ref+`">Harbour &lt;bridge&gt; to close</a>`, `<b class="state">draft</b> · Friday, 27 November 2026, 09:00 CET`)
	r.send()
	w := r.get("/")
	want(t, w, http.StatusOK, `<b class="state">sent</b>`, `<progress max="1001" value="1000"`, "1,000 of 1,001 handed over; 1 rejected")
	for _, bad := range []string{"<script", " style=", "ZgotmplZ"} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	css := r.get(regexp.MustCompile(`/assets/[0-9a-f]+\.css`).FindString(w.Body.String()))
	want(t, css, http.StatusOK, "--accent:", "progress{")
	if css.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Error(css.Header())
	}
	for _, field := range []string{"Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options"} {
		if w.Header().Get(field) == "" {
			t.Errorf("no %s", field)
		}
	}
}

// TestEveryLinkWorks follows what the page links to.
func TestEveryLinkWorks(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	links := regexp.MustCompile(`href="(/[^"]*)"`).FindAllStringSubmatch(r.get("/").Body.String(), -1)
	if len(links) < 6 {
		t.Errorf("%d links", len(links))
	}
	for _, l := range links {
		want(t, r.get(l[1]), http.StatusOK)
	}
}

func TestPreview(t *testing.T) {
	r := open(t, Options{})
	want(t, r.get("/preview/"+ref), http.StatusNotFound, "has no draft")
	r.draft()
	for variant, c := range map[string]struct{ kind, text string }{
		"":                 {"text/html; charset=utf-8", `src="/m/`},
		"?variant=digest":  {"text/html; charset=utf-8", "Harbour &lt;bridge&gt; to close"},
		"?variant=private": {"text/html; charset=utf-8", "Harbour &lt;bridge&gt; to close"},
		"?variant=web":     {"text/html; charset=utf-8", `property="og:title"`},
		"?variant=text":    {"text/plain; charset=utf-8", "Harbour <bridge> to close"},
	} {
		w := r.get("/preview/" + ref + variant)
		want(t, w, http.StatusOK, c.text)
		if got := w.Header().Get("Content-Type"); got != c.kind {
			t.Errorf("%q is %s", variant, got)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline';") {
			t.Error(w.Header().Get("Content-Security-Policy"))
		}
	}
	picture := regexp.MustCompile(newsroom.PathMedia + `[0-9a-f]+\.(png|jpg)`).FindString(r.get("/preview/" + ref).Body.String())
	w := r.get(picture)
	want(t, w, http.StatusOK)
	if got := http.DetectContentType(w.Body.Bytes()); got != w.Header().Get("Content-Type") {
		t.Errorf("a picture of %s as %s", got, w.Header().Get("Content-Type"))
	}
	for path, status := range map[string]int{
		"/preview/" + ref + "?variant=folio": http.StatusNotFound, "/preview/weekly/friday": http.StatusNotFound,
		"/preview/nonesuch/" + slot: http.StatusNotFound, "/preview/weekly/2026-12-04T09:00": http.StatusNotFound,
		"/m/nonesuch.jpg": http.StatusNotFound, "/assets/nonesuch.css": http.StatusNotFound, "/nothing": http.StatusNotFound,
	} {
		want(t, r.get(path), status)
	}
}

// TestCountsRest: a count that took a second stands for nine.
func TestCountsRest(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	e, err := r.Edition(t.Context(), ref)
	must(t, err)
	now, asked := friday, 0
	n := *r.Newsroom
	n.Clock = func() time.Time { asked++; now = now.Add(500 * time.Millisecond); return now }
	c := &counter{n: &n, counted: map[int64]tally{}}
	for range 2 {
		_, err := c.count(t.Context(), e.ID)
		must(t, err)
	}
	if asked != 3 { // before and after the first; before the second
		t.Errorf("the clock was read %d times", asked)
	}
	now = now.Add(10 * time.Second)
	_, err = c.count(t.Context(), e.ID)
	must(t, err)
	if asked != 5 {
		t.Errorf("an old count stands: %d", asked)
	}
}

func TestServe(t *testing.T) {
	r := open(t, Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, r.Newsroom, l, Options{}) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + l.Addr().String() + "/healthz")
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
	stop()
	must(t, <-ended)
	if err := Serve(t.Context(), r.Newsroom, l, Options{}); err == nil {
		t.Error("serves a closed listener")
	}
}
