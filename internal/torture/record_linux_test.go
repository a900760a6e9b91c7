package torture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// op is one thing that the sender asked of the system about a file of its database.
type op struct {
	call       string
	file       string // "broadsheet.db"; "" is the folder
	begun, end time.Time
	offset     int64
	data       []byte // of a write
	size       int64  // of a truncation
}

// recording is every op of a run, in order, and the files before the first.
type recording struct {
	before map[string][]byte
	ops    []op
	after  map[string][]byte
}

// traced lists the calls that change a file, or make it durable. That none is missing
// is shown by recording.prove.
const traced = "open,openat,creat,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range," +
	"unlink,unlinkat,rename,renameat,renameat2"

// record runs a command of the program under strace, to its end.
func (r *room) record(args ...string) (rec recording, code int, stderr string) {
	r.t.Helper()
	strace := needStrace(r.t)
	dir := r.t.TempDir()
	inner := r.command(args...)
	c := exec.CommandContext(r.t.Context(), strace, append([]string{
		"-ff", "-y", "--seccomp-bpf", "--timestamps=unix,ns", "--syscall-times=ns", "-s", "1000000", "--strings-in-hex=all",
		"-e", "signal=none", "-e", "trace=" + traced, "-o", filepath.Join(dir, "trace"), "--",
	}, inner.Args...)...)
	c.Env = inner.Env
	rec.before = r.databaseFiles()
	code, _, stderr = r.finish(c)
	rec.after = r.databaseFiles()
	traces, err := filepath.Glob(filepath.Join(dir, "trace.*"))
	if err != nil || len(traces) == 0 {
		r.t.Fatalf("strace left no trace: %v\n%s", err, stderr)
	}
	for _, trace := range traces { // one for each thread
		ops, err := readTrace(trace, r.dir)
		if err != nil {
			r.t.Fatal(err)
		}
		rec.ops = append(rec.ops, ops...)
	}
	slices.SortStableFunc(rec.ops, func(a, b op) int { return a.begun.Compare(b.begun) })
	return rec, code, stderr
}

// needStrace finds strace, and sees that it may trace here: some containers forbid it.
func needStrace(t testing.TB) (path string) {
	t.Helper()
	path = parts.Strace.Need(t)
	out, err := exec.Command(path, "-o", os.DevNull, "true").CombinedOutput()
	switch {
	case err == nil:
	case parts.Required(parts.Strace.Name):
		t.Fatalf("strace may not trace here, and BROADSHEET_REQUIRE asks for it: %v\n%s", err, out)
	default:
		t.Skipf("strace may not trace here: %v\n%s", err, out)
	}
	return path
}

// databaseFiles is what the disk survives with: the database and its log. The index
// of the log (-shm) is made anew after a crash.
func (r *room) databaseFiles() map[string][]byte {
	r.t.Helper()
	files := map[string][]byte{}
	for _, ending := range []string{"", "-wal"} {
		text, err := os.ReadFile(r.database() + ending)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			r.t.Fatal(err)
		}
		files["broadsheet.db"+ending] = text
	}
	return files
}

func readTrace(path, dir string) ([]op, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<16), 1<<26)
	var ops []op
	for lines.Scan() {
		o, ok, err := readCall(lines.Bytes(), dir)
		if err != nil {
			return nil, fmt.Errorf("strace wrote %.300q: %w", lines.Text(), err)
		}
		if ok {
			ops = append(ops, o)
		}
	}
	return ops, lines.Err()
}

var errTrace = errors.New("a line that this test does not read")

