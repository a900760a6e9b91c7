package message

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// TestOpenDKIM has the verifier that many receivers run read our signatures.
func TestOpenDKIM(t *testing.T) {
	box := parts.Beside(t, "judges/box.sh") // runs a command in a namespace of its own, with a small DNS that serves a zone
	if os.Getuid() != 0 {
		parts.Absent(t, parts.OpenDKIM.Name, "a namespace of its own needs root")
	}
	program := parts.OpenDKIM.Need(t)
	one, two := testKey(t, "rsa"), testKey(t, "ed25519")
	wrong := two // its record holds another key
	wrong.Selector = one.Selector
	dir := t.TempDir()
	good := map[string]bool{}
	for script, msg := range scripts(t) {
		for name, keys := range map[string][]Key{"rsa": {one}, "ed25519": {two}, "both": {one, two}, "reversed": {two, one}, "wrong": {wrong}} {
			signed, err := signer(t, keys...).Sign(nil, msg)
			if err != nil {
				t.Fatal(err)
			}
			name = script + "-" + name
			good[name] = !strings.HasSuffix(name, "wrong")
			good[name+"-changed"] = false
			writeFile(t, dir, name, signed)
			writeFile(t, dir, name+"-changed", bytes.Replace(signed, []byte("\r\nTo:"), []byte("\r\nTo: x"), 1))
		}
	}
	zone := writeFile(t, t.TempDir(), "zone.txt", []byte(zoneFile(t, one)+zoneFile(t, two)))
	cmd := exec.Command(box, "bash", "-c", `cd "$1" && for f in *; do "$0" <"$f" >"$2" 2>&1 && echo "good $f" || echo "bad $f: $(cat "$2")"; done`,
		program, dir, filepath.Join(t.TempDir(), "said"))
	cmd.Env = append(os.Environ(), "ZONE="+zone)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	verdicts := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(verdicts) != len(good) {
		t.Fatalf("%d verdicts on %d messages:\n%s", len(verdicts), len(good), out)
	}
	for _, v := range verdicts {
		verdict, rest, _ := strings.Cut(v, " ")
		name, _, _ := strings.Cut(rest, ":")
		if want, known := good[name]; !known || want != (verdict == "good") {
			t.Errorf("%s (want it good: %t)", v, want)
		}
	}
}

func zoneFile(t *testing.T, k Key) string {
	t.Helper()
	r, err := k.Record()
	if err != nil {
		t.Fatal(err)
	}
	return k.RecordName() + " TXT " + r + "\n"
}

func writeFile(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
