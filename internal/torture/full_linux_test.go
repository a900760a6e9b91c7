package torture

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

const (
	diskSize    = 64 << 20
	page        = 4096
	reserveSize = 8 << 20 // of broadsheet.reserve: see internal/newsroom
)

// TestDiskFull leaves a mailing room for so many pages of 4,096 bytes, from none to as
// many as it takes: so that each write that needs room is once the one that finds
// none. The send stops before the next dot and says what to do; with room again it goes
// on, nobody is missed and nobody has it twice.
func TestDiskFull(t *testing.T) {
	const readers = 300
	disk := parts.SmallDisk(t, strconv.Itoa(diskSize))
	approved := newRoom(t, t.TempDir(), readers)
	approved.ready()
	// A send makes its reserve before anything else, and starts only where there is room
	// for twice that. With the reserve there, it starts on a disk without any.
	if err := os.WriteFile(filepath.Join(approved.dir, "broadsheet.reserve"), bytes.Repeat([]byte("reserve\n"), reserveSize/8), 0o600); err != nil {
		t.Fatal(err)
	}
	stopped, mid, enough := 0, 0, 0
	for n := 0; enough < 3; n = more(n) {
		f := &full{room: approved.copy(t, disk), disk: disk, relay: newRelay(t, offerPipelining, readers)}
		switch sent, ended := f.try(n); {
		case ended:
			enough++
		case sent > 0:
			stopped, mid, enough = stopped+1, mid+1, 0
		default:
			stopped, enough = stopped+1, 0
		}
		if err := os.RemoveAll(f.dir); err != nil {
			t.Fatal(err)
		}
		if n > 100_000 {
			t.Fatal("the mailing never ends")
		}
	}
	if mid == 0 {
		t.Error("no trial stopped a mailing that was under way")
	}
	report(t, "disk full at each write", stopped, fmt.Sprintf("room for 0, 1, 2, ... pages: stopped %d times, %d of them with messages out; each said what to do; with room again nobody missed, nobody doubled, nothing in doubt", stopped, mid))
}

// more is how many pages the next trial has: one more; in the short form in steps that
// grow.
func more(n int) int {
	if *long {
		return n + 1
	}
	return n + 1 + n/3
}

// full is a newsroom on a disk without room.
type full struct {
	*room
	disk  string
	relay *relay
}

// try sends with room for n pages. It says how many messages had left when the send
// stopped, or that it ended.
func (f *full) try(n int) (sent int64, ended bool) {
	t := f.t
	t.Helper()
	f.set(f.relay.address, settings{"resend", 4, 4})
	free := fill(t, f.disk, n*page)
	code, _, errs := f.run("send", "weekly", "--json", "--yes")
	sent = f.relay.total.Load()
	free()
	if code == exitDone {
		return sent, true
	}
	if code != exitFailed || !strings.Contains(errs, "disk is full") || !strings.Contains(errs, "make room") {
		t.Errorf("room for %d pages: exit code %d: %s", n, code, errs)
	}
	if sent > 0 {
		if a := f.account(); int64(a.Accepted) != sent || a.InDoubt > 0 {
			t.Errorf("room for %d pages: the relay has %d, the ledger says %+v", n, sent, a)
		}
		if !strings.Contains(errs, "stopped before the next message") {
			t.Errorf("room for %d pages: it does not say that it stopped: %s", n, errs)
		}
	}
	end := f.settle()
	if missed, doubled := f.hold(settings{"resend", 4, 4}, f.relay, end, 0); t.Failed() {
		t.Logf("room for %d pages, stopped after %d: %d missed, %d doubled", n, sent, missed, doubled)
	}
	return sent, false
}

// fill leaves so many bytes on a disk.
func fill(t testing.TB, disk string, room int) (free func()) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(disk, &s); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(disk, "filler")
	if err := os.WriteFile(path, make([]byte, int(s.Bavail)*int(s.Bsize)-room), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}
