package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkImport takes in a list of 1,000,000 readers, and takes it in again.
func BenchmarkImport(b *testing.B) {
	n := sized(1_000_000, 50_000)
	sec := newSection(7, "Taking a list in", fmt.Sprintf("`subscribers import` of a CSV of %s readers with names into an empty newsroom: each is checked, sealed and\n"+
		"stored, with `synchronous=FULL`, in a process of its own; then the same file again, which adds nobody. Memory is the most that the\n"+
		"process had resident (wait4). The file is in the cache of the system.", figure(float64(n), 0)),
		"import", "seconds", "readers/s", "processor time, us a reader", "memory, MiB", "runs")
	for b.Loop() {
		var first, again taken
		rounds(b, 3*time.Minute, func() {
			r := &room{dir: filepath.Join(b.TempDir(), "room"), relay: "127.0.0.1:25", connections: 1, window: 1}
			r.must(b, "init", r.dir)
			r.configure(b)
			defer r.remove(b)
			list := filepath.Join(b.TempDir(), "readers.csv")
			if err := writeReaders(list, n); err != nil {
				b.Fatal(err)
			}
			first.add(b, r, list, n, 0)
			again.add(b, r, list, 0, n)
		})
		for _, t := range []struct {
			name string
			taken
		}{{"of a new list", first}, {"of the same again", again}} {
			sec.row(t.name, t.seconds.text(1), figure(float64(n)/t.seconds.median(), 0), t.cpu.text(1), t.peak.text(0), fmt.Sprint(len(t.seconds)))
		}
		size := figure(float64(n), 0)
		sec.goal(size+" readers taken in, sealed", "under 20 s", first.seconds.text(1)+" s", first.seconds.median() < 20)
		sec.goal("memory of that", "under 200 MiB", first.peak.text(0)+" MiB", first.peak.median() < 200)
		report(b, first.seconds, "s")
		report(b, first.cpu, "cpu-us/reader")
		report(b, first.peak, "peak-MiB")
	}
}

// taken is what imports of one kind came to.
type taken struct{ seconds, cpu, peak series }

// add runs an import, which has to add so many readers and find so many others.
func (t *taken) add(b *testing.B, r *room, list string, added, existing int) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	cmd := r.command(ctx, b, "subscribers", "import", list, "--basis", "made up", "--json")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begun := time.Now()
	err := cmd.Run()
	wall := time.Since(begun)
	var got struct{ Added, Existing int }
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &got)
	}
	if err != nil || got.Added != added || got.Existing != existing {
		b.Fatalf("import: %v: %+v\n%s", err, got, lastLines(&errs))
	}
	t.seconds.add(wall.Seconds())
	t.cpu.add(float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / float64(added+existing))
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.peak.add(float64(u.Maxrss) * maxrssUnit / (1 << 20))
	}
}
