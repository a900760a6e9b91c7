package newsroom_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestKillBetweenWaves kills a sender in each wave; the clock then passes the waits.
// Nobody is lost, nobody is in two waves, and at most W get it twice.
func TestKillBetweenWaves(t *testing.T) {
	each(t, settings{"waves": "[10, 40 + 30m, rest]", "in_doubt": "resend"}, func(t *testing.T, r *room) {
		const n = 150
		readers := r.readers(0, n)
		r.ready()
		wait := r.n.Store.Engine() == "postgres"
		past := func() {
			if wait {
				r.clock.Forward(2 * time.Minute) // past the leases of the dead
			}
		}
		goOn := func() newsroom.Accounting { // it notes what was in doubt
			a, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
			if err != nil {
				t.Fatal(err)
			}
			r.balanced(a)
			return a
		}
		for _, at := range []int64{5, 30} { // in the first wave and in the second
			r.killed(at)
			past()
		}
		a := goOn()
		if a.Accepted != 50 || a.Queued != 100 || a.ToCome != 100 || a.NextDue.Before(r.clock.Now()) {
			t.Fatalf("after two waves: %+v", a)
		}
		r.again() // nothing is in memory
		if a = goOn(); a.Accepted != 50 || a.Queued != 100 {
			t.Fatalf("before the third is due: %+v", a)
		}
		r.clock.Forward(31 * time.Minute)
		r.killed(100)
		past()
		a = goOn()
		if a.Accepted != n || a.Audience != n || !a.Complete() {
			t.Fatalf("in the end: %+v", a)
		}
		w, doubled := 3*r.connections*r.window, 0
		got := r.sink.counts()
		for _, who := range readers {
			if got[who] == 0 {
				t.Errorf("%s got nothing", who)
			}
			doubled += max(0, got[who]-1)
		}
		if doubled > w || len(got) != n {
			t.Errorf("%d doubled of at most %d; %d readers", doubled, w, len(got))
		}
		if s := r.status(fridays); s.Accepted != n || s.Waves[0].Accepted != 10 || s.Waves[1].Accepted != 40 || s.Waves[2].Accepted != 100 {
			t.Errorf("its waves: %+v", s.Waves)
		}
	})
}

// TestPauseInAWave: whatever a connection has claimed, a pause takes hold within two
// seconds, counts whoever is in waves to come, and each way on does what it says.
func TestPauseInAWave(t *testing.T) {
	each(t, settings{"waves": "[100, rest]"}, func(t *testing.T, r *room) {
		r.connections, r.window = 2, 4
		r.configure(nil)
		r.again()
		readers := r.readers(0, 300)
		r.ready()
		r.sink.fail(demo.Faults{Data: func([]string) demo.Reply { return demo.Reply{Delay: 100 * time.Millisecond} }})
		sent := make(chan error, 1)
		go func() {
			_, err := r.n.Send(context.WithoutCancel(t.Context()), fridays, newsroom.SendOptions{})
			sent <- err
		}()
		trial.Await(t, "some are sent", func() bool { return r.sink.Messages() >= 6 })
		other := r.open("operator")
		begun := time.Now()
		a, err := other.Pause(t.Context(), fridays, "wrong name")
		if err != nil {
			t.Fatal(err)
		}
		took, at := time.Since(begun), r.sink.Messages()
		t.Logf("paused in %s; %d messages had come", took, at)
		if a.OnTheWay != 0 || a.Accepted != at || a.Queued != 300-at || a.Audience != 300 {
			t.Errorf("paused: %+v, and %d messages came", a, at)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
		if now := r.sink.Messages(); now != at {
			t.Errorf("%d messages came after the pause", now-at)
		}
		r.sink.fail(demo.Faults{})
		if _, err := r.n.Resume(t.Context(), fridays); err != nil {
			t.Fatal(err)
		}
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 300 {
			t.Errorf("resumed: %+v", a)
		}
		r.got(once(readers...))
	})
}

// TestMendAfterAWave: a mailing paused in its first wave is mended and sent to the
// rest, in waves again, and those who have the old one are corrected: each reader once
// of each, and each counted once all the way.
func TestMendAfterAWave(t *testing.T) {
	each(t, settings{"waves": "[20 + 1h, 30 + 1h, rest]"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 120)
		r.ready()
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 20 || a.Queued != 100 {
			t.Fatalf("after the first wave: %+v", a)
		}
		if a, err := r.n.Pause(t.Context(), fridays, "typo"); err != nil || a.Accepted != 20 || a.Queued != 100 {
			t.Fatalf("paused: %+v, %v", a, err)
		}
		r.reopen(fridays)
		if a := r.status(fridays); a.Accepted != 20 || a.Skipped != 100 {
			t.Errorf("reopened: %+v", a)
		}
		r.approve(fridays)
		a := r.send(fridays, newsroom.SendOptions{To: mailer.ToRest})
		if a.Audience != 100 || a.Accepted != 20 || a.ToCome != 80 {
			t.Errorf("the rest, first wave: %+v", a)
		}
		if a := r.status(fridays); a.Audience != 120 || a.Accepted != 40 || a.Queued != 80 {
			t.Errorf("the edition meanwhile: %+v", a)
		}
		if a := r.send(fridays, newsroom.SendOptions{Now: true}); a.Accepted != 100 || !a.Complete() {
			t.Errorf("the rest: %+v", a)
		}
		if a := r.send(fridays, newsroom.SendOptions{To: mailer.ToDelivered}); a.Audience != 20 || a.Accepted != 20 {
			t.Errorf("the correction: %+v", a)
		}
		got, twice := r.sink.counts(), 0
		for _, who := range readers {
			if got[who] == 2 {
				twice++
			} else if got[who] != 1 {
				t.Errorf("%s got %d", who, got[who])
			}
		}
		if twice != 20 {
			t.Errorf("%d were corrected, want 20", twice)
		}
	})
}

