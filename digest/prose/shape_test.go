package prose

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestShapes: a tag that is judged by its shape is judged as bluemonday judges it itself.
func TestShapes(t *testing.T) {
	address := rapid.Custom(func(t *rapid.T) string {
		begin := rapid.SampledFrom([]string{"https://", "http://", "http:/", "//", "javascript:", "ftp://", ""}).Draw(t, "scheme")
		odd := rapid.SampledFrom([]string{"", "", ":", "@", "%", "%41", "&", " ", "#", "[", "\\", "+", "\t", "é", "\x00"}).Draw(t, "odd")
		return begin + rapid.StringMatching(`[a-zA-Z0-9._~/?=-]{0,6}`).Draw(t, "before") + odd + rapid.StringMatching(`[a-z0-9/?=-]{0,6}`).Draw(t, "after")
	})
	words := rapid.StringMatching(`[a-zA-Zéя –]{0,4}[&;<>'\x00-\x1f\x7f=/\\-]{0,1}[a-z ]{0,2}`)
	number := rapid.StringMatching(`[0-9]{0,6}`)
	values := map[string]*rapid.Generator[string]{
		"href": address, "src": address, "alt": words, "title": words, "width": number, "height": number, "class": words, "onclick": words, "lang": words,
	}
	for _, of := range []string{"a href", "a href title", "img src alt", "img src alt width height", "abbr title", "p class", "script src", "td width", "p lang", "a onclick", "p", "/p"} {
		element, keys, _ := strings.Cut(of, " ")
		rapid.Check(t, func(t *rapid.T) {
			tag := element
			for key := range strings.FieldsSeq(keys) {
				tag += " " + key + `="` + values[key].Draw(t, key) + `"`
			}
			tag += rapid.SampledFrom([]string{"", "/"}).Draw(t, "end")
			if shape, ok := shapeOf(tag); ok && leavesTagAlone(tag) != leavesAlone("<"+tag+">") {
				t.Errorf("%q: by its shape %q, %v", tag, shape, leavesTagAlone(tag))
			}
		})
	}
	for _, tag := range []string{"p", "/p", "br/", `a href="https://paper.example/2026/11/27/story-1/"`, `img src="http://a.example/b.jpg" alt="Der Hafen, im Nebel" width="600" height="400"/`, `img src="https://a.example/c.png" alt=""/`, `abbr title="Это"`} {
		if !leavesTagAlone(tag) {
			t.Errorf("%q, which is plain, is not known by its shape", tag)
		}
	}
}
