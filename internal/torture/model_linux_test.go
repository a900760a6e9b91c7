package torture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hexed is a string as strace writes it.
func hexed(s string) string {
	var b strings.Builder
	for i := range len(s) {
		const digits = "0123456789abcdef"
		b.WriteString(`\x` + string(digits[s[i]>>4]) + string(digits[s[i]&15]))
	}
	return b.String()
}

// TestReadCall reads lines as strace writes them.
func TestReadCall(t *testing.T) {
	const dir = "/room"
	at := time.Unix(1795643891, 842552921)
	for _, tt := range []struct {
		line string
		want op
		ok   bool
		bad  bool
	}{
		{`fsync(9<` + hexed("/room/broadsheet.db-wal") + `>) = 0 <0.005572390>`, op{call: "fsync", file: "broadsheet.db-wal", end: at.Add(5572390)}, true, false},
		{`fsync(9<` + hexed("/room") + `>) = 0 <0.000000001>`, op{call: "fsync", end: at.Add(1)}, true, false},
		{`pwrite64(9<` + hexed("/room/broadsheet.db") + `>, "` + hexed("two > \"") + `", 7, 4096) = 7 <0.000000002>`, op{call: "pwrite64", file: "broadsheet.db", data: []byte("two > \""), offset: 4096, end: at.Add(2)}, true, false},
		{`pwrite64(9<` + hexed("/room/broadsheet.db") + `>, "` + hexed("two") + `", 3, 4096) = 2 <0.000000002>`, op{}, false, true},
		{`pwrite64(9<` + hexed("/room/broadsheet.db-shm") + `>, "` + hexed("two") + `", 3, 4096) = 3 <0.000000002>`, op{}, false, false},
		{`ftruncate(8<` + hexed("/room/broadsheet.db") + `>, 364544) = 0 <0.000000002>`, op{call: "ftruncate", file: "broadsheet.db", size: 364544, end: at.Add(2)}, true, false},
		{`unlink("` + hexed("/room/broadsheet.db-wal") + `") = 0 <0.000000002>`, op{call: "unlink", file: "broadsheet.db-wal", end: at.Add(2)}, true, false},
		{`openat(AT_FDCWD<` + hexed("/tmp") + `>, "` + hexed("/room/broadsheet.db") + `", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 8<` + hexed("/room/broadsheet.db") + `> <0.000000002>`, op{call: "openat", file: "broadsheet.db", end: at.Add(2)}, true, false},
		{`openat(AT_FDCWD<` + hexed("/tmp") + `>, "` + hexed("/room/broadsheet.db") + `", O_WRONLY|O_CREAT|O_EXCL, 0600) = -1 EEXIST (File exists) <0.000000002>`, op{}, false, false},
		{`fallocate(8<` + hexed("/room/broadsheet.db") + `>, 0, 0, 4096) = 0 <0.000000002>`, op{}, false, true},
		{`???( <unfinished ...>`, op{}, false, false},
		{`openat(AT_FDCWD<` + hexed("/tmp") + `>, "` + hexed("/proc/self/maps") + `", O_RDONLY <unfinished ...>`, op{}, false, false},
		{`fsync(9<` + hexed("/room/broadsheet.db-wal") + `> <unfinished ...>`, op{}, false, true},
		{`+++ exited with 0 +++`, op{}, false, false},
		{`what`, op{}, false, true},
	} {
		got, ok, err := readCall([]byte("1795643891.842552921 "+tt.line), dir)
		if ok != tt.ok || (err != nil) != tt.bad {
			t.Errorf("%s: %v, %v", tt.line, ok, err)
		}
		if !ok {
			continue
		}
		if !got.begun.Equal(at) || !got.end.Equal(tt.want.end) || got.call != tt.want.call || got.file != tt.want.file ||
			got.offset != tt.want.offset || got.size != tt.want.size || string(got.data) != string(tt.want.data) {
			t.Errorf("%s: got %+v", tt.line, got)
		}
	}
}

// TestDisk: what a sync covers is there, what came during it or after it may be.
func TestDisk(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
	write := func(from, to int, offset int64, text string) op {
		return op{call: "pwrite64", file: "broadsheet.db", begun: at(from), end: at(to), offset: offset, data: []byte(text)}
	}
	a, b := strings.Repeat("a", 512), strings.Repeat("b", 512)
	rec := recording{before: map[string][]byte{"broadsheet.db": []byte("0")}, ops: []op{
		write(1, 2, 0, a),
		{call: "fsync", file: "broadsheet.db", begun: at(3), end: at(6)},
		write(4, 5, 512, b), // during the sync
		write(7, 8, 0, b),
		{call: "ftruncate", file: "broadsheet.db", begun: at(9), end: at(10), size: 512},
		{call: "fsync", file: "broadsheet.db", begun: at(11), end: at(12)},
	}}
	for _, tt := range []struct {
		at     int
		may    []string // "" where the mode is torn: any of these
		mode   int
		reason string
	}{
		{0, []string{"0"}, cutAll, "nothing is written"},
		{5, []string{"0"}, cutNothing, "the sync has not ended"},
		{5, []string{a + b}, cutAll, "and yet all may be there"},
		{6, []string{a}, cutNothing, "the sync covers what came before it"},
		{6, []string{a + b}, cutAll, "what came during it may be there"},
		{8, []string{a, a + b, b, b + b}, cutTorn, "each sector has its own state"},
		{10, []string{a}, cutNothing, "a truncation is a write"},
		{12, []string{b}, cutNothing, "the end"},
	} {
		for seed := range uint64(20) {
			dir := t.TempDir()
			d := newDisk(rec)
			d.forward(at(tt.at))
			if err := d.write(dir, cut{mode: tt.mode, sector: 512, seed: seed}); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(dir, "broadsheet.db"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, may := range tt.may {
				// A sector that is beyond the old end and not written is zeros.
				found = found || string(text) == may || tt.mode == cutTorn && len(text) == 1024 && string(text[:512]) == may[:512] && text[512] == 0
			}
			if !found {
				t.Errorf("%s, at %d: %q", tt.reason, tt.at, text)
			}
		}
	}
}

// TestDiskNames: a name is sure once its folder is synced.
func TestDiskNames(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
	rec := recording{before: map[string][]byte{}, ops: []op{
		{call: "open", file: "broadsheet.db-wal", begun: at(1), end: at(2)},
		{call: "fsync", begun: at(3), end: at(4)},
		{call: "unlink", file: "broadsheet.db-wal", begun: at(5), end: at(6)},
	}}
	for _, tt := range []struct {
		at, mode int
		there    bool
	}{{0, cutAll, false}, {2, cutAll, true}, {2, cutNothing, false}, {4, cutNothing, true}, {6, cutNothing, true}, {6, cutAll, false}} {
		dir := t.TempDir()
		d := newDisk(rec)
		d.forward(at(tt.at))
		if err := d.write(dir, cut{mode: tt.mode, sector: 512}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "broadsheet.db-wal")); (err == nil) != tt.there {
			t.Errorf("at %d, mode %d: %v", tt.at, tt.mode, err)
		}
	}
}
