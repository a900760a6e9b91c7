package newsroom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// wire is a server of feeds that counts who asks for what.
type wire struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // paths, in order
	how   http.HandlerFunc
}

func openWire(t *testing.T, how http.HandlerFunc) *wire {
	t.Helper()
	w := &wire{how: how}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.Path)
	how := w.how
	w.mu.Unlock()
	how(out, r)
}

func (w *wire) answers(how http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.how = how
}

// since gives the paths asked for since the last call.
func (w *wire) since() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := strings.Join(w.asked, " ")
	w.asked = nil
	return asked
}

func rss(names ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>`)
	for _, name := range names {
		fmt.Fprintf(&b, "<item><title>About the %s</title><link>https://wire.example/%s</link><pubDate>Thu, 26 Nov 2026 08:00:00 +0000</pubDate></item>", name, name)
	}
	return b.String() + "</channel></rss>"
}

func feeds(names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rss(names...)) }
}

func fails(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
	}
}

// from is a newsletter's source at an address.
func from(address string) settings {
	return settings{"sources": "[{name: wire, url: \"" + address + "\", allow_private: true}]"}
}

func (r *room) fetch() newsroom.SourceReport {
	r.t.Helper()
	reports, err := r.n.Fetch(r.t.Context(), "")
	if err != nil || len(reports) == 0 {
		r.t.Fatalf("%+v %v", reports, err)
	}
	return reports[0]
}

func (r *room) fetchDue() {
	r.t.Helper()
	if err := r.n.FetchDue(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) source(name string) store.SourceState {
	r.t.Helper()
	st, err := r.n.Store.SourceState(r.t.Context(), "weekly", name)
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}

// TestRetryAfter: a server that asks to be left alone is asked by nobody before: not by a
// fetch, a draft or the schedule, nor after a restart; then it is.
func TestRetryAfter(t *testing.T) {
	w := openWire(t, nil)
	each(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		w.answers(fails(http.StatusServiceUnavailable, "Retry-After", "10800"))
		if got := r.fetch(); !strings.HasPrefix(got.Error, "503: ") || got.NotBefore.IsZero() || w.since() != "/feed" {
			t.Fatalf("%+v", got)
		}
		w.answers(feeds("bridge"))
		r.clock.Forward(2*time.Hour + 59*time.Minute)
		r.again()
		got := r.fetch()
		if !strings.HasPrefix(got.Error, "not asked: its server wants to be left alone until Thu 26 Nov 15:00 UTC (503: ") {
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
			r.fetch()
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

// TestMovedToNowhere: where the new address is no more, the one of the configuration is
// asked again, at once.
func TestMovedToNowhere(t *testing.T) {
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
				http.NotFound(out, r)
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

// TestFetchDue: the schedule asks when it is time, whoever's turn it is, and more rarely
// the longer a source fails.
func TestFetchDue(t *testing.T) {
	w := openWire(t, nil)
	each(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		w.answers(feeds("bridge"))
		w.since()
		two := r.open("another machine")
		ask := func() int {
			t.Helper()
			var asking sync.WaitGroup
			for _, n := range []*newsroom.Newsroom{r.n, two, r.n, two} {
				asking.Go(func() {
					if err := n.FetchDue(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			asking.Wait()
			return len(strings.Fields(w.since()))
		}
		after := func(d time.Duration, want int) {
			t.Helper()
			r.clock.Forward(d)
			if got := ask(); got != want {
				t.Errorf("after %v asked %d times, want %d", d, got, want)
			}
		}
		after(0, 1)
		after(59*time.Minute, 0)
		after(7*time.Minute, 1) // an hour, and a tenth of it at most
		w.answers(fails(http.StatusInternalServerError))
		after(67*time.Minute, 1)
		for _, pause := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 360, 360} {
			after(pause*time.Minute-time.Minute, 0)
			after(time.Minute+2*time.Second, 1)
		}
		if st := r.source("wire"); st.Failures != 10 || !strings.HasPrefix(st.Error, "500: ") || st.LastSuccess.IsZero() || !st.FailingSince.Before(st.LastTry) {
			t.Errorf("%+v", st)
		}
		w.answers(fails(http.StatusGone))
		after(361*time.Minute, 1)
		after(23*time.Hour, 0)
		w.answers(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Cache-Control", "max-age=7200")
			fmt.Fprint(out, rss("bridge"))
		})
		after(62*time.Minute, 1)
		after(119*time.Minute, 0) // it said that it stays good
		after(9*time.Minute, 1)
		if r.fetch(); len(strings.Fields(w.since())) != 1 { // who asks by hand is told the newest
			t.Error("a fetch by hand was answered by nobody")
		}
		r.configure(from(w.URL + "/other")) // another address: nothing holds it back
		r.again()
		two = r.open("another machine")
		if got := ask(); got != 1 || r.source("wire").Failures != 0 {
			t.Errorf("another address was asked for %d times: %+v", got, r.source("wire"))
		}
		r.configure(settings{"fetch_every": "0"})
		r.again()
		r.clock.Forward(100 * time.Hour)
		if r.fetchDue(); w.since() != "" || r.n.HasSources() {
			t.Error("asked, though it is switched off")
		}
	})
}

// TestAskedAgain: a connection that broke while the sources were read for a draft is
// tried once more, and what was refused is not.
func TestAskedAgain(t *testing.T) {
	w := openWire(t, nil)
	onSQLite(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		var once sync.Once
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			broke := false
			once.Do(func() { broke = true })
			if broke {
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(out, rss("bridge"))
		})
		if got := r.fetch(); got.Error != "" || got.New != 1 || w.since() != "/feed /feed" {
			t.Errorf("%+v", got)
		}
		w.answers(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		if got := r.fetch(); got.Error == "" || len(strings.Fields(w.since())) < 2 || r.source("wire").Failures != 1 {
			t.Errorf("%+v; %+v", got, r.source("wire"))
		}
		for _, status := range []int{401, 403, 404, 410, 429} {
			w.answers(fails(status))
			if got := r.fetch(); got.Error == "" || w.since() != "/feed" {
				t.Errorf("%d: %+v", status, got)
			}
		}
	})
}

// TestSecretsOfSources: a login or a key in a source's address stands nowhere: in no log,
// report, error or file of the newsroom's but the one that the configuration names.
func TestSecretsOfSources(t *testing.T) {
	w := openWire(t, nil)
	host := strings.TrimPrefix(w.URL, "http://")
	each(t, nil, func(t *testing.T, r *room) {
		r.configure(settings{"sources": "[{name: wire, url: \"file:feed.word\", allow_private: true}]"})
		r.write("feed.word", "http://ed:mallard@"+host+"/teal/feed?key=heron")
		r.again()
		words := []string{"mallard", "teal", "heron"}
		for name, how := range map[string]http.HandlerFunc{
			"good":    feeds("bridge"),
			"refuses": fails(http.StatusForbidden),
			"busy":    fails(http.StatusServiceUnavailable, "Retry-After", "0"),
			"no feed": func(out http.ResponseWriter, _ *http.Request) { fmt.Fprint(out, "<html>no</html>") },
			"large":   func(out http.ResponseWriter, _ *http.Request) { out.Write(make([]byte, 11<<20)) },
			"broken":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			"moved": func(out http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/teal/feed" {
					http.Redirect(out, r, "/teal/new?key=heron", http.StatusMovedPermanently)
					return
				}
				fmt.Fprint(out, rss("bridge"))
			},
			"moved to nowhere": func(out http.ResponseWriter, r *http.Request) {
				http.Redirect(out, r, "http://mallard@127.0.0.1:25/teal", http.StatusMovedPermanently)
			},
		} {
			w.answers(how)
			r.clock.Forward(time.Hour)
			report := r.fetch()
			r.fetchDue()
			if (report.Error == "") != slices.Contains([]string{"good", "moved"}, name) {
				t.Errorf("%s: %+v", name, report)
			}
			told := fmt.Sprintf("%+v %+v", report, r.source("wire")) + r.log.String()
			for _, word := range words {
				if strings.Contains(told, word) {
					t.Errorf("%s: %q is told: %s", name, word, told)
				}
			}
			if name == "moved" && !strings.Contains(report.MovedTo, host) {
				t.Errorf("that it has moved is not told: %+v", report)
			}
		}
		_ = filepath.WalkDir(r.dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "feed.word" {
				return err
			}
			data, err := os.ReadFile(path)
			for _, word := range words {
				if strings.Contains(string(data), word) {
					t.Errorf("%q stands in %s", word, d.Name())
				}
			}
			return err
		})
	})
}

// TestQuiet: a source that answers, and has had nothing new for long, is named.
func TestQuiet(t *testing.T) {
	w := openWire(t, feeds("bridge"))
	onSQLite(t, from(w.URL), func(t *testing.T, r *room) {
		if got := r.fetch(); got.Quiet != "" {
			t.Errorf("%+v", got)
		}
		r.clock.Forward(31 * 24 * time.Hour)
		if got := r.fetch(); got.Quiet != "nothing new in it since 26 November 2026" {
			t.Errorf("%+v", got)
		}
		w.answers(feeds("bridge", "ferry"))
		if got := r.fetch(); got.Quiet != "" || got.New != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestBriefOfSources: the mail of a draft names the sources that failed, are to be left
// alone, have moved for good or have had nothing new for long, and says nothing of the others.
func TestBriefOfSources(t *testing.T) {
	w := openWire(t, func(out http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			fails(http.StatusServiceUnavailable, "Retry-After", "7200")(out, r)
		case "/gone":
			fails(http.StatusGone)(out, r)
		case "/old":
			http.Redirect(out, r, "/good", http.StatusMovedPermanently)
		default:
			fmt.Fprint(out, rss(strings.TrimPrefix(r.URL.Path, "/")))
		}
	})
	boxed(t, ahead, func(t *testing.T, r *room) {
		var sources []string
		for _, name := range []string{"busy", "gone", "old", "quiet", "good"} {
			sources = append(sources, fmt.Sprintf("{name: %s, url: %q, allow_private: true}", name, w.URL+"/"+name))
		}
		r.configure(settings{"sources": "[" + strings.Join(sources, ", ") + "]"})
		r.clock.Set(friday.Add(-40 * 24 * time.Hour))
		r.again()
		r.fetch()
		st := r.source("good")
		st.LastNew = thursday.Add(-time.Hour)
		if err := r.n.Store.PutSourceState(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		r.clock.Set(thursday)
		r.beat(r.n)
		text := strings.Join(strings.Fields(r.hears("is draft")), " ")
		for _, want := range []string{
			"The source busy could not be read: 503: ", "The source gone could not be read: 410: ",
			"The source quiet: nothing new in it since 18 October 2026", "The source old: it has moved for good to",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the mail lacks %q: %s", want, text)
			}
		}
		if strings.Contains(text, "The source good") {
			t.Errorf("a good source is named: %s", text)
		}
	})
}
