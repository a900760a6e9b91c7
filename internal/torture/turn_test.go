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
