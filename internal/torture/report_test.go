package torture

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// finding is what a proof came to: a row of the report.
type finding struct {
	proof  string
	trials int
	done   string
	failed bool
	when   string
}

var findings struct {
	sync.Mutex
	all []finding
}

// report notes what a proof came to, once its test is over.
func report(t testing.TB, proof string, trials int, done string) {
	t.Helper()
	t.Log(done)
	t.Cleanup(func() {
		findings.Lock()
		defer findings.Unlock()
		findings.all = append(findings.all, finding{proof, trials, done, t.Failed(), time.Now().UTC().Format("2 Jan 2006 15:04")})
	})
}

const reportHead = `# Torture

What docs/sending.md promises, tried by force. This page is written by ` + "`make torture`" + `, which runs the long form of the
tests in internal/torture; ` + "`make test`" + ` runs the short one. ` + "`make torture RUN=TestKill`" + ` runs one of them, and leaves the
other rows as they are. W is the most that one crash may leave in doubt: connections times window. How the trials are made
stands in internal/torture/doc.go.

`

// writeReport writes docs/torture.md from the findings, and keeps the rows of proofs
// that were not run.
func writeReport(path string, all []finding, code int) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	rows := readRows(string(old))
	for _, f := range all {
		i := slices.IndexFunc(rows, func(row finding) bool { return row.proof == f.proof })
		if i < 0 {
			rows = append(rows, f)
		} else {
			rows[i] = f
		}
	}
	slices.SortStableFunc(rows, func(a, b finding) int { return cmp.Compare(a.proof, b.proof) })
	b := bytes.NewBufferString(reportHead)
	fmt.Fprintf(b, "| | |\n|---|---|\n| command | `make torture` |\n| machine | %s |\n", machine())
	fmt.Fprintf(b, "\n%s", rowsHead)
	failed := 0
	for _, f := range rows {
		if f.failed {
			failed++
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", f.proof, figures.Of(f.trials), held(f), f.when, f.done)
	}
	fmt.Fprintf(b, "\n%d proofs, %d of them failed.\n", len(rows), failed)
	if code != 0 {
		b.WriteString("\n**The last run had a failure**, maybe in a proof whose row is of an earlier one: see what it printed.\n")
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

const rowsHead = "| proof | trials | held | when (UTC) | what came of it |\n|---|---:|---|---|---|\n"

func held(f finding) string {
	if f.failed {
		return "**no**"
	}
	return "yes"
}

// readRows reads the table of a report.
func readRows(text string) (rows []finding) {
	_, text, _ = strings.Cut(text, rowsHead)
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(line, "|\n"), " | ")
		if len(cells) != 5 {
			break
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		trials, _ := strconv.Atoi(strings.ReplaceAll(cells[1], ",", ""))
		rows = append(rows, finding{cells[0], trials, cells[4], cells[2] != "yes", cells[3]})
	}
	return rows
}

func machine() string {
	model := fact("/proc/cpuinfo", "model name")
	memory := fact("/proc/meminfo", "MemTotal")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	load, _ := os.ReadFile("/proc/loadavg")
	words := []string{
		fmt.Sprintf("%d cores of %s", runtime.NumCPU(), cmp.Or(model, "an unknown make")), memory + " of memory",
		"Linux " + strings.TrimSpace(string(kernel)), runtime.Version(),
	}
	if fields := strings.Fields(string(load)); len(fields) > 2 {
		words = append(words, "load "+fields[2]+" in the last 15 minutes, shared with other work")
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == " of memory" }), ", ")
}

// fact finds "name : value" in one of the kernel's lists.
func fact(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// TestReport writes a report twice: a proof that is run again takes its own row's
// place, and the others stay.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "torture.md")
	first := []finding{{"b", 1000, "fine so far", false, "1 Jan 2026 10:00"}, {"a", 1, "well", true, "1 Jan 2026 10:00"}}
	again := []finding{{"a", 2_000_000, "better", false, "2 Jan 2026 10:00"}, {"c", 3, "new", false, "2 Jan 2026 10:00"}}
	for _, all := range [][]finding{first, again} {
		if err := writeReport(path, all, 0); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []finding{again[0], first[0], again[1]}
	if got := readRows(string(text)); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !strings.Contains(string(text), "3 proofs, 0 of them failed.") {
		t.Errorf("the sum is not there:\n%s", text)
	}
}
