package config

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestScalarComesBack: whatever init is given, the file says that again.
func TestScalarComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.TrimSpace(rapid.StringMatching(`[ -~äß😀]{0,30}`).Draw(t, "text"))
		if s == "" {
			return
		}
		c, err := Parse("f", Sample(Values{Title: s}), "/newsroom", noEnvironment)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Newsletters[0].Title; got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

// TestDurationsComeBack: a duration in the file's units is read exactly.
func TestDurationsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.IntRange(1, 60*24*60).Draw(t, "minutes")
		want := time.Duration(minutes) * time.Minute
		c, err := Parse("f", []byte(newsletter("expires: "+days(want))), "/newsroom", noEnvironment)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Newsletters[0].Expires; got != want {
			t.Fatalf("%s is read as %s", days(want), got)
		}
	})
}

func TestNearest(t *testing.T) {
	words := []string{"schedule", "stories", "sections", "sources", "from", "name"}
	for got, want := range map[string]string{
		"shedule": "schedule", "Schedule": "schedule", "scheudle": "schedule", "source": "sources",
		"form": "from", "sched": "schedule", "zebra": "", "x": "", "nam": "name", "section-s": "sections",
	} {
		if n := Nearest(got, words); n != want {
			t.Errorf("Nearest(%q) is %q, want %q", got, n, want)
		}
	}
}
