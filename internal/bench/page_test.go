package bench

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// section is a part of the page: a figure's table, and what is to be known of it.
type section struct {
	place        int // on the page
	title, intro string
	head         []string
	rows         [][]string
	after        []string
	goals        [][]string // what the product is held to, and what came out
}

// written are the sections, in the order in which they were measured.
var written []*section

// newSection begins one. Where the figure fails, it stays on the page without rows,
// and the page says so.
func newSection(place int, title, intro string, head ...string) *section {
	s := &section{place: place, title: title, intro: intro, head: head}
	written = append(written, s)
	return s
}

func (s *section) row(cells ...string) { s.rows = append(s.rows, cells) }

func (s *section) note(format string, args ...any) {
	s.after = append(s.after, fmt.Sprintf(format, args...))
}

// goal notes what was asked for and what came out.
func (s *section) goal(what, asked, got string, reached bool) {
	verdict := "reached"
	if !reached {
		verdict = "**missed**"
	}
	s.goals = append(s.goals, []string{what, asked, got, verdict})
}

// told notes what came out where no number was asked for.
func (s *section) told(what, asked, got string) {
	s.goals = append(s.goals, []string{what, asked, got, ""})
}

// page is all that was measured, as Markdown.
func page(head string) string {
	var text strings.Builder
	text.WriteString(head)
	text.WriteString("\n## What is asked for, and what came out\n\n")
	slices.SortStableFunc(written, func(a, b *section) int { return cmp.Compare(a.place, b.place) })
	var goals [][]string
	for _, s := range written {
		goals = append(goals, s.goals...)
	}
	table(&text, []string{"figure", "asked for", "measured", ""}, goals)
	for _, s := range written {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n", s.title, s.intro)
		if len(s.rows) == 0 {
			text.WriteString("Not measured: it failed, or there was no time left.\n")
			continue
		}
		table(&text, s.head, s.rows)
		for _, note := range s.after {
			fmt.Fprintf(&text, "\n%s\n", note)
		}
	}
	return text.String()
}

func table(text *strings.Builder, head []string, rows [][]string) {
	fmt.Fprintf(text, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		fmt.Fprintf(text, "| %s |\n", strings.Join(row, " | "))
	}
}

const (
	markBegin = "<!-- written by make bench, from here -->"
	markEnd   = "<!-- to here -->"
)

// writePage puts text between the marks of a page; "-" is the standard output.
func writePage(path, text string) error {
	if path == "-" {
		_, err := fmt.Print(text)
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	made, err := between(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(made), 0o644)
}

func between(old, text string) (string, error) {
	above, rest, begins := strings.Cut(old, markBegin)
	_, below, ends := strings.Cut(rest, markEnd)
	if !begins || !ends {
		return "", fmt.Errorf("it has no place for the figures: a line %q, and one %q", markBegin, markEnd)
	}
	return above + markBegin + "\n\n" + strings.TrimSpace(text) + "\n\n" + markEnd + below, nil
}

// report shows the median of a figure among those of the benchmark.
func report(b *testing.B, s series, unit string) {
	b.Helper()
	b.ReportMetric(s.median(), unit)
	b.ReportMetric(0, "ns/op")
}
