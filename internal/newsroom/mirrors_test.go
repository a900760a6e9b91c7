package newsroom

import (
	"strings"
	"testing"
	"time"
)

// TestSight: what looks in a row make of a mirror. "+" went well, "-" did not.
func TestSight(t *testing.T) {
	start := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for looks, want := range map[string]string{
		"+": "works since 0", "-": "fails since 0", "+-": "works since 0", "+--": "fails since 2", "+-+-+-": "works since 0",
		"-+": "fails since 0", "-++": "works since 2", "+--++": "works since 4", "+---+--": "fails since 2",
	} {
		var s sight
		for i, look := range looks {
			problem := ""
			if look == '-' {
				problem = "no answer"
			}
			s = s.next(problem, start.Add(time.Duration(i)*time.Minute))
		}
		got := map[bool]string{true: "works", false: "fails"}[s.Works] + " since " + string('0'+rune(s.Since.Sub(start).Minutes()))
		if got != want {
			t.Errorf("%s: %s, want %s", looks, got, want)
		}
	}
}

// TestChooseMirror: a works, b works, A and B fail, a? was never looked at; each with the
// minutes for which that is so.
func TestChooseMirror(t *testing.T) {
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ current, mirrors, want string }{
		{"", "a? b?", "a"},
		{"", "a5 b5", "a"},
		{"", "A5 b1", "b"},
		{"", "A5 B5", ""},
		{"a", "a5 b5", "a"},
		{"b", "a5 b5", "b"},   // a has only just come back
		{"b", "a10 b60", "a"}, // and stayed
		{"b", "A5 B0 c0", "c"},
		{"b", "A5 B0", ""},
		{"x", "a0 b5", "a"}, // no longer configured
		{"c", "a3 b11 c99", "b"},
	} {
		s := seen{Current: c.current, Sights: map[string]sight{}}
		var at []string
		for m := range strings.FieldsSeq(c.mirrors) {
			name := strings.ToLower(m[:1])
			at = append(at, name)
			if minutes, err := time.ParseDuration(m[1:] + "m"); err == nil {
				s.Sights[name] = sight{Works: m[:1] == name, Since: now.Add(-minutes), Looked: now}
			}
		}
		if got := s.choose(at, now); got != c.want {
			t.Errorf("from %q with %s to %q, want %q", c.current, c.mirrors, got, c.want)
		}
	}
}
