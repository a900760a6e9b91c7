package main

import (
	"strings"
	"testing"
)

// TestLockedFriday: an edition is due and the list is locked. It is drafted all the
// same; serve tells the editors once, and lets it wait; whoever sends it by hand is told why nothing moves. Then
// the key is handed over, and it goes out, once.
func TestLockedFriday(t *testing.T) {
	const readers, desk = 5, "desk@harbour-observer.example"
	sink := newTestSink(t, t.TempDir())
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	key := r.takeKeyAway()
	err := setConfig(r.dir, func(yaml string) string {
		return yaml + "    approval: automatic\n    editors: [" + desk + "]\n"
	})
	if err != nil {
		t.Fatal(err)
	}
	never := "never unlocked yet"
	r.mustWith(Done, "", []string{"status"}, never)
	r.mustWith(Done, "", []string{"keys", "--json"}, `"never_unlocked": true`)
	r.mustWith(Failed, "", []string{"check"}, "has no web key yet", `"broadsheet unlock" it once`)
	r.mustWith(Done, key, []string{"subscribers", "export", "--key", "-"}, "reader00005@") // makes the web key
	r.must("draft")                                                                        // without the key
	r.env = append(r.env, envAsOf+"=2026-11-27T09:00:05Z")                                 // the last one counts
	d := r.serve()
	d.log.await(t, "an edition waits for the key", edition)
	r.mustWith(Done, "", []string{"status"}, "Locked: ", edition+"  draft")
	if err := sink.await(t.Context(), 1); err != nil {
		t.Fatalf("%v\n%s", err, d.log)
	}
	all, err := sink.messages()
	if err != nil || len(all) != 1 || !strings.Contains(all[0], "Subject: "+edition+" waits: the list is locked") {
		t.Errorf("%v: the editors got %d mails, want one that it waits: %q", err, len(all), all)
	}

	c, said := r.command(t.Context(), "send", "weekly", "--yes"), newJournal()
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said.await(t, "the list is locked: it goes on as soon as somebody hands over the key")
	r.mustWith(Failed, "", []string{"lock"}, "weekly is being sent")
	r.mustWith(Done, "", []string{"lock", "--now"}, "Locked: ")
	r.mustWith(Done, key, []string{"unlock"}, "Unlocked")
	if err := c.Wait(); err != nil || !strings.Contains(said.String(), "5  accepted") {
		t.Errorf("%v: %s", err, said)
	}
	r.mustWith(Done, "", []string{"status", "weekly"}, "sent", "5  accepted")
	_, got := sink.tally()
	delete(got, desk)
	if len(got) != readers || doubled(got) > 0 {
		t.Errorf("the edition went to %d of %d readers, %d times twice", len(got), readers, doubled(got))
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
}