// TestServeTellsOfASuspendedAccount: where nobody watches, the editors get a letter
// with the number of all who wait.
func TestServeTellsOfASuspendedAccount(t *testing.T) {
	onSQLite(t, settings{"editors": "[ed@observer.example]", "approval": "automatic", "window": "1h"}, func(t *testing.T, r *room) {
		r.readers(0, 50)
		r.ready()
		r.sink.fail(demo.Faults{Mail: func(from string) demo.Reply {
			return demo.Reply{Code: 550, Text: "5.7.1 This account is suspended"}
		}})
		r.clock.Set(friday)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.n.Unfinished(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%d mailings, %v", len(all), err)
		}
		const words = "The relay refuses us, not your readers. Nobody was removed; 50 wait."
		for range 2 { // told once a day
			err = r.n.RunMailing(t.Context(), all[0], newsroom.SendOptions{Alone: true, GiveUpDialing: 50 * time.Millisecond})
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Fatalf("RunMailing = %v", err)
			}
		}
		if a := r.status(fridays); !strings.Contains(a.Trouble, words) || a.Queued != 50 {
			t.Errorf("status: %+v", a)
		}
		r.sink.fail(demo.Faults{})
		before := r.sink.Messages()
		if err := r.n.SendLetters(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := r.sink.Messages() - before; n != 1 {
			t.Errorf("%d letters came, want 1", n)
		}
		if a := r.send(fridays, newsroom.SendOptions{}); a.Trouble != "" || a.Accepted != 1 {
			t.Errorf("afterwards: %+v", a)
		}
	})
}

// TestStopIsToldOnce: a mailing stopped by a process that died before it could tell is
// told by the heartbeat, once.
func TestStopIsToldOnce(t *testing.T) {
	onSQLite(t, settings{"editors": "[ed@observer.example]", "waves": "[10, rest]"}, func(t *testing.T, r *room) {
		r.readers(0, 40)
		r.ready()
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if strings.HasPrefix(to, "reader") {
				return demo.Reply{Code: 550, Text: "5.1.1 No"}
			}
			return demo.Reply{}
		}})
		if a := r.send(fridays, newsroom.SendOptions{}); a.Mailing != mailer.Paused || a.Accepted != 0 {
			t.Fatalf("stopped: %+v", a)
		}
		for range 2 {
			if err := r.n.Advance(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.n.SendLetters(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := r.sink.counts()["ed@observer.example"]; n != 1 {
			t.Errorf("the editor got %d letters, want 1", n)
		}
	})
}
