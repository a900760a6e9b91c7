package house

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestLibraries holds ARCHITECTURE.md's table of libraries to go.mod: each that we import
// is named in a row, with its version where it has one.
func TestLibraries(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	papers, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(papers), "\n## Libraries\n")
	table, _, _ = strings.Cut(table, "\n## ")
	direct := regexp.MustCompile(`(?m)^\t(\S+) (v\S+)$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 20 {
		t.Fatalf("only %d libraries in go.mod", len(direct))
	}
	for _, lib := range direct {
		name, version := path.Base(lib[1]), strings.TrimSuffix(lib[2], ".0")
		if regexp.MustCompile(`^v\d+$`).MatchString(name) {
			name = path.Base(path.Dir(lib[1]))
		}
		dated := strings.HasPrefix(version, "v0.0.0-")
		found := false
		for row := range strings.Lines(table) {
			found = found || strings.HasPrefix(row, "|") && strings.Contains(row, name) && (dated || strings.Contains(row, version))
		}
		if !found && !strings.HasPrefix(name, "riverdriver") {
			t.Errorf("ARCHITECTURE.md's table has no row with %s %s", lib[1], lib[2])
		}
	}
}
