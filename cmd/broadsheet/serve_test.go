package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// freeAddress is an address of loopback that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// daemon is a running serve.
type daemon struct {
	*exec.Cmd
	t    *testing.T
	web  string // where the readers' pages are
	ops  string
	log  *journal
	done chan error
}

// journal is what a running program writes. It may be read, and waited for, meanwhile.
type journal struct {
	mu     sync.Mutex
	text   strings.Builder
	change chan struct{} // closed and made anew with each write
}

func newJournal() *journal { return &journal{change: make(chan struct{})} }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.change)
	j.change = make(chan struct{})
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await returns once one line holds all the texts.
func (j *journal) await(t *testing.T, texts ...string) {
	t.Helper()
	limit := time.NewTimer(journalPatience)
	defer limit.Stop()
	for {
		j.mu.Lock()
		text, change := j.text.String(), j.change
		j.mu.Unlock()
		for line := range strings.Lines(text) {
			if !slices.ContainsFunc(texts, func(want string) bool { return !strings.Contains(line, want) }) {
				return
			}
		}
		select {
		case <-change:
		case <-limit.C:
			t.Fatalf("no line says %q:\n%s", texts, text)
		}
	}
}

// journalPatience bounds the wait for a line, far above what any machine needs.
const journalPatience = time.Minute

// serve starts the daemon of a room and waits until it listens.
func (r *room) serve() *daemon {
	r.t.Helper()
	d := &daemon{t: r.t, web: freeAddress(r.t), ops: freeAddress(r.t), log: newJournal(), done: make(chan error, 1)}
	err := setConfig(r.dir, func(yaml string) string {
		yaml, _, _ = strings.Cut(yaml, "listen: ")
		return yaml + "listen: {web: \"" + d.web + "\", ops: \"" + d.ops + "\"}\n"
	})
	if err != nil {
		r.t.Fatal(err)
	}
	d.Cmd = r.command(r.t.Context(), "serve")
	d.Stderr = d.log
	out, err := d.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = d.Process.Kill() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(first, "http://"+d.web) {
		_ = d.Wait()
		r.t.Fatalf("serve began with %q (%v)\n%s", first, err, d.log)
	}
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		d.done <- d.Wait()
	}()
	return d
}

// stop ends it as a system does, and gives its exit code.
func (d *daemon) stop() int {
	d.t.Helper()
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	select {
	case <-d.done:
	case <-time.After(time.Minute):
		d.t.Fatal("serve does not end")
	}
	return d.ProcessState.ExitCode()
}

// post carries out a reader's one-click unsubscription (RFC 8058 3.2).
func (d *daemon) post(link string) *http.Response {
	d.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		d.t.Fatal(err)
	}
	u.Scheme, u.Host = "http", d.web
	answer, err := http.Post(u.String(), "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		d.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer
}

var inAngles = regexp.MustCompile(`<(https://[^>]+)>`)

// TestServe lets the daemon send what another process orders, and a reader leave.
func TestServe(t *testing.T) {
	const readers = 120
	sink := newTestSink(t, t.TempDir())
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	r.ready()
	d := r.serve()

	code, _, errs := r.run("serve")
	if code != Failed || !strings.Contains(errs, `another "broadsheet serve"`) {
		t.Errorf("a second serve: exit code %d: %s", code, errs)
	}
	code, out, errs := r.run("send", "weekly", "--yes")
	if code != Done || !strings.Contains(errs, "The running serve (process ") || !strings.Contains(out, "120  accepted") {
		t.Errorf("send: exit code %d\n%s%s\n%s", code, out, errs, d.log)
	}
	if total, got := sink.tally(); total != readers || len(got) != readers {
		t.Errorf("%d messages to %d readers", total, len(got))
	}
	leaver := leaves(t, d, sink)

	// The next edition passes the reader over.
	r.write("stories/storm.md", "---\ntitle: Storm shuts the harbour mouth\nlink: https://harbour-observer.example/storm\ndate: 2026-11-26T17:00:00Z\n---\nNothing went in or out.\n")
	r.must("extra", "weekly", "second")
	r.must("approve", "weekly/extra-second", "--yes")
	a := readAccounting(t, r.must("send", "weekly/extra-second", "--json"))
	if a.Audience != readers-1 || a.Accepted != readers-1 {
		t.Errorf("%+v", a)
	}
	if total, toLeaver := editionsTo(t, sink, leaver); total != 2*readers-1 || toLeaver != 1 {
		t.Errorf("%d messages; who left got %d", total, toLeaver)
	}
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
	// Nothing is left behind that keeps the next one.
	if code := r.serve().stop(); code != Done {
		t.Errorf("the next serve ended with %d", code)
	}
}

