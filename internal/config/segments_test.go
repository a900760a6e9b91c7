package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/subscribers/segment"
)

func segmentsFile(segments, lines string) string { return segments + "\n" + formatFile(lines) }

// TestSegments: names stand for their expressions, in each other, too, and a newsletter
// has its formats for parts of its readers, in their order.
func TestSegments(t *testing.T) {
	c := mustParse(t, segmentsFile(`segments:
  diaspora: 'language = "ru" and not @new'
  new: joined > 30d ago # no quotes are needed here
`, `    format_for:
  - {where: "@diaspora", format: private}
  - where: language in (uk, de) and
      not paused
    format: full`), nil)
	if len(c.Segments) != 2 || c.Segments["new"] != "joined > 30d ago" {
		t.Errorf("segments %q", c.Segments)
	}
	n := c.Newsletters[0]
	if len(n.FormatFor) != 2 || n.FormatFor[0].Format != "private" || n.FormatFor[0].Said != "@diaspora" || n.FormatFor[1].Format != "full" {
		t.Fatalf("format_for %+v", n.FormatFor)
	}
	for i, want := range []string{`language = "ru" and not joined > 30d ago`, `language in ("uk", "de") and not paused`} {
		if got := segment.Print(n.FormatFor[i].Where); got != want {
			t.Errorf("the part %d is %s, want %s", i, got, want)
		}
	}
}

// TestBadSegments: a mistake has the place of its words within the expression.
func TestBadSegments(t *testing.T) {
	for _, c := range []struct{ segments, lines, want string }{
		{"segments: yes", "", "where names with their expressions are wanted"},
		{"segments: {}", "", "there is no segment here"},
		{"segments: {Diaspora: paused}", "", `"Diaspora" is no name of a segment`},
		{"segments: {new: }", "", `"new" is left empty`},
		{"segments: {new: [paused]}", "", "this is a list, where an expression in quotes is wanted"},
		{"segments: {new: 'paused and langage = ru'}", "", `1:29: there is no field "langage"`},
		{"segments: {new: 'paused and langage = ru'}", "", `did you mean "language"?`},
		{"segments: {a: \"@b\", b: \"@a\"}", "", "a segment refers to itself: b, a, b"},
		{"segments: {a: \"@b or paused\", b: 'joined <'}", "", "1:43: a day is wanted here, or an age"},
		{"", "    format_for: [{where: \"@new\", format: text}]", `there is no segment "new"`},
		{"segments: {new: paused}", "    format_for: [{where: \"paused or @nwe\", format: text}]", `10:38: there is no segment "nwe"`},
		{"", "    format_for: [{where: format = private, format: text}]", "would name the readers at risk"},
		{"", "    format_for: [{where: paused, format: html}]", `"html"`},
		{"", "    format_for: [{where: paused}]", `a format for a part needs "format"`},
		{"", "    format: private\nformat_for: [{where: paused, format: text}]", "no part is given less"},
		{"", "    format_for: private", "where a format for a part is wanted"},
	} {
		_, err := Parse("broadsheet.yaml", []byte(segmentsFile(c.segments, c.lines)), "/newsroom", nil)
		var wrong *Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.segments, c.lines, err, c.want)
			continue
		}
		if n := len(wrong.Problems); n != 1 && !strings.Contains(c.segments, "@a") {
			t.Errorf("%s %s: %d problems: %v", c.segments, c.lines, n, err)
		}
	}
}
