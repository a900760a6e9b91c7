package newsroom_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// paper is a site with a feed and the pages of its stories.
type paper struct {
	*httptest.Server
	mu     sync.Mutex
	teaser map[string]string // by story
	order  []string          // newest first
	gone   map[string]int    // status of a page, or of the feed

	picture func() // called when the picture of a story is asked for; nil: they have none
}

func openPaper(t *testing.T) *paper {
	t.Helper()
	p := &paper{gone: map[string]int{}, teaser: map[string]string{}}
	for _, name := range []string{"fire", "bridge", "ferry", "market"} {
		p.order = append(p.order, name)
		p.teaser[name] = "What became of the " + name + ", as Jonas Blum tells it."
	}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *paper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/picture.jpg" {
		p.picture()
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	if status := p.gone[name]; status != 0 {
		w.WriteHeader(status)
		return
	}
	if name != "feed" {
		return
	}
	fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title><link>http://paper.example/</link><description>d</description>`)
	for i, name := range p.order {
		enclosure := ""
		if p.picture != nil && i == 0 {
			enclosure = `<enclosure url="` + p.URL + `/picture.jpg" type="image/jpeg" length="9"/>`
		}
		fmt.Fprintf(w, "<item>"+enclosure+"<title>The %s of the week</title><link>%s/%s</link><guid>%s</guid><pubDate>%s</pubDate><description>%s</description></item>",
			name, p.URL, name, name, thursday.Add(-time.Duration(i+2)*time.Hour).Format(time.RFC1123Z), p.teaser[name])
	}
	fmt.Fprint(w, "</channel></rss>")
}

// source configures the paper as the one source, and what else is given by pairs.
func (p *paper) source(more ...string) settings {
	s := settings{"sources": "[{url: " + p.URL + "/feed, allow_private: true}]"}
	for i := 0; i < len(more); i += 2 {
		s[more[i]] = more[i+1]
	}
	return s
}

// change changes what the site says.
func (p *paper) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// TestSourcesAreReadOnceMore: what a source took back stops the send and asks; what
// cannot be reached, grew, or scrolled out of the feed does not.
func TestSourcesAreReadOnceMore(t *testing.T) {
	for _, c := range []struct {
		name  string
		take  func(p *paper)
		stops string // empty: it goes out
		notes string // in the log
	}{
		{"nothing", func(*paper) {}, "", "4 stories, 0 taken back"},
		{"a page, 404", func(p *paper) { p.gone["fire"] = 404 }, "its page is gone (404: no such page)", ""},
		{"a page, 410", func(p *paper) { p.gone["market"] = 410 }, "its page is gone (410: the page has been removed for good)", ""},
		{"out of a feed that holds older ones", func(p *paper) { p.order = []string{"fire", "ferry", "market"} }, "is no longer in its source, which still holds the others", ""},
		{"a name out of the teaser", func(p *paper) { p.teaser["ferry"] = "What became of the ferry, as a man tells it." }, `lost "Jonas", "Blum"`, ""},
		{"the oldest has scrolled out", func(p *paper) { p.order = []string{"fire", "bridge", "ferry"} }, "", "0 taken back"},
		{"a title reworded", func(p *paper) { p.teaser["ferry"] = "What came of the ferry, as Jonas Blum tells it." }, "", "0 taken back"},
		{"text was added", func(p *paper) { p.teaser["ferry"] += " More of it." }, "", "0 taken back"},
		{"a page that never was there", func(p *paper) { p.gone["fire"] = 404 }, "", "0 taken back"},
		{"a page has a fault", func(p *paper) { p.gone["fire"] = 500 }, "", "not reached: 127.0.0.1"},
		{"the feed has gone", func(p *paper) { p.gone["feed"] = 404 }, "", "not reached: source 127.0.0.1"},
	} {
		for _, frozen := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, frozen %t", c.name, frozen), func(t *testing.T) {
				p := openPaper(t)
				change := p.source("editors", "[desk@observer.example]", "freeze_lead", "1h")
				boxed(t, change, func(t *testing.T, r *room) {
					readers := r.readers(0, 2)
					if strings.Contains(c.name, "never was") {
						p.change(func() { c.take(p) })
					}
					r.ready()
					if frozen {
						r.clock.Set(friday.Add(-time.Hour))
						r.beat(r.n)
						r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Frozen})
					}
					p.change(func() { c.take(p) })
					r.clock.Set(friday)
					r.beat(r.n)
					r.beat(r.n)
					r.run(r.n)
					r.logged(fridays, "test", "checked", c.notes)
					if c.stops == "" {
						r.got(map[string]int{readers[0]: 1, readers[1]: 1})
						return
					}
					r.got(nil)
					text := strings.Join(strings.Fields(r.hears("is held: its sources have taken something back")), " ")
					r.sink.forget()
					for _, want := range []string{c.stops, "broadsheet edit " + fridays, "broadsheet draft weekly --slot 2026-11-27T09:00", "broadsheet approve " + fridays} {
						if !strings.Contains(text, want) {
							t.Errorf("no %q in\n%s", want, text)
						}
					}
					r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
					// Approved all the same, by one who knows: it goes out.
					r.approve(fridays)
					r.goes(once(readers...))
				})
			})
		}
	}
}

