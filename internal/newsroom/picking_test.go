package newsroom_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/digest/views"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (r *room) draft(slot string) newsroom.Drafted {
	r.t.Helper()
	d, err := r.n.Draft(r.t.Context(), "weekly", slot, true)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// titles are those of an edition's stories.
func titles(e *newsroom.Edition) []string {
	var all []string
	for _, c := range e.Pick.Chosen {
		all = append(all, c.Story.Title)
	}
	slices.Sort(all)
	return all
}

// TestNoStoryFallsBetween: the window ends at the freeze, or at the draft where that
// is earlier; what comes later belongs to the next edition.
func TestNoStoryFallsBetween(t *testing.T) {
	for _, at := range []struct {
		drafted, ends time.Duration // before the slot
	}{{21 * time.Hour, 21 * time.Hour}, {2 * time.Hour, 2 * time.Hour}, {30 * time.Minute, 2 * time.Hour}, {-3 * time.Hour, 2 * time.Hour}} {
		each(t, settings{"freeze_lead": "2h", "hold_below": "1"}, func(t *testing.T, r *room) {
			r.readers(0, 1)
			var all []story
			for i, before := range []time.Duration{40, 22, 20, 3, 1, -1, -30} {
				all = append(all, story{[]string{"Crane", "Budget", "Lamp", "Strike", "Quota", "Roof", "Pier"}[i], friday.Add(-before * time.Hour)})
			}
			published := func() (some []story) {
				for _, s := range all {
					if !s.at.After(r.clock.Now()) {
						some = append(some, s)
					}
				}
				return some
			}
			carried := map[string]int{}
			carry := func(slot string) *newsroom.Edition {
				r.feed(published()...)
				e := r.draft(slot).Edition
				for _, title := range titles(e) {
					carried[title]++
				}
				r.approve(e.Ref())
				r.send(e.Ref(), newsroom.SendOptions{})
				return e
			}
			r.clock.Set(friday.Add(-at.drafted))
			first := carry("2026-11-27")
			if ends := first.Snapshot.To; ends.Sub(friday.Add(-at.ends)).Abs() > time.Second {
				t.Errorf("drafted %s before its slot, the window ends %s", at.drafted, ends)
			}
			r.clock.Set(friday.AddDate(0, 0, 6))
			carry("2026-12-04")
			for _, s := range all {
				if carried[s.name] != 1 {
					t.Errorf("drafted %s before its slot: %s was carried %d times", at.drafted, s.name, carried[s.name])
				}
			}
		})
	}
}

func TestViews(t *testing.T) {
	onSQLite(t, settings{"views": "{file: views.csv}", "stories": "2", "hold_below": "1"}, func(t *testing.T, r *room) {
		stories := storiesAt(thursday.Add(-3*time.Hour), 5)
		d := r.draft("2026-11-27")
		if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "the page views of views.csv") || len(d.Edition.Pick.Chosen) != 2 {
			t.Errorf("without the file: %q", d.Warnings)
		}
		if p := d.Edition.Pick.Chosen[0].Points; !p.NoViews || p.Readers != 10 {
			t.Errorf("nobody knows: %+v", p)
		}
		table := "page,views\n"
		for i, s := range stories {
			table += fmt.Sprintf("https://wire.example/%s,%d\n", strings.ReplaceAll(strings.ToLower(s.name), " ", "-"), 100*(i+1))
		}
		r.write("views.csv", table+"https://wire.example/broken,many\n")
		d = r.draft("2026-11-27")
		if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], `views.csv: line 7: "many"`) {
			t.Errorf("with a row that is wrong: %q", d.Warnings)
		}
		if got, want := titles(d.Edition), []string{stories[3].name, stories[4].name}; !slices.Equal(got, want) {
			t.Errorf("picked %q, most read are %q", got, want)
		}
		if n := len(r.edition(fridays).Snapshot.Views); n != 5 {
			t.Errorf("the snapshot knows the views of %d", n)
		}
	})
}

// TestViewsLimit: what is read of a file, a feed, an answer and a table of views ends
// at the same size.
func TestViewsLimit(t *testing.T) {
	for what, limit := range map[string]int{"a feed": feed.MaxBytes, "an answer": fetch.DefaultMaxBytes} {
		if limit != views.MaxBytes {
			t.Errorf("a table of views may have %d bytes, %s %d", views.MaxBytes, what, limit)
		}
	}
	onSQLite(t, settings{"views": "{file: views.csv}", "stories": "2", "hold_below": "1"}, func(t *testing.T, r *room) {
		storiesAt(thursday.Add(-3*time.Hour), 2)
		table := "page,views\n/storm,3\n"
		table += strings.Repeat("\n", views.MaxBytes-len(table))
		r.write("views.csv", table)
		if d := r.draft("2026-11-27"); len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "none of the stories") {
			t.Errorf("just what may be: %q", d.Warnings)
		}
		r.write("views.csv", table+"\n")
		if d := r.draft("2026-11-27"); len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "views.csv is larger than 10 MB") {
			t.Errorf("a byte more: %q", d.Warnings)
		}
	})
}

