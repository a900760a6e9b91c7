package message

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// TestJudge asks a checker of headers and MIME, which knows nothing of this package, about
// signed messages in several scripts: it finds nothing wrong.
func TestJudge(t *testing.T) {
	judge := parts.Beside(t, "judges/eml_lint.py")
	python := parts.Python.Need(t)
	keys := signer(t, testKey(t, "rsa"), testKey(t, "ed25519"))
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
			if script == "arabic" {
				tmpl = withPictures(tmpl, []byte("\xff\xd8\xff one"), []byte("\x89PNG two"))
			}
			signed, err := keys.Sign(nil, spliced(t, tmpl, r))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), script+".eml")
			if err := os.WriteFile(file, signed, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(python, judge, file).CombinedOutput()
			if err != nil || !strings.Contains(string(out), ": 0 errors, 0 warnings\n") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
