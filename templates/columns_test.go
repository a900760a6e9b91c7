package templates

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
)

// TestStackedColumnsAreWhole: where two columns become one, it takes all the
// width. So no element within the sheet has a widest width of its own, pictures
// aside, and no rule that does this comes with a media query alone.
func TestStackedColumnsAreWhole(t *testing.T) {
	for lang := range languages {
		columns := 0
		for z := html.NewTokenizer(strings.NewReader(rendered(t, lang, Digest).HTML)); z.Next() != html.ErrorToken; {
			tok := z.Token()
			for _, a := range tok.Attr {
				if a.Key != "style" || tok.Data == "img" {
					continue
				}
				columns += strings.Count(a.Val, "column-count:2;column-width:")
				if strings.Contains(a.Val, "max-width") && a.Val != tokens["column"] {
					t.Errorf("%s: a %s is never wider than %s", lang, tok.Data, a.Val)
				}
			}
		}
		if columns == 0 {
			t.Errorf("%s: no pair of stories", lang)
		}
	}
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
