package parts

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestRequired(t *testing.T) {
	for _, test := range []struct {
		value, part string
		want        bool
	}{
		{"", "postgresql", false},
		{"all", "postgresql", true},
		{"python, postgresql", "postgresql", true},
		{"python", "postgresql", false},
		{"postgres", "postgresql", false},
		{"all", "axe", false},
		{"all", beside, false},
		{beside, beside, true},
		{"chromium,axe", "axe", true},
	} {
		t.Setenv("BROADSHEET_REQUIRE", test.value)
		if got := Required(test.part); got != test.want {
			t.Errorf("BROADSHEET_REQUIRE=%q: %s is required: %t, want %t", test.value, test.part, got, test.want)
		}
	}
}

func TestFindTakesTheNewest(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"9", "15", "17"} {
		bin := filepath.Join(dir, version, "bin")
		if err := os.MkdirAll(bin, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "no-such-program"), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p := Part{Program: "no-such-program", Places: []string{dir + "/nowhere/*", dir + "/*/bin/no-such-program"}}
	if got, want := p.Find(), filepath.Join(dir, "17", "bin", "no-such-program"); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if got := (Part{Program: "no-such-program"}).Find(); got != "" {
		t.Errorf("found %s, want nothing", got)
	}
}

// recorder is a test that is asked to end.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()               {}
func (r *recorder) Fatalf(string, ...any) { r.ended = "failed" }
func (r *recorder) Skipf(string, ...any)  { r.ended = "skipped" }

func TestNeed(t *testing.T) {
	here, missing := Part{Name: "go", Program: "go"}, Part{Name: "other", Program: "no-such-program"}
	for _, test := range []struct {
		require string
		part    Part
		want    string
	}{
		{"", here, ""},
		{"all", here, ""},
		{"", missing, "skipped"},
		{"postgresql", missing, "skipped"},
		{"all", missing, "failed"},
	} {
		t.Setenv("BROADSHEET_REQUIRE", test.require)
		r := &recorder{TB: t}
		if path := test.part.Need(r); r.ended != test.want || (path == "") != (test.want != "") {
			t.Errorf("%s with BROADSHEET_REQUIRE=%q: path %q, ended %q, want %q", test.part.Name, test.require, path, r.ended, test.want)
		}
	}
}

// TestScriptInstallsTheSame: what tests look for is what .ci/parts installs.
func TestScriptInstallsTheSame(t *testing.T) {
	script, err := os.ReadFile("../../.ci/parts")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range All {
		line := fmt.Sprintf(`(?m)^\s*part %s %s "(?:[^"]* )?%s[ "]`, p.Name, p.Program, p.Packages)
		if !regexp.MustCompile(line).Match(script) {
			t.Errorf(".ci/parts does not install %s (%s, package %s)", p.Name, p.Program, p.Packages)
		}
	}
}
