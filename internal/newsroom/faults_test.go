package newsroom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
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
		if wait := a.NextDue.Sub(r.clock.now()); wait < time.Minute || wait > 10*time.Minute {
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
		r.clock.forward(10 * time.Minute)
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
			r.clock.set(a.NextDue)
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
				r.clock.set(a.NextDue)
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
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 600, 400))); err != nil {
			t.Fatal(err)
		}
		r.write("stories/good.png", picture.String())
		r.write("stories/bad.png", "no picture")
		r.write("secret.png", picture.String())
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

// TestKeyFile opens a newsroom whose key is away, another, or no key.
func TestKeyFile(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		path := filepath.Join(r.dir, newsroom.KeyFile)
		own, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key file has mode %v, %v", info.Mode(), err)
		}
		for want, change := range map[string]func() error{
			"is missing":     func() error { return os.Remove(path) },
			"is not the key": func() error { return os.WriteFile(path, []byte(subscribers.NewMaster().Encode()), 0o600) },
			"key file":       func() error { return os.WriteFile(path, []byte("hello"), 0o600) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if n, err := newsroom.Open(t.Context(), r.options("test")); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %q, got %v", want, err)
				if err == nil {
					_ = n.Close()
				}
			}
		}
		if err := os.WriteFile(path, own, 0o600); err != nil {
			t.Fatal(err)
		}
		r.again()
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
	})
}

// TestReadOnlyFolder opens a newsroom as somebody who may only read it.
func TestReadOnlyFolder(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 1)
		for _, path := range []string{r.dsn, r.dsn + "-wal", r.dsn + "-shm", filepath.Join(r.dir, newsroom.KeyFile)} {
			if err := os.Chmod(path, 0o444); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		for _, dir := range []string{r.dir, filepath.Dir(r.dsn)} {
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Chmod(dir, 0o755) }()
		}
		if said := r.unprivileged(childOpens); !strings.Contains(said, "permission denied") || !strings.Contains(said, "broadsheet.") {
			t.Errorf("it said: %s", said)
		}
	})
}

// TestBusy starts a second send while the first runs.
func TestBusy(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		r.ready()
		full, release := r.stopAfter(10)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		_, err := r.open("second").Send(t.Context(), fridays, newsroom.SendOptions{})
		var busy *newsroom.Busy
		if !errors.As(err, &busy) || busy.Role != newsroom.RoleSend ||
			r.n.Store.Engine() == "sqlite" && busy.PID != os.Getpid() {
			t.Errorf("the second said: %v", err)
		}
		release()
		if got := r.wait(done); got.err != nil || got.a.Accepted != 50 {
			t.Errorf("%+v, %v", got.a, got.err)
		}
		r.got(once(readers...))
	})
}

// TestHandedOver sends while a serve holds the lock: the order is given to it, and
// followed.
func TestHandedOver(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		r.ready()
		serve := r.open("schedule")
		unlock, err := serve.Lock(newsroom.RoleServe)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unlock() }()
		told := make(chan *newsroom.Busy, 1)
		watched := atomic.Int64{}
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{
			Told:  func(to *newsroom.Busy) { told <- to },
			Watch: func(newsroom.Progress) { watched.Add(1) },
		})
		if to := <-told; to.Role != newsroom.RoleServe {
			t.Errorf("handed to %+v", to)
		}
		r.got(nil)
		r.run(serve)
		if got := r.wait(done); got.err != nil || got.a.Accepted != 50 || watched.Load() == 0 {
			t.Errorf("%+v, %v, watched %d times", got.a, got.err, watched.Load())
		}
		r.got(once(readers...))
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
		await(t, "some are sent", func() bool { return len(r.sink.counts()) > 30 })
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
		_, _ = r.n.Test(ctx, "weekly", []string{"one@observer.example", "two@observer.example"})
		r.sink.fail(demo.Faults{})
		for range 3 {
			if err := r.n.SendLetters(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.clock.forward(time.Hour)
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
		now := r.clock.now()
		id, _, err := r.n.Store.PutLetter(t.Context(), store.NewLetter{Kind: "test", Message: []byte("not sealed"), Dedupe: "damaged", Due: now, At: now})
		if err != nil {
			t.Fatal(err)
		}
		report, err := r.n.Test(t.Context(), "weekly", []string{"one@observer.example"})
		if err != nil || report.Sent != 1 {
			t.Errorf("the letter behind it: %+v, %v", report, err)
		}
		if l, err := r.n.Store.Letter(t.Context(), id); err != nil || l.State != mailer.Rejected {
			t.Errorf("the damaged one is %s: %v", l.State, err)
		}
	})
}

// unprivileged runs a copy of this binary as nobody, who may read the room but not
// write it, and returns what it said.
func (r *room) unprivileged(what string) string {
	r.t.Helper()
	own, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	folder := r.t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil { // the test's, which holds all its folders
		r.t.Fatal(err)
	}
	binary := filepath.Join(folder, "child")
	if err := copyFile(binary, own); err != nil {
		r.t.Fatal(err)
	}
	cmd := r.child(what, binary)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.Output()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		r.t.Fatalf("the child, which should have failed: %v", err)
	}
	return string(out)
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
