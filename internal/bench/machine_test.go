package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine is the head of the figures: where, when and how they were measured.
func machine(loadBefore string, begun time.Time) string {
	form := "in full"
	if !*full {
		form = "in the short form, whose figures say little: messages are few and the start of a process weighs much"
	}
	return fmt.Sprintf(`Written on %s by `+"`%s`"+`, %s, at revision %s. It took %s. Figures are medians, and in brackets the least and
the most of the runs; a ratio is taken within a run, and its median is what stands here. The yardstick and ours took turns.

Machine: %d cores, %s; %s, Linux %s; %s; %s. Everything on loopback. Load average before: %s; after: %s.
A write of 4 kB followed by fsync takes %s where the database is (%s).
`,
		begun.UTC().Format("2 January 2006, 15:04 UTC"), commandLine(), form, revision(), time.Since(begun).Round(time.Second),
		runtime.NumCPU(), fromFile("/proc/cpuinfo", "model name\t: "), fromFile("/etc/os-release", "PRETTY_NAME="),
		fromFile("/proc/sys/kernel/osrelease", ""), strings.Replace(runtime.Version(), "go", "Go ", 1), postfixVersion(),
		loadBefore, loadAverage(), syncTime(), filesystem(scratch))
}

func commandLine() string {
	if *full {
		return "make bench"
	}
	return "make bench-quick"
}

// fromFile is what follows the first line that begins so.
func fromFile(path, begins string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, begins); ok {
			return strings.Trim(strings.TrimSpace(rest), `"`)
		}
	}
	return "unknown"
}

func loadAverage() string {
	if fields := strings.Fields(fromFile("/proc/loadavg", "")); len(fields) > 0 {
		return fields[0]
	}
	return "unknown"
}

func revision() string { return output("git", "-C", *tree, "describe", "--always", "--dirty") }

func postfixVersion() string {
	return "Postfix " + strings.TrimPrefix(output("/usr/sbin/postconf", "-d", "mail_version"), "mail_version = ")
}

func output(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// filesystem is the type of the one that a folder is on.
func filesystem(dir string) string {
	return output("stat", "--file-system", "--format=%T", dir)
}

// syncTime is how long a small write takes to be on the disk: a claim waits for that.
func syncTime() string {
	f, err := os.Create(filepath.Join(scratch, "sync"))
	if err != nil {
		return "an unknown time"
	}
	defer f.Close()
	var all series
	for range 200 {
		begun := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			break
		}
		_ = f.Sync()
		all.add(float64(time.Since(begun).Microseconds()))
	}
	return all.text(0) + " us"
}
