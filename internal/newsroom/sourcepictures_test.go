package newsroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/templates"
)

// rssPictured is a feed of stories that have a picture each, by name.
func rssPictured(at string, names ...string) string {
	feed := rss(names...)
	for _, name := range names {
		end := fmt.Sprintf("<link>https://wire.example/%s</link>", name)
		feed = strings.Replace(feed, end, end+fmt.Sprintf(`<enclosure url="%s/%s.png" type="image/png" length="1"/>`, at, name), 1)
	}
	return feed
}

func pictured(items []digest.Item) (titles []string) {
	for _, item := range items {
		if item.Story.Image != nil {
			titles = append(titles, item.Story.Title)
		}
	}
	return titles
}

// TestIconsAreNoPictures: what counts readers is known for it once it is here, whatever its
// address says.
func TestIconsAreNoPictures(t *testing.T) {
	sizes := map[string][2]int{"/dot.png": {1, 1}, "/icon.png": {16, 16}, "/quay.png": {400, 300}}
	w := openWire(t, nil)
	w.answers(func(out http.ResponseWriter, r *http.Request) {
		if size, ok := sizes[r.URL.Path]; ok {
			_, _ = out.Write(trial.PNG(t, size[0], size[1]))
			return
		}
		fmt.Fprint(out, rssPictured(w.URL, "dot", "icon", "quay"))
	})
	onSQLite(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		d, err := r.n.Draft(t.Context(), "weekly", "", true)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(d.Warnings, "; ")
		if got := pictured(d.Edition.Revision.Items()); len(got) != 1 || got[0] != "About the quay" ||
			!strings.Contains(said, "it is 1 × 1 pixels, too small") || !strings.Contains(said, "16 × 16 pixels") {
			t.Errorf("pictures of %q; said %q", got, said)
		}
	})
}

// TestPictureSizes: a large picture is kept with two pixels for each of the column's, a
// smaller one as it is.
func TestPictureSizes(t *testing.T) {
	w := openWire(t, nil)
	w.answers(func(out http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/quay.png":
			_, _ = out.Write(trial.PNG(t, 3000, 1500))
		case "/bridge.png":
			_, _ = out.Write(trial.PNG(t, 700, 350))
		default:
			fmt.Fprint(out, rssPictured(w.URL, "quay", "bridge"))
		}
	})
	want := map[string]int{"About the quay": 2 * templates.Column, "About the bridge": 700}
	onSQLite(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
		d, err := r.n.Draft(t.Context(), "weekly", "", true)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range d.Edition.Revision.Items() {
			if p := item.Story.Image; p == nil || p.Width != want[item.Story.Title] || p.Height != p.Width/2 {
				t.Errorf("%s: %+v", item.Story.Title, p)
			}
			delete(want, item.Story.Title)
		}
		if len(want) > 0 {
			t.Errorf("not in the edition: %v", want)
		}
	})
}

// TestHangingPictures: pictures that never come, of many sources, cost those of another
// nothing.
func TestHangingPictures(t *testing.T) {
	hang, came := make(chan struct{}), make(chan struct{})
	var hanging, arrived atomic.Int32
	wait := func(r *http.Request, until chan struct{}) {
		select {
		case <-until:
		case <-r.Context().Done():
		}
	}
	const hangs = 7
	good := openWire(t, nil)
	good.answers(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			fmt.Fprint(out, rssPictured(good.URL, "quay", "mole", "pier", "dock", "slip", "weir"))
			return
		}
		wait(r, hang)
		_, _ = out.Write(trial.PNG(t, 400, 300))
		if arrived.Add(1) == 6 {
			close(came)
		}
	})
	private := func(name string, w *wire) string {
		return fmt.Sprintf("{name: %s, url: %s/, allow_private: true, pages: never}", name, w.URL)
	}
	sources := []string{private("good", good)}
	for i := range hangs {
		bad := openWire(t, nil)
		bad.answers(func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				fmt.Fprint(out, rssPictured(bad.URL, fmt.Sprintf("ferry%d", i), fmt.Sprintf("crane%d", i)))
				return
			}
			if hanging.Add(1) == hangs {
				close(hang)
			}
			wait(r, came)
		})
		sources = append(sources, private(fmt.Sprintf("bad%d", i), bad))
	}
	onSQLite(t, settings{"stories": "20", "sources": "[" + strings.Join(sources, ", ") + "]"}, func(t *testing.T, r *room) {
		d, err := r.n.Draft(t.Context(), "weekly", "", true)
		if err != nil {
			t.Fatal(err)
		}
		if got := pictured(d.Edition.Revision.Items()); len(got) != 6 {
			t.Errorf("pictures of %q of %d stories; said %q, sources %+v", got, len(d.Edition.Revision.Items()), d.Warnings, d.Sources)
		}
	})
}

// TestLeadWhosePictureIsNone: what turns out to have no picture does not lead for it, where
// another story has one; an edit changes that no more, and an editor's lead stays.
func TestLeadWhosePictureIsNone(t *testing.T) {
	for _, c := range []struct {
		what, edit, lead, said string
		quay                   int // side of the only picture that may be one
	}{
		{"another leads", "", "About the quay", `"About the quay" leads in place of "About the icon", whose picture cannot be had`, 400},
		{"another leads, edited", "preheader: New\n", "About the quay", "", 400},
		{"none has a picture", "", "About the icon", `"About the icon" leads without a picture: no other story that may lead has one`, 1},
		{"the editor's lead", "lead: DOT\n", "About the dot", "", 400},
	} {
		w := openWire(t, nil)
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/feed":
				fmt.Fprint(out, rssPictured(w.URL, "dot", "icon", "quay"))
			case "/quay.png":
				_, _ = out.Write(trial.PNG(t, c.quay, c.quay))
			default:
				_, _ = out.Write(trial.PNG(t, 1, 1))
			}
		})
		each(t, from(w.URL+"/feed"), func(t *testing.T, r *room) {
			d := r.draft("2026-11-27")
			if said := strings.Join(d.Warnings, "; "); !strings.Contains(said, c.said) || !strings.Contains(said, "1 × 1 pixels, too small") {
				t.Errorf("%s: said %q", c.what, said)
			}
			if c.edit != "" {
				for _, item := range d.Edition.Revision.Items() {
					if item.Story.Title == "About the dot" {
						r.edit(fridays, strings.ReplaceAll(c.edit, "DOT", item.Story.ID))
					}
				}
			}
			rev := r.edition(fridays).Revision
			if rev.Lead.Story.Title != c.lead || (rev.Lead.Story.Image != nil) != (c.lead == "About the quay") || rev.Subject != c.lead {
				t.Errorf("%s: %q leads, with a picture: %t; the subject is %q", c.what, rev.Lead.Story.Title, rev.Lead.Story.Image != nil, rev.Subject)
			}
			if got := len(rev.Items()); got != 3 {
				t.Errorf("%s: %d stories", c.what, got)
			}
		})
	}
}
