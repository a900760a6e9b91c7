package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/jobs"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

func TestMain(m *testing.M) {
	trial.NoNames()
	os.Exit(storetest.Main(m))
}

var friday = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

const fridays = "weekly/2026-11-27T09:00"

// room is a newsroom with readers, a feed, and a mail server.
type room struct {
	t    *testing.T
	dir  string
	dsn  string
	sink *demo.Sink
	n    *newsroom.Newsroom // an operator's

	clock *trial.Clock
	log   *trial.Log

	mu    sync.Mutex
	got   map[string]int
	delay time.Duration // of the mail server, at each recipient
	rest  time.Duration // of mailings that had nothing due; 0: as usual
	held  chan struct{} // until it is closed the mail server answers no recipient of a mailing
}

const configuration = `site: https://news.observer.example
database: env:DSN
key: file:broadsheet.key
relays: [{address: %s, tls: none, connections: 4}]
newsletters:
  - name: weekly
    title: The Observer
    from: news@observer.example
    schedule: "0 9 * * FRI"
    hold_below: 1
    in_doubt: hold
    sources: [{file: feed.xml}]
`

const feed = `<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>
<item><title>Harbour crane falls</title><link>https://wire.example/crane</link><pubDate>Thu, 26 Nov 2026 08:00:00 +0000</pubDate><description>It fell.</description></item>
<item><title>Town budget passes</title><link>https://wire.example/budget</link><pubDate>Wed, 25 Nov 2026 08:00:00 +0000</pubDate><description>It passed.</description></item>
</channel></rss>`

// each runs a test in a newsroom on every engine, with n readers.
func each(t *testing.T, n int, test func(t *testing.T, r *room)) {
	storetest.SomeDSN(t, func(t *testing.T, dsn func() string) {
		test(t, newRoom(t, dsn(), n))
	})
}

func newRoom(t *testing.T, dsn string, n int) *room {
	t.Helper()
	r := &room{
		t: t, dir: t.TempDir(), dsn: dsn, got: map[string]int{},
		clock: trial.ClockAt(friday.Add(-20 * time.Hour)), log: &trial.Log{},
	}
	var err error
	r.sink, err = demo.OpenSink(demo.SinkOptions{Faults: demo.Faults{
		Rcpt: func(to string) demo.Reply {
			r.mu.Lock()
			delay, held := r.delay, r.held
			r.mu.Unlock()
			if held != nil && strings.HasPrefix(to, "reader") {
				<-held
			}
			return demo.Reply{Delay: delay}
		},
		Filed: func(to []string) demo.Reply {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.got[to[0]]++
			return demo.Reply{}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.sink.Close() })
	if err := newsroom.Init(t.Context(), r.dir, fmt.Appendf(nil, configuration, r.sink.Address())); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "feed.xml"), []byte(feed), 0o644); err != nil {
		t.Fatal(err)
	}
	r.n = r.open("operator")
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "%s\n", address(i))
	}
	if _, err := r.n.Import(t.Context(), strings.NewReader(list.String()), newsroom.ImportOptions{Basis: "test"}); err != nil {
		t.Fatal(err)
	}
	return r
}

func address(n int) string { return fmt.Sprintf("reader%05d@mail.example", n) }

func (r *room) slow(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

func (r *room) counts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.got)
}

func (r *room) open(who string) *newsroom.Newsroom {
	r.t.Helper()
	n, err := newsroom.Open(r.t.Context(), newsroom.Options{
		Dir: r.dir, Clock: r.clock.Now, Log: slog.New(slog.NewTextHandler(r.log, nil)), Who: who,
		Lookup: func(name string) (string, bool) { return r.dsn, name == "DSN" },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := n.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return n
}

// serve runs the jobs as "broadsheet serve" does; stop drains and ends them.
func (r *room) serve() (stop func()) {
	r.t.Helper()
	n := r.open("schedule")
	unlock, err := n.Lock(newsroom.RoleServe)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := n.TakeOver(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	j, err := jobs.Open(r.t.Context(), n)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.rest > 0 {
		j.RestFor(r.rest)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- j.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("serve ended with: %v", err)
		}
		if err := j.Close(); err != nil {
			r.t.Error(err)
		}
		if err := unlock(); err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(stop)
	trial.Await(r.t, "the heart beats", func() bool { return !j.LastBeat().IsZero() })
	return stop
}

func (r *room) ready() {
	r.t.Helper()
	if _, err := r.n.Draft(r.t.Context(), "", "2026-11-27", true); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.n.Approve(r.t.Context(), fridays); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) status(edition string) newsroom.Accounting {
	r.t.Helper()
	a, err := r.n.Status(r.t.Context(), edition)
	if err != nil {
		r.t.Fatal(err)
	}
	if !a.Balanced() {
		r.t.Errorf("the accounting does not add up: %+v", a)
	}
	return a
}

func (r *room) sent(edition string) func() bool {
	return func() bool { return r.status(edition).State == digest.Sent }
}

// once holds that each of n readers got the edition once.
func (r *room) once(n int) {
	r.t.Helper()
	got := r.counts()
	for i := range n {
		if got[address(i)] != 1 {
			r.t.Fatalf("reader %d got %d", i, got[address(i)])
		}
	}
}

// onSQLite runs a test whose matter is the file or the lock.
func onSQLite(t *testing.T, n int, test func(t *testing.T, r *room)) {
	test(t, newRoom(t, storetest.Schema(t, filepath.Join(t.TempDir(), "broadsheet.db")), n))
}
