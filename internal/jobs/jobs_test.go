package jobs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestServe lets the slot come: what is approved goes out by itself, and so do
// letters.
func TestServe(t *testing.T) {
	each(t, 100, func(t *testing.T, r *room) {
		stop := r.serve()
		r.ready()
		if err := r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: "new@mail.example", Name: "Nova"}); err != nil {
			t.Fatal(err)
		}
		trial.Await(t, "the confirmation is sent", func() bool { return r.counts()["new@mail.example"] == 1 })
		if got := len(r.counts()); got != 1 {
			t.Errorf("before the slot %d got mail", got)
		}
		r.clock.Set(friday)
		trial.Await(t, "the edition is sent", r.sent(fridays))
		stop()
		r.once(100)
		if got := r.counts()["new@mail.example"]; got != 1 {
			t.Errorf("who has not confirmed got %d", got)
		}
		if logged := r.log.String(); strings.Contains(logged, "level=ERROR") || strings.Contains(logged, "@mail.example") {
			t.Errorf("log:\n%s", logged)
		}
	})
}

// TestLettersGoAhead: a letter waits for no mailing, though that has all the connections
// that the relay allows, and none of them comes on.
func TestLettersGoAhead(t *testing.T) {
	each(t, 50, func(t *testing.T, r *room) {
		r.ready()
		r.held = make(chan struct{})
		stop := r.serve()
		r.clock.Set(friday)
		trial.Await(t, "the edition is being sent", func() bool { a := r.status(fridays); return a.State == digest.Sending && a.Queued > 0 })
		if err := r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: "new@mail.example"}); err != nil {
			t.Fatal(err)
		}
		trial.Await(t, "the confirmation is sent", func() bool { return r.counts()["new@mail.example"] == 1 })
		if a := r.status(fridays); a.Accepted != 0 || a.Queued == 0 {
			t.Errorf("the mailing was not held: %+v", a)
		}
		close(r.held)
		trial.Await(t, "the edition is sent", r.sent(fridays))
		stop()
		r.once(50)
	})
}

// TestOrder gives an order from another process, as send does while serve runs.
func TestOrder(t *testing.T) {
	onSQLite(t, 50, func(t *testing.T, r *room) {
		r.serve()
		if _, err := r.n.Extra(t.Context(), "weekly", "blackout"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.n.Approve(t.Context(), "weekly/extra-blackout"); err != nil {
			t.Fatal(err)
		}
		handed := false
		begun := time.Now()
		a, err := r.n.Send(t.Context(), "weekly/extra-blackout", newsroom.SendOptions{Told: func(*newsroom.Busy) { handed = true }})
		if err != nil || a.Accepted != 50 || !handed {
			t.Fatalf("%+v, handed over %v, %v", a, handed, err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("the order was picked up and carried out after %s", took)
		}
		r.once(50)
	})
}

// TestDrain stops serve in the middle of a mailing: what is in flight is finished,
// nothing is in doubt, and the next serve goes on.
func TestDrain(t *testing.T) {
	each(t, 600, func(t *testing.T, r *room) {
		r.ready()
		r.slow(10 * time.Millisecond)
		stop := r.serve()
		r.clock.Set(friday)
		trial.Await(t, "some are sent", func() bool { return len(r.counts()) > 30 })
		stop()
		a := r.status(fridays)
		if a.InDoubt != 0 || a.Deferred != 0 || a.Queued == 0 || a.Accepted != int64(len(r.counts())) {
			t.Errorf("drained: %+v, the relay has %d", a, len(r.counts()))
		}
		if strings.Contains(r.log.String(), "level=ERROR") {
			t.Errorf("log:\n%s", r.log.String())
		}
		r.slow(0)
		stop = r.serve()
		trial.Await(t, "the edition is sent", r.sent(fridays))
		stop()
		r.once(600)
	})
}

// TestPauseResume pauses what serve sends, and lets it go on: at once, and not when a
// mailing has rested that had nothing due.
func TestPauseResume(t *testing.T) {
	each(t, 600, func(t *testing.T, r *room) {
		r.rest = time.Hour
		r.ready()
		r.slow(10 * time.Millisecond)
		r.serve()
		r.clock.Set(friday)
		trial.Await(t, "some are sent", func() bool { return len(r.counts()) > 30 })
		if _, err := r.n.Pause(t.Context(), fridays, "a doubt"); err != nil {
			t.Fatal(err)
		}
		trial.Await(t, "no claim is out", func() bool {
			c, err := r.n.Store.CountMailing(t.Context(), 1)
			return err == nil && c.Claimed == 0
		})
		if a := r.status(fridays); a.Mailing != mailer.Paused || a.Queued == 0 || a.InDoubt != 0 {
			t.Fatalf("paused: %+v", a)
		}
		r.slow(0)
		if _, err := r.n.Resume(t.Context(), fridays); err != nil {
			t.Fatal(err)
		}
		trial.Await(t, "the edition is sent", r.sent(fridays))
		r.once(600)
	})
}

// TestJobsFileDeleted takes River's file away between two runs: rows are the truth.
func TestJobsFileDeleted(t *testing.T) {
	onSQLite(t, 50, func(t *testing.T, r *room) {
		stop := r.serve()
		r.ready()
		stop()
		files, err := filepath.Glob(r.dsn + ".jobs*")
		if err != nil || len(files) == 0 {
			t.Fatalf("the jobs' files: %q, %v", files, err)
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		r.clock.Set(friday)
		r.serve()
		trial.Await(t, "the edition is sent", r.sent(fridays))
		r.once(50)
	})
}

// TestClockSet: serve begins with a clock that is a year behind, as on a board without
// a battery, and is then set.
func TestClockSet(t *testing.T) {
	onSQLite(t, 10, func(t *testing.T, r *room) {
		r.ready()
		r.clock.Set(friday.AddDate(-1, 0, 0))
		r.serve()
		r.clock.Set(friday)
		trial.Await(t, "the edition is sent", r.sent(fridays))
		r.once(10)
	})
}
