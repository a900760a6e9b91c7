package demo

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/feed"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const testBase = "http://127.0.0.1:8479"

// slots are Fridays of every kind: an ordinary one, and those after the clocks
// have changed.
func slots(t *testing.T) []time.Time {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		t.Fatal(err)
	}
	return []time.Time{
		time.Date(2026, 11, 20, 9, 0, 0, 0, zone),
		time.Date(2027, 4, 2, 9, 0, 0, 0, zone),
		time.Date(2026, 10, 30, 9, 0, 0, 0, zone),
		time.Date(2028, 3, 3, 9, 0, 0, 0, zone),
	}
}

// parsed reads everything that is published at a slot, as a newsroom does.
func parsed(t *testing.T, slot time.Time) map[string][]digest.Story {
	t.Helper()
	all := map[string][]digest.Story{}
	feeds, err := Feeds(slot, testBase)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range feeds {
		got, err := feed.Parse(f.Bytes, feed.Options{ContentType: f.Type, URL: testBase + "/" + f.Name})
		if err != nil || len(got.Warnings) > 0 {
			t.Errorf("%s: %v, %q", f.Name, err, got.Warnings)
		}
		all[f.Name] = got.Stories
	}
	stories, err := Stories(slot)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stories {
		if !strings.HasSuffix(f.Name, ".md") {
			continue
		}
		s, err := feed.ParseMarkdown(f.Name, f.Bytes, nil)
		if err != nil {
			t.Error(err)
		}
		all["stories"] = append(all["stories"], s)
	}
	return all
}

func TestContent(t *testing.T) {
	for _, slot := range slots(t) {
		all := parsed(t, slot)
		oldest, full, links, shown := slot, 0, map[string]bool{}, map[string]bool{}
		for file, want := range map[string]int{"news.xml": 12, "weekend.xml": 7, "radio.json": 6, "stories": 6} {
			if len(all[file]) != want {
				t.Errorf("%s: %d stories, want %d", file, len(all[file]), want)
			}
			for _, s := range all[file] {
				if s.Published.Before(oldest) {
					oldest = s.Published
				}
				if !s.Published.Before(slot) || s.Title == "" || s.Teaser == "" || len(s.Authors) == 0 || s.GUID == "" {
					t.Errorf("%s: incomplete, or not of these weeks: %+v", file, s)
				}
				if links[s.URL] {
					t.Errorf("two stories at %s", s.URL)
				}
				links[s.URL] = true
				if strings.Count(s.HTML, "<p>") >= 3 {
					full++
				}
				if s.Image != nil {
					shown[checkPicture(t, s)] = true
				}
			}
		}
		if span := slot.Sub(oldest); span < 12*24*time.Hour || span > 14*24*time.Hour+time.Hour {
			t.Errorf("%s: the stories span %s", slot, span)
		}
		if full < 10 {
			t.Errorf("only %d stories have their text", full)
		}
		if entries, err := pictures.ReadDir("pictures"); err != nil || len(entries) != len(shown) {
			t.Errorf("%d pictures, %d shown (%v)", len(entries), len(shown), err)
		}
	}
}

// checkPicture finds a story's picture among ours.
func checkPicture(t *testing.T, s digest.Story) string {
	t.Helper()
	if s.Image.Alt == "" || s.Image.Caption == "" || s.Image.Credit == "" {
		t.Errorf("%q: its picture says not enough: %+v", s.Title, s.Image)
	}
	name := strings.TrimPrefix(strings.TrimPrefix(s.Image.URL, testBase), "/pictures/")
	data, err := pictures.ReadFile("pictures/" + name)
	if err != nil {
		t.Errorf("%q: %v", s.Title, err)
		return name
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width != 1120 || c.Height != 630 || len(data) > 40<<10 {
		t.Errorf("%s: %v, %d by %d, %d bytes", name, err, c.Width, c.Height, len(data))
	}
	return name
}

func TestReaders(t *testing.T) {
	const n = 12_000
	readers := Readers(n)
	seen, scripts := map[string]bool{}, map[int]bool{}
	for _, r := range readers {
		a, err := subscribers.ParseAddress(r.Address)
		if err != nil {
			t.Fatalf("%q: %v", r.Address, err)
		}
		if seen[r.Address] {
			t.Errorf("%s twice", r.Address)
		}
		seen[r.Address] = true
		if _, domain, _ := strings.Cut(a.Typed, "@"); domain != "example.org" && domain != "example.net" && domain != "example.com" {
			t.Errorf("%s is somebody's domain", domain)
		}
		if subscribers.CleanName(r.Name) != r.Name || r.Name == "" {
			t.Errorf("name %q is cleaned to %q", r.Name, subscribers.CleanName(r.Name))
		}
		scripts[int([]rune(r.Name)[0]>>8)] = true
	}
	if len(scripts) < 8 {
		t.Errorf("names in %d blocks of Unicode", len(scripts))
	}
	again := Readers(1000)
	for i := range again {
		if again[i] != readers[i] {
			t.Fatalf("reader %d is another one in a shorter list", i)
		}
	}
}

func TestNewestSlot(t *testing.T) {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := digest.ParseSchedule(schedule, timezone)
	if err != nil {
		t.Fatal(err)
	}
	for _, start := range []time.Time{
		time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2027, 3, 20, 0, 0, 0, 0, time.UTC), // the clocks change on the 28th
		time.Date(2027, 10, 20, 0, 0, 0, 0, time.UTC),
		time.Date(2027, 12, 28, 0, 0, 0, 0, time.UTC),
	} {
		for h := range 24 * 15 {
			for _, off := range []time.Duration{-time.Second, 0, time.Second} {
				now := start.Add(time.Duration(h)*time.Hour + off)
				slot := newestSlot(now, zone)
				if got, want := digest.Slot(slot.Format(digest.SlotLayout)), calendar.Prev(now); got != want {
					t.Fatalf("at %s the newest slot is %s, want %s", now, got, want)
				}
			}
		}
	}
}
