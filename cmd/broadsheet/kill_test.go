package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// accounting is what send --json and status --json end with.
type accounting struct {
	Edition  string  `json:"edition"`
	Revision int     `json:"revision"`
	Audience int     `json:"audience"`
	Queued   int     `json:"queued"`
	Accepted int     `json:"accepted"`
	Deferred int     `json:"deferred"`
	Rejected int     `json:"rejected"`
	InDoubt  int     `json:"in_doubt"`
	Skipped  int     `json:"skipped"`
	Seconds  float64 `json:"seconds"`

	Kept     map[string]int `json:"kept"`
	Approval map[string]any `json:"approval"`
	Language string         `json:"language"`

	State   string    `json:"state"` // this and what follows: of status alone
	Mailing string    `json:"mailing"`
	Reason  string    `json:"reason"`
	NextDue time.Time `json:"next_due"`
}

// readAccounting is strict: a key that nobody promised is an error.
func readAccounting(t *testing.T, out string) accounting {
	t.Helper()
	var a accounting
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if sum := a.Queued + a.Accepted + a.Deferred + a.Rejected + a.InDoubt + a.Skipped; sum != a.Audience {
		t.Errorf("the parts are %d, the audience is %d: %+v", sum, a.Audience, a)
	}
	return a
}

// doubled counts messages that came to somebody who had one.
func doubled(got map[string]int) (n int) {
	for _, messages := range got {
		n += messages - 1
	}
	return n
}

