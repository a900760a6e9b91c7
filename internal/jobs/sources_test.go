package jobs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestSourcesBetweenDrafts: a feed that holds only its newest story loses none, since
// serve reads it between drafts; nor does it ask more often than it may.
func TestSourcesBetweenDrafts(t *testing.T) {
	each(t, 0, func(t *testing.T, r *room) {
		var asked atomic.Int32
		wire := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n := asked.Add(1)
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>Wire</title><item><title>Story number %d</title><link>https://wire.example/%d</link><pubDate>%s</pubDate></item></channel></rss>`,
				n, n, r.clock.Now().Format(time.RFC1123Z))
		}))
		defer wire.Close()
		file := filepath.Join(r.dir, "broadsheet.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), "sources: [{file: feed.xml}]", "sources: [{name: wire, url: \""+wire.URL+"\", allow_private: true}]\n    fetch_every: 30m", 1))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r.n = r.open("operator")
		stored := func() int {
			t.Helper()
			stories, err := r.n.Store.Stories(t.Context(), "weekly", friday.Add(-7*24*time.Hour), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			return len(stories)
		}
		r.serve()
		for i := 1; i <= 4; i++ {
			trial.Await(t, fmt.Sprintf("story %d is stored", i), func() bool { return stored() == i })
			r.clock.Set(r.clock.Now().Add(34 * time.Minute))
		}
		trial.Await(t, "the fifth is stored", func() bool { return stored() == 5 })
		if n := asked.Load(); n != 5 {
			t.Errorf("asked %d times", n)
		}
	})
}
