// Package parts finds the real programs that tests run against: PostgreSQL's own
// binaries, Python for the judges, OpenDKIM. Where one is missing the test is left
// out and says so; where BROADSHEET_REQUIRE names it ("postgresql,python", or
// "all", as CI has it) a missing part is a failure. `make test` installs them where
// it may.
//
// Only tests import this package.
package parts

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Part is a program that tests may need.
type Part struct {
	Name     string   // as BROADSHEET_REQUIRE names it
	Program  string   // what is looked for
	Places   []string // where it may lie beside PATH, newest last
	Packages string   // what Debian and Ubuntu have it in
}

// The parts. The script .ci/parts installs the same.
var (
	PostgreSQL = Part{
		Name: "postgresql", Program: "initdb", Packages: "postgresql",
		Places: []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql@*/bin/initdb"},
	}
	Python   = Part{Name: "python", Program: "python3", Packages: "python3"}
	OpenDKIM = Part{
		Name: "opendkim", Program: "opendkim-testmsg", Packages: "opendkim-tools",
		Places: []string{"/usr/sbin/opendkim-testmsg"},
	}
	// Postfix is its smtp-sink and smtp-source; the daemon is never started.
	Postfix = Part{Name: "postfix", Program: "smtp-sink", Packages: "postfix", Places: []string{"/usr/sbin/smtp-sink"}}
	// Strace records what a sender writes, for the trials of a power cut (Linux).
	Strace = Part{Name: "strace", Program: "strace", Packages: "strace"}
	// Chromium shows the readers' pages.
	Chromium = Part{Name: "chromium", Program: "chromium", Packages: "chromium"}
	// Axe is axe-core's script, which make judge installs: no program, and not among All.
	Axe = Part{Name: "axe", Program: "axe.min.js", Places: []string{"../../mailer/judge/node_modules/axe-core/axe.min.js"}}
)

// All lists every part.
var All = []Part{PostgreSQL, Python, OpenDKIM, Postfix, Strace, Chromium}

// Find gives the path of the part's program; empty where there is none.
func (p Part) Find() string {
	if path, err := exec.LookPath(p.Program); err == nil {
		return path
	}
	for _, pattern := range p.Places {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			continue
		}
		slices.SortFunc(found, func(a, b string) int { // 9 before 15
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return strings.Compare(a, b)
		})
		return found[len(found)-1]
	}
	return ""
}

// Need gives the path of the part's program. Without one the test ends here:
// skipped, or failed where the part is required.
func (p Part) Need(t testing.TB) string {
	t.Helper()
	path := p.Find()
	switch {
	case path != "":
	case Required(p.Name):
		t.Fatalf("%s is missing, and BROADSHEET_REQUIRE asks for it: apt-get install %s", p.Program, p.Packages)
	default:
		t.Skipf("%s is missing: apt-get install %s, or run make test as root", p.Program, p.Packages)
	}
	return path
}

// Absent ends the test where a part that is no program is missing: skipped, or failed
// where the part is required.
func Absent(t testing.TB, name, why string) {
	t.Helper()
	if Required(name) {
		t.Fatalf("%s, and BROADSHEET_REQUIRE asks for it (%s)", why, name)
	}
	t.Skip(why)
}

// beside is the name, for BROADSHEET_REQUIRE, of what lies beside the project.
const beside = "beside"

// Beside gives the path of what lies beside the project and is no part of it: feeds that
// others wrote, judges that know nothing of us. Where it is not, the test ends here as it
// does for a missing part. For the tests of packages in the second row of folders.
func Beside(t testing.TB, path string) string {
	t.Helper()
	full := filepath.Join("../../../shared", filepath.FromSlash(path))
	if _, err := os.Stat(full); err != nil {
		Absent(t, beside, path+" is not beside the project")
	}
	return full
}

// Required tells whether BROADSHEET_REQUIRE asks for a part by its name. all asks for
// all but axe, which is there once make judge has run, and asked for by name there, and
// what lies beside the project, which a checkout of it has not.
func Required(name string) bool {
	for want := range strings.SplitSeq(os.Getenv("BROADSHEET_REQUIRE"), ",") {
		if want = strings.TrimSpace(want); want == name || want == "all" && name != Axe.Name && name != beside {
			return true
		}
	}
	return false
}
