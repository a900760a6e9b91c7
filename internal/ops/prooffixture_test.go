package ops

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// shown is a proof that is served, and a page that listens for its versions.
type shown struct {
	t        *testing.T
	url      string
	versions chan string
	stop     func() error // ends it, and gives what it ended with

	mu     sync.Mutex
	spoken []Spoken
}

// proof serves a proof of the room's edition.
func (r *room) proof(o ProofOptions) *shown {
	r.t.Helper()
	l, err := Loopback(0)
	must(r.t, err)
	s := &shown{t: r.t, url: "http://" + l.Addr().String(), versions: make(chan string, 100)}
	o.Say = func(said Spoken) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.spoken = append(s.spoken, said)
	}
	ctx, stop := context.WithCancel(r.t.Context())
	ended, ready := make(chan error, 1), make(chan bool)
	go func() { ended <- ServeProof(ctx, r.Newsroom, l, o, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		r.t.Fatal(err)
	}
	s.stop = sync.OnceValue(func() error {
		stop()
		return <-ended
	})
	r.t.Cleanup(func() {
		_ = s.stop()
		http.DefaultClient.CloseIdleConnections()
	})
	s.listen()
	return s
}

// listen takes in the versions, as a page does. The first is the one that stands.
func (s *shown) listen() {
	answer, err := http.Get(s.url + "/versions")
	must(s.t, err)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if version, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				s.versions <- version
			}
		}
	}()
	s.t.Cleanup(func() {
		_ = answer.Body.Close()
		<-ended
	})
	s.until("it was opened", "/")
}

// until waits for a version whose page, or pane, holds what is wanted, and gives it. A
// machine that is busy with other tests may take seconds, and show a state in between.
func (s *shown) until(after, path string, wanted ...string) string {
	s.t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	page := ""
	for {
		select {
		case <-s.versions:
			if page = s.get(path, http.StatusOK); holds(page, wanted...) {
				return page
			}
		case <-late.C:
			has(s.t, path+" after "+after, page, wanted...)
			s.t.Fatalf("no such version after: %s", after)
		}
	}
}

func (s *shown) get(path string, status int) string {
	s.t.Helper()
	body, _ := s.answer(path, status)
	return body
}

func (s *shown) answer(path string, status int) (string, http.Header) {
	s.t.Helper()
	answer, err := http.Get(s.url + path)
	must(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(s.t, err)
	if answer.StatusCode != status {
		s.t.Fatalf("%s: %d, want %d: %s", path, answer.StatusCode, status, body)
	}
	return string(body), answer.Header
}

// said is everything that was told to the terminal.
func (s *shown) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, x := range s.spoken {
		all = append(all, fmt.Sprintf("%t %s", x.Wrong, x.Text))
	}
	return strings.Join(all, "\n")
}

// holds tells whether a text has all that is wanted; "! x" is not wanted.
func holds(text string, wanted ...string) bool {
	for _, w := range wanted {
		bad, not := strings.CutPrefix(w, "! ")
		if not == strings.Contains(text, bad) {
			return false
		}
	}
	return true
}

func has(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if bad, not := strings.CutPrefix(w, "! "); not {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", what, bad)
			}
		} else if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}
