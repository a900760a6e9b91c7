package demo

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPortTaken has somebody else on the mail server's port: the configuration of a new
// folder names the port that it is, and of a kept one is told that it does not hold.
func TestPortTaken(t *testing.T) {
	if l, err := net.Listen("tcp", "127.0.0.1:"+relayPort); err == nil { // else it is taken anyway
		defer l.Close()
	}
	dir := filepath.Join(t.TempDir(), "observer")
	d, err := Open(t.Context(), options(dir, 3))
	if err != nil {
		t.Fatal(err)
	}
	relay := d.Sink.Address()
	text, err := os.ReadFile(filepath.Join(dir, "broadsheet.yaml"))
	if err != nil || !strings.Contains(string(text), "address: "+relay+"\n") || d.Taken != "" {
		t.Errorf("the mail server is on %s, %q is taken: %v\n%s", relay, d.Taken, err, text)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", relay)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	again, err := Open(t.Context(), options(dir, 3))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Taken != relay || again.Sink.Address() == relay {
		t.Errorf("%q is taken, the mail server on %s", again.Taken, again.Sink.Address())
	}
}
