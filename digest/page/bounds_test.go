package page

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestDeepLinkedData: what is nested beyond all sense is not read, for it would be read
// again at each level; the page's other witnesses are.
func TestDeepLinkedData(t *testing.T) {
	nested := func(levels int) string {
		return ld(`{"@type":"NewsArticle","author":"Ada Quay","publisher":` +
			strings.Repeat(`{"creator":`, levels) + `"a \" ["` + strings.Repeat("}", levels) + `}`)
	}
	for levels, authors := range map[int]int{10: 1, 400: 0, 20_000: 0} {
		s, err := parse(t, nested(levels))
		if err != nil || len(s.Authors) != authors || s.HTML == "" {
			t.Errorf("%d levels: %q, %d bytes of text, %v", levels, s.Authors, len(s.HTML), err)
		}
	}
}

// TestManyReferences: a thing that is referred to thousands of times is read once.
func TestManyReferences(t *testing.T) {
	in := `{"@graph":[{"@type":"NewsArticle","image":[` + strings.Repeat(`{"@id":"#a"},`, 5000) + `1]},` +
		`{"@id":"#a","url":"https://a.example/1.jpg","caption":"` + strings.Repeat("tides ", 5000) + `"}]}`
	var s digest.Story
	var err error
	took := trial.Allocated(func() { s, err = parse(t, ld(in)) }) >> 20
	t.Logf("%d kB of JSON-LD: %d MB allocated in all", len(in)>>10, took)
	if err != nil || s.Image == nil || s.Image.URL != "https://a.example/1.jpg" {
		t.Errorf("a picture: %v, %v", s.Image != nil, err)
	}
	if took > 120 { // each time anew it is 30 kB, 5,000 times
		t.Errorf("%d MB allocated", took)
	}
}

// TestTangledPage: no article is looked for where each of hundreds of elements holds all of
// a long text.
func TestTangledPage(t *testing.T) {
	for deep, found := range map[int]bool{20: true, 400: false} {
		in := `<title>Tide tables</title><meta property="og:description" content="When the tide comes in.">` +
			strings.Repeat("<div>", deep) + strings.Repeat("<p>"+words+words+"</p>", 300<<10/(2*len(words)))
		s, err := parse(t, in)
		if err != nil || s.Title != "Tide tables" || (s.HTML != "") != found {
			t.Errorf("%d deep: %q, %d bytes of text, %v", deep, s.Title, len(s.HTML), err)
		}
	}
}

// TestOvergrownPage: a page whose tree would fill the memory is not made one.
func TestOvergrownPage(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "<b a%d>", i)
	}
	if _, err := parse(t, b.String()+strings.Repeat("x<p>", 5000)); !errors.Is(err, ErrNotAPage) {
		t.Error(err)
	}
}