// trials is how often what is random is tried.
func trials(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("BROADSHEET_TRIALS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 5
}

// setRelay says over how many connections, and with what window, a room sends: W,
// the deliveries that can be in doubt after a crash, is their product.
func (r *room) setRelay(connections, window int) (w int) {
	r.t.Helper()
	err := setConfig(r.dir, func(yaml string) string {
		return strings.Replace(yaml, "    connections: 4\n", fmt.Sprintf("    connections: %d\n    window: %d\n", connections, window), 1)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return connections * window
}

// start runs the program aside. Whoever starts it waits for it.
func (r *room) start(args ...string) (*exec.Cmd, *strings.Builder) {
	r.t.Helper()
	c := r.command(r.t.Context(), args...)
	both := new(strings.Builder)
	c.Stdout, c.Stderr = both, both
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	return c, both
}

// TestKill kills a send at random moments, and runs it again until it is done:
// everyone has it, and at most W have it twice for each kill.
func TestKill(t *testing.T) {
	ears := hearNoReader(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range trials(t) {
		t.Run(strconv.Itoa(i+1), func(t *testing.T) {
			readers := 2000 + random.IntN(1000)
			sink := newTestSink(t, "")
			r := newRoom(t, ears, sink.address, readers)
			w := r.setRelay(1+random.IntN(10), 1+random.IntN(4))
			r.ready()
			kills := 0
			for range 1 + random.IntN(4) {
				if killOnce(t, r, sink, random, readers) {
					kills++
				}
			}
			// The last one may have been done, or killed with nothing left to do.
			code, out, errs := r.run("send", "weekly", "--json")
			if strings.Contains(errs, edition+" has been sent") {
				code, out, errs = r.run("status", "weekly", "--json")
			}
			a := readAccounting(t, out)
			if code != Done || a.Accepted != readers || a.Audience != readers {
				t.Errorf("exit code %d, %+v for %d readers\n%s", code, a, readers, errs)
			}
			total, got := sink.tally()
			if len(got) != readers {
				t.Errorf("%d of %d readers have it", len(got), readers)
			}
			if twice := doubled(got); twice > kills*w {
				t.Errorf("%d doubled after %d kills with W = %d", twice, kills, w)
			} else if twice > 0 && !strings.Contains(r.must("status", "weekly")+r.must("show", "weekly", "--log"), "in doubt after the") {
				t.Errorf("%d doubled in silence", twice)
			}
			t.Logf("%d readers, W = %d, %d kills: %d messages", readers, w, kills, total)
		})
	}
}

// killOnce begins or continues the send, and kills it: after some messages, or
// after some time, while it still opens, freezes and lays. It tells whether the
// process was alive then.
func killOnce(t *testing.T, r *room, sink *testSink, random *rand.Rand, readers int) bool {
	before, _ := sink.tally()
	left := readers - before
	c, out := r.start("send", "weekly", "--json")
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	come := make(chan error, 1)
	if random.IntN(3) == 0 || left < 2 {
		timer := time.AfterFunc(time.Duration(random.IntN(300))*time.Millisecond, func() { come <- nil })
		defer timer.Stop()
	} else {
		n := before + 1 + random.IntN(left-1)
		go func() { come <- sink.await(t.Context(), n) }()
	}
	select {
	case err := <-come:
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		killed := c.Process.Kill() == nil
		<-ended
		return killed && !c.ProcessState.Exited()
	case <-ended:
		return false
	}
}

// TestKillHold does the same where nobody shall have it twice: who is in doubt
// stays so, and the command says so.
func TestKillHold(t *testing.T) {
	ears := hearNoReader(t)
	const readers = 2000
	sink := newTestSink(t, "")
	r := newRoom(t, ears, sink.address, readers)
	w := r.setRelay(8, 2)
	if err := setConfig(r.dir, func(yaml string) string { return yaml + "    in_doubt: hold\n" }); err != nil {
		t.Fatal(err)
	}
	r.ready()
	c, _ := r.start("send", "weekly", "--yes")
	if err := sink.await(t.Context(), readers/3); err != nil {
		t.Fatal(err)
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	code, out, _ := r.run("send", "weekly", "--json")
	a := readAccounting(t, out)
	_, got := sink.tally()
	if doubled(got) > 0 {
		t.Errorf("%d doubled", doubled(got))
	}
	if missing := readers - len(got); a.InDoubt > w || missing > a.InDoubt || a.Accepted+a.InDoubt != readers {
		t.Errorf("%d have none, W = %d: %+v", missing, w, a)
	}
	if want := exitFor(a); code != want {
		t.Errorf("exit code %d, want %d: %+v", code, want, a)
	}
}

func exitFor(a accounting) int {
	if a.Queued+a.Deferred+a.Rejected+a.InDoubt > 0 {
		return Incomplete
	}
	return Done
}

// TestTerm ends a send as an operator or a system does: it drains, so nothing is in
// doubt, and the next one goes on with exactly the rest.
func TestTerm(t *testing.T) {
	ears := hearNoReader(t)
	const readers = 1500
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			sink := newTestSink(t, "")
			r := newRoom(t, ears, sink.address, readers)
			r.setRelay(10, 4)
			r.ready()
			sink.fail("data", &sinkFault{reply: slow})
			c, out := r.start("send", "weekly", "--yes")
			if err := sink.await(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait()
			if code := c.ProcessState.ExitCode(); code != Incomplete {
				t.Errorf("exit code %d\n%s", code, out)
			}
			if !strings.Contains(out.String(), `"broadsheet send `+edition+`"`) {
				t.Errorf("it does not say how to go on:\n%s", out)
			}
			_, status, _ := r.run("status", "weekly", "--json")
			a := readAccounting(t, status)
			if total, _ := sink.tally(); a.InDoubt != 0 || a.Accepted != total || a.Queued != readers-total || total == readers {
				t.Errorf("after %d messages: %+v", total, a)
			}
			sink.heal()
			a = readAccounting(t, r.must("send", "weekly", "--json"))
			if total, got := sink.tally(); a.Accepted != readers || total != readers || len(got) != readers {
				t.Errorf("%d messages to %d readers: %+v", total, len(got), a)
			}
		})
	}
}

// TestPauseFromOutside pauses a send from a second process.
func TestPauseFromOutside(t *testing.T) {
	ears := hearNoReader(t)
	const readers, connections = 1500, 8
	sink := newTestSink(t, "")
	r := newRoom(t, ears, sink.address, readers)
	w := r.setRelay(connections, 4)
	r.ready()
	sink.fail("data", &sinkFault{reply: slow})
	c, out := r.start("send", "weekly", "--yes")
	if err := sink.await(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	r.must("pause", "weekly", "--reason", "a wrong name")
	at, ordered := sinkTotal(sink), time.Now()
	_ = c.Wait()
	took := time.Since(ordered)
	t.Logf("it stopped %v after the order", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if after := sinkTotal(sink) - at; after > w {
		t.Errorf("%d messages after the order, with %d claimed at most", after, w)
	}
	if code := c.ProcessState.ExitCode(); code != Incomplete || !strings.Contains(out.String(), "a wrong name") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	_, status, _ := r.run("status", "weekly", "--json")
	if a := readAccounting(t, status); a.InDoubt != 0 || a.Accepted != sinkTotal(sink) {
		t.Errorf("%d messages: %+v", sinkTotal(sink), a)
	}
	sink.heal()
	r.must("resume", "weekly")
	r.must("send", "weekly")
	if total, got := sink.tally(); total != readers || len(got) != readers {
		t.Errorf("%d messages to %d readers", total, len(got))
	}
}

func sinkTotal(s *testSink) int {
	total, _ := s.tally()
	return total
}
