package newsroom_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

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
		for status, words := range map[int]string{
			401: `; give it a url with a login that the server takes, as "env:" or "file:"`,
			403: "; ask whoever runs it to let us in", 404: "; mend its url", 410: "for good", 429: "less often",
		} {
			w.answers(fails(status))
			if got := r.fetch(); !strings.HasSuffix(got.Error, words) || w.since() != "/feed" {
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
			"a page": func(out http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(out, `<html><head><link rel="alternate" type="application/rss+xml" href="rss"></head></html>`)
			},
			"large":  func(out http.ResponseWriter, _ *http.Request) { out.Write(make([]byte, 11<<20)) },
			"broken": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
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
			checks, err := r.n.CheckSources(t.Context(), "wire", true)
			r.must(err)
			told := fmt.Sprintf("%+v %+v %+v", report, r.source("wire"), checks) + r.log.String()
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
		text := strings.Join(strings.Fields(r.hears("is a draft")), " ")
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
