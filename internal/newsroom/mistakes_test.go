package newsroom_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/templates"
)

func TestEditVoidsApproval(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.ready()
		done, err := r.n.Edit(t.Context(), fridays, []byte("subject: Other\n"))
		if err != nil || !done.Voided {
			t.Fatalf("%+v, %v", done, err)
		}
		if e := r.edition(fridays); e.State != digest.Draft || e.Stored.Approved.Is() {
			t.Errorf("%s, approved %v", e.State, e.Stored.Approved)
		}
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); err == nil || !strings.Contains(err.Error(), "approve") {
			t.Errorf("sending said: %v", err)
		}
		r.got(nil)
	})
}

// TestChangeAfterApproval changes what readers would see without an edit.
func TestChangeAfterApproval(t *testing.T) {
	for name, change := range map[string]settings{
		"configuration": {"address": "12 Quay Street"},
		"theme":         {},
	} {
		t.Run(name, func(t *testing.T) {
			onSQLite(t, nil, func(t *testing.T, r *room) {
				r.readers(0, 3)
				r.ready()
				if name == "theme" {
					r.theme()
				}
				r.configure(change)
				r.again()
				_, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
				if !errors.Is(err, newsroom.ErrChanged) {
					t.Fatalf("sending said: %v", err)
				}
				if e := r.edition(fridays); e.State != digest.Draft {
					t.Errorf("it is %s", e.State)
				}
				r.got(nil)
				r.approve(fridays)
				if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 3 {
					t.Errorf("%+v", a)
				}
			})
		})
	}
}

// theme writes a theme of the newsroom's own, with another footer.
func (r *room) theme() {
	r.t.Helper()
	text, err := templates.Default().Partial("footer.html")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.dir, "templates"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.write("templates/footer.html", string(text)+"\n<p>Printed on recycled electrons.</p>\n")
}

// stopAfter lets the relay take n messages; the next ones wait until release is
// called. full is closed when n were taken.
func (r *room) stopAfter(n int) (full <-chan struct{}, release func()) {
	taken := make(chan struct{}, n)
	for range n {
		taken <- struct{}{}
	}
	reached, open := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.sink.fail(demo.Faults{Rcpt: func(string) demo.Reply {
		select {
		case <-taken:
			return demo.Reply{}
		default:
		}
		once.Do(func() { close(reached) })
		<-open
		return demo.Reply{}
	}})
	return reached, func() { close(open); r.sink.fail(demo.Faults{}) }
}

// result is what a send that runs beside the test came to.
type result struct {
	a   newsroom.Accounting
	err error
}

// sending starts a send beside the test.
func (r *room) sending(ctx context.Context, n *newsroom.Newsroom, o newsroom.SendOptions) <-chan result {
	done := make(chan result, 1)
	go func() {
		a, err := n.Send(ctx, fridays, o)
		done <- result{a, err}
	}()
	return done
}

func (r *room) wait(done <-chan result) result {
	r.t.Helper()
	select {
	case got := <-done:
		return got
	case <-time.After(30 * time.Second):
		r.t.Fatal("the send does not end")
		return result{}
	}
}

// TestCancelHalfWay cancels a send under way, mends the edition, and sends it to
// those who have not got it.
func TestCancelHalfWay(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 200)
		r.ready()
		operator := r.open("operator")
		full, release := r.stopAfter(60)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		if _, err := operator.Cancel(t.Context(), fridays, "wrong headline"); err != nil {
			t.Fatal(err)
		}
		release()
		first := r.wait(done)
		if first.err != nil {
			t.Errorf("a cancelled send ends with: %v", first.err)
		}
		a := r.status(fridays)
		most := int64(60 + r.connections*r.window) // what was claimed still goes
		if a.Accepted < 60 || a.Accepted > most || a.Accepted+a.Skipped != 200 || a.State != digest.Cancelled {
			t.Fatalf("cancelled: %+v", a)
		}
		r.reopen(fridays)
		r.edit(fridays, "subject: The right headline\n")
		told := r.approve(fridays)
		if told.Audience != mailer.ToRest || told.Readers != 200-a.Accepted {
			t.Errorf("announced the %s, %d readers", told.Audience, told.Readers)
		}
		rest := r.send(fridays, newsroom.SendOptions{})
		if rest.Accepted != 200-a.Accepted || rest.Revision != 2 {
			t.Errorf("the rest: %+v", rest)
		}
		r.got(once(readers...))
		if a := r.status(fridays); a.Audience != 200 || a.Accepted != 200 || a.State != digest.Sent {
			t.Errorf("in the end: %+v", a)
		}
	})
}