// TestThinWeek draws on what earlier weeks had no room for, and on evergreens.
func TestThinWeek(t *testing.T) {
	each(t, settings{"stories": "3", "hold_below": "3", "sources": "[{file: feed.xml}, {folder: stories}]"}, func(t *testing.T, r *room) {
		r.readers(0, 1)
		if err := makeFolder(r, "stories"); err != nil {
			t.Fatal(err)
		}
		r.write("stories/bread.md", "---\ntitle: How bread is baked\nlink: https://observer.example/bread\ndate: 2025-01-01\nevergreen: true\n---\nIt rises.\n")
		r.ready() // three of five stories
		r.send(fridays, newsroom.SendOptions{})
		r.clock.Set(friday.AddDate(0, 0, 13))
		r.feed(storiesAt(r.clock.Now().Add(-time.Hour), 3)...)
		r.draft("2026-12-11")
		r.approve("weekly/2026-12-11")
		r.send("weekly/2026-12-11", newsroom.SendOptions{})
		thin := friday.AddDate(0, 0, 20)
		r.clock.Set(thin)
		r.feed(story{"Only one thing happened", thin.Add(-time.Hour)})
		e := r.draft("2026-12-18").Edition
		rules := map[digest.Rule]int{}
		for _, c := range e.Pick.Chosen {
			rules[c.Reason.Rule]++
		}
		if rules[digest.ByThin] != 2 || rules[digest.ByScore] != 1 || e.State != digest.Draft {
			t.Fatalf("%s: %v", e.State, rules)
		}
		// The editor keeps one; a week that is not thin any more still knows it.
		var older string
		for _, c := range e.Pick.Chosen {
			if c.Reason.Rule == digest.ByThin {
				older = c.Story.ID
			}
		}
		r.edit("weekly/2026-12-18", "order: ["+older+"]\n")
		r.feed(storiesAt(thin.Add(-time.Hour), 5)...)
		if got := titles(r.draft("2026-12-18").Edition); len(got) != 3 {
			t.Errorf("drafted again: %q", got)
		}
	})
}

func idsOf(choices []digest.Choice) (all []string) {
	for _, c := range choices {
		all = append(all, c.Story.ID)
	}
	return all
}

// TestCorrectionOfMailed: a story that changed after it was mailed is offered, until
// readers know.
func TestCorrectionOfMailed(t *testing.T) {
	each(t, settings{"hold_below": "1"}, func(t *testing.T, r *room) {
		r.readers(0, 1)
		item := func(title, text string) {
			r.write("feed.xml", fmt.Sprintf(`<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>
<item><title>%s</title><link>https://wire.example/bridge</link><guid>bridge</guid><pubDate>%s</pubDate><description>%s</description></item>
<item><title>New every week</title><link>https://wire.example/%d</link><guid>%d</guid><pubDate>%s</pubDate><description>x</description></item></channel></rss>`,
				title, thursday.Add(-time.Hour).Format(time.RFC1123Z), text, r.clock.Now().Unix(), r.clock.Now().Unix(), r.clock.Now().Add(-time.Hour).Format(time.RFC1123Z)))
		}
		item("Bridge shut for 6 months", "It rusts.")
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		id := ""
		for _, c := range r.edition(fridays).Pick.Chosen {
			if c.Story.GUID == "bridge" {
				id = c.Story.ID
			}
		}
		week := func(n int, slot string) *newsroom.Edition {
			r.clock.Set(friday.AddDate(0, 0, 7*n-1))
			item("Bridge shut for 9 months", "It rusts.")
			return r.draft(slot).Edition
		}
		e := week(1, "2026-12-04")
		if len(e.Pick.Corrections) != 1 || e.Pick.Corrections[0].Edition != fridays || !strings.Contains(e.Pick.Corrections[0].Change, "6 months") {
			t.Fatalf("offered: %+v", e.Pick.Corrections)
		}
		if slices.Contains(idsOf(e.Pick.Chosen), id) {
			t.Error("the story is mailed again")
		}
		r.edit(e.Ref(), "corrections: {"+id+": \"It is nine months, not six.\"}\n")
		e = r.edition(e.Ref())
		if got := e.Revision.Corrections; len(got) != 1 || got[0].Text != "It is nine months, not six." || !got[0].At.Equal(friday) {
			t.Fatalf("taken: %+v", got)
		}
		r.approve(e.Ref())
		r.send(e.Ref(), newsroom.SendOptions{})
		if e := week(2, "2026-12-11"); len(e.Pick.Corrections) != 0 {
			t.Errorf("offered again: %+v", e.Pick.Corrections)
		}
	})
}

func makeFolder(r *room, name string) error { return os.MkdirAll(filepath.Join(r.dir, name), 0o755) }

// TestRemovedSource: what a source said that was taken out of the configuration fills no
// edition, but for what the editor puts in, and what another source has too.
func TestRemovedSource(t *testing.T) {
	each(t, settings{"sources": "[{name: old, file: old.xml}, {name: wire, file: feed.xml}]"}, func(t *testing.T, r *room) {
		all := storiesAt(thursday.Add(-3*time.Hour), 6)
		r.feed(all[:3]...)
		if err := os.Rename(filepath.Join(r.dir, "feed.xml"), filepath.Join(r.dir, "old.xml")); err != nil {
			t.Fatal(err)
		}
		r.feed(all[2:]...)
		if d := r.draft("2026-11-27"); len(d.Edition.Pick.Chosen) != 6 {
			t.Fatalf("%d stories of two sources", len(d.Edition.Pick.Chosen))
		}
		r.configure(settings{"sources": "[{name: wire, file: feed.xml}]"})
		r.again()
		e := r.draft("2026-11-27").Edition
		if got := titles(e); len(got) != 4 {
			t.Errorf("in the edition: %q", got)
		}
		out := ""
		for _, c := range e.Pick.Left {
			if c.Reason.Rule != digest.NoSource || c.Reason.Text != "its source, old, is no longer in broadsheet.yaml" {
				t.Errorf("%q: %+v", c.Story.Title, c.Reason)
			}
			out = c.Story.ID
		}
		r.edit(fridays, "add: ["+out+"]\n")
		if got := titles(r.draft("2026-11-27").Edition); len(got) != 5 {
			t.Errorf("with one added: %q", got)
		}
	})
}
