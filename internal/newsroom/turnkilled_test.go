package newsroom_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// turnsKilled changes the key in another process, and kills it once it has said so many
// lines, or as soon as a file is there.
func (r *room) turnsKilled(lines int, file string) {
	r.t.Helper()
	binary, err := os.Executable()
	r.must(err)
	cmd := r.child(childTurns, binary)
	out, err := cmd.StdoutPipe()
	r.must(err)
	r.must(cmd.Start())
	said := bufio.NewReader(out)
	if file != "" {
		trial.Await(r.t, "the new key is written", func() bool {
			_, err := os.Stat(file)
			return err == nil || r.fingerprint() != "" && !r.keyIs(r.fingerprint())
		})
	}
	for range lines {
		if _, err := said.ReadString('\n'); err != nil {
			break // it ended by itself
		}
	}
	_ = cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, said)
	if cmd.Wait() == nil {
		r.t.Log("the child was done before it was killed")
	}
}

// fingerprint is that of the master key that the database wants.
func (r *room) fingerprint() string {
	r.t.Helper()
	is, _, _, err := r.n.Store.KeyFacts(r.t.Context())
	r.must(err)
	return is
}

func (r *room) keyIs(fingerprint string) bool { return r.n.Keys.Fingerprint() == fingerprint }

// TestRotateKilled kills the process that changes the key, again and again: before the
// database knows the new one, right after it does, in the middle of the list. In the
// end it is as if it had run through: everybody is there once and opens with the new
// key, the old one opens nothing, and the edition that was being sent reached everybody
// once, though its sender had the old key.
func TestRotateKilled(t *testing.T) {
	each(t, settings{"waves": "[20, rest]"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 60)
		r.ready()
		full, release := r.stopAfter(10)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		const n = 6000 // more than a batch, and not in the mailing
		other := r.open("import")
		r.importInto(other, 60, n)
		file := filepath.Join(r.dir, newsroom.KeyFile)
		old, err := os.ReadFile(file)
		r.must(err)

		r.turnsKilled(0, file+".new")
		r.turnsKilled(2, "") // begun, and what was done before
		r.turnsKilled(3, "") // and a batch
		release()
		if got := <-done; got.err != nil || got.a.Accepted != 60 {
			t.Errorf("the mailing: %v, %+v", got.err, got.a)
		}
		r.got(once(readers...))
		r.turnsKilled(1000, "") // runs through

		r.again()
		seen := map[string]bool{}
		var list strings.Builder
		r.must(r.n.Export(t.Context(), &list, newsroom.ExportOptions{Newsletter: "weekly"}))
		for line := range strings.Lines(list.String()) {
			who, _, _ := strings.Cut(line, ",")
			if seen[who] {
				t.Error("a reader is there twice")
			}
			seen[who] = true
		}
		for i := range 60 + n {
			if !seen[address(i)] {
				t.Fatalf("reader %d is not there", i)
			}
		}
		if len(seen) != 60+n+1 { // the head
			t.Errorf("%d lines", len(seen))
		}
		if now, err := os.ReadFile(file); err != nil || string(now) == string(old) {
			t.Errorf("the file has the old key: %v", err)
		}
		if _, err := os.Stat(file + ".new"); err == nil {
			t.Error("a new key lies beside")
		}
		r.useless(string(old))
	})
}

// TestRotateStale: what a process with the old key finds sealed with the new one waits
// until it has that too, and is not given up: a letter, a sign-up, and one of a locked node.
func TestRotateStale(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.readers(0, 3)
		other := r.open("serve")
		r.rotate()
		for i, who := range []string{"letter@new.example", "page@new.example"} {
			r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
			if i == 0 {
				r.must(r.n.TakeSignUps(ctx))
				r.must(other.SendLetters(ctx)) // it waits
			}
		}
		key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		r.n.LockKeys()
		r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: "locked@new.example"}))
		for _, stale := range []func(context.Context) error{other.TakeSignUps, other.TakeInbox, other.SendLetters} {
			if err := stale(ctx); !errors.Is(err, store.ErrKeysChanged) {
				t.Errorf("with the old key: %v", err)
			}
		}
		r.must(other.FollowKeys(ctx))
		r.clock.Forward(2 * time.Minute)
		r.must(other.TakeInbox(ctx))
		r.must(other.SendLetters(ctx))
		r.must(r.n.Unlock(ctx, string(key), 0))
		for _, who := range []string{"letter@new.example", "page@new.example", "locked@new.example"} {
			if got := r.sink.counts()[who]; got != 1 || r.tie(who) != store.Pending {
				t.Errorf("%s got %d letters", who, got)
			}
		}
	})
}