// TestSendAsks: send by hand says what was taken back, and how to go on; a draft made
// again has the new text.
func TestSendAsks(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		r.ready()
		p.change(func() {
			p.teaser["ferry"] = "What became of the ferry."
			p.gone["market"] = 404
		})
		_, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
		var stopped *newsroom.Stopped
		if !errors.As(err, &stopped) || len(stopped.Changes) != 2 {
			t.Fatalf("%v", err)
		}
		r.got(nil)
		r.draft("2026-11-27")
		e := r.edition(fridays)
		for _, item := range e.Revision.Items() {
			if strings.Contains(item.Story.Teaser, "Blum") && strings.Contains(item.Story.Title, "ferry") || strings.Contains(item.Story.Title, "market") {
				t.Errorf("still says %q, %q", item.Story.Title, item.Story.Teaser)
			}
		}
		r.approve(fridays)
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
	})
}

// TestRedraftOfAnEditedEdition: what has gone since the editor chose it leaves the
// edition with a word, and the rest stays as the editor had it.
func TestRedraftOfAnEditedEdition(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		r.readers(0, 2)
		r.draft("2026-11-27")
		begun, err := r.n.BeginEdit(t.Context(), fridays)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.n.Save(t.Context(), begun, []byte(strings.Replace(string(begun.Text), `"The bridge of the week"`, `"The bridge, shut"`, 1))); err != nil {
			t.Fatal(err)
		}
		r.approve(fridays)
		p.change(func() { p.gone["market"] = 404 })
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); err == nil {
			t.Fatal("it was sent")
		}
		d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "its page is gone (404)") {
			t.Errorf("%q", d.Warnings)
		}
		var titles []string
		for _, item := range d.Edition.Revision.Items() {
			titles = append(titles, item.Story.Title)
		}
		if got := strings.Join(titles, "; "); len(titles) != 3 || !strings.Contains(got, "The bridge, shut") {
			t.Errorf("%s", got)
		}
	})
}

// TestEditedMeanwhile: an edit that is saved while a draft is being made, or while
// another edit is, is neither lost nor written over.
func TestEditedMeanwhile(t *testing.T) {
	p := openPaper(t)
	var during func()
	p.picture = func() {
		if f := during; f != nil {
			during = nil // the edit asks for the picture, too
			f()
		}
	}
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		draft := func() {
			t.Helper()
			r.draft("2026-11-27")
		}
		draft()
		during = func() { r.edit(fridays, "subject: Saved while it was drafted\n") }
		draft()
		if got := r.edition(fridays).Revision.Subject; got != "Saved while it was drafted" || during != nil {
			t.Errorf("the subject is %q", got)
		}
		during = func() { r.edit(fridays, "subject: The first\n") }
		_, err := r.n.Edit(t.Context(), fridays, []byte("subject: The second\n"))
		var meanwhile *newsroom.EditedMeanwhile
		if !errors.As(err, &meanwhile) || meanwhile.Who != "test" {
			t.Errorf("%v", err)
		}
		if got := r.edition(fridays).Revision.Subject; got != "The first" {
			t.Errorf("the subject is %q", got)
		}
	})
}

// TestWithdrawn: a story that its source has taken out stops the send; who approves it
// is shown that, a new draft is without it, and has it again once the source has.
func TestWithdrawn(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		r.readers(0, 2)
		r.ready()
		p.change(func() { p.order = []string{"fire", "ferry", "market"} })
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); err == nil {
			t.Fatal("it was sent")
		}
		drafted := func(stories, takenBack int) {
			t.Helper()
			a, err := r.n.AnnounceApproval(t.Context(), fridays)
			if err != nil || a.Stories != stories || len(a.TakenBack) != takenBack {
				t.Errorf("%d stories, taken back %v, %v", a.Stories, a.TakenBack, err)
			}
		}
		drafted(4, 1)
		r.draft("2026-11-27")
		drafted(3, 0)
		p.change(func() { p.order = []string{"fire", "bridge", "ferry", "market"} })
		r.draft("2026-11-27")
		drafted(4, 0)
	})
}

