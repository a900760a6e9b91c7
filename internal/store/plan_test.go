package store

import (
	"strings"
	"testing"
)

// TestPlans: the queries of the send path find each delivery by its key, where a plan
// that reads the whole slice costs a hundred times as much at a small window; what a fetch
// asks of a source reads no story that wants nothing, of years of them.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ledger := []any{1, 1, `{"1":["accepted",1,0,0,"",""]}`, "weekly", 0, "main"}
	const byKey = "delivery USING PRIMARY KEY (slice=? AND subscriber=?)"
	for name, c := range map[string]struct {
		query, by string
		args      []any
	}{
		"accepted":          {applyAccepted, byKey, ledger},
		"results":           {applyResults, byKey, ledger},
		"claim":             {applyClaims, byKey, ledger},
		"stories of source": {sourceStories, "story USING INDEX story_source (newsletter=? AND source=? AND page_wanted>?)", []any{"weekly", "wire", 2, 0}},
	} {
		args := c.args[:min(len(c.args), strings.Count(c.query, "$"))]
		plan, err := collect(t.Context(), s.write, func(row scanner) (string, error) {
			var a, b, c int
			var detail string
			err := row.Scan(&a, &b, &c, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+c.query, args...)
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(plan, "\n"); !strings.Contains(all, c.by) {
			t.Errorf("%s:\n%s", name, all)
		}
	}
}
