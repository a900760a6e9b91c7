package newsroom_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// TestStoryFolder reads a folder as Hugo's and Jekyll's users have it.
func TestStoryFolder(t *testing.T) {
	const set = "[{folder: stories, name: own}]"
	onSQLite(t, settings{"sources": set}, func(t *testing.T, r *room) {
		put := func(name, text string) {
			t.Helper()
			file := filepath.Join(r.dir, "stories", filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		story := func(title, more string) string {
			return "---\ntitle: " + title + "\ndate: 2026-11-25\n" + more + "\n---\nWhat " + title + " is about.\n"
		}
		put("flat.md", story("Flat", "image: a.jpg\nlink: /news/flat"))
		put("news/deep/nested.markdown", story("Nested", "image: ../b.jpg\nlink: https://a.example/nested"))
		put("news/b.jpg", "jpg")
		put("bundle/index.md", story("Bundle", "cover:\n  image: c d.jpg\nlink: https://a.example/bundle"))
		put("bundle/c d.jpg", "jpg")
		put("_posts/2026-11-24-jekyll.md", "---\ntitle: Jekyll\nlink: https://a.example/jekyll\nimage: /images/d.jpg\n---\nText.")
		put("static/images/d.jpg", "jpg")
		put("toml.md", "+++\ntitle = 'Toml'\nimage = '/images/away.jpg'\nlink = 'https://a.example/toml'\n+++\nText.")
		put("_drafts/draft.md", story("In drafts", ""))
		put("draft.md", story("A draft", "draft: true"))
		put(".git/x.md", story("Hidden", ""))
		put("_index.md", story("A section's page", ""))
		put("README.md", "# Read me")
		put("notes.txt", "x")
		if err := os.WriteFile(filepath.Join(r.dir, "secret.md"), []byte(story("Outside", "")), 0o644); err != nil {
			t.Fatal(err)
		}

		fetch := func(stories, fresh int, warnings ...string) {
			t.Helper()
			reports, err := r.n.Fetch(t.Context(), "weekly")
			if err != nil || len(reports) != 1 {
				t.Fatal(reports, err)
			}
			got := reports[0]
			if got.Error != "" || got.Stories != stories || got.New != fresh || len(got.Warnings) != len(warnings) {
				t.Errorf("%+v", got)
				return
			}
			for i, w := range warnings {
				if !strings.Contains(got.Warnings[i], w) {
					t.Errorf("it warns %q, want %q", got.Warnings[i], w)
				}
			}
		}
		fetch(5, 5)
		stored, err := r.n.Store.Stories(t.Context(), "weekly", thursday.AddDate(0, -1, 0), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for title, want := range map[string]string{
			"Flat":   "https://news.observer.example/news/flat home:own/a.jpg 2026-11-25",
			"Nested": "https://a.example/nested home:own/news/b.jpg 2026-11-25",
			"Bundle": "https://a.example/bundle home:own/bundle/c d.jpg 2026-11-25",
			"Jekyll": "https://a.example/jekyll home:own/static/images/d.jpg 2026-11-24",
			"Toml":   "https://a.example/toml https://a.example/images/away.jpg 2026-11-26",
		} {
			i := slices.IndexFunc(stored, func(s digest.Story) bool { return s.Title == title })
			if i < 0 {
				t.Errorf("%s is not stored", title)
				continue
			}
			if got := fmt.Sprint(stored[i].URL, " ", stored[i].Image.URL, " ", stored[i].Date().Format(time.DateOnly)); got != want {
				t.Errorf("%s: %s, want %s", title, got, want)
			}
		}

		// A file that is moved is the same story; one that is deleted, or made a draft, is taken out.
		move := func(from, to string) {
			if err := os.Rename(filepath.Join(r.dir, "stories", from), filepath.Join(r.dir, "stories", to)); err != nil {
				t.Fatal(err)
			}
		}
		move("toml.md", "news/renamed.md")
		fetch(5, 0)
		if err := os.Remove(filepath.Join(r.dir, "stories", "news", "renamed.md")); err != nil {
			t.Fatal(err)
		}
		put("flat.md", story("Flat", "draft: true\nlink: /news/flat"))
		fetch(3, 0, `"Flat" was taken out of it`, `"Toml" was taken out of it`)
		put("flat.md", story("Flat", "link: /news/flat"))

		// One that is wrong costs itself, and takes no other out. Links lead nowhere.
		put("bundle/index.md", "---\ntitel: x\n---\n")
		for name, to := range map[string]string{"link.md": "../secret.md", "loop": ".", "outside": ".."} {
			if err := os.Symlink(to, filepath.Join(r.dir, "stories", name)); err != nil {
				t.Fatal(err)
			}
		}
		fetch(3, 0, `bundle/index.md:2:1: unknown field "titel"`, "link.md: is a link that leads out of the folder")
		if err := os.Remove(filepath.Join(r.dir, "stories", "link.md")); err != nil {
			t.Fatal(err)
		}
		put("big.md", story("Big", "")+strings.Repeat("x", 1<<20))
		fetch(3, 0, "big.md is larger than 1 MB", `bundle/index.md:2:1`)
	})
}

// TestPictureThatIsNoFile: a pipe in the place of a story's picture holds up no draft.
func TestPictureThatIsNoFile(t *testing.T) {
	onSQLite(t, settings{"sources": "[{folder: stories, name: own}]"}, func(t *testing.T, r *room) {
		stories := filepath.Join(r.dir, "stories")
		if err := os.MkdirAll(stories, 0o755); err != nil {
			t.Fatal(err)
		}
		r.write("stories/quay.md", "---\ntitle: The quay\nlink: https://a.example/quay\ndate: 2026-11-25\nimage: quay.png\n---\nWhat it is about.\n")
		if err := syscall.Mkfifo(filepath.Join(stories, "quay.png"), 0o600); err != nil {
			t.Fatal(err)
		}
		if d := r.draft("2026-11-27"); !slices.ContainsFunc(d.Warnings, func(w string) bool { return strings.Contains(w, "quay.png: is not a file") }) {
			t.Errorf("it warns %q", d.Warnings)
		}
	})
}
