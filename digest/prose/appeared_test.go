package prose

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFirstOn: "The post X appeared first on Y" is found where the one pattern that says
// what it is finds it.
func TestFirstOn(t *testing.T) {
	whole := regexp.MustCompile(`(?i)\s*(?:` + oneOf(thePost) + `)\s.{1,300}\s(?:` + oneOf(appearedOn) + `)\s.{1,120}$`)
	piece := rapid.SampledFrom([]string{
		"The post", "THE ARTICLE", "l’article", "Запись", "appeared first on", "впервые появилась", "Proviene da",
		" ", "\n", ".", "a", "é", "The Council met", strings.Repeat("x", 119), strings.Repeat("ж", 299),
	})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for _, p := range rapid.SliceOfN(piece, 0, 12).Draw(t, "text") {
			b.WriteString(p + rapid.SampledFrom([]string{" ", ""}).Draw(t, "gap"))
		}
		text := b.String()
		want := -1
		if at := whole.FindStringIndex(text); at != nil {
			want = len(strings.TrimSpace(text[:at[0]]))
		}
		got := findFirstOn(text)
		if got >= 0 {
			got = len(strings.TrimSpace(text[:got]))
		}
		if got != want {
			t.Fatalf("%q: from %d, want %d", text, got, want)
		}
	})
}
