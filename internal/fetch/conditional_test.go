package fetch

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestValidatorsStayAtTheirAddress: what one page gave is told to that page alone, also
// where a redirect leads there, and to no page that a redirect leads to later.
func TestValidatorsStayAtTheirAddress(t *testing.T) {
	var moved atomic.Bool
	var at string
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked := r.Header.Get("If-None-Match"); asked != "" && r.URL.Path != "/a" {
			t.Errorf("%s was told %s", r.URL.Path, asked)
		}
		switch {
		case r.URL.Path == "/feed" && moved.Load():
			http.Redirect(w, r, "/b", http.StatusFound)
		case r.URL.Path == "/feed":
			http.Redirect(w, r, "/a", http.StatusFound)
		case r.Header.Get("If-None-Match") == `"1"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"1"`) // the same word for two pages
			io.WriteString(w, r.URL.Path)
		}
	})
	first, err := c.Get(t.Context(), Request{URL: at + "/feed"})
	if err != nil || string(first.Body) != "/a" || first.Known.Of != Fingerprint(at+"/a") {
		t.Fatalf("%+v %v", first, err)
	}
	again, err := c.Get(t.Context(), Request{URL: at + "/feed", Known: first.Known})
	if err != nil || !again.NotModified {
		t.Fatalf("%+v %v", again, err)
	}
	moved.Store(true)
	elsewhere, err := c.Get(t.Context(), Request{URL: at + "/feed", Known: first.Known})
	if err != nil || elsewhere.NotModified || string(elsewhere.Body) != "/b" {
		t.Errorf("%+v %v", elsewhere, err)
	}
}

// TestNotModifiedUnasked: a 304 to a question that was not conditional leaves us with
// nothing, so that it is a failure.
func TestNotModifiedUnasked(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	_, err := c.Get(t.Context(), Request{URL: at})
	wants(t, err, Broken, "was not asked")
	if _, err = c.Get(t.Context(), Request{URL: at, Known: Validators{ETag: `"1"`, Of: Fingerprint(at)}}); err != nil {
		t.Error(err)
	}
}

func TestLongValidatorsAreDropped(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+strings.Repeat("x", maxValidator)+`"`)
		io.WriteString(w, "<rss/>")
	})
	if r, err := c.Get(t.Context(), Request{URL: at}); err != nil || r.Known != (Validators{}) {
		t.Errorf("%+v %v", r.Known, err)
	}
}

func TestMaxAge(t *testing.T) {
	for _, c := range []struct {
		header map[string]string
		want   time.Duration
	}{
		{nil, 0},
		{map[string]string{"Cache-Control": "max-age=600"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": `max-age = "600" , private`}, 10 * time.Minute},
		{map[string]string{"Cache-Control": "Public, MAX-AGE=\"600\"", "Age": "100"}, 500 * time.Second},
		{map[string]string{"Cache-Control": "max-age=600", "Age": "700"}, 0},
		{map[string]string{"Cache-Control": "max-age=600, no-cache"}, 0},
		{map[string]string{"Cache-Control": "no-store", "Expires": "Fri, 27 Nov 2026 13:00:00 GMT"}, 0},
		{map[string]string{"Cache-Control": "max-age=soon", "Expires": "Fri, 27 Nov 2026 13:00:00 GMT"}, 0},
		{map[string]string{"Cache-Control": "max-age=-1"}, 0},
		{map[string]string{"Cache-Control": "max-age=31536000000"}, endless},
		{map[string]string{"Cache-Control": "s-maxage=600"}, 0}, // shared caches
		{map[string]string{"Cache-Control": "max-age=60", "Expires": "Fri, 27 Nov 2026 13:00:00 GMT"}, time.Minute},
		{map[string]string{"Expires": "Fri, 27 Nov 2026 13:00:00 GMT"}, time.Hour},
		{map[string]string{"Expires": "Fri, 27 Nov 2026 13:00:00 GMT", "Date": "Fri, 27 Nov 2026 12:30:00 GMT"}, 30 * time.Minute},
		{map[string]string{"Expires": "0"}, 0},
	} {
		h := http.Header{}
		for name, value := range c.header {
			h.Set(name, value)
		}
		if got := maxAge(h, noon); got != c.want {
			t.Errorf("%v: %v, want %v", c.header, got, c.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "1.5": 0, "0": 0, "Fri, 27 Nov 2026 11:00:00 GMT": 0,
		" 120 ": 2 * time.Minute, "99999999999999999999999": endless, "Fri, 27 Nov 2026 13:00:00 GMT": time.Hour,
	} {
		if got := retryAfter(text, noon); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestRemembered: a permanent move is reported where all that came before it was
// permanent too, and never where it gives up encryption or leads from the Internet into
// a host that only the configuration may name.
func TestRemembered(t *testing.T) {
	c := New(Options{AllowHosts: []string{"intranet.example"}})
	defer c.Close()
	for _, good := range [][3]string{
		{"http://a.example/", "http://a.example/", "https://a.example/"},
		{"https://a.example/", "https://a.example/", "https://b.example/"},
		{"http://a.example/", "http://a.example/", "http://b.example/"},
		{"http://intranet.example/", "http://intranet.example/", "http://intranet.example/new"},
	} {
		for status, want := range map[int]bool{301: true, 308: true, 302: false, 303: false, 307: false} {
			if got := c.remembers(mustURL(t, good[0]), mustURL(t, good[1]), mustURL(t, good[2]), status); got != want {
				t.Errorf("%d %v: %v", status, good, got)
			}
		}
	}
	for _, bad := range [][3]string{
		{"https://a.example/", "https://a.example/", "http://a.example/"},
		{"http://a.example/", "https://a.example/", "http://b.example/"},
		{"http://a.example/", "http://a.example/", "http://intranet.example/"},
	} {
		if c.remembers(mustURL(t, bad[0]), mustURL(t, bad[1]), mustURL(t, bad[2]), http.StatusMovedPermanently) {
			t.Errorf("%v is remembered", bad)
		}
	}
}

// TestWaitingIsFree: a request that waits for its place at a host has its whole time
// left when its turn comes.
func TestWaitingIsFree(t *testing.T) {
	arrived, release := make(chan struct{}, 2), make(chan struct{})
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			arrived <- struct{}{}
			<-release
			return
		}
		io.WriteString(w, "good")
	}, func(o *Options) { o.Timeout = 400 * time.Millisecond })
	defer close(release)
	slow := make(chan error, perHost)
	for range perHost {
		go func() {
			_, err := c.Get(context.Background(), Request{URL: at + "/slow"})
			slow <- err
		}()
		<-arrived
	}
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	_, err := c.Get(short, Request{URL: at + "/good"})
	wants(t, err, Timeout, "other requests to this server")
	r, err := c.Get(t.Context(), Request{URL: at + "/good"}) // behind them, beyond its own time
	if err != nil || string(r.Body) != "good" {
		t.Errorf("%+v %v", r, err)
	}
	for range perHost {
		wants(t, <-slow, Timeout, "")
	}
}
