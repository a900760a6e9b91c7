package newsroom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// press is a site whose feed gives titles and links alone.
type press struct {
	*httptest.Server
	mu     sync.Mutex
	answer map[string]int // status of a path; 0: 200
	robots string
	asked  map[string]int
	items  int
	front  bool // pages lead to the front page
	same   bool // all pages show one picture
	before func(path string)
}

// feedPaths are its feeds, with the number of their first story, counted from 1.
var feedPaths = map[string]int{"/feed": 1, "/also": 1, "/more": 101}

func openPress(t *testing.T, items int) *press {
	t.Helper()
	p := &press{answer: map[string]int{}, asked: map[string]int{}, items: items}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.before != nil {
		p.before(r.URL.Path)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path]++
	switch status := p.answer[r.URL.Path]; {
	case status != 0:
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "60")
		}
		w.WriteHeader(status)
	case r.URL.Path == "/robots.txt" && p.robots == "":
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Path == "/robots.txt":
		fmt.Fprint(w, p.robots)
	case feedPaths[r.URL.Path] > 0:
		first := feedPaths[r.URL.Path] - 1
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Press</title>`)
		for i := first; i < first+p.items; i++ {
			fmt.Fprintf(w, `<item><title>Story %d</title><link>%s/%d</link><guid>%d</guid><pubDate>%s</pubDate></item>`,
				i, p.URL, i, i, thursday.Add(-time.Duration(i+1)*time.Hour).Format(time.RFC1123Z))
		}
		fmt.Fprint(w, `</channel></rss>`)
	case p.front && r.URL.Path != "/":
		http.Redirect(w, r, "/", http.StatusFound)
	default:
		name := strings.TrimPrefix(r.URL.Path, "/")
		if p.same {
			name = "same"
		}
		fmt.Fprintf(w, `<html><head><meta property="og:image" content="/p%s.jpg"></head><body><p>%s</p></body></html>`,
			name, strings.Repeat("What the page says of it, at some length. ", 8))
	}
}

func (p *press) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *press) pages() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for path, times := range p.asked {
		if feedPaths[path] == 0 && path != "/robots.txt" {
			n += times
		}
	}
	return n
}

// TestPagesAreReadOnce: each page once, a bounded number a fetch, as robots.txt allows;
// what does not answer is asked again, three times in all.
func TestPagesAreReadOnce(t *testing.T) {
	for _, c := range []struct {
		name      string
		items     int
		set       func(*press)
		then      func(*press) // before the second fetch
		read      [2]int       // pages read, as the first and the second fetch say
		asked     int          // requests for pages in all, after four fetches
		completed int          // stories with a teaser and a picture in the end
	}{
		{name: "all at once", items: 3, read: [2]int{3, 0}, asked: 3, completed: 3},
		{name: "more than a fetch reads", items: 30, read: [2]int{20, 10}, asked: 30, completed: 30},
		{name: "robots are asked to stay away", items: 3, set: func(p *press) { p.robots = "User-agent: *\nDisallow: /" }},
		{name: "another robot is", items: 3, set: func(p *press) { p.robots = "User-agent: Other\nDisallow: /" }, read: [2]int{3, 0}, asked: 3, completed: 3},
		{name: "we are, of one page", items: 3, set: func(p *press) { p.robots = "User-agent: broadsheet\nDisallow: /1$\n" }, read: [2]int{2, 0}, asked: 2, completed: 2},
		{
			name: "robots.txt does not answer", items: 3, set: func(p *press) { p.answer["/robots.txt"] = 503 },
			then: func(p *press) { p.answer["/robots.txt"] = 0 }, read: [2]int{0, 3}, asked: 3, completed: 3,
		},
		{name: "robots.txt is forbidden", items: 3, set: func(p *press) { p.answer["/robots.txt"] = 403 }, read: [2]int{3, 0}, asked: 3, completed: 3},
		{name: "a pause is asked for", items: 3, set: func(p *press) { p.robots = "User-agent: *\nCrawl-delay: 10" }, read: [2]int{1, 1}, asked: 3, completed: 3},
		{name: "a page has a fault", items: 2, set: func(p *press) { p.answer["/1"] = 500 }, read: [2]int{1, 0}, asked: 1 + 3, completed: 1},
		{
			name: "a page has a fault for a while", items: 2, set: func(p *press) { p.answer["/1"] = 500 },
			then: func(p *press) { p.answer["/1"] = 0 }, read: [2]int{1, 1}, asked: 1 + 2, completed: 2,
		},
		{name: "all pages show one picture", items: 4, set: func(p *press) { p.same = true }, read: [2]int{4, 0}, asked: 4},
		{name: "two pages show one picture", items: 2, set: func(p *press) { p.same = true }, read: [2]int{2, 0}, asked: 2, completed: 2},
		{name: "a page is not there", items: 2, set: func(p *press) { p.answer["/1"] = 404 }, read: [2]int{1, 0}, asked: 2, completed: 1},
		{name: "pages lead to the front page", items: 2, set: func(p *press) { p.front = true }, read: [2]int{0, 0}, asked: 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := openPress(t, c.items)
			if c.set != nil {
				p.change(func() { c.set(p) })
			}
			onSQLite(t, settings{"sources": "[{url: " + p.URL + "/feed, allow_private: true}]"}, func(t *testing.T, r *room) {
				for i := range 4 {
					if i == 1 && c.then != nil {
						p.change(func() { c.then(p) })
					}
					reports, err := r.n.Fetch(t.Context(), "weekly")
					if err != nil || len(reports) != 1 || reports[0].Error != "" {
						t.Fatalf("%+v, %v", reports, err)
					}
					if i < 2 && reports[0].Pages != c.read[i] {
						t.Errorf("fetch %d read %d pages, want %d", i+1, reports[0].Pages, c.read[i])
					}
				}
				if got := p.pages(); got != c.asked {
					t.Errorf("%d requests for pages, want %d: %v", got, c.asked, p.asked)
				}
				stories, err := r.n.Store.Stories(t.Context(), "weekly", thursday.AddDate(0, -1, 0), time.Time{})
				if err != nil || len(stories) != c.items {
					t.Fatalf("%d stories, %v", len(stories), err)
				}
				completed := 0
				for _, s := range stories {
					if !s.Lacks() {
						completed++
						if s.Found[digest.InTeaser] != "its page (its first paragraph)" || s.Found[digest.InPicture] != "its page (OpenGraph)" || s.Page == nil {
							t.Errorf("%v %+v", s.Found, s.Page)
						}
					}
				}
				if completed != c.completed {
					t.Errorf("%d stories are complete, want %d", completed, c.completed)
				}
			})
		})
	}
}

// TestPagesWaitForTheirServer: a server that wants to be left alone is asked for no more
// pages in that fetch than are on their way.
func TestPagesWaitForTheirServer(t *testing.T) {
	p := openPress(t, 20)
	for i := range p.items {
		p.answer[fmt.Sprintf("/%d", i)] = http.StatusTooManyRequests
	}
	onSQLite(t, settings{"sources": "[{url: " + p.URL + "/feed, allow_private: true}]"}, func(t *testing.T, r *room) {
		for fetches := 1; fetches <= 2; fetches++ {
			if _, err := r.n.Fetch(t.Context(), "weekly"); err != nil {
				t.Fatal(err)
			}
			if got := p.pages(); got < fetches || got > 2*fetches {
				t.Errorf("%d requests for pages after %d fetches: %v", got, fetches, p.asked)
			}
		}
	})
}

// TestPagesBesideAHangingSource: a source's pages are read, and what they say is stored,
// while another source hangs.
func TestPagesBesideAHangingSource(t *testing.T) {
	for name, read := range map[string]func(*room) error{
		"fetch": func(r *room) error {
			reports, err := r.n.Fetch(t.Context(), "weekly")
			for _, s := range reports {
				if s.Error != "" {
					t.Errorf("%+v", s)
				}
			}
			return err
		},
		"schedule": func(r *room) error { return r.n.FetchDue(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			p, released := openPress(t, 3), make(chan struct{})
			hang := openWire(t, func(w http.ResponseWriter, r *http.Request) {
				<-released
				feeds("bridge")(w, r)
			})
			letGo := sync.OnceFunc(func() { close(released) })
			t.Cleanup(letGo)
			sources := fmt.Sprintf("[{name: press, url: %s/feed, allow_private: true}, {name: hang, url: %q, allow_private: true}]", p.URL, hang.URL)
			onSQLite(t, settings{"sources": sources, "fetch_every": "1h"}, func(t *testing.T, r *room) {
				done := make(chan error, 1)
				go func() { done <- read(r) }()
				trial.Await(t, "the pages are read and stored", func() bool {
					return len(r.ofSource("press", digest.WantsNothing)) == 3 && len(r.ofSource("press", digest.WantsMore)) == 0
				})
				if got := r.ofSource("hang", digest.WantsNothing); len(got) != 0 {
					t.Errorf("the other source had not hung: %+v", got)
				}
				letGo()
				r.must(<-done)
				if got := r.ofSource("hang", digest.WantsNothing); len(got) != 1 {
					t.Errorf("the other source, once it answers, has %d stories", len(got))
				}
			})
		})
	}
}

// TestBrokenBesideHangingPages: a source whose connection broke is asked once more while
// pages of another hang.
func TestBrokenBesideHangingPages(t *testing.T) {
	again := make(chan struct{})
	letGo := sync.OnceFunc(func() { close(again) })
	slow := openWire(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>W</title><item><title>A</title><link>http://%s/a</link></item></channel></rss>`, r.Host)
			return
		}
		<-again // robots.txt and the page
		fails(http.StatusNotFound)(w, r)
	})
	t.Cleanup(letGo)
	asked := 0
	broken := openWire(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			panic(http.ErrAbortHandler)
		}
		letGo()
		feeds("bridge")(w, r)
	})
	sources := fmt.Sprintf("[{name: slow, url: %s/feed, allow_private: true}, {name: broken, url: %s, allow_private: true}]", slow.URL, broken.URL)
	onSQLite(t, settings{"sources": sources}, func(t *testing.T, r *room) {
		if _, err := r.n.Fetch(t.Context(), "weekly"); err != nil {
			t.Fatal(err)
		}
		if got := slow.since(); !strings.Contains(got, " /a") {
			t.Errorf("asked for %s: was the page given up before the broken source was asked again?", got)
		}
	})
}