// TestCorrection sends a mended revision to exactly those who have the wrong one.
func TestCorrection(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		missing := readers[13]
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if to == missing {
				return demo.Reply{Code: 550, Text: "5.1.1 No such user"}
			}
			return demo.Reply{}
		}})
		r.ready()
		a := r.send(fridays, newsroom.SendOptions{})
		if a.Accepted != 49 || a.Rejected != 1 {
			t.Fatalf("%+v", a)
		}
		r.sink.fail(demo.Faults{})
		r.sink.forget()
		r.readers(50, 5) // came later: they have nothing to be corrected
		r.reopen(fridays)
		r.edit(fridays, "subject: \"Correction: the crane stands still\"\n")
		r.approve(fridays)
		a = r.send(fridays, newsroom.SendOptions{To: mailer.ToDelivered})
		if a.Audience != 49 || a.Accepted != 49 {
			t.Errorf("%+v", a)
		}
		want := once(readers...)
		delete(want, missing)
		r.got(want)
	})
}

// TestCorrectionNextDay: an edition that went out can be corrected when its slot has
// long expired.
func TestCorrectionNextDay(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 10)
		r.ready()
		r.clock.set(friday)
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
		r.clock.set(friday.Add(50 * time.Hour))
		r.reopen(fridays)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := r.edition(fridays); e.State != digest.Draft {
			t.Fatalf("the schedule made it %s", e.State)
		}
		r.approve(fridays)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.got(nil)
		if a := r.send(fridays, newsroom.SendOptions{To: mailer.ToDelivered}); a.Accepted != 10 {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestFirstWindowStays: drafted again days later, an edition before which none was
// sent begins where it began.
func TestFirstWindowStays(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		draft := func() time.Time {
			d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true)
			if err != nil {
				t.Fatal(err)
			}
			return d.Edition.Snapshot.From
		}
		first := draft()
		r.clock.forward(20 * time.Hour)
		if again := draft(); !again.Equal(first) {
			t.Errorf("it began at %s, and now begins at %s", first, again)
		}
	})
}

// TestReopenedIsNotAutomatic: what an operator took back is not sent by the schedule
// before it is mended, and a correction is not sent to others.
func TestReopenedIsNotAutomatic(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		r.readers(0, 20)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		r.clock.set(friday.Add(time.Second))
		r.send(fridays, newsroom.SendOptions{})
		r.sink.forget()
		r.readers(20, 5)
		r.reopen(fridays)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := r.edition(fridays); e.State != digest.Draft {
			t.Fatalf("the schedule made it %s", e.State)
		}
		r.approve(fridays)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := r.edition(fridays); e.State != digest.Approved {
			t.Fatalf("the schedule made it %s, whom it is for being the operator's to say", e.State)
		}
	})
}

// TestPauseResume pauses a send from another process, and lets it go on.
func TestPauseResume(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		n := 2000
		if testing.Short() {
			n = 300
		}
		readers := r.readers(0, n)
		r.ready()
		operator := r.open("operator")
		r.sink.fail(demo.Faults{Rcpt: func(string) demo.Reply { return demo.Reply{Delay: 20 * time.Millisecond} }})
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		await(t, "some are sent", func() bool { return len(r.sink.counts()) > 20 })
		begun := time.Now()
		if _, err := operator.Pause(t.Context(), fridays, "a doubt"); err != nil {
			t.Fatal(err)
		}
		got := r.wait(done)
		if got.err != nil || got.a.Mailing != mailer.Paused {
			t.Fatalf("a paused send ends with %+v, %v", got.a, got.err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("it went on for %s", took)
		}
		if got.a.InDoubt != 0 || got.a.Queued == 0 || got.a.Accepted != int64(len(r.sink.counts())) {
			t.Errorf("paused: %+v, the relay has %d", got.a, len(r.sink.counts()))
		}
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); err == nil || !strings.Contains(err.Error(), "resume") {
			t.Errorf("sending a paused one said: %v", err)
		}
		if _, err := operator.Resume(t.Context(), fridays); err != nil {
			t.Fatal(err)
		}
		r.sink.fail(demo.Faults{})
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != int64(n) || a.State != digest.Sent {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestExtra sends an extra between two regular editions.
func TestExtra(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 5)
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
		monday := friday.AddDate(0, 0, 3)
		r.clock.set(monday)
		r.feed(storiesAt(monday.Add(-time.Hour), 2)...)
		d, err := r.n.Extra(t.Context(), "weekly", "blackout")
		if err != nil {
			t.Fatal(err)
		}
		name := "weekly/extra-blackout"
		if d.Edition.Ref() != name || len(d.Edition.Revision.Items()) != 2 {
			t.Fatalf("%s has %d stories", d.Edition.Ref(), len(d.Edition.Revision.Items()))
		}
		r.approve(name)
		r.send(name, newsroom.SendOptions{})
		r.got(once(readers...))
		next := monday.AddDate(0, 0, 3)
		r.clock.set(next)
		r.feed(append(storiesAt(monday.Add(-time.Hour), 2), storiesAt(next.Add(-time.Hour), 3)...)...)
		d, err = r.n.Draft(t.Context(), "weekly", "2026-12-04", true)
		if err != nil {
			t.Fatal(err)
		}
		if from := d.Edition.Snapshot.From; !from.Equal(r.edition(fridays).Snapshot.To.Truncate(time.Microsecond)) {
			t.Errorf("the window begins %s, not where the last regular edition ended", from)
		}
		if got := len(d.Edition.Revision.Items()); got != 3 {
			t.Errorf("%d stories, want the 3 that the extra has not carried", got)
		}
	})
}

