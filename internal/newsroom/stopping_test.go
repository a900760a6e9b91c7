package newsroom_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
)

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
		trial.Await(t, "some are sent", func() bool { return len(r.sink.counts()) > 20 })
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
