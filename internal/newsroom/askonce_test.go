package newsroom_test

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

const victim = "ada.reader@bücher.example"

// asks signs an address up at a process, which then sends what it may.
func (r *room) asks(n *newsroom.Newsroom, typed string) {
	r.t.Helper()
	ctx := r.t.Context()
	r.must(n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: typed}))
	r.must(n.SendFromMemory(ctx))
	r.must(n.SendLetters(ctx))
}

// wantMails holds what the relay took, to anybody, to a number.
func (r *room) wantMails(want int, after string) {
	r.t.Helper()
	got := 0
	for _, n := range r.sink.counts() {
		got += n
	}
	if got != want {
		r.t.Errorf("%s: %d mails, want %d", after, got, want)
	}
}

// TestAskedOnce: whatever happens within 24 hours, an address gets one mail that asks for
// its yes; and after that it may get another.
func TestAskedOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.asks(r.n, victim)
		r.wantMails(1, "the first")
		for _, typed := range []string{"ADA.Reader@BÜCHER.example", "  ada.reader@xn--bcher-kva.example ", "<ada.reader@bücher.EXAMPLE>", "mailto:ada.reader@xn--BCHER-kva.example"} {
			r.asks(r.n, typed)
		}
		r.wantMails(1, "written otherwise")
		r.must(r.n.Remove(ctx, victim, newsroom.Removal{Erase: true}))
		r.asks(r.n, victim)
		r.wantMails(1, "erased")
		r.again()
		r.asks(r.n, victim)
		r.wantMails(1, "started anew")

		other := r.open("another node")
		var both sync.WaitGroup
		for _, n := range []*newsroom.Newsroom{r.n, other} {
			both.Go(func() { r.asks(n, victim) })
		}
		both.Wait()
		r.wantMails(1, "two nodes at once")

		r.rotate()
		r.asks(r.n, victim)
		r.must(r.n.Reseal(ctx, nil))
		r.asks(r.n, victim)
		r.wantMails(1, "the key changed")

		r.n.LockKeys()
		r.asks(r.n, victim)
		r.wantMails(1, "locked, by a process that did not ask")
		key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		r.must(r.n.Unlock(ctx, string(key), 0))
		r.must(r.n.SendLetters(ctx))
		r.wantMails(1, "unlocked again")

		r.clock.Forward(24*time.Hour + time.Minute)
		r.asks(r.n, victim)
		r.wantMails(2, "a day later")
	})
}

// TestAskedOnceLocked: so it is where a locked process is the one that asks.
func TestAskedOnceLocked(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		const before = "before.the.lock@new.example"
		r.asks(r.n, before)
		// Taken in, and not mailed yet, when it is locked: from then on it is mailed from memory.
		r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: victim}))
		r.must(r.n.TakeSignUps(ctx))
		r.n.LockKeys()
		for range 3 {
			r.asks(r.n, victim)
			r.asks(r.n, before)
		}
		r.wantMails(2, "locked")
		// Another process does not know of whom this one knows.
		other := r.open("another node")
		other.LockKeys()
		r.asks(other, victim)
		r.asks(other, "somebody.else@new.example")
		r.wantMails(2, "locked, elsewhere")
		r.must(r.n.Unlock(ctx, string(key), 0))
		r.must(r.n.SendLetters(ctx))
		r.wantMails(3, "unlocked: the other one's visitor is asked")
		r.must(r.n.Remove(ctx, victim, newsroom.Removal{Erase: true}))
		r.asks(r.n, victim)
		r.n.LockKeys()
		r.asks(r.n, victim)
		r.wantMails(3, "locked again")
	})
}

// TestAskedOnceTakenOver: a sign-up that another node takes over before the locked one
// has mailed it is mailed by that one alone.
func TestAskedOnceTakenOver(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		locked := r.open("locked")
		locked.LockKeys()
		r.must(locked.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: victim}))
		r.must(r.n.TakeInbox(ctx))
		r.must(locked.SendFromMemory(ctx))
		r.wantMails(0, "taken over, and not sent yet")
		r.must(r.n.SendLetters(ctx))
		r.clock.Forward(time.Hour)
		r.must(locked.SendFromMemory(ctx))
		r.wantMails(1, "sent")
	})
}

// TestAskedOnceKilled: a process that is killed with the letter on the wire leaves it in
// doubt: nobody sends it again, and the address may ask anew a day later.
func TestAskedOnceKilled(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.must(r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: victim}))
		filed := make(chan struct{})
		var once sync.Once
		r.sink.fail(demo.Faults{Filed: func([]string) demo.Reply {
			once.Do(func() { close(filed) })
			return demo.Reply{Delay: time.Minute}
		}})
		binary, err := os.Executable()
		r.must(err)
		cmd := r.child(childLetters, binary)
		r.must(cmd.Start())
		<-filed
		r.must(cmd.Process.Kill())
		_ = cmd.Wait()
		r.sink.fail(demo.Faults{})
		for range 8 {
			r.clock.Forward(3*time.Hour - time.Minute)
			r.asks(r.n, victim)
		}
		r.wantMails(1, "killed")
		r.clock.Forward(time.Hour)
		r.asks(r.n, victim)
		r.wantMails(2, "a day later")
	})
}

// TestAskedOnceLostReply: a reply that is lost leaves the letter in doubt, too.
func TestAskedOnceLostReply(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		var lost atomic.Bool
		r.sink.fail(demo.Faults{Filed: func([]string) demo.Reply { return demo.Reply{Drop: !lost.Swap(true)} }})
		for range 8 {
			r.asks(r.n, victim)
			r.clock.Forward(3*time.Hour - time.Minute)
		}
		r.wantMails(1, "a lost reply")
	})
}

// TestAskedOnceLostReplyLocked: so does one that a locked node hears nothing of.
func TestAskedOnceLostReplyLocked(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.n.LockKeys()
		var lost atomic.Bool
		r.sink.fail(demo.Faults{Filed: func([]string) demo.Reply { return demo.Reply{Drop: !lost.Swap(true)} }})
		for range 4 {
			r.asks(r.n, victim)
			r.clock.Forward(time.Hour)
		}
		r.unlock()
		r.must(r.n.SendLetters(t.Context()))
		r.wantMails(1, "a lost reply")
	})
}

// TestAskedOnceDeferred: where a relay takes the letter after many hours, the day counts
// from then, and no second letter waits beside it.
func TestAskedOnceDeferred(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.sink.fail(demo.Faults{Rcpt: func(string) demo.Reply { return demo.Reply{Code: 451, Text: "later"} }})
		begun := r.clock.Now()
		r.asks(r.n, victim)
		for r.clock.Now().Before(begun.Add(20 * time.Hour)) {
			r.clock.Forward(time.Hour)
			r.asks(r.n, victim)
		}
		r.wantMails(0, "deferred")
		r.sink.fail(demo.Faults{})
		for range 3 {
			r.clock.Forward(time.Hour)
			r.must(r.n.SendLetters(t.Context()))
		}
		r.wantMails(1, "taken in the end")
		for range 20 {
			r.clock.Forward(time.Hour)
			r.asks(r.n, victim)
		}
		r.wantMails(1, "less than a day after that")
	})
}
