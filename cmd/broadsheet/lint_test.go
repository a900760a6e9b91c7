package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestDocsHaveTheRules holds docs/lint.md to the table of rules. -update writes it.
func TestDocsHaveTheRules(t *testing.T) {
	const heading = "## The rules\n\n"
	page := filepath.Join("..", "..", "docs", "lint.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), heading)
	if !ok {
		t.Fatalf("%s has no %q", page, heading)
	}
	var b strings.Builder
	b.WriteString(before + heading + "| rule | | what it asks for | who does |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;")
	seen := map[string]bool{}
	for _, r := range newsroom.LintRules() {
		if seen[r.Name] {
			t.Errorf("rule %s stands twice", r.Name)
		}
		seen[r.Name] = true
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Name, r.Severity, cell.Replace(r.About), cell.Replace(r.Source))
	}
	if trial.Updating() {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if b.String() != string(text) {
		t.Errorf("%s does not have the rules as they are: go test ./cmd/broadsheet -run TestDocsHaveTheRules -update", page)
	}
}
