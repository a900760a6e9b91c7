package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestHouse holds the project to the rules.
func TestHouse(t *testing.T) {
	sources, tops, err := readTree(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]bool{}
	for _, s := range sources {
		rooms[s.room] = true
	}
	for _, room := range []string{"digest", "mailer", "internal/house"} {
		if !rooms[room] {
			t.Errorf("the walk missed %s: it looks in the wrong place", room)
		}
	}
	for _, c := range complaints(sources, tops) {
		t.Error(c)
	}
}

// TestRulesBite reads small projects, each of which breaks a rule or keeps just
// within it: the file "want" lists the complaints.
func TestRulesBite(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no small projects: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := txtar.FS(archive)
			if err != nil {
				t.Fatal(err)
			}
			want, err := fs.ReadFile(tree, "want")
			if err != nil {
				t.Fatal(err)
			}
			sources, tops, err := readTree(tree)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(complaints(sources, tops), "\n")
			if got != strings.TrimSpace(string(want)) {
				t.Errorf("complaints:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestLengthsBite makes what is too long to be written out.
func TestLengthsBite(t *testing.T) {
	body := func(lines int) string { return strings.Repeat("\t_ = 0\n", lines) }
	function := func(lines int) string { return "func f() {\n" + body(lines-2) + "}\n" }
	for _, test := range []struct {
		name, path, text string
		complaints       int
	}{
		{"a function just short enough", "digest/a.go", "package digest\n\n" + function(longestFunction), 0},
		{"a function too long", "digest/a.go", "package digest\n\n" + function(longestFunction+1), 1},
		{"a file just short enough", "digest/a.go", "package digest\n" + strings.Repeat("\n", longestFile-1), 0},
		{"a file too long", "digest/a.go", "package digest\n" + strings.Repeat("\n", longestFile), 1},
		{"a test may be as long as it needs", "digest/a_test.go", "package digest\n\n" + function(longestFile), 0},
	} {
		tree, err := txtar.FS(&txtar.Archive{Files: []txtar.File{{Name: test.path, Data: []byte(test.text)}}})
		if err != nil {
			t.Fatal(err)
		}
		sources, tops, err := readTree(tree)
		if err != nil {
			t.Fatal(err)
		}
		if got := complaints(sources, tops); len(got) != test.complaints {
			t.Errorf("%s: complaints %q, want %d", test.name, got, test.complaints)
		}
	}
}

// complaints lists every breach, by place. Tests are held to none of it: a test may
// use what it likes to set its stage.
func complaints(sources []source, tops []string) []string {
	var all []string
	for _, top := range tops {
		if !slices.Contains(topFolders, top) {
			all = append(all, fmt.Sprintf("%s: no folder of that name belongs at the top: only %s", top, strings.Join(topFolders[:7], ", ")))
		}
	}
	for _, s := range sources {
		if s.test() {
			continue
		}
		all = append(all, arrowsOf(s)...)
		all = append(all, fencesOf(s)...)
		all = append(all, barsOf(s)...)
		all = append(all, queriesOf(s)...)
		all = append(all, lengthsOf(s)...)
	}
	return all
}

// floorOf is the number of a room's floor from the top, or -1.
func floorOf(room string) int {
	for i, patterns := range floors {
		if within(room, patterns) {
			return i
		}
	}
	return -1
}

// household is what stands on a floor as one: internal/store and its sub-packages.
func household(room string) string {
	parts := strings.Split(room, "/")
	switch {
	case parts[0] == "cmd":
		return "cmd"
	case parts[0] == "internal" && len(parts) > 2:
		return strings.Join(parts[:2], "/")
	}
	return room
}

func arrowsOf(s source) []string {
	var all []string
	from := floorOf(s.room)
	if from < 0 {
		all = append(all, fmt.Sprintf("%s: %s has no floor in the house: give it one in internal/house", s.path, s.room))
	}
	for _, i := range s.imports() {
		to, own := strings.CutPrefix(i.path, module)
		if !own || from < 0 || household(s.room) == household(to) || door(s.room, to) {
			continue
		}
		switch floor := floorOf(to); {
		case floor < 0:
			all = append(all, fmt.Sprintf("%s: %s has no floor in the house: give it one in internal/house", i.at, to))
		case floor == from:
			all = append(all, fmt.Sprintf("%s: %s imports %s, on its own floor", i.at, s.room, to))
		case floor < from:
			all = append(all, fmt.Sprintf("%s: %s imports %s, above it", i.at, s.room, to))
		}
	}
	return all
}

func door(from, to string) bool {
	for _, d := range doors {
		if d.from == from && d.to == to {
			return true
		}
	}
	return false
}

func fencesOf(s source) []string {
	var all []string
	for _, i := range s.imports() {
		for _, f := range fences {
			if isLibrary(i.path, f.library) && !within(s.room, f.only) {
				all = append(all, fmt.Sprintf("%s: %s imports %s: %s", i.at, s.room, i.path, f.why))
			}
		}
	}
	return all
}

// barsOf finds uses of barred names, called or not, under whatever name their
// package was imported.
func barsOf(s source) []string {
	paths := map[string]string{}
	var all []string
	for _, i := range s.imports() {
		paths[i.name] = i.path
		if i.name == "." {
			all = append(all, fmt.Sprintf("%s: a dot import hides where names come from", i.at))
		}
	}
	for _, d := range s.parsed.Decls {
		_, function := d.(*ast.FuncDecl)
		ast.Inspect(d, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || paths[x.Name] == "" {
				return true
			}
			name := paths[x.Name] + "." + sel.Sel.Name
			for _, b := range bars {
				if within(s.room, b.in) && !within(s.room, b.but) && !(b.start && function) && slices.ContainsFunc(b.names, func(p string) bool { return matches(name, p) }) {
					all = append(all, fmt.Sprintf("%s: %s in %s: %s", s.at(sel.Pos()), name, s.room, b.why))
				}
			}
			return true
		})
	}
	return all
}

func matches(name, pattern string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return name == pattern || open && strings.HasPrefix(name, prefix)
}

// query is how the text of one begins or goes on, in capitals as we write it.
var query = regexp.MustCompile(`\b(?:SELECT\s.+\sFROM|INSERT INTO|DELETE FROM|UPDATE\s+\w+\s+SET|(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|SCHEMA))\b`)

func queriesOf(s source) []string {
	var all []string
	if within(s.room, sqlRooms) {
		return nil
	}
	ast.Inspect(s.parsed, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && query.MatchString(strings.Join(strings.Fields(text.Value), " ")) {
			all = append(all, fmt.Sprintf("%s: the text of a query in %s: SQL is in internal/store alone", s.at(text.Pos()), s.room))
		}
		return true
	})
	return all
}

func lengthsOf(s source) []string {
	var all []string
	if s.lines > longestFile {
		all = append(all, fmt.Sprintf("%s: %d lines, and a file has %d at most: look for the second thing in it", s.path, s.lines, longestFile))
	}
	for _, d := range s.parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > longestFunction {
			all = append(all, fmt.Sprintf("%s: %s has %d lines, and a function has %d at most: look for the second thing in it", s.at(f.Pos()), f.Name.Name, n, longestFunction))
		}
	}
	return all
}