// TestStoriesOfCancelled: stories count as mailed only where readers have them.
func TestStoriesOfCancelled(t *testing.T) {
	for _, taken := range []int{0, 5} {
		each(t, nil, func(t *testing.T, r *room) {
			r.readers(0, 100)
			r.ready()
			operator := r.open("operator")
			stop := func() (<-chan struct{}, func()) { return r.stopAfter(taken) }
			if taken == 0 {
				stop = r.refuse
			}
			full, release := stop()
			done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
			<-full
			if _, err := operator.Pause(t.Context(), fridays, "is it right?"); err != nil {
				t.Fatal(err)
			}
			release()
			r.wait(done)
			if _, err := operator.Cancel(t.Context(), fridays, "no"); err != nil {
				t.Fatal(err)
			}
			mailed, err := r.n.Store.MailedStories(t.Context(), "weekly")
			if err != nil {
				t.Fatal(err)
			}
			if accepted := r.status(fridays).Accepted; (accepted > 0) != (len(mailed) > 0) || (accepted > 0) != (taken > 0) {
				t.Errorf("%d readers have it, and %d stories count as mailed", accepted, len(mailed))
			}
		})
	}
}

// refuse makes the relay refuse us at MAIL; full is closed when it has.
func (r *room) refuse() (full <-chan struct{}, release func()) {
	said := make(chan struct{})
	var once sync.Once
	r.sink.fail(demo.Faults{Mail: func(string) demo.Reply {
		once.Do(func() { close(said) })
		return demo.Reply{Code: 550, Text: "5.7.1 Account suspended"}
	}})
	return said, func() { r.sink.fail(demo.Faults{}) }
}

// TestLogTells follows an edition's way in its log.
func TestLogTells(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		entries, err := r.n.LogOf(t.Context(), r.edition(fridays))
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range entries {
			said = append(said, e.What)
		}
		want := []string{"opened", "draft", "approved", "checked", "frozen", "mailing started", "mailing done", "sent"}
		if !slices.Equal(said, want) {
			t.Errorf("log: %q, want %q", said, want)
		}
	})
}

// TestNoStoryBetween drafts ahead of the slot: what comes between the draft and the
// slot is not lost to the next edition.
func TestNoStoryBetween(t *testing.T) {
	onSQLite(t, settings{"late_grace": "0h"}, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.clock.set(friday.AddDate(0, 0, -4)) // Monday
		r.ready()
		r.clock.set(friday)
		r.send(fridays, newsroom.SendOptions{})
		between := story{"The Tuesday fire", friday.AddDate(0, 0, -3)}
		r.feed(between)
		r.clock.set(friday.AddDate(0, 0, 6))
		d, err := r.n.Draft(t.Context(), "weekly", "2026-12-04", true)
		if err != nil {
			t.Fatal(err)
		}
		if items := d.Edition.Revision.Items(); len(items) != 1 || items[0].Story.Title != between.name {
			t.Errorf("the next edition has %d stories, not the one from between", len(items))
		}
	})
}
