package torture

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// finding is what a proof came to.
type finding struct {
	proof  string
	trials int
	done   string
	failed bool
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
		findings.all = append(findings.all, finding{proof, trials, done, t.Failed()})
	})
}

const reportHead = `# Torture

What docs/sending.md promises, tried by force. This page is written by ` + "`make torture`" + `, which runs the long form of the
tests in internal/torture; ` + "`make test`" + ` runs the short one. W is the most that one crash may leave in doubt: connections times
window. How the trials are made stands in internal/torture/doc.go.

`

// writeReport writes docs/torture.md from the findings.
func writeReport(path string, code int) error {
	findings.Lock()
	defer findings.Unlock()
	b := bytes.NewBufferString(reportHead)
	fmt.Fprintf(b, "| | |\n|---|---|\n| command | `make torture` |\n| date | %s |\n| machine | %s |\n", time.Now().UTC().Format("2 January 2006, 15:04 UTC"), machine())
	if took := time.Since(begun).Round(time.Second); took > 0 {
		fmt.Fprintf(b, "| took | %s |\n", took)
	}
	fmt.Fprintf(b, "\n| proof | trials | held | what came of it |\n|---|---:|---|---|\n")
	trials := 0
	for _, f := range findings.all {
		trials += f.trials
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", f.proof, thousands(f.trials), yes(!f.failed), f.done)
	}
	fmt.Fprintf(b, "\n%s trials in all.", thousands(trials))
	if code != 0 {
		fmt.Fprintf(b, " **A test failed: what the table says holds for the others alone.**")
	}
	b.WriteString("\n")
	return os.WriteFile(path, b.Bytes(), 0o644)
}

var begun = time.Now()

func yes(held bool) string {
	if held {
		return "yes"
	}
	return "**no**"
}

// thousands writes 250000 as 250,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
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

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 250_000: "250,000", 1_000_000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}
