package message

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// judge is a checker of headers and MIME that knows nothing of this package. It
// stands beside the project where CI has it.
const judge = "../../../shared/judges/eml_lint.py"

// TestJudge asks the judge about messages in several scripts. Only what a
// signature would mend may be missing.
func TestJudge(t *testing.T) {
	if _, err := os.Stat(judge); err != nil {
		t.Skip("the judge is not here")
	}
	python := parts.Python.Need(t)
	for script, c := range map[string]struct{ from, subject, name string }{
		"english": {"The Harbour Observer", "The ferry is back, and three more stories for the end of the week", "Anna Doe, \"the pen\""},
		"russian": {"Портовый обозреватель", "Паром вернулся, и ещё три истории для вас на этой неделе", "Анна Сёренсен-Длиннофамильная из Санкт-Петербурга"},
		"arabic":  {"مراقب الميناء", "عادت العبّارة، وثلاث قصص أخرى لهذا الأسبوع", "بدر الدين عبد الرحمن بن محمد"},
		"emoji":   {"The Harbour Observer", "The ferry ⛴️ is back 🎉👩‍👩‍👧", "Anna 🎉👩‍👩‍👧 Doe"},
		"nobody":  {"The Harbour Observer", "The ferry is back", ""},
	} {
		t.Run(script, func(t *testing.T) {
			tmpl, r := sample(), anna
			tmpl.From.Name, tmpl.Subject, r.Name = c.from, c.subject, c.name
			tmpl.ListID.Phrase = c.from
			file := filepath.Join(t.TempDir(), script+".eml")
			if err := os.WriteFile(file, spliced(t, tmpl, r), 0o600); err != nil {
				t.Fatal(err)
			}
			// It exits with 1 for the signature that is not there yet.
			out, _ := exec.Command(python, judge, file).Output()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if !strings.Contains(lines[0], "errors") {
				t.Fatalf("the judge said nothing: %q", out)
			}
			for _, line := range lines[1:] {
				if !regexp.MustCompile(`^ +(ERROR|WARN) dkim`).MatchString(line) {
					t.Error(line)
				}
			}
			if !strings.Contains(string(out), "ERROR dkim ") {
				t.Errorf("the judge did not miss the signature: did it read the message? %s", out)
			}
		})
	}
}
