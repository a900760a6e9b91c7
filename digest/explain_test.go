package digest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// explained is a week with something of everything.
func explained(t *testing.T) (Snapshot, Overlay, Pick) {
	t.Helper()
	s := week()
	for i, title := range []string{"30.000 homes without power after storm Ciara", "Storm Ciara: 30,000 homes without power", "港の橋が半年間閉鎖される", "Kombüse: Ærø’s ferry café 🚢 reopens"} {
		x := tale([]string{"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd"}[i], title, "News", i+1)
		s.Stories = append(s.Stories, x)
	}
	paid := tale("eaeaeaeaea", "A word from Acme", "Features", 1)
	paid.Sponsor = "Acme"
	old := tale("ffffffffff", "Yesterday's news", "News", 30)
	s.Stories = append(s.Stories, paid, old)
	s.Rules.Sections[0].Max = 3
	o := Overlay{Drop: []string{"dddddddddd"}, Lead: "bridge", Add: []string{"column"}}
	return s, o, mustMake(t, s, o)
}

func TestExplain(t *testing.T) {
	_, _, p := explained(t)
	trial.Golden(t, "testdata/explain-100.txt", Explain(p, 100))
	trial.Golden(t, "testdata/explain-40.txt", Explain(p, 40))
	trial.Golden(t, "testdata/explain.txt", Explain(p, 0))
	trial.Golden(t, "testdata/explain-empty.txt", Explain(Pick{Verdict: Empty}, 80))
}

// Of a week of many stories the nearest alone are shown, and what was offered always is.
func TestExplainNearest(t *testing.T) {
	_, _, p := explained(t)
	p.Left = append(p.Left, Choice{Story: Story{ID: "offeredoff", Title: "Came after the last edit"}, Reason: Reason{Rule: Offered}})
	trial.Golden(t, "testdata/explain-nearest.txt", ExplainNearest(p, 100, 3))
	if all := len(p.Left); ExplainNearest(p, 100, all) != Explain(p, 100) {
		t.Errorf("%d of %d are not all", all, all)
	}
}

func TestExplainFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		if len(s.Stories) > 0 {
			s.Stories[0].Title = rapid.String().Draw(t, "title")
			s.Stories[0].Title = strings.Join(strings.Fields(s.Stories[0].Title), " ")
		}
		p, err := Make(s, Overlay{})
		if err != nil {
			t.Fatal(err)
		}
		width := rapid.IntRange(1, 200).Draw(t, "width")
		table := Explain(p, width)
		for line := range strings.Lines(table) {
			line = strings.TrimSuffix(line, "\n")
			if n := columns.StringWidth(line); n > max(width, leastWidth) {
				t.Fatalf("a line of %d columns in %d: %q", n, width, line)
			}
		}
		said := strings.Join(strings.Fields(table), " ")
		for _, c := range p.Left {
			if why := strings.Join(strings.Fields(c.Reason.Text), " "); c.Points == nil && !strings.Contains(said, why) {
				t.Fatalf("in %d columns the reason is cut: %q\n%s", width, why, table)
			}
		}
		for _, x := range s.Stories {
			if strings.Count(table, "  "+x.ID)+strings.Count(table, "* "+x.ID) < 1 {
				t.Fatalf("%s is not explained:\n%s", x.ID, table)
			}
		}
	})
}
