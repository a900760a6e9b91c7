package main

import (
	"strings"
	"testing"
)

// TestServeGoesOnBetweenWaves: a serve sends wave after wave, waits between them, and
// is killed in the wait; the next one goes on.
func TestServeGoesOnBetweenWaves(t *testing.T) {
	const readers = 60
	sink := newTestSink(t, "")
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	err := setConfig(r.dir, func(yaml string) string {
		return strings.Replace(yaml, "    address: 1 Quay", "    waves: [10 + 3s, rest]\n    address: 1 Quay", 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	r.ready()
	d := r.serve()
	code, _, errs := r.run("send", "weekly", "--yes", "--wait", "0")
	if code != Incomplete || !strings.Contains(errs, "50 wait; wave 2 of 2 (rest) is due") {
		t.Errorf("after the first wave: %d: %s", code, errs)
	}
	_ = d.Process.Kill()
	<-d.done
	if n, _ := sink.tally(); n != 10 {
		t.Errorf("%d messages came before the wait was over, want 10", n)
	}
	d = r.serve()
	if err := sink.await(t.Context(), readers); err != nil {
		t.Fatal(err)
	}
	code, out, errs := r.run("send", "weekly", "--yes", "--json")
	if code != Done && !strings.Contains(errs, "has been sent: 60 of 60") {
		t.Errorf("in the end: %d: %s%s", code, out, errs)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
	if n, got := sink.tally(); n != readers || len(got) != readers {
		t.Errorf("%d messages to %d readers, want %d", n, len(got), readers)
	}
}
