package feed

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// gofeedSays is what gofeed's own tests want of a feed, as far as it means something here.
type gofeedSays struct {
	Title string
	Items []struct {
		Title, Link, Description, PubDateParsed string
		GUID                                    struct{ Value string }
	}
	Entries []struct{ Title, ID, PublishedParsed, UpdatedParsed string }
}

// TestSuiteOfGofeed reads the feeds that gofeed tests itself with, which lie where its
// source does: our repair in front of it loses nothing that it reads alone.
func TestSuiteOfGofeed(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/mmcdole/gofeed").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "testdata", "parser")
	if _, missing := os.Stat(dir); err != nil || missing != nil {
		t.Fatal("gofeed's source is not here: ", err, missing)
	}
	files, checks := 0, 0
	same := func(file, what, got, want string) {
		if checks++; got != want {
			t.Errorf("%s: %s is %q, want %q", filepath.Base(file), what, got, want)
		}
	}
	err = filepath.WalkDir(dir, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".xml" {
			return err
		}
		expected, err := os.ReadFile(strings.TrimSuffix(file, ".xml") + ".json")
		var want gofeedSays
		if err != nil || json.Unmarshal(expected, &want) != nil {
			return nil // of the universal parser, without a wish of its own
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		f, err := Parse(data, Options{})
		if n := max(len(want.Items), len(want.Entries)); err != nil || len(f.Stories) != n {
			t.Errorf("%s: %d stories, want %d: %v", filepath.Base(file), len(f.Stories), n, err)
			return nil
		}
		files++
		same(file, "the feed's title", f.Title, prose.Plain(want.Title))
		for i, s := range f.Stories {
			for what, pair := range want.of(i, s) {
				same(file, what, pair[0], pair[1])
			}
		}
		return nil
	})
	if err != nil || files < 400 {
		t.Error(files, err)
	}
	t.Logf("%d feeds, %d values", files, checks)
}

// of pairs what a story says with what is wanted of it, where something is.
func (want gofeedSays) of(i int, s digest.Story) map[string][2]string {
	const form = time.RFC3339
	pairs := map[string][2]string{}
	add := func(what, got, want string) {
		if want != "" {
			pairs[what] = [2]string{got, want}
		}
	}
	if len(want.Items) > 0 {
		w := want.Items[i]
		add("title", s.Title, prose.Plain(w.Title))
		add("link", s.URL, w.Link)
		add("guid", s.GUID, w.GUID.Value)
		add("date", s.Published.Format(form), w.PubDateParsed)
		w.Description = unescaped(w.Description)
		if sameText(w.Description, s.Teaser, s.HTML) {
			w.Description = s.Teaser
		}
		add("description", s.Teaser, w.Description)
		return pairs
	}
	w := want.Entries[i]
	add("title", s.Title, prose.Plain(w.Title))
	add("id", s.GUID, w.ID)
	add("date", s.Published.Format(form), w.PublishedParsed)
	add("change", s.Updated.Format(form), w.UpdatedParsed)
	return pairs
}
