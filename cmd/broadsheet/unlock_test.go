package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runWith runs the program with a standard input.
func (r *room) runWith(input string, args ...string) (code int, all string) {
	r.t.Helper()
	c := r.command(r.t.Context(), args...)
	c.Stdin = strings.NewReader(input)
	out, _ := c.CombinedOutput()
	return c.ProcessState.ExitCode(), string(out)
}

// mustWith runs the program, which has to exit with a code and say every word.
func (r *room) mustWith(code int, input string, args []string, words ...string) {
	r.t.Helper()
	got, all := r.runWith(input, args...)
	if got != code {
		r.t.Errorf("broadsheet %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, all)
	}
	for _, word := range words {
		if !strings.Contains(all, word) {
			r.t.Errorf("broadsheet %s does not say %q:\n%s", strings.Join(args, " "), word, all)
		}
	}
}

// takeKeyAway makes of a newsroom one that is handed its key, and returns that.
func (r *room) takeKeyAway() (key string) {
	r.t.Helper()
	file := filepath.Join(r.dir, "broadsheet.key")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.Remove(file)
	}
	if err == nil {
		err = setConfig(r.dir, func(yaml string) string { return "key: unlock\nsign_up: {work: 0}\n" + yaml })
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

func (d *daemon) get(from, path string) string {
	d.t.Helper()
	answer, err := http.Get("http://" + from + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

// TestUnlock: a serve that is handed its key, sends, forgets it, and says so.
func TestUnlock(t *testing.T) {
	sink := newTestSink(t, t.TempDir())
	r := newRoom(t, hearNoReader(t), sink.address, 8)
	r.ready()
	key := r.takeKeyAway()
	unlock := []string{"unlock", "--ttl", "6h"}
	r.mustWith(Failed, key, unlock, `no "broadsheet serve" runs in this newsroom, and nobody else keeps a key: start it first`)
	r.mustWith(Failed, "", []string{"subscribers", "export"}, "the list is locked", "--key FILE")
	r.mustWith(Failed, "", []string{"send", "weekly", "--yes"}, "the list is locked")
	r.mustWith(Done, key, []string{"subscribers", "export", "--key", "-"}, "reader00008@")

	d := r.serve()
	if info, err := os.Stat(filepath.Join(r.dir, "broadsheet.sock")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	r.mustWith(Done, "", []string{"status"}, "Locked: ")
	r.mustWith(Failed, "no key at all", unlock, "not a master key")
	r.mustWith(Failed, strings.ToLower(key[:len(key)-3]), unlock, "not a master key")
	r.mustWith(Done, "", []string{"keys", "--json"}, `"locked": true`, `"from": "unlock"`, "lies nowhere on this machine")
	if h := d.get(d.ops, "/healthz"); !strings.Contains(h, `"locked":true`) {
		t.Errorf("health: %s", h)
	}
	r.mustWith(Done, key, unlock, "Unlocked until", "nobody's address")
	if m := d.get(d.ops, "/metrics"); !strings.Contains(m, "broadsheet_locked 0") || !strings.Contains(m, "broadsheet_unlocked_until_timestamp_seconds") {
		t.Error("the metrics do not say until when")
	}
	r.mustWith(Done, "", []string{"send", "weekly", "--yes"}, "8  accepted")
	r.mustWith(Done, "", []string{"lock", "--now"}, "Locked: ")
	r.mustWith(Done, "", []string{"check"}, "locked: the key was not asked for")

	// Its pages take sign-ups all the same, and the confirmation goes out.
	answer, err := http.PostForm("http://"+d.web+"/subscribe", url.Values{"email": {"ada@" + canary + "9.example"}, "newsletter": {"weekly"}})
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("sign-up: %v, %v", answer, err)
	}
	answer.Body.Close()
	if err := sink.await(t.Context(), 9); err != nil {
		t.Fatal(err)
	}
	r.mustWith(Done, key, []string{"unlock", "--ttl", "1s"}, "The disk: ") // which may be over before the answer, on a busy machine
	d.log.await(t, "msg=unlocked", "for=1s")
	d.log.await(t, "msg=locked", "time is over")
	r.mustWith(Done, "", []string{"status"}, "Locked: ")
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "broadsheet.sock")); err == nil {
		t.Error("the socket is left behind")
	}
}

// TestRotateServed changes the key under a serve that was handed it: it has the new
// one, for as long as the old, and goes on.
func TestRotateServed(t *testing.T) {
	sink := newTestSink(t, t.TempDir())
	r := newRoom(t, hearNoReader(t), sink.address, 300)
	r.ready()
	old := r.takeKeyAway()
	d := r.serve()
	r.mustWith(Done, old, []string{"unlock", "--ttl", "6h"}, "Unlocked until")
	file := filepath.Join(t.TempDir(), "new.key")
	r.mustWith(Done, old, []string{"keys", "rotate", "--key", "-", "--out", file}, "sealed with the new key")
	r.mustWith(Done, "", []string{"status"}, "Unlocked until")
	r.mustWith(Done, "", []string{"send", "weekly", "--yes"}, "300  accepted")
	r.mustWith(Done, "", []string{"lock"}, "Locked: ")
	r.mustWith(Failed, old, []string{"unlock"}, "is not the key this list is sealed with")
	r.mustWith(Done, "", []string{"unlock", "--key", file}, "Unlocked")
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
}
