package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	full   = flag.Bool("full", false, "measure in the sizes that docs/benchmarks.md is written with; else in small ones, to see that it works")
	write  = flag.String("write", "", "write the figures into this page, between its marks")
	repeat = flag.Int("repeat", 3, "how often a figure is measured, where its time allows")
	within = flag.Duration("within", 23*time.Minute, "when nothing new is begun any more")
	cache  = flag.String("cache", filepath.Join(os.TempDir(), fmt.Sprintf("broadsheet-bench-%d", os.Getuid())), "where newsrooms full of readers are kept for the next run")
	tree   = flag.String("tree", "../..", "the checkout that the binary is built from")

	people = flag.Int("readers", 0, "of BenchmarkSend: how many readers")
	conns  = flag.Int("connections", 10, "of BenchmarkSend")
	window = flag.Int("window", 16, "of BenchmarkSend")
	chunks = flag.Bool("chunks", false, "of BenchmarkSend: the relay offers CHUNKING")
)

// scratch is a folder for the time of the run.
var scratch string

// ends is when nothing new is begun any more.
var ends time.Time

// TestMain also is the children: see childEnv.
func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := runChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "broadsheet-bench-run-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	begun := time.Now()
	ends = begun.Add(*within)
	before := loadAverage()
	code := m.Run()
	if *write == "" {
		return code
	}
	if err := writePage(*write, page(machine(before, begun))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("written:", *write)
	return code
}

// sized is the size of a figure: as on the page, or small.
func sized(whole, small int) int {
	if *full {
		return whole
	}
	return small
}

// rounds calls round as often as a figure is measured, and no more often than fits
// into its share of the time. It is an error if there is no time for the first.
func rounds(b *testing.B, share time.Duration, round func()) {
	b.Helper()
	begun := time.Now()
	for i := range max(1, *repeat) {
		each := time.Duration(0)
		if i > 0 {
			each = time.Since(begun) / time.Duration(i)
		}
		if i > 0 && time.Since(begun)+each > share || time.Now().Add(each).After(ends) {
			if i == 0 {
				b.Fatalf("no time left of the %v that a run may take", *within)
			}
			return
		}
		round()
	}
}

// bounded is a context for one program of so many messages: it ends when the whole
// run has to.
func bounded(b *testing.B) (context.Context, context.CancelFunc) {
	b.Helper()
	return context.WithDeadline(b.Context(), ends.Add(time.Minute))
}