// editionsTo counts the editions that have arrived, and those among them to one reader:
// who left may have got a goodbye, too.
func editionsTo(t *testing.T, sink *testSink, who string) (total, to int) {
	t.Helper()
	all, err := sink.messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range all {
		m, err := mail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("List-Id") == "" {
			continue
		}
		total++
		if strings.Contains(m.Header.Get("To"), who) {
			to++
		}
	}
	return total, to
}

// leaves lets the reader of some mail leave by its header, and gives their address.
func leaves(t *testing.T, d *daemon, sink *testSink) string {
	t.Helper()
	all, err := sink.messages()
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(all[len(all)/2]))
	if err != nil {
		t.Fatal(err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post is %q", got)
	}
	link := inAngles.FindStringSubmatch(m.Header.Get("List-Unsubscribe"))
	if link == nil {
		t.Fatalf("List-Unsubscribe is %q", m.Header.Get("List-Unsubscribe"))
	}
	if answer := d.post(link[1] + "x"); answer.StatusCode < 400 {
		t.Errorf("a wrong token was answered %s", answer.Status)
	}
	for range 2 { // a mail program may repeat it
		if answer := d.post(link[1]); answer.StatusCode != http.StatusOK {
			t.Errorf("one click was answered %s", answer.Status)
		}
	}
	return to[0].Address
}

// serveUntil lets the daemon send to a slow sink what another process orders, until n
// messages have come.
func (r *room) serveUntil(sink *testSink, n int) (d *daemon, follower *exec.Cmd, watched *strings.Builder) {
	r.t.Helper()
	sink.fail("data", &sinkFault{reply: slow})
	d = r.serve()
	follower, watched = r.start("send", "weekly", "--yes")
	if err := sink.await(r.t.Context(), n); err != nil {
		r.t.Fatalf("%v\n%s", err, d.log)
	}
	return d, follower, watched
}

// TestServeDrains ends the daemon in the middle of a mailing: nothing is in doubt,
// and a send by hand goes on with exactly the rest.
func TestServeDrains(t *testing.T) {
	const readers = 800
	sink := newTestSink(t, "")
	r := newRoom(t, hearNoReader(t), sink.address, readers)
	r.ready()
	d, follower, watched := r.serveUntil(sink, 60)
	if code := d.stop(); code != Done {
		t.Errorf("serve ended with %d\n%s", code, d.log)
	}
	_, status, _ := r.run("status", "weekly", "--json")
	if a := readAccounting(t, status); a.State != "sending" || !a.NextDue.IsZero() || a.InDoubt != 0 || a.Accepted != sinkTotal(sink) || a.Accepted == readers {
		t.Errorf("%d messages: %+v", sinkTotal(sink), a)
	}
	sink.heal()
	r.must("send", "weekly")
	if total, got := sink.tally(); total != readers || len(got) != readers {
		t.Errorf("%d messages to %d readers", total, len(got))
	}
	// Whoever watched sees the end of it.
	if err := follower.Wait(); err != nil {
		t.Errorf("the send that watched: %v\n%s", err, watched)
	}
}
