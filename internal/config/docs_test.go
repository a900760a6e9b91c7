package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// row matches a row of a table of keys: key, default, meaning.
var row = regexp.MustCompile("^\\| (\\*\\*)?`([a-z_]+)`(?:\\*\\*)? \\|(?: (.*?))? \\| (.+) \\|$")

// TestDocumented holds docs/configuration.md and the tables of keys together: the
// same keys in the same order, the same defaults, bold where one must be given.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	type documented struct {
		name, def string
		required  bool
	}
	var rows []documented
	for line := range strings.SplitSeq(string(text), "\n") {
		if m := row.FindStringSubmatch(line); m != nil {
			rows = append(rows, documented{name: m[2], def: m[3], required: m[1] != ""})
		} else if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| key |") {
			t.Errorf("a row of another form: %s", line)
		}
	}
	// The document follows the file; nested mappings stand behind the one they are in.
	var i int
	for _, table := range allTables() {
		for _, k := range table.entries {
			if i >= len(rows) {
				t.Fatalf("%s of %s is not documented", k.name, table.what)
			}
			got := rows[i]
			i++
			if got.name != k.name {
				t.Fatalf("where %q of %s belongs, the document has %q", k.name, table.what, got.name)
			}
			if got.required != k.required {
				t.Errorf("%s of %s: documented as required: %t, but is: %t", k.name, table.what, got.required, k.required)
			}
			if k.def != "" && got.def != "`"+k.def+"`" {
				t.Errorf("%s of %s: default documented as %s, but is `%s`", k.name, table.what, got.def, k.def)
			}
			// A default in words or none at all is of what depends on other values;
			// a fixed one has to be in the table, which reads it. tls is both.
			if k.def == "" && strings.HasPrefix(got.def, "`") && k.name != "tls" && k.name != "contact" {
				t.Errorf("%s of %s: default documented as %s, but there is none", k.name, table.what, got.def)
			}
		}
	}
	for _, extra := range rows[i:] {
		t.Errorf("%q is documented, but there is no such key", extra.name)
	}
}

// TestSampleInDocument: the document's first example loads.
func TestSampleInDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("no example in the document")
	}
	mustParse(t, example, nil)
}
