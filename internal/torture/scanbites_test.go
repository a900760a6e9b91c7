package torture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestScan reads every message of a mailing.
func TestScan(t *testing.T) {
	readers := form(3000, 1_000_000)
	r := newRoom(t, t.TempDir(), readers)
	s := newScanner(t, r)
	relay := newRelay(t, offerChunking, readers, func(to *relay) { to.read = s.read })
	r.set(relay.address, settings{"resend", 10, 8})
	r.ready()
	end := r.settle()
	missed, doubled := r.hold(settings{"resend", 10, 8}, relay, end, 0)
	s.finish(t, r)
	report(t, "every message is its reader's own", readers, fmt.Sprintf("%s messages scanned: %d readers without, %d with two, %d with something that is not theirs; every token, Message-ID and To belongs to its reader, and the %s octets beside them are the same in all",
		figures.Of(relay.total.Load()), missed, doubled, s.problems, figures.Of(len(s.first))))
}

// forged is a token with another end.
func forged(token []byte) string {
	last := "A"
	if token[len(token)-1] == 'A' {
		last = "E"
	}
	return string(token[:len(token)-1]) + last
}

// TestScanBites feeds the scanner what it is there to find.
func TestScanBites(t *testing.T) {
	var mu sync.Mutex
	good := map[int][]byte{}
	relay := newRelay(t, offerChunking, 3, func(to *relay) {
		to.read = func(_ string, reader int, msg []byte) {
			mu.Lock()
			defer mu.Unlock()
			good[reader] = bytes.Clone(msg)
		}
	})
	r := newRoom(t, t.TempDir(), 3)
	r.set(relay.address, settings{"resend", 1, 1})
	r.ready()
	r.settle()
	mu.Lock() // the relay may still be at its last connection
	defer mu.Unlock()
	tokenOf := func(reader int) []byte {
		token, _ := between(good[reader], unsubscribeLink, ">")
		return []byte(token)
	}
	letterOf := func(reader int) string {
		letter, _ := between(good[reader], messageIDField, "@")
		return letter
	}
	if len(good) != 3 || len(tokenOf(2)) != subscribers.TokenLength {
		t.Fatalf("%d messages", len(good))
	}
	body := func(add []byte) func([]byte) []byte {
		return func(msg []byte) []byte {
			at := bytes.LastIndex(msg, []byte("</html>"))
			return slices.Concat(msg[:at], add, msg[at:])
		}
	}
	swap := func(old, by string) func([]byte) []byte {
		return func(msg []byte) []byte { return bytes.ReplaceAll(msg, []byte(old), []byte(by)) }
	}
	// Found because the others differ, so not in the first message: it is found in the second then.
	byComparison := map[string]bool{
		"an octet that the others have not": true, "another's address in base64": true,
		"a part of another's token": true, "no link to preferences in the text": true,
	}
	for name, bad := range map[string]func([]byte) []byte{
		"another's token in a link":          swap(string(tokenOf(1)), string(tokenOf(2))),
		"another's token in the body":        body(tokenOf(2)),
		"another's token, broken by QP":      body(slices.Concat(tokenOf(2)[:20], []byte("=\r\n"), tokenOf(2)[20:])),
		"a part of another's token":          body(tokenOf(2)[:30]),
		"another's address":                  body([]byte(addressOf(2))),
		"another's address in QP":            body([]byte("reader0000002=40" + canary + "2.example")),
		"another's address in base64":        body([]byte(base64.StdEncoding.EncodeToString([]byte(addressOf(2))))),
		"another's name":                     body([]byte(nameOf(2))),
		"another's To":                       swap("<"+addressOf(1)+">", "<"+addressOf(2)+">"),
		"another's name in To":               swap(nameOf(1), nameOf(2)),
		"another's Message-ID":               swap(letterOf(1), letterOf(2)),
		"a forged token":                     swap(string(tokenOf(1)), forged(tokenOf(1))),
		"no link to preferences in the text": swap("/p/"+newsletter, "/q/"+newsletter),
		"another's message, whole":           func([]byte) []byte { return good[2] },
		"an octet that the others have not":  body([]byte("x")),
	} {
		s := newScanner(t, r)
		for reader := 2; reader <= 3; reader++ {
			if err := s.scan(addressOf(reader), reader, good[reader]); err != nil {
				t.Fatalf("a good message: %v", err)
			}
		}
		if err := s.scan(addressOf(1), 1, bad(good[1])); err == nil {
			t.Errorf("%s is not found", name)
		} else if bytes.Contains([]byte(err.Error()), []byte(canary)) {
			t.Errorf("%s: the error holds a reader: %v", name, err)
		}
		if bytes.Equal(bad(good[1]), good[1]) {
			t.Errorf("%s changes nothing", name)
		}
		first := newScanner(t, r) // what has nothing to be compared with
		if err := first.scan(addressOf(1), 1, bad(good[1])); err == nil && !byComparison[name] {
			t.Errorf("%s is not found in the first message", name)
		}
	}
}

// BenchmarkScan is what reading one message costs.
func BenchmarkScan(b *testing.B) {
	var good atomic.Pointer[[]byte]
	relay := newRelay(b, offerChunking, 2, func(to *relay) {
		to.read = func(_ string, reader int, msg []byte) {
			if msg := bytes.Clone(msg); reader == 1 {
				good.Store(&msg)
			}
		}
	})
	r := newRoom(b, b.TempDir(), 2)
	r.set(relay.address, settings{"resend", 1, 1})
	r.ready()
	s := newScanner(b, r)
	r.settle()
	for b.Loop() {
		if err := s.scan(addressOf(1), 1, *good.Load()); err != nil {
			b.Fatal(err)
		}
	}
}
