package templates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// longRead is an article of n paragraphs of 100 words, with headings and a link.
func longRead(about string, n int) string {
	var b strings.Builder
	for i := range n {
		if i%5 == 4 {
			fmt.Fprintf(&b, "<h2>Part %d</h2>", i/5+2)
		}
		fmt.Fprintf(&b, `<p>%s %d. %s<a href="https://harbour-observer.example/%s/%d">source %d</a></p>`, about, i+1, strings.Repeat("word ", 100), about, i+1, i+1)
	}
	return b.String()
}

func fullOf(t *testing.T, lang string, change func(rev *digest.Revision)) Rendered {
	t.Helper()
	rev := eight(languages[lang])
	change(&rev)
	r, err := Render(rev, Full, lookOf(languages[lang]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	checkInert(t, r)
	return r
}

// TestFullTextHoldsTheArticles: whole, in both parts, with a list of what is in it.
func TestFullTextHoldsTheArticles(t *testing.T) {
	for lang, told := range languages {
		r := fullOf(t, lang, func(rev *digest.Revision) { rev.Lead.Story.HTML = longRead("beacon", 12) })
		for _, part := range []string{r.HTML, r.Text} {
			for _, want := range []string{"beacon 1.", "beacon 12.", "https://harbour-observer.example/beacon/12", "Part 3", told.stories[4][0]} {
				if !strings.Contains(part, want) {
					t.Errorf("%s: lacks %q", lang, want)
				}
			}
			if n := strings.Count(part, told.stories[5][0]); n != 2 {
				t.Errorf("%s: %q stands there %d times, want it in the contents and above its article", lang, told.stories[5][0], n)
			}
		}
		if strings.Contains(r.HTML, told.stories[0][1]) {
			t.Errorf("%s: the teaser stands beside the article", lang)
		}
		if len(r.Shortened) > 0 {
			t.Errorf("%s: shortened %q", lang, r.Shortened)
		}
	}
}

// TestFullTextStaysBelowTheClip: what is too long is cut between paragraphs, with a
// note and the link; what matters most is cut last.
func TestFullTextStaysBelowTheClip(t *testing.T) {
	r := fullOf(t, "en", func(rev *digest.Revision) {
		rev.Lead.Story.HTML = longRead("lead", 36)
		for i := range rev.Blocks {
			for j := range rev.Blocks[i].Items {
				rev.Blocks[i].Items[j].Story.HTML = longRead(fmt.Sprintf("story%d-%d", i, j), 21)
			}
		}
	})
	if len(r.HTML) > fullBytes || len(r.HTML) < fullBytes*8/10 {
		t.Errorf("%d bytes of HTML, of %d", len(r.HTML), fullBytes)
	}
	for _, whole := range []string{"lead 36.", "story0-0 21.", "story2-0 1."} {
		if !strings.Contains(r.HTML, whole) || !strings.Contains(r.Text, whole) {
			t.Errorf("%q was cut", whole)
		}
	}
	for _, cut := range []string{"story0-3 1.", "story2-0 21."} {
		if strings.Contains(r.HTML, cut) || strings.Contains(r.Text, cut) {
			t.Errorf("%q was kept", cut)
		}
	}
	if n := strings.Count(r.HTML, "The article is longer than this mail can be."); n != len(r.Shortened) || n < 5 {
		t.Errorf("%d notes for %d shortened articles", n, len(r.Shortened))
	}
	if !strings.Contains(r.HTML, "Traders are split; the gulls are not.") {
		t.Error("a story without room for its article lost its teaser")
	}
	for _, title := range r.Shortened { // by words that say where it leads
		if !strings.Contains(r.HTML, ">Read on: "+title+"</a>") {
			t.Errorf("%s has no link to the rest", title)
		}
	}
}

// TestFullTextInEveryLanguage holds the goldens, whose layout is looked at.
func TestFullTextInEveryLanguage(t *testing.T) {
	for lang := range languages {
		r := fullOf(t, lang, func(rev *digest.Revision) { *rev = withArticles(*rev) })
		trial.Golden(t, "testdata/full-"+lang+".html", r.HTML)
		trial.Golden(t, "testdata/full-"+lang+".txt", r.Text)
	}
}

// withArticles gives the edition articles as newsrooms write them.
func withArticles(rev digest.Revision) digest.Revision {
	words := rev.Lead.Story.Teaser
	rev.Lead.Story.HTML = "<p>" + words + "</p><h2>" + rev.Lead.Kicker + "</h2><p>" + words + " <a href=\"https://harbour-observer.example/letters\">" + rev.Lead.Also[0].Title +
		"</a>.</p><blockquote><p>" + words + "</p></blockquote><ul><li>" + rev.Blocks[0].Items[0].Story.Title + "</li><li>" + rev.Blocks[0].Items[1].Story.Title + "</li></ul><p>" + words + "</p>"
	for i := range rev.Blocks {
		for j := range rev.Blocks[i].Items {
			if s := &rev.Blocks[i].Items[j].Story; s.Teaser != "" {
				s.HTML = "<p>" + s.Teaser + " " + words + "</p><p>" + words + "</p>"
			}
		}
	}
	return rev
}

func BenchmarkFull(b *testing.B) {
	rev, look, links := eight(languages["en"]), lookOf(languages["en"]), linksOf()
	rev.Lead.Story.HTML = longRead("lead", 20)
	for i := range rev.Blocks {
		for j := range rev.Blocks[i].Items {
			rev.Blocks[i].Items[j].Story.HTML = longRead("story", 12)
		}
	}
	for b.Loop() {
		if _, err := Render(rev, Full, look, links); err != nil {
			b.Fatal(err)
		}
	}
}
