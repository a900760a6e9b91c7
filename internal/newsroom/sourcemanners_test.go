package newsroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestRetryAfter: a server that asks to be left alone is asked by nobody before: not by a
// fetch, a draft or the schedule, nor after a restart; then it is.
func TestRetryAfter(t *testing.T) {
	w := openWire(t, nil)
	each(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		w.answers(fails(http.StatusServiceUnavailable, "Retry-After", "10800"))
		if got := r.fetch(); got.Error != "503: the server is overloaded or under maintenance; left alone until Thu 26 Nov 15:00 UTC, as its server asks" || got.NotBefore.IsZero() || w.since() != "/feed" {
			t.Fatalf("%+v", got)
		}
		w.answers(feeds("bridge"))
		r.clock.Forward(2*time.Hour + 59*time.Minute)
		r.again()
		got := r.fetch()
		if !strings.HasPrefix(got.Error, "not asked: left alone until Thu 26 Nov 15:00 UTC, as its server asks (503: ") {
			t.Errorf("%+v", got)
		}
		r.fetchDue()
		d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true)
		if err != nil || !strings.HasPrefix(d.Sources[0].Error, "not asked: ") {
			t.Errorf("%+v %v", d.Sources, err)
		}
		if asked := w.since(); asked != "" {
			t.Errorf("%s was asked for before its time", asked)
		}
		r.clock.Forward(2 * time.Minute)
		r.fetchDue()
		if st := r.source("wire"); w.since() != "/feed" || st.Error != "" || st.Failures != 0 || !st.NotBefore.IsZero() || st.Items != 1 {
			t.Errorf("%+v", st)
		}
		w.since()
	})
}

// TestRetryAfterBounds: nobody keeps us away for longer than a day, and a date will do.
func TestRetryAfterBounds(t *testing.T) {
	w := openWire(t, nil)
	onSQLite(t, from(w.URL), func(t *testing.T, r *room) {
		for text, want := range map[string]time.Duration{
			"864000": 24 * time.Hour,
			r.clock.Now().Add(time.Hour).Format(http.TimeFormat): time.Hour,
			"0": 0, "soon": 0,
		} {
			w.answers(fails(http.StatusTooManyRequests, "Retry-After", text))
			said := r.fetch().Error
			if day := "; left alone for a day, until Fri 27 Nov 12:00 UTC: its server asks for that or longer"; strings.HasSuffix(said, day) != (want == 24*time.Hour) {
				t.Errorf("%s: people read %q", text, said)
			}
			st := r.source("wire")
			got := time.Duration(0)
			if !st.NotBefore.IsZero() {
				got = st.NotBefore.Sub(st.LastTry)
			}
			if got > want || got < want-3*time.Second || st.NextTry.Before(st.NotBefore) {
				t.Errorf("%s: away for %v, want %v", text, got, want)
			}
			st.NotBefore = time.Time{}
			if err := r.n.Store.PutSourceState(t.Context(), st); err != nil {
				t.Fatal(err)
			}
		}
		// A clock that ran ahead when it was set keeps nobody away.
		st := r.source("wire")
		st.NotBefore, st.NextTry = r.clock.Now().Add(400*24*time.Hour), r.clock.Now().Add(400*24*time.Hour)
		if err := r.n.Store.PutSourceState(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		w.answers(feeds("bridge"))
		w.since()
		r.fetchDue()
		if w.since() == "" {
			t.Error("the source is kept away by a clock that ran ahead")
		}
	})
}

// TestMovedForGood: a permanent redirect is followed once, reported, and gone without
// from then on, until it leads nowhere or the configuration names another address.
func TestMovedForGood(t *testing.T) {
	w := openWire(t, func(out http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.Redirect(out, r, "/middle", http.StatusMovedPermanently)
		case "/middle":
			http.Redirect(out, r, "/new", http.StatusPermanentRedirect)
		case "/today":
			http.Redirect(out, r, "/new", http.StatusFound)
		case "/then":
			http.Redirect(out, r, "/old", http.StatusFound)
		case "/page":
			http.Redirect(out, r, "/html", http.StatusMovedPermanently)
		case "/html":
			fmt.Fprint(out, "<html><body>We have moved.</body></html>")
		default:
			fmt.Fprint(out, rss("bridge"))
		}
	})
	each(t, from(w.URL+"/old"), func(t *testing.T, r *room) {
		w.since()
		for _, asked := range []string{"/old /middle /new", "/new", "/new"} {
			if got := r.fetch(); got.Error != "" || got.MovedTo != w.URL+"/new" {
				t.Errorf("%+v", got)
			}
			if got := w.since(); got != asked {
				t.Errorf("asked for %s, want %s", got, asked)
			}
			r.again()
		}
		if !strings.Contains(fmt.Sprintf("%+v", r.source("wire")), "/new") {
			t.Error("it is not kept")
		}
		// The configuration is mended, or changed back: nothing is remembered.
		r.configure(from(w.URL + "/other"))
		r.again()
		if got := r.fetch(); got.MovedTo != "" || w.since() != "/other" {
			t.Errorf("%+v", got)
		}
		for _, path := range []string{"/today", "/then"} { // a redirect for today, however it goes on
			r.configure(from(w.URL + path))
			r.again()
			for range 2 {
				if got := r.fetch(); got.Error != "" || got.MovedTo != "" || !strings.HasPrefix(w.since(), path) {
					t.Errorf("%s: %+v", path, got)
				}
			}
		}
		r.configure(from(w.URL + "/page")) // moved for good to what is no feed
		r.again()
		for range 2 {
			if got := r.fetch(); got.Error == "" || r.source("wire").RedirectedTo != "" || !strings.HasPrefix(w.since(), "/page") {
				t.Errorf("%+v", got)
			}
		}
	})
}

