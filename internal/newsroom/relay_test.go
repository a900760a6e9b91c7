package newsroom_test

import (
	"maps"
	"sync"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/demo"
)

// relay is a sink that remembers who got what.
type relay struct {
	*demo.Sink
	mu     sync.Mutex
	got    map[string]int // final dots taken, by recipient
	faults demo.Faults
}

func (r *relay) counts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.got)
}

func (r *relay) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.got)
}

// fail makes the relay misbehave from now on; the zero Faults heal it.
func (r *relay) fail(f demo.Faults) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = f
}

func (r *relay) now() demo.Faults {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.faults
}

func openRelay(t testing.TB, mailbox, address string) *relay {
	t.Helper()
	r := &relay{got: map[string]int{}}
	one := func(f func(string) demo.Reply, s string) demo.Reply {
		if f == nil {
			return demo.Reply{}
		}
		return f(s)
	}
	var err error
	r.Sink, err = demo.OpenSink(demo.SinkOptions{Address: address, Mailbox: mailbox, Faults: demo.Faults{
		Connect: func() demo.Reply {
			if f := r.now().Connect; f != nil {
				return f()
			}
			return demo.Reply{}
		},
		Mail: func(from string) demo.Reply { return one(r.now().Mail, from) },
		Rcpt: func(to string) demo.Reply { return one(r.now().Rcpt, to) },
		Data: func(to []string) demo.Reply {
			if f := r.now().Data; f != nil {
				return f(to)
			}
			return demo.Reply{}
		},
		Filed: func(to []string) demo.Reply {
			r.mu.Lock()
			for _, one := range to {
				r.got[one]++
			}
			r.mu.Unlock()
			if f := r.now().Filed; f != nil {
				return f(to)
			}
			return demo.Reply{}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}
