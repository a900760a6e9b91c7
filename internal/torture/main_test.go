package torture

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var (
	long       = flag.Bool("long", false, "the long form: as many trials as docs/torture.md tells of")
	reportFile = flag.String("report", "", "write what came of it to this file")
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "broadsheet-torture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	folder = dir
	code := m.Run()
	if *reportFile != "" {
		if err := writeReport(*reportFile, findings.all, code); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// form is n in the long form, and short in CI's.
func form(short, n int) int {
	if *long {
		return n
	}
	return short
}
