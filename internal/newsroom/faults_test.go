package newsroom_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestRelayDown finds nobody listening: everything waits, and the same command
// continues when there is a relay again.
func TestRelayDown(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 30)
		r.ready()
		address := r.sink.Address()
		if err := r.sink.Close(); err != nil {
			t.Fatal(err)
		}
		a, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{GiveUpDialing: 200 * time.Millisecond})
		var down *mailer.ErrRelaysDown
		if !errors.As(err, &down) || down.Waiting != 30 {
			t.Fatalf("sending said: %v", err)
		}
		if a.Queued != 30 || a.Audience != 30 {
			t.Errorf("%+v", a)
		}
		r.sink = openRelay(t, "", address)
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 30 || a.State != digest.Sent {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestDeferred is told "later" for a tenth of the readers.
func TestDeferred(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 100)
		r.ready()
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if strings.Contains(to, "7@") {
				return demo.Reply{Code: 450, Text: "4.2.1 <" + to + "> Mailbox busy"}
			}
			return demo.Reply{}
		}})
		a := r.send(fridays, newsroom.SendOptions{})
		if a.Accepted != 90 || a.Deferred != 10 || a.Complete() || a.State != digest.Sending {
			t.Fatalf("%+v", a)
		}
		if wait := a.NextDue.Sub(r.clock.Now()); wait < time.Minute || wait > 10*time.Minute {
			t.Errorf("due in %s", wait)
		}
		tries, err := r.n.Store.Tries(t.Context(), 1, 0)
		if err != nil || len(tries) != 10 {
			t.Fatalf("%d tries are told of, %v", len(tries), err)
		}
		for _, try := range tries {
			if anyAddress.MatchString(try.Text) {
				t.Error("a stored reply holds an address")
			}
		}
		r.sink.fail(demo.Faults{})
		if a := r.send(fridays, newsroom.SendOptions{}); a.Deferred != 10 {
			t.Errorf("too early: %+v", a)
		}
		r.clock.Forward(10 * time.Minute)
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 100 || a.State != digest.Sent {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestGivenUp is told "later" until the time is over.
func TestGivenUp(t *testing.T) {
	onSQLite(t, settings{"give_up": "1h"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.ready()
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if to == readers[1] {
				return demo.Reply{Code: 450, Text: "4.2.1 Mailbox busy"}
			}
			return demo.Reply{}
		}})
		var a newsroom.Accounting
		for range 10 {
			if a = r.send(fridays, newsroom.SendOptions{}); a.Deferred == 0 {
				break
			}
			r.clock.Set(a.NextDue)
		}
		if a.Accepted != 2 || a.Rejected != 1 || a.State != digest.Sent {
			t.Errorf("%+v", a)
		}
	})
}

// TestRejected is told "never" for one reader: about them alone.
func TestRejected(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 20)
		r.ready()
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if to == readers[4] {
				return demo.Reply{Code: 550, Text: "5.1.1 <" + to + "> User unknown"}
			}
			return demo.Reply{}
		}})
		a := r.send(fridays, newsroom.SendOptions{})
		if a.Accepted != 19 || a.Rejected != 1 || a.State != digest.Sent || a.Complete() {
			t.Errorf("%+v", a)
		}
		want := once(readers...)
		delete(want, readers[4])
		r.got(want)
		if anyAddress.MatchString(r.log.String()) {
			t.Error("the log holds an address")
		}
	})
}

