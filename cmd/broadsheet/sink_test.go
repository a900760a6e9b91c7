package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
)

// testSink is an SMTP server that counts who got what, and fails on demand. It can
// be closed and opened again at the same address.
type testSink struct {
	box     demo.Mailbox
	address string

	mu     sync.Mutex
	open   *demo.Sink
	got    map[string]int // messages, by recipient
	total  int
	change chan struct{} // closed and made anew with each message
	faults map[string]*sinkFault
}

// sinkFault is what happens at one point of every session, or of some.
type sinkFault struct {
	reply demo.Reply
	every int    // the first of every so many; 0: each
	to    string // only recipients that contain this
	seen  int
}

// slow is the reply of a relay that takes its time.
var slow = demo.Reply{Delay: 20 * time.Millisecond}

// openTestSink starts one. An empty box: messages are counted and dropped.
func openTestSink(box string) (*testSink, error) {
	s := &testSink{box: demo.Mailbox{Dir: box}, got: map[string]int{}, change: make(chan struct{}), faults: map[string]*sinkFault{}}
	return s, s.start()
}

func newTestSink(t testing.TB, box string) *testSink {
	t.Helper()
	s, err := openTestSink(box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.stop() })
	return s
}

func (s *testSink) start() error {
	open, err := demo.OpenSink(demo.SinkOptions{Address: s.address, Mailbox: s.box.Dir, Faults: demo.Faults{
		Connect: func() demo.Reply { return s.at("connect", "") },
		Mail:    func(string) demo.Reply { return s.at("mail", "") },
		Rcpt:    func(to string) demo.Reply { return s.at("rcpt", to) },
		Data:    func(to []string) demo.Reply { return s.at("data", strings.Join(to, " ")) },
		Filed: func(to []string) demo.Reply {
			s.count(to)
			return s.at("filed", strings.Join(to, " "))
		},
	}})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.address = open, open.Address()
	return nil
}

func (s *testSink) stop() error {
	s.mu.Lock()
	open := s.open
	s.open = nil
	s.mu.Unlock()
	if open == nil {
		return nil
	}
	return open.Close()
}

func (s *testSink) count(to []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range to {
		s.got[one]++
		s.total++
	}
	close(s.change)
	s.change = make(chan struct{})
}

func (s *testSink) at(stage, to string) demo.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults[stage]
	if f == nil || !strings.Contains(to, f.to) {
		return demo.Reply{}
	}
	f.seen++
	if f.every > 1 && f.seen%f.every != 1 {
		return demo.Reply{}
	}
	return f.reply
}

// fail sets what happens at a stage; nil: nothing.
func (s *testSink) fail(stage string, f *sinkFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[stage] = f
}

// heal ends all faults.
func (s *testSink) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// forget begins to count anew. The mailbox keeps what it has.
func (s *testSink) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.got)
	s.total = 0
}

// tally is how many messages came to how many recipients.
func (s *testSink) tally() (messages int, got map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total, maps.Clone(s.got)
}

// sinkPatience bounds the wait for mail, far above what any machine needs.
const sinkPatience = time.Minute

// await returns once n messages have come.
func (s *testSink) await(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, sinkPatience)
	defer cancel()
	for {
		s.mu.Lock()
		have, change := s.total, s.change
		s.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return fmt.Errorf("%d messages came, not %d: %w", have, n, context.Cause(ctx))
		}
	}
}

// messages reads the mailbox.
func (s *testSink) messages() ([]string, error) {
	names, err := s.box.Names()
	if err != nil {
		return nil, fmt.Errorf("the mailbox %s: %w", filepath.Base(s.box.Dir), err)
	}
	all := make([]string, len(names))
	for i, name := range names {
		raw, err := s.box.Read(name)
		if err != nil {
			return nil, err
		}
		all[i] = string(raw)
	}
	return all, nil
}
