package newsroom_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWordsOutliveAPartial: a mistake in a partial of the newsroom's takes its own words
// from no page and no letter.
func TestWordsOutliveAPartial(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		for _, folder := range []string{"templates", "words"} {
			if err := os.Mkdir(filepath.Join(r.dir, folder), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		r.write("words/en.yaml", "goodbye_subject: So long from {title}\n")
		r.write("templates/footer.html", "<p>{{.Nonesuch}}</p>")
		r.again()
		letter, _ := r.n.Config.Newsletter("weekly")
		if got := r.n.Theme(letter).Words("en").GoodbyeSubject; got != "So long from {title}" {
			t.Errorf("the goodbye begins %q", got)
		}
	})
}
