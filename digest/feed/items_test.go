package feed

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

var (
	itemStart = regexp.MustCompile(`(?i)<(?:[a-z0-9]+:)?(item|entry)[\s>/]`)
	jsonStart = regexp.MustCompile(`"id"\s*:`)
	notes     = regexp.MustCompile(`(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>`)
)

// countItems reads a feed as a person would who knows nothing of XML: bytes of zero
// left out, so that UTF-16 and 32 are ASCII, it counts where items begin.
func countItems(data []byte) int {
	text := notes.ReplaceAllString(string(bytes.ReplaceAll(data, []byte{0}, nil)), "")
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return len(jsonStart.FindAllString(text, -1))
	}
	return len(itemStart.FindAllString(text, -1))
}

// notWhole are the files whose last item breaks off before anything of it is whole.
var notWhole = map[string]int{"feedparser/illformed/rss_incomplete_cdata.xml": 1}

// TestEveryItemOfOthers reads every file of feeds that others wrote, the suite's and
// the real ones. None is an error, none loses an item.
func TestEveryItemOfOthers(t *testing.T) {
	all := parts.Beside(t, "feeds")
	files, items, noFeed := 0, 0, 0
	err := filepath.WalkDir(all, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".tsv" {
			return err
		}
		name, _ := filepath.Rel(all, path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		f, err := Parse(data, Options{URL: "https://feeds.example/"})
		switch {
		case errors.Is(err, ErrNotAFeed):
			noFeed++
			t.Logf("no feed at all: %s: %v", name, err)
		case err != nil:
			t.Errorf("%s: %v", name, err)
		}
		want := countItems(data) - notWhole[filepath.ToSlash(name)]
		if len(f.Stories) != want {
			t.Errorf("%s: %d stories, it has %d items; %v", name, len(f.Stories), want, f.Warnings)
		}
		items += len(f.Stories)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d items; %d are no feed", files, items, noFeed)
	if files < 1050 || noFeed > 0 {
		t.Errorf("of %d files %d are no feed", files, noFeed)
	}
}