// TestPageOfTwoSources: of a story that two sources have the page is read once, and the
// pause that a site asks for holds for both.
func TestPageOfTwoSources(t *testing.T) {
	for _, c := range []struct {
		second, robots string
		pages          int
	}{
		{"/also", "", 3},
		{"/more", "", 6},
		{"/more", "User-agent: *\nCrawl-delay: 10", 1},
	} {
		p := openPress(t, 3)
		p.robots = c.robots
		second := make(chan struct{}) // is stored
		p.before = func(path string) {
			if feedPaths[path] == 0 {
				<-second
			}
		}
		sources := fmt.Sprintf("[{name: press, url: %s/feed, allow_private: true}, {name: second, url: %s, allow_private: true}]", p.URL, p.URL+c.second)
		onSQLite(t, settings{"sources": sources}, func(t *testing.T, r *room) {
			done := make(chan error, 1)
			go func() {
				_, err := r.n.Fetch(t.Context(), "weekly")
				done <- err
			}()
			trial.Await(t, "both are stored", func() bool {
				states, err := r.n.Store.SourceStates(t.Context(), "weekly")
				r.must(err)
				return len(states) == 2
			})
			close(second)
			r.must(<-done)
			if got := p.pages(); got != c.pages {
				t.Errorf("%s, robots.txt %q: %d requests for pages, want %d: %v", c.second, c.robots, got, c.pages, p.asked)
			}
		})
	}
}

// ofSource are the stored stories of a source that want so much of their page.
func (r *room) ofSource(name string, want digest.Want) []digest.Story {
	r.t.Helper()
	stories, err := r.n.Store.SourceStories(r.t.Context(), "weekly", name, time.Time{}, want)
	r.must(err)
	return stories
}
