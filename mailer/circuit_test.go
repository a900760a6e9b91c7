package mailer

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRunRelaysDown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		relay   *relay
		stage   string
		refused bool
	}{
		{"greeting 554", &relay{greeting: func() string { return "554 5.7.1 no" }}, "greeting", true},
		{"greeting 421", &relay{greeting: func() string { return "421 4.3.2 not now" }}, "greeting", false},
		{"MAIL", &relay{decide: func(string, int) fate { return refuseMail }}, "mail", true},
		{"policy at RCPT", &relay{decide: func(string, int) fate { return policyRcpt }}, "rcpt", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := startRelay(t, tt.relay)
			m := newMemory(t, 40, 40)
			var log bytes.Buffer
			s := sender(m, b.config("one", 3))
			s.GiveUpDialing = 100 * time.Millisecond
			s.Log = slog.New(slog.NewTextHandler(&log, nil))
			err := s.Run(t.Context())
			var down *ErrRelaysDown
			if !errors.As(err, &down) || down.Relay != "one" || down.Outcome.Stage != tt.stage {
				t.Fatalf("%v", err)
			}
			if tt.refused != strings.Contains(err.Error(), "The relay refuses us, not your readers. Nobody was removed;") {
				t.Errorf("%v", err)
			}
			if c := m.counts(); c.Queued != 40 {
				t.Errorf("%+v", c)
			}
			for _, r := range m.rows {
				if r.Attempts != 0 {
					t.Errorf("delivery %d: the refusal was counted as a try", r.Number)
				}
			}
			if log.Len() == 0 || strings.Contains(log.String(), "reader") {
				t.Errorf("the log: %s", log.String())
			}
		})
	}
}

func TestRunOtherRelayTakesOver(t *testing.T) {
	down := startRelay(t, &relay{decide: func(string, int) fate { return refuseMail }})
	up := startRelay(t, &relay{})
	m := newMemory(t, 200, 50)
	if err := sender(m, down.config("down", 2), up.config("up", 2)).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 200 || up.total() != 200 || down.total() != 0 {
		t.Errorf("%+v", c)
	}
}

func TestRunRelayComesBack(t *testing.T) {
	n := 0
	b := startRelay(t, &relay{greeting: func() string {
		if n++; n <= 3 {
			return "421 4.3.2 starting"
		}
		return "220 hello"
	}})
	m := newMemory(t, 30, 30)
	s := sender(m, b.config("one", 2))
	s.GiveUpDialing = 2 * time.Second
	var mu sync.Mutex
	var kinds []EventKind
	s.Observe = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == EventRelayDown || e.Kind == EventRelayUp {
			kinds = append(kinds, e.Kind)
		}
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 30 {
		t.Errorf("%+v", c)
	}
	if len(kinds) < 2 || kinds[0] != EventRelayDown || kinds[len(kinds)-1] != EventRelayUp {
		t.Errorf("%v", kinds)
	}
}

// TestRunIdleSessions: a relay that hangs up after each message costs no tries.
func TestRunIdleSessions(t *testing.T) {
	b := startRelay(t, &relay{decide: func(string, int) fate { return takeAndLeave }})
	m := newMemory(t, 50, 50)
	if err := sender(m, b.config("one", 2)).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range m.rows {
		if r.state != Accepted || r.Attempts != 1 || len(r.results) != 1 {
			t.Errorf("delivery %d: %s after %d attempts", r.Number, r.state, r.Attempts)
		}
	}
}

func TestRunConnectionLimit(t *testing.T) {
	n := 0
	b := startRelay(t, &relay{greeting: func() string {
		if n++; n > 2 {
			return "421 4.7.0 too many connections"
		}
		return "220 hello"
	}})
	m := newMemory(t, 300, 50)
	s := sender(m, b.config("one", 6))
	var mu sync.Mutex
	downs := 0
	s.Observe = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == EventRelayDown {
			downs++
		}
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := m.counts(); c.Accepted != 300 || b.total() != 300 {
		t.Errorf("%+v, circuit opened %d times", c, downs)
	}
}
