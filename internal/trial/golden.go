package trial

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Updating tells whether golden files are written anew: go test -update.
func Updating() bool { return *update }

// Golden compares a text with a file, and says where they differ; with -update it writes
// the file.
func Golden(t testing.TB, file, got string) {
	t.Helper()
	if Updating() {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	is, was := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(is), len(was)) {
		if is[i] != was[i] {
			t.Errorf("line %d of %s (look at it; go test -update writes it anew):\n got %s\nwant %s", i+1, file, is[i], was[i])
			return
		}
	}
	t.Errorf("%s has %d lines, want %d (look at it; go test -update writes it anew)", file, len(is), len(was))
}

// GoldenJSON compares a value, as JSON, with a file.
func GoldenJSON(t testing.TB, file string, value any) {
	t.Helper()
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	Golden(t, file, got.String())
}
