package main

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestLockLeavesNothing: once serve was told to lock, no byte of its memory tells a key,
// or the text by which it was given; before, the same search finds them.
func TestLockLeavesNothing(t *testing.T) {
	if os.Geteuid() != 0 {
		parts.Absent(t, "root", "only root may look into the memory of a process that keeps it private")
	}
	sink := newTestSink(t, t.TempDir())
	r := newRoom(t, hearNoReader(t), sink.address, 8)
	r.ready()
	key := r.takeKeyAway()
	secrets := secretsOf(t, key, r.dir+"/broadsheet.db")
	d := r.serve()
	for range 2 { // the first time it was never unlocked
		r.mustWith(Done, key, []string{"unlock"}, "Unlocked")
		r.mustWith(Done, "", []string{"keys"}, "Unlocked")
		before := foundIn(t, d.Process.Pid, secrets)
		for _, must := range []string{"key-encryption key", "index key", "message-id key", "inbox seed", "data key 1"} {
			if before[must] == 0 {
				t.Errorf("the search does not find the %s of a node that is unlocked: %v", must, before)
			}
		}
		for _, gone := range []string{"key's text", "master key", "HKDF's key"} {
			if before[gone] > 0 {
				t.Errorf("what the keys were made of is still there: %v", before)
			}
		}
		r.mustWith(Done, "", []string{"lock", "--now"}, "Locked: ")
		if after := foundIn(t, d.Process.Pid, secrets); len(after) > 0 {
			t.Errorf("after the lock its memory holds: %v", after)
		}
	}
	r.mustWith(Done, key, []string{"unlock"}, "Unlocked")
	r.mustWith(Done, "", []string{"send", "weekly", "--yes"}, "8  accepted")
	r.mustWith(Done, "", []string{"lock", "--now"}, "Locked: ")
	if after := foundIn(t, d.Process.Pid, secrets); len(after) > 0 {
		t.Errorf("after a send and the lock its memory holds: %v", after)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d", code)
	}
}

// TestNoCore: a command that has opened the keys leaves no core when it crashes, where
// another program does.
func TestNoCore(t *testing.T) {
	crashes := func(c *exec.Cmd, ready func(out *bufio.Reader)) (cores []string) {
		dir := t.TempDir()
		c.Args = append([]string{"sh", "-c", `ulimit -c unlimited; exec "$0" "$@"`}, c.Args...)
		c.Path, c.Dir, c.Env = "/bin/sh", dir, append(c.Env, "GOTRACEBACK=crash")
		out, err := c.StdoutPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		ready(bufio.NewReader(out))
		_ = c.Process.Signal(syscall.SIGABRT)
		_ = c.Wait()
		cores, _ = filepath.Glob(filepath.Join(dir, "core*"))
		return cores
	}
	line := func(out *bufio.Reader) {
		if _, err := out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if len(crashes(exec.Command("sh", "-c", "echo; exec sleep 60"), line)) == 0 {
		parts.Absent(t, "core", "this system leaves no core where a test could look for it")
	}
	r := newRoom(t, hearNoReader(t), newTestSink(t, "").address, 3)
	r.ready()
	c := r.command(t.Context(), "preview", "weekly", "--serve")
	if cores := crashes(c, line); len(cores) > 0 {
		t.Errorf("it has left %q", cores)
	}
}

// secretsOf is what must not be found, by name: the key's text, the key, what HKDF makes
// of it, and the data keys.
func secretsOf(t *testing.T, text, database string) map[string][][]byte {
	t.Helper()
	all := map[string][][]byte{}
	_, word, ok := strings.Cut(text, "broadsheet-master-1: ")
	if !ok {
		t.Fatal("the key's file has no key")
	}
	word = strings.TrimSpace(word)
	letters := strings.ReplaceAll(word, "-", "")
	for i := 0; i+16 <= len(letters); i += 8 {
		all["key's text"] = append(all["key's text"], []byte(letters[i:i+16]), []byte(word[i/4*5:i/4*5+15]))
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(letters)
	if err != nil {
		t.Fatal(err)
	}
	master := raw[:32]
	all["master key"] = keyForms(master)
	prk, err := hkdf.Extract(sha256.New, master, nil)
	if err != nil {
		t.Fatal(err)
	}
	all["HKDF's key"] = keyForms(prk)
	derived := map[string][]byte{}
	for name, info := range map[string]string{
		"key-encryption key": "broadsheet 1 key-encryption key", "index key": "broadsheet 1 index key",
		"message-id key": "broadsheet 1 message-id key", "inbox seed": "broadsheet 1 inbox X25519 seed",
	} {
		k, err := hkdf.Key(sha256.New, master, nil, info, 32)
		if err != nil {
			t.Fatal(err)
		}
		derived[name], all[name] = k, keyForms(k)
	}
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	keys, err := s.DataKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		block, err := aes.NewCipher(derived["key-encryption key"])
		if err != nil {
			t.Fatal(err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := aead.Open(nil, nil, k.Wrapped[1:], binary.BigEndian.AppendUint32([]byte("broadsheet data key"), uint32(k.ID)))
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("data key %d", k.ID)] = keyForms(plain)
	}
	return all
}

// keyForms are the forms in which a key stands in memory: half of it, and as HMAC pads it.
func keyForms(key []byte) [][]byte {
	forms := [][]byte{key[:16], key[16:]}
	for _, pad := range []byte{0x36, 0x5c} {
		padded := bytes.Clone(key[:16])
		for i := range padded {
			padded[i] ^= pad
		}
		forms = append(forms, padded)
	}
	return forms
}

// foundIn counts, by name, where secrets stand in a process's memory.
func foundIn(t *testing.T, pid int, secrets map[string][][]byte) map[string]int {
	t.Helper()
	found := map[string]int{}
	names := slices.Sorted(maps.Keys(secrets))
	looked := trial.Memory(t, pid, func(part []byte) {
		for _, name := range names {
			for _, form := range secrets[name] {
				if n := bytes.Count(part, form); n > 0 {
					found[name] += n
				}
			}
		}
	})
	if looked < 8<<20 {
		t.Fatalf("looked at %d bytes of a process alone", looked)
	}
	return found
}
