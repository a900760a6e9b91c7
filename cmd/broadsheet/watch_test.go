package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestWatchServe watches, from a second process, what a serve sends: while it runs the
// relays' numbers come line by line, and the accounting comes last.
func TestWatchServe(t *testing.T) {
	const readers = 600
	sink := newTestSink(t, "")
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	r.ready()
	sink.fail("data", &sinkFault{reply: slow})
	d := r.serve()
	c, ordered := r.start("send", "weekly")
	if err := sink.await(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	code, out, errs := r.run("status", "weekly", "--watch", "--json")
	if code != Done || errs != "" {
		t.Errorf("exit code %d: %s", code, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if a := readAccounting(t, lines[len(lines)-1]); a.Accepted != readers {
		t.Errorf("the last line: %+v", a)
	}
	last, spoke := int64(0), false
	for _, line := range lines[:len(lines)-1] {
		var p newsroom.Progress
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if !p.Balanced() || p.Accepted < last {
			t.Errorf("after %d accepted: %s", last, line)
		}
		last = p.Accepted
		if p.Senders == 1 && len(p.Relays) == 1 {
			one := p.Relays[0]
			spoke = spoke || one.Accepted == p.Accepted && one.Connections > 0 && one.Rate > 0 && p.Rate > 0 && one.State == newsroom.RelayUp
		}
	}
	if !spoke {
		t.Errorf("serve did not say how fast its relay is:\n%s", out)
	}
	_ = c.Wait()
	if c.ProcessState.ExitCode() != Done || !strings.Contains(ordered.String(), "600  accepted") {
		t.Errorf("send watched, and ended with %d:\n%s", c.ProcessState.ExitCode(), ordered)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log.String())
	}
}
