package newsroom_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

var (
	allAddresses = regexp.MustCompile(`(?:https?://|mailto:)[^\s<>"]+`)
	allPictures  = regexp.MustCompile(`<img [^>]*>`)
	shownSize    = regexp.MustCompile(` (width|height)="(\d+)"`)
)

// TestNobodyIsTracked: of each form two readers get the same mail, but for their address,
// their name, the Message-ID and the token of the links that act for them. No picture is
// there to be counted, no link of a story is another's, and none leads through a page of ours.
func TestNobodyIsTracked(t *testing.T) {
	change := maps.Clone(newYear)
	change["formats"] = "[full]"
	boxed(t, change, func(t *testing.T, r *room) {
		r.pictured()
		forms := []string{"digest", "digest", "full", "full", "text", "text", "private", "private"}
		got := r.sent(forms...)
		own := []string{newsroom.PathUnsubscribe + "weekly/", newsroom.PathPreferences + "weekly/", newsroom.PathAppeal + "weekly/"}
		ours := append([]string{newsroom.PathEdition + "weekly/", newsroom.PathMedia}, own...)
		for i := 0; i < len(forms); i += 2 {
			one, two := got[address(i)], got[address(i+1)]
			a := allAddresses.FindAllString(one.html+one.text, -1)
			b := allAddresses.FindAllString(two.html+two.text, -1)
			if len(a) != len(b) || len(a) < 10 {
				t.Fatalf("%s: %d links, and %d", forms[i], len(a), len(b))
			}
			for j := range a {
				if path, is := strings.CutPrefix(a[j], "https://news.observer.example"); is && path != "" && !slices.ContainsFunc(ours, func(p string) bool { return strings.HasPrefix(path, p) }) {
					t.Errorf("%s: a link leads to %s", forms[i], a[j])
				}
				acts := slices.ContainsFunc(own, func(path string) bool { return strings.Contains(a[j], path) })
				if same := a[j] == b[j]; same == acts {
					t.Errorf("%s: one reader has %s, another %s", forms[i], a[j], b[j])
				}
			}
			for _, img := range allPictures.FindAllString(one.html, -1) {
				sizes := shownSize.FindAllStringSubmatch(img, -1)
				if len(sizes) == 0 || slices.ContainsFunc(sizes, func(s []string) bool { return len(s[2]) < 2 }) {
					t.Errorf("%s: a picture that is none: %s", forms[i], img)
				}
			}
			for name := range one.header {
				if x, y := one.header.Get(name), two.header.Get(name); x != y && !slices.Contains([]string{"To", "Message-Id", "List-Unsubscribe", "Received"}, name) {
					t.Errorf("%s: %s differs: %q and %q", forms[i], name, x, y)
				}
			}
		}
	})
}

// TestEditorsHearWhatIsCut: an article that the full text has no room for.
func TestEditorsHearWhatIsCut(t *testing.T) {
	for formats, cut := range map[string]int{"[full]": 1, "[text]": 0} {
		onSQLite(t, settings{"formats": formats, "sources": "[{folder: stories}]", "hold_below": "1"}, func(t *testing.T, r *room) {
			r.story("Herring quota halved", strings.Repeat(strings.Repeat("Ferries and herrings. ", 20)+"\n\n", 300))
			r.story("Council buys a ferry", strings.Repeat(strings.Repeat("A council votes. ", 20)+"\n\n", 3))
			d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true)
			if err != nil {
				t.Fatal(err)
			}
			said := 0
			for _, w := range d.Warnings {
				if strings.Contains(w, `in the full text the article "Herring quota halved" is cut`) {
					said++
				}
			}
			if said != cut || len(d.Warnings) != cut {
				t.Errorf("%s: %q", formats, d.Warnings)
			}
		})
	}
}

// story writes a story into the folder of stories.
func (r *room) story(title, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Join(r.dir, "stories"), 0o700); err != nil {
		r.t.Fatal(err)
	}
	slug := strings.ReplaceAll(strings.ToLower(title), " ", "-")
	r.write("stories/"+slug+".md", fmt.Sprintf("---\ntitle: %s\nlink: https://wire.example/%s\ndate: 2026-11-25\n---\n%s", title, slug, text))
}
