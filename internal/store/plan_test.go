package store

import (
	"strings"
	"testing"
)

// TestPlans: the two queries of the send path find each delivery by its key. A plan
// that reads the whole slice costs a hundred times as much at a small window.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, query := range map[string]string{"accepted": applyAccepted, "results": applyResults, "claim": applyClaims} {
		args := []any{1, 1, `{"1":["accepted",1,0,0,"",""]}`, "weekly", 0, "main"}[:strings.Count(query, "$")]
		plan, err := collect(t.Context(), s.write, func(row scanner) (string, error) {
			var a, b, c int
			var detail string
			err := row.Scan(&a, &b, &c, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(plan, "\n"); !strings.Contains(all, "delivery USING PRIMARY KEY (slice=? AND subscriber=?)") {
			t.Errorf("%s:\n%s", name, all)
		}
	}
}
