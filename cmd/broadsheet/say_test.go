package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSaid holds what is said to the terminal's width: prose is folded, a line of a file
// cut to where the mistake in it is.
func TestSaid(t *testing.T) {
	const wrong = "one thing is wrong in /srv/observer/broadsheet.yaml\n\n" +
		"   21 |       - {type: ghost, url: https://wend.example, key: env:GHOST_KEY}\n" +
		"      |                                                       ^^^^^^^^^^^^^\n" +
		"      = set it where broadsheet runs, or use file:PATH\n"
	for _, c := range []struct {
		width      int
		text, want string
	}{
		{0, wrong, wrong},
		{80, wrong, wrong},
		{40, wrong, "one thing is wrong in\n/srv/observer/broadsheet.yaml\n\n" +
			"   21 | …d.example, key: env:GHOST_KEY}\n" +
			"      |                  ^^^^^^^^^^^^^\n" +
			"      = set it where broadsheet runs, or\n        use file:PATH\n"},
		{30, "    3 | colour: mauve, and a long comment behind it\n      | ^^^^^^\n", "    3 | colour: mauve, and a…\n      | ^^^^^^\n"},
		{20, "    3 | colour: aVeryLongWordThatIsMarkedAsAWhole\n      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n", "    3 | …aVeryLongW…\n      |  ^^^^^^^^^^\n"},
	} {
		if got := said(c.text, c.width); got != c.want {
			t.Errorf("at %d columns:\n%swant:\n%s", c.width, got, c.want)
		}
	}
}

// TestNarrowTables sets a table beside itself, and where it is wider than the terminal
// as paragraphs.
func TestNarrowTables(t *testing.T) {
	head := []string{"EDITION", "STATE", "AUDIENCE#"}
	rows := [][]string{{"weekly/2026-11-27T09:00", "sent", "1,000"}, {"weekly/2026-12-04T09:00", "draft", "-"}}
	wide := "EDITION                  STATE  AUDIENCE\nweekly/2026-11-27T09:00  sent      1,000\nweekly/2026-12-04T09:00  draft         -\n"
	for width, want := range map[int]string{
		0: wide, 40: wide,
		36: "weekly/2026-11-27T09:00\n  STATE     sent\n  AUDIENCE  1,000\nweekly/2026-12-04T09:00\n  STATE     draft\n",
	} {
		if got := tableText(width, head, rows); got != want {
			t.Errorf("at %d columns:\n%swant:\n%s", width, got, want)
		}
	}
	got := tableText(30, []string{"RULE", "SEVERITY", "WHAT, AND WHAT TO DO"}, [][]string{{"mailto", "warning", "it has no link for that"}})
	if want := "mailto\n  SEVERITY: warning\n  WHAT, AND WHAT TO DO: it has\n    no link for that\n"; got != want {
		t.Errorf("%swant:\n%s", got, want)
	}
	// The last column is folded where there is room for that.
	got = tableText(30, []string{"SOURCE", "STATE"}, [][]string{{"wire", "the server refuses the connection"}})
	if want := "SOURCE  STATE\nwire    the server refuses the\n        connection\n"; got != want {
		t.Errorf("%swant:\n%s", got, want)
	}
}

// TestTell folds prose under where it begins, where it goes to a terminal; what goes
// elsewhere stands as it is.
func TestTell(t *testing.T) {
	var b strings.Builder
	a := &App{Out: &b}
	const text = "weekly is sent\n\n  Approved by operator, Thu 26 Nov 2026 21:34 CET.\n"
	a.tell("%s", text)
	if b.String() != text {
		t.Errorf("elsewhere: %q", b.String())
	}
	if got, want := told(text, 40), "weekly is sent\n\n  Approved by operator, Thu 26 Nov 2026\n  21:34 CET.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSentencesAreTold holds the commands to tell and say: a sentence that is printed
// as it stands breaks in the middle of a word at the edge of a terminal. What is
// printed so on purpose is to be copied: files' names, keys, records, addresses.
func TestSentencesAreTold(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	sentence := regexp.MustCompile(`fmt\.Fprint(?:f|ln)\(a\.Out, (?:"(?:[^"\\]|\\.)*[a-z] [a-z]+ [a-z](?:[^"\\]|\\.)*|d\.Advice|keyStateWords)`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "demo.go" { // the demo sets its own lines
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range sentence.FindAllString(string(text), -1) {
			t.Errorf("%s: %s...", name, line)
		}
	}
}
