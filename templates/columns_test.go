package templates

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

// TestColumnsFillTheSheet: a line of columns adds up to the text's width, each
// takes its whole line where they do not fit, and each has its percentage for
// sheets between a phone's and the full width.
func TestColumnsFillTheSheet(t *testing.T) {
	for _, line := range [][2]string{{"half", "rest"}, {"side", "words"}} {
		sum := 0
		for _, name := range line {
			var most int
			if _, err := fmt.Sscanf(tokens[name], "display:inline-block;width:100%%;max-width:%dpx;vertical-align:top", &most); err != nil {
				t.Fatalf("%s: %q: %v", name, tokens[name], err)
			}
			sum += most
		}
		if sum != Column {
			t.Errorf("%v are %d px wide, the text is %d", line, sum, Column)
		}
	}
	for lang := range languages {
		page := rendered(t, lang, Digest).HTML
		for class, percent := range map[string]int{"w": 312, "z": 288, "u": 180, "v": 420} {
			if rule := fmt.Sprintf(".%s{width:%d%% !important}", class, 100*percent/Column); !strings.Contains(page, rule) {
				t.Errorf("%s: no rule %s", lang, rule)
			}
			if want := fmt.Sprintf("width:100%%;max-width:%dpx", percent); !styledWith(page, class, want) {
				t.Errorf("%s: no column %s with %s", lang, class, want)
			}
		}
		if strings.Contains(page, "</div>\n<div class=\"z\"") || strings.Contains(page, "</div>\n<div class=\"v\"") {
			t.Errorf("%s: a space stands between two columns, which then do not fit", lang)
		}
	}
}

// styledWith tells whether an element of a class has such a style.
func styledWith(page, class, style string) bool {
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		tok := z.Token()
		if attr(tok, "class") == class && strings.Contains(attr(tok, "style"), style) {
			return true
		}
	}
	return false
}

func TestFit(t *testing.T) {
	for name, c := range map[string]struct {
		width, height int
		column        int
		want          sized
	}{
		"wide":              {1200, 675, 288, sized{Width: 288, Height: 162, Share: 100, Most: 600}},
		"unknown":           {0, 0, 288, sized{Width: 288, Share: 100, Most: 600}},
		"small":             {200, 100, 288, sized{Width: 200, Height: 100, Share: 100, Most: 200}},
		"upright":           {800, 1200, 288, sized{Width: 192, Height: 288, Share: 66, Most: 600}},
		"upright and small": {100, 200, 288, sized{Width: 100, Height: 200, Share: 50, Most: 100}},
		"a line":            {1, 5000, 180, sized{Width: 1, Height: 180, Share: 1, Most: 1}},
	} {
		p := newPicture(&digest.Image{URL: "https://x.example/p.jpg", Width: c.width, Height: c.height}, "")
		got := p.Fit(c.column)
		c.want.URL = got.URL
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
