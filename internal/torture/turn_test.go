package torture

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// turnPoint is where the process that changes the master key ends itself. "After Turn's
// commit" is before the key's file has the new key: it lies beside the old one.
type turnPoint struct {
	point     string
	beside    bool // the new key lies beside the old one's file
	continues bool // the next rotate goes on with the change; else it makes one of its own
}

var turnPoints = []turnPoint{
	{"Turn before commit", true, false},
	{"Turn after commit", true, true},
	{"TurnReaders before commit", false, true},
	{"TurnReaders after commit", false, true},
	{"EndTurn before commit", false, true},
	{"EndTurn after commit", false, false},
}

// TestCrashWhileTheKeyChanges ends keys rotate before and after its commits: whatever the
// point, the next command opens the list, everybody is there, the next rotate ends what was
// begun, the old key opens nothing then, and an edition approved before goes to everybody, once.
func TestCrashWhileTheKeyChanges(t *testing.T) {
	approved := newRoom(t, t.TempDir(), crashReaders)
	approved.ready()
	for _, p := range turnPoints {
		t.Run(p.point, func(t *testing.T) { crashWhileTurning(t, approved, p) })
	}
	report(t, "named points while the key changes", len(turnPoints), "before and after the commit that changes the master key, seals readers anew, ends the change; the new key's file beside the old one's, or in its place")
}

func crashWhileTurning(t *testing.T, approved *room, p turnPoint) {
	relay := newRelay(t, offerChunking, crashReaders)
	r := approved.copy(t, t.TempDir())
	s := crashSettings
	s.policy = "resend"
	r.set(relay.address, s)
	file, old := filepath.Join(r.dir, "broadsheet.key"), filepath.Join(r.home, "old.key")
	before := readKey(t, file)
	if err := os.WriteFile(old, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	r.crashAt(p.point, "keys", "rotate")
	if _, err := os.Stat(file + ".new"); (err == nil) != p.beside {
		t.Errorf("the new key beside the old one's file: %v", err)
	}
	r.wantEverybody()
	var said struct{ Continued bool }
	if err := json.Unmarshal([]byte(r.must("keys", "rotate", "--json")), &said); err != nil || said.Continued != p.continues {
		t.Errorf("%v: the next rotate goes on with the change: %v", err, said.Continued)
	}
	r.wantEverybody()
	if _, err := os.Stat(file + ".new"); err == nil || readKey(t, file) == before {
		t.Errorf("the file has the old key, or a new one lies beside: %v", err)
	}
	if code, out, errs := r.run("subscribers", "export", "--key", old); code != exitFailed || !strings.Contains(errs, "is not the key this list is sealed with") {
		t.Errorf("the old key: exit code %d, %d octets: %s", code, len(out), errs)
	}
	r.hold(s, relay, r.settle(), 0)
}

func readKey(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantEverybody holds that each reader is on the list, once.
func (r *room) wantEverybody() {
	r.t.Helper()
	list := r.must("subscribers", "export")
	lines := strings.Count(list, "\n")
	for i := range r.readers {
		if strings.Count(list, addressOf(i+1)+",") != 1 {
			r.t.Fatalf("reader %d is not there once", i+1)
		}
	}
	if lines != r.readers+1 {
		r.t.Errorf("%d lines for %d readers", lines, r.readers)
	}
}

// TestCrashWhileAHandedKeyChanges: so it is where no file of the newsroom holds the key. The
// new one is where it was told to go before anything is changed, and ends what was begun.
func TestCrashWhileAHandedKeyChanges(t *testing.T) {
	approved := newRoom(t, t.TempDir(), crashReaders)
	for _, point := range []string{"Turn before commit", "Turn after commit"} {
		t.Run(point, func(t *testing.T) {
			r := approved.copy(t, t.TempDir())
			r.set("127.0.0.1:9", crashSettings)
			old, next := filepath.Join(r.home, "old.key"), filepath.Join(r.home, "new.key")
			if err := os.Rename(filepath.Join(r.dir, "broadsheet.key"), old); err != nil {
				t.Fatal(err)
			}
			yaml := readKey(t, r.config())
			if err := os.WriteFile(r.config(), []byte("key: unlock\n"+yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			r.must("subscribers", "export", "--key", old) // has its web key from here on
			r.crashAt(point, "keys", "rotate", "--key", old, "--out", next)
			opens, other := next, old
			if point == "Turn before commit" {
				opens, other = old, next
			}
			if code, _, errs := r.run("subscribers", "export", "--key", other); code != exitFailed || !strings.Contains(errs, "is not the key this list is sealed with") {
				t.Errorf("the other key: exit code %d: %s", code, errs)
			}
			r.must("keys", "rotate", "--key", opens, "--out", filepath.Join(r.home, "third.key"))
			r.must("status") // locked, with the web key of the master in force
			if point == "Turn after commit" {
				if _, err := os.Stat(filepath.Join(r.home, "third.key")); err == nil {
					t.Error("a change that was begun makes another key")
				}
				opens = next
			} else {
				opens = filepath.Join(r.home, "third.key")
			}
			if n := strings.Count(r.must("subscribers", "export", "--key", opens), "\n"); n != crashReaders+1 {
				t.Errorf("%d lines for %d readers", n, crashReaders)
			}
		})
	}
}
