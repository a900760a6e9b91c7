package newsroom

import "testing"

// TestMovedWords: who follows the advice keeps the stories, which are the source's by its
// name.
func TestMovedWords(t *testing.T) {
	const moved = "has moved for good to https://www.new.example/feed: change its url in broadsheet.yaml"
	for source, want := range map[string]string{
		"harbour":     moved,
		"new.example": moved,
		"old.example": moved + `, with "name: old.example", so that its stories stay`,
	} {
		if got := movedWords(source, "https://www.new.example/feed"); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
	if got := movedWords("old.example", ""); got != "" {
		t.Error(got)
	}
}
