package torture

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

var (
	long       = flag.Bool("long", false, "the long form: as many trials as docs/torture.md tells of")
	reportFile = flag.String("report", "", "write what came of it to this file")
	beside     = flag.String("beside", "", "reports of runs made at the same time, by commas, whose rows go into this one")
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
	code := storetest.Main(m)
	if *reportFile != "" {
		err := takeBeside()
		if err == nil {
			err = writeReport(*reportFile, findings.all, code)
		}
		if err != nil {
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

// takeBeside adds the rows of other reports to the findings.
func takeBeside() error {
	for file := range strings.SplitSeq(*beside, ",") {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		findings.all = append(findings.all, readRows(string(text))...)
	}
	return nil
}