// importInto imports readers by another process's newsroom.
func (r *room) importInto(n *newsroom.Newsroom, from, count int) {
	r.t.Helper()
	var b strings.Builder
	b.WriteString("email,name\n")
	for i := from; i < from+count; i++ {
		fmt.Fprintf(&b, "%s,Reader No %d\n", address(i), i)
	}
	report, err := n.Import(r.t.Context(), strings.NewReader(b.String()), newsroom.ImportOptions{Newsletter: "weekly", Basis: "test"})
	if err != nil || report.Added != int64(count) {
		r.t.Fatalf("imported %d of %d: %v", report.Added, count, err)
	}
}

// TestRotateMeets: while the key changes, every way in which an address comes back
// meets the reader's one row, whether that has been sealed anew yet or not.
func TestRotateMeets(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		const n = 5100 // a batch is sealed anew, the others wait
		r.readers(0, n)
		r.rotate()
		half, stop := context.WithCancel(t.Context())
		batches := 0
		err := r.n.Reseal(half, func(newsroom.Resealing) {
			if batches++; batches == 2 {
				stop()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the sealing anew was not stopped: %v", err)
		}
		var moved, waiting []string
		for i := range n {
			if len(moved) > 20 && len(waiting) > 20 {
				break
			}
			if r.isMoved(address(i)) {
				moved = append(moved, address(i))
			} else {
				waiting = append(waiting, address(i))
			}
		}
		if len(moved) < 12 || len(waiting) < 12 {
			t.Fatalf("%d rows are moved, %d wait", len(moved), len(waiting))
		}
		erased := 0
		for when, some := range map[string][]string{"moved": moved, "waiting": waiting} {
			erased += r.meet(when, some)
		}
		r.must(r.n.Reseal(t.Context(), nil))
		counts, err := r.n.Count(t.Context())
		r.must(err)
		total := int64(0)
		for _, c := range counts {
			total += c.Count
		}
		if total != int64(n-erased) {
			t.Errorf("%d readers, want %d: %+v", total, n-erased, counts)
		}
	})
}

// isMoved tells whether a reader's row has the index in force.
func (r *room) isMoved(who string) bool {
	r.t.Helper()
	a, err := subscribers.ParseAddress(who)
	r.must(err)
	index, err := r.n.Keys.Index(a)
	r.must(err)
	_, err = r.n.Store.SubscriberByIndex(r.t.Context(), index)
	return err == nil
}

// meet lets addresses come back in every way, each its own, and holds what becomes of
// each. It returns how many are erased.
func (r *room) meet(when string, some []string) (erased int) {
	r.t.Helper()
	ctx := r.t.Context()
	file := func(status, who string) error {
		_, err := r.n.Import(ctx, strings.NewReader("email,status\n"+strings.ToUpper(who)+","+status+"\n"), newsroom.ImportOptions{Newsletter: "weekly", Basis: "again"})
		return err
	}
	for i, c := range []struct {
		way    string
		do     func(who string) error
		state  store.SubscriptionState // "": nobody is there
		barred bool
	}{
		{"imported", func(who string) error { return file("subscribed", who) }, store.Confirmed, false},
		{"imported as one who left", func(who string) error { return file("unsubscribed", who) }, store.Unsubscribed, false},
		{"imported as one to bar", func(who string) error { return file("bounced", who) }, store.Confirmed, true},
		{"added", func(who string) error { _, err := r.n.Add(ctx, "weekly", who, "", "", "word"); return err }, store.Confirmed, false},
		{"signed up", func(who string) error {
			err := r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who})
			return errors.Join(err, r.n.TakeSignUps(ctx))
		}, store.Confirmed, false},
		{"removed", func(who string) error { return r.n.Remove(ctx, who, newsroom.Removal{}) }, store.Unsubscribed, false},
		{"removed for good", func(who string) error { return r.n.Remove(ctx, who, newsroom.Removal{Suppress: true}) }, store.Unsubscribed, true},
		{"erased", func(who string) error { return r.n.Remove(ctx, who, newsroom.Removal{Erase: true}) }, "", false},
		{"erased for good", func(who string) error { return r.n.Remove(ctx, who, newsroom.Removal{Erase: true, Suppress: true}) }, "", true},
		{"left by a link", func(who string) error {
			found, err := r.n.Find(ctx, who)
			if err != nil || found.Address != who {
				return fmt.Errorf("found %v: %w", found.Since, err)
			}
			_, err = r.n.Unsubscribe(ctx, "weekly", r.token(subscribers.Unsubscribe, who))
			return err
		}, store.Unsubscribed, false},
	} {
		who := some[i]
		if err := c.do(who); err != nil {
			r.t.Errorf("%s, %s: %v", when, c.way, err)
		}
		found, err := r.n.Find(ctx, who)
		if c.state == "" {
			erased++
			if err == nil != c.barred || len(found.Ties) > 0 {
				r.t.Errorf("%s, %s: still there: %v", when, c.way, err)
			}
			continue
		}
		if err != nil || len(found.Ties) != 1 || found.Ties[0].State != c.state || (found.Suppressed != "") != c.barred {
			r.t.Errorf("%s, %s: %v, %+v, suppressed %q", when, c.way, err, found.Ties, found.Suppressed)
		}
	}
	return erased
}
