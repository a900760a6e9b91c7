package torture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// root is the project's folder, from here.
const root = "../.."

// covered lists the functions that the overlay puts another before, by file. Each is
// renamed: "take" to "tortureTake".
var covered = map[string][]string{
	"internal/store/store.go":       {"inTx"},
	"internal/store/ledger.go":      {"commitBatch"},
	"internal/store/open_sqlite.go": {"sqliteDSN"},
	"internal/store/committer.go":   {"take"},
}

// added lists the files that the overlay adds.
var added = map[string]string{"internal/store/torture.go": "testdata/overlay/store.go.txt"}

// unsealed is the same for a program that seals nothing: see canary_test.go.
var (
	unsealedCovered = map[string][]string{
		"subscribers/seal.go": {"seal", "unseal"},
		"subscribers/web.go":  {"SealInbox", "openInbox"},
	}
	unsealedAdded = map[string]string{"subscribers/torture.go": "testdata/unsealed/seal.go.txt"}
)

// lookup is the same for a program that looks an address up which signs up: see
// timing_test.go.
var (
	lookupCovered = map[string][]string{"internal/newsroom/signup.go": {"SignUp"}}
	lookupAdded   = map[string]string{"internal/newsroom/torture.go": "testdata/lookup/signup.go.txt"}
)

// What the covered binary is told through its environment.
const (
	envCrash  = "BROADSHEET_TORTURE_CRASH"  // the point to end at, "claim before commit:2" for its second turn
	envMutant = "BROADSHEET_TORTURE_MUTANT" // normal, late or order
)

// folder is where the binaries are built, for all tests of this process.
var folder string

var (
	buildPlain   = sync.OnceValues(func() (string, error) { return build("broadsheet") })
	buildOverlay = sync.OnceValues(func() (string, error) { return buildCovered("covered", covered, added) })
	buildLookup  = sync.OnceValues(func() (string, error) { return buildCovered("lookup", lookupCovered, lookupAdded) })
	buildBare    = sync.OnceValues(func() (string, error) { return buildCovered("unsealed", unsealedCovered, unsealedAdded) })
)

// plain is the program as it is shipped.
func plain(t testing.TB) string { return mustBuild(t, buildPlain) }

// coveredBinary is the program that may be told to end at a point, or to be a mutant.
func coveredBinary(t testing.TB) string { return mustBuild(t, buildOverlay) }

// unsealedBinary is the program as it would be if it sealed nothing.
func unsealedBinary(t testing.TB) string { return mustBuild(t, buildBare) }

// lookupBinary is the program as it would be if it looked up who signs up.
func lookupBinary(t testing.TB) string { return mustBuild(t, buildLookup) }

func mustBuild(t testing.TB, build func() (string, error)) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func build(name string, flags ...string) (string, error) {
	if err := lookAtSources(); err != nil {
		return "", err
	}
	out := filepath.Join(folder, name)
	cmd := exec.Command("go", append(append([]string{"build", "-o", out}, flags...), "./cmd/broadsheet")...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, text)
	}
	return out, nil
}

// lookAtSources looks at every source of the program, so that go test, which notes
// what a test looks at, runs these tests again when one has changed.
func lookAtSources() error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".tmpl")) {
			_, err = os.Stat(path)
		}
		return err
	})
}

func buildCovered(name string, covered map[string][]string, added map[string]string) (string, error) {
	replace, err := overlay(filepath.Join(folder, "overlay-"+name), covered, added)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "overlay-"+name+".json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", err
	}
	path, err := build("broadsheet-"+name, "-overlay", file)
	if err != nil {
		err = fmt.Errorf("%w(if a function has changed that is covered, mend testdata and the lists in internal/torture)", err)
	}
	return path, err
}

// overlay writes the renamed files into a folder, and says what they stand for.
func overlay(dir string, covered map[string][]string, added map[string]string) (replace map[string]string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	replace = map[string]string{}
	put := func(stands string, text []byte) error {
		at, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(stands)))
		if err != nil {
			return err
		}
		replace[at] = filepath.Join(dir, strings.ReplaceAll(stands, "/", "_"))
		return os.WriteFile(replace[at], text, 0o600)
	}
	for file, names := range covered {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err == nil {
			text, err = rename(text, names)
		}
		if err == nil {
			err = put(file, text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	for file, from := range added {
		text, err := os.ReadFile(filepath.FromSlash(from))
		if err == nil {
			err = put(file, text)
		}
		if err != nil {
			return nil, err
		}
	}
	return replace, nil
}

// rename gives functions of a file another name where they are declared, and nowhere
// else.
func rename(text []byte, names []string) ([]byte, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		at := -1
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
				at = files.Position(f.Name.Pos()).Offset
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("it has no function %s any more: mend covered in internal/torture", name)
		}
		text = bytes.Join([][]byte{text[:at], []byte("torture"), bytes.ToUpper(text[at : at+1]), text[at+1:]}, nil)
		if parsed, err = parser.ParseFile(files, "", text, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// TestShippedIsPlain: what the tests build as the plain program knows nothing of
// crash points and mutants; the covered one does.
func TestShippedIsPlain(t *testing.T) {
	for path, want := range map[string]bool{plain(t): false, coveredBinary(t): true} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{envCrash, envMutant, "tortureCrash"} {
			if got := bytes.Contains(text, []byte(word)); got != want {
				t.Errorf("%s holds %q: %v", filepath.Base(path), word, got)
			}
		}
	}
}
