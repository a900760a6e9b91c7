package benchpick

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	clusters = flag.String("clusters", "../../../shared/clusters", "the folder of labelled news")
	write    = flag.String("write", "", "write the figures into this page, between their marks; - for the screen")
)

// section is a table of the page.
type section struct {
	name string
	head []string
	rows [][]string
}

// written are the sections, in the order in which they were measured.
var written []*section

// newSection begins a section. A benchmark may run more than once: the last counts.
func newSection(name string, head ...string) *section {
	s := &section{name: name, head: head}
	for i, old := range written {
		if old.name == name {
			written[i] = s
			return s
		}
	}
	written = append(written, s)
	return s
}

// row adds a row, or puts it in the place of the one that begins alike.
func (s *section) row(cells ...string) {
	for i, old := range s.rows {
		if old[0] == cells[0] {
			s.rows[i] = cells
			return
		}
	}
	s.rows = append(s.rows, cells)
}

func (s *section) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "| %s |\n|%s\n", strings.Join(s.head, " | "), strings.Repeat("---|", len(s.head)))
	for _, row := range s.rows {
		fmt.Fprintf(&text, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintf(&text, "\nWritten on %s by `make bench-pick` (%d cores, %s).\n",
		time.Now().UTC().Format("2 January 2006"), runtime.NumCPU(), strings.Replace(runtime.Version(), "go", "Go ", 1))
	return text.String()
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && *write != "" {
		if err := writePage(*write); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// writePage puts each section between its marks, or on the screen.
func writePage(path string) error {
	if path == "-" {
		for _, s := range written {
			fmt.Printf("\n%s\n\n%s", s.name, s)
		}
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page := string(text)
	for _, s := range written {
		if page, err = between(page, s.name, s.String()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		return err
	}
	fmt.Println("written:", path)
	return nil
}

const markEnd = "<!-- to here -->"

// between puts text after the mark of its name, as far as the next end.
func between(page, name, text string) (string, error) {
	markBegin := fmt.Sprintf("<!-- %s: written by make bench-pick, from here -->", name)
	above, rest, begins := strings.Cut(page, markBegin)
	_, below, ends := strings.Cut(rest, markEnd)
	if !begins || !ends {
		return "", fmt.Errorf("it has no place for the figures: a line %q, and one %q", markBegin, markEnd)
	}
	return above + markBegin + "\n\n" + strings.TrimSpace(text) + "\n\n" + markEnd + below, nil
}

func TestBetween(t *testing.T) {
	const page = "A\n<!-- b: written by make bench-pick, from here -->\nold\n<!-- to here -->\nC\n" +
		"<!-- d: written by make bench-pick, from here -->\nold\n<!-- to here -->\n"
	got, err := between(page, "d", "new\n")
	if want := strings.TrimSuffix(page, "old\n<!-- to here -->\n") + "\nnew\n\n<!-- to here -->\n"; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if _, err := between(page, "e", "new"); err == nil {
		t.Error("written where there is no place")
	}
}