// TestMovedToNowhere: where the new address is no more, or no feed, the one of the
// configuration is asked again, at once.
func TestMovedToNowhere(t *testing.T) {
	t.Run("gone", func(t *testing.T) { movedToNowhere(t, http.NotFound) })
	t.Run("for sale", func(t *testing.T) {
		movedToNowhere(t, func(out http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(out, "<html><p>This domain is for sale</html>")
		})
	})
}

func movedToNowhere(t *testing.T, nowhere http.HandlerFunc) {
	t.Helper()
	moved := func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(out, r, "/new", http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(out, rss("bridge"))
	}
	w := openWire(t, moved)
	onSQLite(t, from(w.URL+"/old"), func(t *testing.T, r *room) {
		r.fetch()
		w.since()
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/new" {
				nowhere(out, r)
				return
			}
			fmt.Fprint(out, rss("bridge", "ferry"))
		})
		if got := r.fetch(); got.Error != "" || got.New != 1 || got.MovedTo != "" || w.since() != "/new /old" {
			t.Errorf("%+v", got)
		}
		if r.fetch(); w.since() != "/old" {
			t.Error("what leads nowhere is still remembered")
		}
		// Where nothing answers at all, it stays: nobody knows.
		w.answers(moved)
		r.fetch()
		w.answers(fails(http.StatusNotFound))
		r.fetch()
		w.answers(moved)
		w.since()
		if r.fetch(); w.since() != "/new" {
			t.Error("a bad day has made it forget")
		}
	})
}

// TestValidators: an unchanged feed is not read again; by another version of the program
// it is, which may read more out of the same bytes.
func TestValidators(t *testing.T) {
	w := openWire(t, func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `W/"1"` {
			out.WriteHeader(http.StatusNotModified)
			return
		}
		out.Header().Set("ETag", `W/"1"`)
		fmt.Fprint(out, rss("bridge"))
	})
	each(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		open := func(version string) {
			o := r.options("test")
			o.Version = version
			n, err := newsroom.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = n.Close() })
			r.n = n
		}
		for _, c := range []struct {
			version   string
			unchanged bool
		}{{"1.0", false}, {"1.0", true}, {"1.1", false}, {"1.1", true}} {
			open(c.version)
			if got := r.fetch(); got.Unchanged != c.unchanged || got.Stories != 1 || got.Error != "" {
				t.Errorf("%s: %+v", c.version, got)
			}
		}
	})
}

// TestWhoAsks: servers are told who asks.
func TestWhoAsks(t *testing.T) {
	var agent string
	w := openWire(t, func(out http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		fmt.Fprint(out, rss("bridge"))
	})
	onSQLite(t, from(w.URL), func(t *testing.T, r *room) {
		o := r.options("test")
		o.Version = "1.2.3"
		n, err := newsroom.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		if _, err := n.Fetch(t.Context(), ""); err != nil || agent != "Broadsheet/1.2.3 (newsletter digest; +https://news.observer.example)" {
			t.Errorf("%s, %v", agent, err)
		}
	})
}
