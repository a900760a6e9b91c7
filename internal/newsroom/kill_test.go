package newsroom_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

var kills = flag.Int("kills", 5, "mailings to kill on SQLite, of each policy; on PostgreSQL two fifths of them")

// The environment of a child process: what it shall do, and with which newsroom.
const (
	childEnv   = "BROADSHEET_TEST_CHILD"
	childDir   = "BROADSHEET_TEST_DIR"
	childDSN   = "BROADSHEET_TEST_DSN"
	childAhead = "BROADSHEET_TEST_AHEAD" // of the true clock
)

// childSends is the child that sends Friday's edition; childOpens opens the newsroom
// and says what came of it; childPrunes deletes what is kept too long; childLetters sends
// the letters.
const (
	childSends   = "send"
	childOpens   = "open"
	childPrunes  = "prune"
	childLetters = "letters"
	childTurns   = "rotate" // changes the key, and says how far it is
)

// child is the main function of a child process.
func child(what string) int {
	ahead, err := time.ParseDuration(os.Getenv(childAhead))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx := context.Background()
	n, err := newsroom.Open(ctx, newsroom.Options{
		Dir: os.Getenv(childDir), Clock: trial.ClockAt(time.Now().Add(ahead)).Now, Log: slog.New(slog.DiscardHandler), Who: "child",
		Lookup: func(name string) (string, bool) { return os.Getenv(childDSN), name == "DSN" },
	})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer n.Close()
	switch what {
	case childSends:
		_, err = n.Send(ctx, fridays, newsroom.SendOptions{})
	case childPrunes:
		err = n.Prune(ctx)
	case childLetters:
		err = n.SendLetters(ctx)
	case childTurns:
		fmt.Println("begun")
		if _, err = n.Rotate(ctx, nil); err == nil {
			err = n.Reseal(ctx, func(far newsroom.Resealing) { fmt.Println(far.Done) })
		}
	default:
		_, err = n.Lock(newsroom.RoleSend)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// child prepares this test binary to run beside the test.
func (r *room) child(what, binary string) *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childEnv+"="+what, childDir+"="+r.dir, childDSN+"="+r.dsn,
		childAhead+"="+time.Until(r.clock.Now()).String())
	cmd.Stderr = os.Stderr
	return cmd
}

// killed lets a child send until the relay has taken n messages, and kills it.
func (r *room) killed(n int64) {
	r.t.Helper()
	binary, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := r.child(childSends, binary)
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		said <- line
	}()
	ended := ""
	trial.Await(r.t, "the child has sent enough", func() bool {
		select {
		case ended = <-said:
			return true
		default:
			return r.sink.Messages() >= n
		}
	})
	_ = cmd.Process.Kill()
	if err := cmd.Wait(); err == nil || ended != "" {
		r.t.Logf("the child was not killed: it ended by itself before (%q)", ended)
	}
}

// TestKill kills senders at random moments and lets the next one continue.
func TestKill(t *testing.T) {
	readers, trials := 2000, *kills
	if testing.Short() {
		readers, trials = 300, 1
	}
	for _, policy := range []mailer.DoubtPolicy{mailer.Resend, mailer.Hold} {
		t.Run(string(policy), func(t *testing.T) {
			change := settings{"in_doubt": string(policy)}
			t.Run("sqlite", func(t *testing.T) {
				for range trials {
					newRoom(t, storetest.Schema(t, filepath.Join(t.TempDir(), "broadsheet.db")), change).kill(policy, readers)
				}
			})
			t.Run("postgres", func(t *testing.T) {
				for range max(1, trials*2/5) {
					newRoom(t, storetest.PostgresDSN(t), change).kill(policy, readers)
				}
			})
		})
	}
}

// kill kills two senders of one mailing, and holds what came of it to the policy.
func (r *room) kill(policy mailer.DoubtPolicy, n int) {
	const times = 2
	r.t.Helper()
	readers := r.readers(0, n)
	r.ready()
	at := int64(0)
	for i := range times {
		at += 1 + rand.Int64N(int64(n)/times-20)
		r.killed(at)
		if a := r.status(fridays); i == 0 && a.Audience == 0 {
			r.t.Fatal("nothing was laid before the kill")
		}
		r.clock.Forward(2 * time.Minute) // past the leases of the dead, which PostgreSQL waits for
	}
	var notes []string
	end, err := r.n.Send(r.t.Context(), fridays, newsroom.SendOptions{Note: func(words string) { notes = append(notes, words) }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.balanced(end)
	most := int64(times * r.connections * r.window)
	doubled, again, lost := int64(0), int64(0), int64(0) // messages too many, readers who got more than one, or none
	got := r.sink.counts()
	for _, who := range readers {
		switch n := int64(got[who]); {
		case n == 0:
			lost++
		case n > 1: // both kills may hit the same one
			doubled += n - 1
			again++
		}
	}
	r.t.Logf("%s: %d doubled, %d without, %d in doubt, of at most %d", policy, doubled, lost, end.InDoubt, most)
	if end.Audience != int64(n) || end.Queued+end.Deferred+end.Rejected+end.Skipped != 0 || len(got) > n {
		r.t.Errorf("in the end: %+v", end)
	}
	r.tellsDoubt(policy, end, doubled, again, notes)
	switch policy {
	case mailer.Hold:
		if doubled > 0 || lost > end.InDoubt || end.InDoubt > most {
			r.t.Errorf("held: %d doubled, %d lost, %d in doubt", doubled, lost, end.InDoubt)
		}
	default:
		if lost > 0 || doubled > most || end.InDoubt > 0 {
			r.t.Errorf("resent: %d lost, %d doubled of at most %d, %d in doubt", lost, doubled, most, end.InDoubt)
		}
	}
}

// tellsDoubt holds a newsroom in which senders were killed to saying so: in the
// edition's log, to whoever goes on, and in the accounting, which counts readers. None
// gets it twice in silence.
func (r *room) tellsDoubt(policy mailer.DoubtPolicy, end newsroom.Accounting, doubled, again int64, notes []string) {
	r.t.Helper()
	e, err := r.n.Edition(r.t.Context(), fridays)
	if err != nil {
		r.t.Fatal(err)
	}
	entries, err := r.n.LogOf(r.t.Context(), e)
	if err != nil {
		r.t.Fatal(err)
	}
	logged := int64(0)
	for _, l := range entries {
		var mailing, n int64
		if l.What == "taken over" {
			if _, err := fmt.Sscanf(l.Detail, "mailing %d: %d in doubt", &mailing, &n); err != nil {
				r.t.Errorf("the log says %q: %v", l.Detail, err)
			}
		}
		logged += n
	}
	noted := int64(0)
	for _, words := range notes {
		var n int64
		if _, err := fmt.Sscanf(words, "%d ", &n); err != nil || !strings.Contains(words, "the last sender died") {
			r.t.Errorf("a note without a cause: %s", words)
		}
		noted += n
	}
	said := end.SentAgain
	if policy == mailer.Hold {
		said = end.InDoubt
	}
	if again > said || doubled > logged || said > logged || noted > logged {
		r.t.Errorf("%s: %d doubled, of %d readers; the accounting tells of %d, the log of %d, the notes of %d",
			policy, doubled, again, said, logged, noted)
	}
}