// readCall reads a line of strace, such as
//
//	1795643891.842552921 fsync(9</path>) = 0 <0.005572390>
//
// where every string is in hex. It is false for what is not about the database.
func readCall(line []byte, dir string) (o op, ok bool, err error) {
	stamp, rest, _ := bytes.Cut(line, []byte(" "))
	open := bytes.IndexByte(rest, '(')
	if bytes.HasPrefix(rest, []byte("+++")) || bytes.HasPrefix(rest, []byte("---")) {
		return o, false, nil
	}
	if open < 0 {
		return o, false, errTrace
	}
	o.call = string(rest[:open])
	equals := bytes.LastIndex(rest, []byte(") = "))
	if bytes.HasSuffix(rest, []byte("<unfinished ...>")) { // by a thread that the process's end cut off
		path, _ := stringsOf(rest[open+1:])
		if _, ours := within(path, dir); !ours {
			return o, false, nil
		}
	}
	if equals < 0 {
		return o, false, errTrace
	}
	result, args := rest[equals+4:], rest[open+1:equals]
	path, data := stringsOf(args)
	if o.file, ok = within(path, dir); !ok || bytes.HasPrefix(result, []byte("-")) {
		return o, false, nil
	}
	took := result[bytes.LastIndexByte(result, '<')+1:]
	if o.begun, err = instant(string(stamp)); err != nil {
		return o, false, err
	}
	lasted, err := time.ParseDuration(strings.TrimSuffix(string(took), ">") + "s")
	if err != nil {
		return o, false, err
	}
	o.end = o.begun.Add(lasted)
	numbers := bytes.Split(args, []byte(", "))
	last := string(numbers[len(numbers)-1])
	switch o.call {
	case "open", "openat", "creat":
		return o, bytes.Contains(args, []byte("O_CREAT")), nil
	case "pwrite64":
		o.data = data
		if want := strconv.Itoa(len(data)); !bytes.HasPrefix(result, []byte(want+" ")) {
			return o, false, fmt.Errorf("%d bytes were to be written: %w", len(data), errTrace)
		}
		o.offset, err = strconv.ParseInt(last, 0, 64)
	case "ftruncate":
		o.size, err = strconv.ParseInt(last, 0, 64)
	case "fsync", "fdatasync", "unlink":
	default:
		return o, false, errTrace
	}
	return o, true, err
}

// stringsOf is the first path of the arguments of a call, that of its descriptor if
// it has one, and the string after it.
func stringsOf(args []byte) (path string, data []byte) {
	if i := bytes.IndexByte(args, '<'); i >= 0 && !bytes.HasPrefix(args, []byte("AT_FDCWD")) && bytes.IndexByte(args, '>') > i {
		end := bytes.IndexByte(args, '>')
		path, args = string(unhex(args[i+1:end])), args[end:]
	}
	if i := bytes.IndexByte(args, '"'); i >= 0 {
		data = unhex(args[i+1 : i+1+bytes.IndexByte(args[i+1:], '"')])
	}
	if path == "" {
		path = string(data)
	}
	return path, data
}

func unhex(text []byte) []byte {
	out := make([]byte, 0, len(text)/4)
	digit := func(c byte) byte {
		if c >= 'a' {
			return c - 'a' + 10
		}
		return c - '0'
	}
	for ; len(text) >= 4; text = text[4:] {
		out = append(out, digit(text[2])<<4|digit(text[3]))
	}
	return out
}

// within is the name of a file of the database; "" is its folder.
func within(path, dir string) (name string, ok bool) {
	if path == dir {
		return "", true
	}
	name = strings.TrimPrefix(path, dir+"/")
	return name, name == "broadsheet.db" || name == "broadsheet.db-wal"
}

func instant(stamp string) (time.Time, error) {
	whole, part, _ := strings.Cut(stamp, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	nanos, err2 := strconv.ParseInt(part, 10, 64)
	return time.Unix(seconds, nanos), errors.Join(err, err2)
}

// prove replays a recording to its end: that has to give the files that are there.
func (rec recording) prove(t testing.TB) {
	t.Helper()
	d := newDisk(rec)
	d.forward(rec.ops[len(rec.ops)-1].end.Add(time.Hour))
	for name, f := range d.files {
		f.apply(len(f.pending))
		want, there := rec.after[name]
		if f.there() != there || there && !bytes.Equal(f.sure, want) {
			t.Fatalf("the record of %s is not complete: replayed, it gives %d bytes (there: %v), and %d are there (%v)",
				name, len(f.sure), f.there(), len(want), there)
		}
	}
}
