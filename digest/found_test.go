package digest

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestComplete: what a story has stands; what it lacks comes from the other, with where.
func TestComplete(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	full := Story{
		Title: "T", Teaser: "Other.", HTML: "<p>Other.</p>", Authors: []string{"Ada"}, Section: "News", Topics: []string{"tides"},
		Language: "en", Published: at, Updated: at, Image: &Image{URL: "https://a.example/1.jpg?w=1200", Alt: "A", Caption: "C", Credit: "D", Width: 1200, Height: 800},
		Found: map[Part]string{InPicture: "(JSON-LD)"},
	}
	own := Story{
		Title: "Mine", Teaser: "Mine.", HTML: "<p>Mine.</p>", Authors: []string{"Ben"}, Section: "City", Language: "de", Published: at.Add(time.Hour),
		Updated: at.Add(time.Hour), Image: &Image{URL: "https://a.example/mine.jpg"}, Sponsor: "Bank",
	}
	if got := Complete(own, full, "its page"); !reflect.DeepEqual(got, own) {
		t.Errorf("a whole story was changed: %+v", got)
	}
	if own.Lacks() || !(Story{Title: "x"}).Lacks() {
		t.Error("a whole story lacks something, or an empty one nothing")
	}
	bare := Complete(Story{URL: "https://a.example/1"}, full, "its page")
	want := full
	want.URL, want.Found = "https://a.example/1", map[Part]string{
		InTitle: "its page", InTeaser: "its page", InText: "its page", InPicture: "its page (JSON-LD)", InAuthors: "its page",
		InSection: "its page", InDate: "its page", InLanguage: "its page",
	}
	if !reflect.DeepEqual(bare, want) {
		t.Errorf("\n got %+v\nwant %+v", bare, want)
	}
	if said := bare.Provenance(); said != "its title, teaser, text, authors, section, date and language are from its page; its picture is from its page (JSON-LD)" {
		t.Error(said)
	}
	// The same picture, in another size: what is known of it belongs to the story's own.
	same := Complete(Story{Image: &Image{URL: "http://www.a.example/1.jpg?w=300"}}, full, "WordPress")
	if p := same.Image; p.URL != "http://www.a.example/1.jpg?w=300" || p.Credit != "D" || p.Alt != "A" || same.Found[InCaption] == "" || same.Found[InPicture] != "" {
		t.Errorf("%+v %+v", p, same.Found)
	}
	if own.Provenance() != "" || (Story{Topics: []string{"x"}}).Provenance() != "" {
		t.Error("a story that has all from its source says otherwise")
	}
	if s := Complete(Story{Topics: []string{"x"}}, full, "its page"); s.Section != "" || len(s.Topics) != 1 {
		t.Errorf("a story that is filed was filed again: %+v", s)
	}
}

// TestWants: a story wants of its page what it lacks, as long as there is one that was
// not read.
func TestWants(t *testing.T) {
	story := func(change func(*Story)) Story {
		s := Story{Title: "T", Teaser: "T.", HTML: "<p>T.</p>", URL: "https://a.example/1", Image: &Image{URL: "https://a.example/1.jpg"}}
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		change func(*Story)
		want   Want
	}{
		"it lacks nothing":      {func(*Story) {}, WantsNothing},
		"a teaser, and no text": {func(s *Story) { s.HTML = "" }, WantsText},
		"no words":              {func(s *Story) { s.HTML, s.Teaser = "", "" }, WantsMore},
		"no picture":            {func(s *Story) { s.Image = nil }, WantsMore},
		"no title":              {func(s *Story) { s.Title = "" }, WantsMore},
		"no page":               {func(s *Story) { s.Image, s.URL = nil, "" }, WantsNothing},
		"its page is gone":      {func(s *Story) { s.Image, s.Gone = nil, 404 }, WantsNothing},
		"its page was read":     {func(s *Story) { s.Image, s.Page = nil, &Visit{Done: true} }, WantsNothing},
		"its page was tried":    {func(s *Story) { s.Image, s.Page = nil, &Visit{Tries: 1} }, WantsMore},
	} {
		if got := story(c.change).Wants(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// TestKeep: what was found for a story stays until its source says it itself.
func TestKeep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, name) }
		story := func(name string) Story {
			s := Story{Title: text(name + "title"), Teaser: text(name + "teaser"), HTML: text(name + "html"), Section: text(name + "section"), Language: text(name + "language")}
			if link := text(name + "image"); link != "" {
				s.Image = &Image{URL: "https://a.example/" + link, Credit: text(name + "credit")}
			}
			if who := text(name + "author"); who != "" {
				s.Authors = []string{who}
			}
			return s
		}
		source, page := story("source "), story("page ")
		page.Found = map[Part]string{}
		was := Complete(source, page, "its page")
		// The source says the same again.
		if got := Keep(source, was); !reflect.DeepEqual(got, was) {
			t.Fatalf("\n got %+v\nwant %+v", got, was)
		}
		if again := Keep(was, was); !reflect.DeepEqual(again, was) {
			t.Fatalf("a second time\n got %+v\nwant %+v", again, was)
		}
		// Taken out again, nothing is left but what the source said.
		if left := was.Without("its page"); left.Title != source.Title || left.Teaser != source.Teaser || left.HTML != source.HTML || (left.Image == nil) != (source.Image == nil) || len(left.Found) != 0 {
			t.Fatalf("%+v, want %+v", left, source)
		}
		// The source says something else by now.
		now := story("now ")
		got := Keep(now, was)
		for _, c := range []struct{ own, kept string }{{now.Title, got.Title}, {now.Teaser, got.Teaser}, {now.HTML, got.HTML}, {now.Section, got.Section}} {
			if c.own != "" && c.own != c.kept {
				t.Fatalf("the source's %q became %q", c.own, c.kept)
			}
		}
		if got.Teaser == "" && was.Found[InTeaser] != "" || got.Image == nil && was.Found[InPicture] != "" {
			t.Fatalf("something was lost: %+v of %+v", got, was)
		}
	})
}
