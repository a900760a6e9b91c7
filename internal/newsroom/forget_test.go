package newsroom_test

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// later is the slot of an edition that goes out when Friday's is to be forgotten.
const (
	keptFor = 91 * 24 * time.Hour
	laters  = "weekly/2027-02-26T09:00"
)

// knows tells whether it is known that a reader got an edition.
func (r *room) knows(number int64, edition string) bool {
	r.t.Helper()
	got, err := r.n.Store.GotBy(r.t.Context(), number)
	r.must(err)
	for _, g := range got {
		if g.Newsletter+"/"+g.Slot == edition {
			return true
		}
	}
	return false
}

// prunesKilled lets a process delete what is kept too long, and kills it as soon as it
// has forgotten what a reader got on Friday.
func (r *room) prunesKilled(number int64) {
	r.t.Helper()
	binary, err := os.Executable()
	r.must(err)
	cmd := r.child(childPrunes, binary)
	r.must(cmd.Start())
	trial.Await(r.t, "a reader's delivery is gone", func() bool { return !r.knows(number, fridays) })
	_ = cmd.Process.Kill()
	if cmd.Wait() == nil {
		r.t.Log("the child was done before it was killed")
	}
}

// TestForget: an edition of more than keep_deliveries ago is forgotten beside one that
// is being sent, by processes that are killed in the middle. Its accounting stays, its
// links work, nobody gets it again; the other one loses nobody.
func TestForget(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		const n = 600 // more than a batch
		readers := r.readers(0, n)
		leaves, hides := r.token(subscribers.Unsubscribe, readers[0]), r.token(subscribers.Preferences, readers[1])
		first, middle, last := r.reader(readers[0]).Number, r.reader(readers[n/2]).Number, r.reader(readers[n-1]).Number
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
		before := r.status(fridays)

		r.clock.Set(thursday.Add(keptFor))
		r.feed(storiesAt(r.clock.Now().Add(-3*time.Hour), 5)...)
		r.draft("2027-02-26")
		r.approve(laters)
		full, release := r.stopAfter(50)
		done := make(chan result, 1)
		go func() {
			a, err := r.n.Send(ctx, laters, newsroom.SendOptions{})
			done <- result{a, err}
		}()
		<-full
		numbers := []int64{first, middle, last}
		r.prunesKilled(min(first, middle, last))
		r.prunesKilled(max(first, middle, last))
		after := r.status(fridays)
		r.must(r.n.Prune(ctx))
		release()
		if got := <-done; got.err != nil || got.a.Accepted != n {
			t.Errorf("the edition beside it: %v, %+v", got.err, got.a)
		}
		r.got(once(readers...))
		for _, number := range numbers {
			if r.knows(number, fridays) || !r.knows(number, laters) {
				t.Errorf("reader %d: Friday's known %v, the later one's %v", number, r.knows(number, fridays), r.knows(number, laters))
			}
		}
		for when, now := range map[string]newsroom.Accounting{"in the middle": after, "in the end": r.status(fridays)} {
			if now.Forgotten == nil {
				t.Errorf("%s: it does not say that it is forgotten", when)
			}
			now.Forgotten = nil
			if !reflect.DeepEqual(now, before) {
				t.Errorf("%s: %+v, was %+v", when, now, before)
			}
		}
		r.isOver(readers, leaves, hides)
	})
}

// isOver holds that a forgotten edition goes to nobody, and that the links in its mails
// work.
func (r *room) isOver(readers []string, leaves, hides string) {
	r.t.Helper()
	ctx := r.t.Context()
	r.readers(len(readers), 3) // would be the rest
	refused := map[string]func() error{
		"reopen": func() error { _, err := r.n.Reopen(ctx, fridays, "mend"); return err },
		"doubt":  func() error { _, _, err := r.n.SettleDoubt(ctx, fridays, true); return err },
	}
	for _, to := range []mailer.Audience{mailer.ToRest, mailer.ToDelivered, mailer.ToList, ""} {
		refused["send to "+string(to)] = func() error {
			_, err := r.n.Send(ctx, fridays, newsroom.SendOptions{To: to})
			return err
		}
	}
	for what, do := range refused {
		if err := do(); !errors.Is(err, store.ErrForgotten) || !strings.Contains(err.Error(), "keep_deliveries") {
			r.t.Errorf("%s: %v", what, err)
		}
	}
	r.got(map[string]int{})
	if _, err := r.n.Unsubscribe(ctx, "weekly", leaves); err != nil {
		r.t.Errorf("a link of a forgotten edition: %v", err)
	}
	if _, err := r.n.CheckLink(ctx, subscribers.Preferences, "weekly", hides); err != nil {
		r.t.Errorf("a link of a forgotten edition: %v", err)
	}
	lines, err := r.n.Editions(ctx, "weekly", 0, false)
	r.must(err)
	for _, l := range lines {
		if (l.Edition == fridays) != (l.Forgotten != nil) {
			r.t.Errorf("%s: forgotten %v", l.Edition, l.Forgotten)
		}
	}
}

// TestForgetLeavesNothing: no byte of a forgotten delivery stays, in SQLite's log
// neither, also where the process that deleted it died before it could empty that.
func TestForgetLeavesNothing(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 20)
		r.ready()
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if to == readers[7] {
				return demo.Reply{Code: 550, Text: "5.1.1 " + trail}
			}
			return demo.Reply{}
		}})
		r.send(fridays, newsroom.SendOptions{})
		left := func() (where []string) {
			for _, ending := range []string{"", "-wal"} {
				text, err := os.ReadFile(r.dsn + ending)
				if err == nil && bytes.Contains(text, []byte(trail)) {
					where = append(where, "database"+ending)
				}
			}
			return where
		}
		if len(left()) == 0 {
			t.Fatal("the search finds nothing where there is something")
		}
		r.clock.Set(thursday.Add(keptFor))
		_, err := r.n.Store.ForgetEditions(t.Context(), r.clock.Now().AddDate(0, 0, -90), r.clock.Now())
		r.must(err)
		for done := false; !done; {
			_, done, err = r.n.Store.DropForgotten(t.Context(), 1000)
			r.must(err)
		}
		r.again() // it died here
		r.must(r.n.Prune(t.Context()))
		if where := left(); len(where) > 0 {
			t.Errorf("what the relay said stands in %q", where)
		}
	})
}

const trail = "Zq7TRAILzq7"