// TestTakenOutOfFolder: a file that was deleted, or made a draft again, takes its story
// out of the next draft, which says so; a file that cannot be read, or a folder without
// any, takes out none.
func TestTakenOutOfFolder(t *testing.T) {
	onSQLite(t, settings{"sources": "[{name: desk, folder: stories}]", "hold_below": "1"}, func(t *testing.T, r *room) {
		for _, title := range []string{"Herring quota halved", "Council buys a ferry", "Lamp goes dark"} {
			r.story(title, "What is told of it.")
		}
		quota := filepath.Join(r.dir, "stories", "herring-quota-halved.md")
		drafted := func(stories int, said string) {
			t.Helper()
			d := r.draft("2026-11-27")
			if all := strings.Join(d.Sources[0].Warnings, "\n"); len(d.Edition.Pick.Chosen) != stories || !strings.Contains(all, said) || said == "" && all != "" {
				t.Errorf("%q, %q", titles(d.Edition), all)
			}
		}
		drafted(3, "")
		r.must(os.Remove(quota))
		r.write("stories/lamp-goes-dark.md", "---\ntitle: [Lamp\n---\n")
		drafted(3, "lamp-goes-dark.md")
		r.story("Lamp goes dark", "What is told of it.")
		drafted(2, `"Herring quota halved" was taken out of it`)
		drafted(2, "")
		for _, c := range r.edition(fridays).Pick.Left {
			if c.Reason.Rule != digest.GoneAway || c.Reason.Text != "was taken out of its source" {
				t.Errorf("%+v", c.Reason)
			}
		}
		r.story("Herring quota halved", "What is told of it.")
		drafted(3, "")
		text, err := os.ReadFile(quota)
		r.must(err)
		r.write("stories/herring-quota-halved.md", strings.Replace(string(text), "---", "---\ndraft: true", 1))
		drafted(2, `"Herring quota halved" was taken out of it`)
		r.must(os.RemoveAll(filepath.Join(r.dir, "stories")))
		r.must(os.Mkdir(filepath.Join(r.dir, "stories"), 0o700))
		drafted(2, "no story is in it")
	})
}

// TestTakenBackTwice: what a new draft has taken in is forgotten; the same once more is
// news.
func TestTakenBackTwice(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		r.readers(0, 2)
		with, without := p.teaser["ferry"], "What became of the ferry, as a man tells it."
		for range 2 {
			p.change(func() { p.teaser["ferry"] = with })
			r.draft("2026-11-27")
			r.approve(fridays)
			p.change(func() { p.teaser["ferry"] = without })
			var stopped *newsroom.Stopped
			if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); !errors.As(err, &stopped) {
				t.Fatalf("%v", err)
			}
			r.draft("2026-11-27")
		}
		r.got(nil)
	})
}

// TestHeldStaysHeld: what was stopped goes out by nobody's word but an editor's, even
// where editions else go out by themselves.
func TestHeldStaysHeld(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source("approval", "automatic"), func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		r.draft("2026-11-27")
		p.change(func() { p.gone["fire"] = 410 })
		r.clock.Set(friday)
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
		r.draft("2026-11-27")
		r.edit(fridays, "subject: Without the fire\n")
		r.goes(nil)
		r.approve(fridays)
		r.goes(once(readers...))
	})
}

// TestBrokenLink: a link from elsewhere whose page is not there is a mistake at its line;
// one whose server has a fault is taken, and said.
func TestBrokenLink(t *testing.T) {
	p := openPaper(t)
	p.gone["abroad"], p.gone["sick"] = 404, 503
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		r.draft("2026-11-27")
		link := func(page string) (newsroom.Edited, error) {
			return r.n.Edit(t.Context(), fridays, []byte("subject: Fog\nadd:\n    - link: "+p.URL+page+"\n      title: Fog abroad\n"))
		}
		var wrong *digest.OverlayError
		if _, err := link("/abroad"); !errors.As(err, &wrong) || wrong.Problems[0].Line != 3 || !strings.Contains(err.Error(), "is a broken link: 404") {
			t.Errorf("%v", err)
		}
		if done, err := link("/sick"); err != nil || len(done.Warnings) != 1 || !strings.Contains(done.Warnings[0], "could not be checked: 503") {
			t.Errorf("%q, %v", done.Warnings, err)
		}
		if done, err := link("/there"); err != nil || len(done.Warnings) != 0 {
			t.Errorf("%q, %v", done.Warnings, err)
		}
	})
}