// TestRefused is refused at MAIL: that is about us, and no reader is rejected for it.
func TestRefused(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 30)
		r.ready()
		_, heal := r.refuse()
		a, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{GiveUpDialing: 200 * time.Millisecond})
		var down *mailer.ErrRelaysDown
		if !errors.As(err, &down) || !strings.Contains(err.Error(), "refuses us, not your readers") {
			t.Fatalf("sending said: %v", err)
		}
		if a.Queued != 30 || a.Rejected != 0 || a.Deferred != 0 {
			t.Errorf("%+v", a)
		}
		heal()
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 30 {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestLostReply has the relay take a message and go before it says so.
func TestLostReply(t *testing.T) {
	for _, policy := range []mailer.DoubtPolicy{mailer.Resend, mailer.Hold} {
		t.Run(string(policy), func(t *testing.T) {
			each(t, settings{"in_doubt": string(policy)}, func(t *testing.T, r *room) {
				r.window = 1 // one message at a time: a window of chunks would be in doubt together
				r.configure(nil)
				r.again()
				readers := r.readers(0, 40)
				r.ready()
				var lost atomic.Pointer[string]
				r.sink.fail(demo.Faults{Filed: func(to []string) demo.Reply {
					if to[0] == readers[11] && lost.CompareAndSwap(nil, &to[0]) {
						return demo.Reply{Drop: true}
					}
					return demo.Reply{}
				}})
				a := r.send(fridays, newsroom.SendOptions{})
				want := once(readers...)
				if policy == mailer.Hold {
					if a.Accepted != 39 || a.InDoubt != 1 || a.State != digest.Sent || a.Complete() {
						t.Errorf("held: %+v", a)
					}
					r.got(want)
					return
				}
				if a.Accepted != 39 || a.Deferred != 1 {
					t.Errorf("at first: %+v", a)
				}
				r.clock.Set(a.NextDue)
				if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 40 || a.State != digest.Sent {
					t.Errorf("in the end: %+v", a)
				}
				want[readers[11]] = 2
				r.got(want)
			})
		})
	}
}

// TestSourceFails: a source that cannot be read costs its own stories.
func TestSourceFails(t *testing.T) {
	sources := `[{file: feed.xml}, {name: gone, file: none.xml}, {name: broken, file: broken.xml}, {name: closed, url: "http://127.0.0.1:1/feed", allow_private: true}]`
	onSQLite(t, settings{"sources": sources}, func(t *testing.T, r *room) {
		r.write("broken.xml", "\x00\x01 this is no feed")
		d, err := r.n.Draft(t.Context(), "weekly", "", true)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(d.Edition.Revision.Items()); got != 5 || d.Edition.State != digest.Draft {
			t.Errorf("%d stories, %s", got, d.Edition.State)
		}
		failed := map[string]bool{}
		for _, s := range d.Sources {
			if s.Error != "" {
				failed[s.Source] = true
			}
		}
		if want := (map[string]bool{"gone": true, "broken": true, "closed": true}); !maps.Equal(failed, want) {
			t.Errorf("failed: %v", failed)
		}
	})
}

// TestPictures keeps the picture that can be had, and leaves out the other two.
func TestPictures(t *testing.T) {
	onSQLite(t, settings{"sources": "[{name: desk, folder: stories}]"}, func(t *testing.T, r *room) {
		if err := os.Mkdir(filepath.Join(r.dir, "stories"), 0o755); err != nil {
			t.Fatal(err)
		}
		picture := string(trial.PNG(t, 600, 400))
		r.write("stories/good.png", picture)
		r.write("stories/bad.png", "no picture")
		r.write("secret.png", picture)
		for i, name := range []string{"good.png", "bad.png", "../secret.png"} {
			s := storiesAt(thursday.Add(-time.Hour), 3)[i]
			r.write(fmt.Sprintf("stories/%d.md", i), fmt.Sprintf("---\ntitle: %s\nurl: https://observer.example/%d\ndate: %s\nimage: %s\n---\nText.\n",
				s.name, i, s.at.Format(time.RFC3339), name))
		}
		d, err := r.n.Draft(t.Context(), "weekly", "", true)
		if err != nil {
			t.Fatal(err)
		}
		ours := 0
		items := d.Edition.Revision.Items()
		for _, item := range items {
			if item.Story.Image == nil {
				continue
			}
			ours++
			name, ok := strings.CutPrefix(item.Story.Image.URL, "https://news.observer.example/m/")
			if !ok {
				t.Errorf("a picture is shown from %s", item.Story.Image.URL)
			}
			if _, err := r.n.Picture(t.Context(), name); err != nil {
				t.Errorf("its own address gives: %v", err)
			}
		}
		left := 0
		for _, w := range d.Warnings {
			if strings.Contains(w, "is left out") {
				left++
			}
		}
		if len(items) != 3 || ours != 1 || left != 2 {
			t.Errorf("%d stories, %d pictures of ours, %d left out; said %q, sources %+v", len(items), ours, left, d.Warnings, d.Sources)
		}
	})
}

// TestInterrupted interrupts a send: it drains, nothing is in doubt, and the next one
// continues.
func TestInterrupted(t *testing.T) {
	each(t, settings{"in_doubt": "hold"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 500)
		r.ready()
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		r.sink.fail(demo.Faults{Rcpt: func(string) demo.Reply { return demo.Reply{Delay: 10 * time.Millisecond} }})
		done := r.sending(ctx, r.n, newsroom.SendOptions{})
		trial.Await(t, "some are sent", func() bool { return len(r.sink.counts()) > 30 })
		interrupt()
		got := r.wait(done)
		if got.a.InDoubt != 0 || got.a.Queued == 0 || got.a.Accepted != int64(len(r.sink.counts())) {
			t.Errorf("interrupted: %+v, the relay has %d, %v", got.a, len(r.sink.counts()), got.err)
		}
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 500 {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestLetterInterrupted interrupts a letter on the wire: it is finished, not doubled.
func TestLetterInterrupted(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 1)
		if _, err := r.n.Draft(t.Context(), "weekly", "", true); err != nil {
			t.Fatal(err)
		}
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		r.sink.fail(demo.Faults{Filed: func([]string) demo.Reply {
			interrupt()
			return demo.Reply{Delay: 50 * time.Millisecond}
		}})
		_, _ = r.n.Test(ctx, "weekly", []string{"one@observer.example", "two@observer.example"}, "")
		r.sink.fail(demo.Faults{})
		for range 3 {
			if err := r.n.SendLetters(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.clock.Forward(time.Hour)
		}
		r.got(once("one@observer.example", "two@observer.example"))
	})
}

// TestLetterDamaged: a letter that does not open is given up, and keeps no other.
func TestLetterDamaged(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 1)
		if _, err := r.n.Draft(t.Context(), "weekly", "", true); err != nil {
			t.Fatal(err)
		}
		now := r.clock.Now()
		id, _, err := r.n.Store.PutLetter(t.Context(), store.NewLetter{Kind: "test", Message: []byte("not sealed"), Dedupe: "damaged", Due: now, At: now})
		if err != nil {
			t.Fatal(err)
		}
		report, err := r.n.Test(t.Context(), "weekly", []string{"one@observer.example"}, "")
		if err != nil || report.Sent != 1 {
			t.Errorf("the letter behind it: %+v, %v", report, err)
		}
		if l, err := r.n.Store.Letter(t.Context(), id); err != nil || l.State != mailer.Rejected {
			t.Errorf("the damaged one is %s: %v", l.State, err)
		}
	})
}
