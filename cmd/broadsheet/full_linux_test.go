package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// fillDisk leaves no room on the disk of a folder. It gives what makes room again.
func fillDisk(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<16); len(block) > 0; {
		n, err := f.Write(block)
		if errors.Is(err, syscall.ENOSPC) {
			if n == 0 { // smaller steps, to the last byte
				block = block[:len(block)/2]
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// onSmallDisk makes a newsroom on a disk of its own, with an edition that is ready and a
// sink that is slow.
func onSmallDisk(t *testing.T, readers int) (r *room, sink *testSink, disk string) {
	t.Helper()
	ears := hearNoReader(t)
	disk = parts.SmallDisk(t, "48m")
	sink = newTestSink(t, "")
	r = newRoomAt(t, ears, disk, sink.address, readers)
	r.setRelay(8, 2)
	r.ready()
	sink.fail("data", &sinkFault{reply: slow})
	return r, sink, disk
}

// TestDiskFullMidSend fills the disk while a send is under way: it stops before the
// next message, says so, records what was accepted with the room of its reserve, and
// goes on once there is room: nobody gets it twice.
func TestDiskFullMidSend(t *testing.T) {
	const readers = 3000
	r, sink, disk := onSmallDisk(t, readers)
	c, out := r.start("send", "weekly", "--yes")
	if err := sink.await(t.Context(), 100); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	free := fillDisk(t, disk)
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != Failed {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{"the disk is full", "the send stopped before the next message", `make room, and "broadsheet send" continues it`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	stopped := sinkTotal(sink)
	if stopped >= readers {
		t.Errorf("%d messages were sent on a full disk", stopped)
	}
	// With the disk still full nothing more leaves.
	if code, _, errs := r.run("send", "weekly"); code != Failed || !strings.Contains(errs, "full") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if total := sinkTotal(sink); total != stopped {
		t.Errorf("%d messages left on a full disk", total-stopped)
	}
	free()
	sink.heal()
	a := readAccounting(t, r.must("send", "weekly", "--json"))
	_, got := sink.tally()
	if a.Accepted != readers || len(got) != readers || doubled(got) > 0 {
		t.Errorf("%d readers have it, %d doubled: %+v", len(got), doubled(got), a)
	}
	t.Logf("stopped after %d, %d doubled", stopped, doubled(got))
}

// TestDiskFullInServe fills the disk while the daemon sends what another process
// ordered: the mailing stops before the next message, the log says why and what to do,
// and once there is room it goes on by itself, to its end, under the eyes of who
// ordered it.
func TestDiskFullInServe(t *testing.T) {
	const readers = 3000
	r, sink, disk := onSmallDisk(t, readers)
	d, follower, watched := r.serveUntil(sink, 100)
	free := fillDisk(t, disk)
	d.log.await(t, "mailing stopped; it is tried again", "the disk is full", "make room", "goes on by itself once there is room")
	stopped := sinkTotal(sink)
	if stopped >= readers {
		t.Errorf("%d messages were sent on a full disk", stopped)
	}
	free()
	sink.heal()
	if err := follower.Wait(); err != nil {
		t.Errorf("the send that watched: %v\n%s", err, watched)
	}
	if strings.Contains(watched.String(), "Another sender holds the rest") {
		t.Errorf("it waited for its own lease to end:\n%s", watched)
	}
	a := readAccounting(t, r.must("status", "weekly", "--json"))
	_, got := sink.tally()
	if a.Accepted != readers || a.Audience != readers || len(got) != readers || doubled(got) > 0 {
		t.Errorf("%d readers have it, %d doubled: %+v\n%s", len(got), doubled(got), a, d.log)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
	t.Logf("stopped after %d", stopped)
}

// TestDiskFull asks for other work on a full disk: each says what is wrong, and
// works later.
func TestDiskFull(t *testing.T) {
	ears := hearNoReader(t)
	disk := parts.SmallDisk(t, "16m")
	r := newRoomAt(t, ears, disk, "127.0.0.1:9", 100)
	file := filepath.Join(t.TempDir(), "more.csv")
	if err := os.WriteFile(file, readersCSV(5000), 0o600); err != nil {
		t.Fatal(err)
	}
	free := fillDisk(t, disk)
	commands := [][]string{
		{"subscribers", "import", file, "--basis", "asked for it"},
		{"draft"},
		{"subscribers", "add", "ada@" + canary + ".example"},
	}
	for _, command := range commands {
		code, _, errs := r.run(command...)
		if code != Failed || !strings.Contains(errs, "full") && !strings.Contains(errs, "no space left") {
			t.Errorf("%s: exit code %d: %s", command[0], code, errs)
		}
	}
	free()
	for _, command := range commands {
		r.must(command...)
	}
	if out := r.must("subscribers", "count", "--json"); !strings.Contains(out, `"count": 5001`) {
		t.Errorf("after all: %s", out)
	}
}
