package templates

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file in testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it, then run the test with -update", path)
	}
}

func TestGoldens(t *testing.T) {
	for lang := range languages {
		r := rendered(t, lang, Digest)
		golden(t, "digest-"+lang+".html", r.HTML)
		golden(t, "digest-"+lang+".txt", r.Text)
	}
	golden(t, "web-en.html", rendered(t, "en", Web).HTML)
}
