package newsroom_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

var confirmLink = regexp.MustCompile(newsroom.PathConfirm + `weekly/([\w-]+)`)

// fromMemory mails what a locked node has to mail, and returns the token of the
// confirmation that a person got.
func (r *room) fromMemory(who string) string {
	r.t.Helper()
	r.must(r.n.SendFromMemory(r.t.Context()))
	mails := r.mailsTo(who)
	if len(mails) != 1 {
		r.t.Fatalf("%d mails, want one confirmation", len(mails))
	}
	link := confirmLink.FindStringSubmatch(mails[0].Text)
	if link == nil {
		r.t.Fatal("the confirmation has no link")
	}
	return link[1]
}

func (r *room) unlock() {
	r.t.Helper()
	key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
	r.must(err)
	r.must(r.n.Unlock(r.t.Context(), string(key), 0))
	r.must(r.n.TakeInbox(r.t.Context()))
}

func (r *room) tie(who string) store.SubscriptionState {
	r.t.Helper()
	return r.reader(who).Ties[0].State
}

// TestLockedSignUp: a locked node takes sign-ups and confirmations, one mail a day to
// an address, and after it is unlocked everything is as on a node that never was.
func TestLockedSignUp(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.unsubscribe(readers[1])
		r.letters(readers[1]) // the goodbye
		r.unsubscribe(readers[2])
		r.n.LockKeys()
		ctx := t.Context()
		const ada, late, never = "ada@new.example", "late@new.example", "never@new.example"
		for _, who := range []string{ada, late, never, readers[0]} {
			for range 3 {
				r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who, Name: "Ada"}))
			}
		}
		token := r.fromMemory(ada)
		for range 2 { // following a link twice is as once
			_, err := r.n.Confirm(ctx, "weekly", token, nil)
			r.must(err)
		}
		lateToken := r.fromMemory(late)
		if _, err := r.n.CheckLink(ctx, subscribers.Confirm, "weekly", lateToken); err != nil {
			t.Errorf("the page of a link: %v", err)
		}
		if _, err := r.n.CheckLink(ctx, subscribers.Unsubscribe, "weekly", lateToken); !errors.Is(err, newsroom.ErrNotYours) {
			t.Errorf("a confirmation's token as another's: %v", err)
		}
		knownToken := r.fromMemory(readers[0])
		r.must(r.n.SendLetters(ctx)) // the goodbye is sealed: it waits, and is not given up
		r.unlock()
		for who, want := range map[string]store.SubscriptionState{
			ada: store.Confirmed, late: store.Pending, never: store.Pending, readers[0]: store.Confirmed, readers[1]: store.Unsubscribed,
		} {
			if got := r.tie(who); got != want {
				t.Errorf("%s: %s, want %s", who, got, want)
			}
		}
		for _, link := range []string{lateToken, knownToken} { // the second is of a reader with another ID
			_, err := r.n.Confirm(ctx, "weekly", link, nil)
			r.must(err)
		}
		if r.tie(late) != store.Confirmed {
			t.Error("a link that was mailed from memory does not confirm after the unlocking")
		}
		if got := len(r.letters(ada)); got != 1 {
			t.Errorf("%d mails, want the one from memory", got)
		}
		if got := len(r.letters(readers[2])); got != 1 {
			t.Errorf("%d goodbyes of before the lock, want 1", got)
		}
	})
}

// TestLockedRelayDown: what could not be mailed from memory is mailed after the unlocking.
func TestLockedRelayDown(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		r.n.LockKeys()
		const ada = "ada@new.example"
		r.must(r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: ada}))
		r.unlock()
		r.must(r.n.SendFromMemory(t.Context())) // forgets it
		if got := len(r.letters(ada)); got != 1 {
			t.Errorf("%d confirmations, want 1", got)
		}
	})
}

// TestLockedOrder: a goodbye and a sign-up count in the order they came, whichever is
// known first.
func TestLockedOrder(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		readers := r.readers(0, 2)
		leave := func(who, token string) {
			_, err := r.n.Unsubscribe(ctx, "weekly", token)
			r.must(err)
			r.clock.Forward(time.Minute)
		}
		join := func(who string) {
			r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
			_, err := r.n.Confirm(ctx, "weekly", r.fromMemory(who), nil)
			r.must(err)
			r.clock.Forward(time.Minute)
		}
		tokens := []string{r.token(subscribers.Unsubscribe, readers[0]), r.token(subscribers.Unsubscribe, readers[1])}
		r.n.LockKeys()
		join(readers[0])
		leave(readers[0], tokens[0])
		leave(readers[1], tokens[1])
		join(readers[1])
		r.unlock()
		if first, second := r.tie(readers[0]), r.tie(readers[1]); first != store.Unsubscribed || second != store.Confirmed {
			t.Errorf("joined and left: %s; left and joined: %s", first, second)
		}
		if got := len(r.letters(readers[0])); got != 2 { // confirmation, goodbye
			t.Errorf("%d mails to who left, want 2", got)
		}
	})
}

// TestLockedFriday: what is due waits, the editors are told once, and it goes out when
// the list is unlocked, unless it has expired.
func TestLockedFriday(t *testing.T) {
	for name, late := range map[string]bool{"in time": false, "too late": true} {
		t.Run(name, func(t *testing.T) {
			boxed(t, settings{"editors": "[desk@observer.example]", "approval": "automatic"}, func(t *testing.T, r *room) {
				readers := r.readers(0, 3)
				r.n.LockKeys()
				for _, at := range []time.Time{friday.Add(-time.Hour), friday, friday.Add(time.Minute)} {
					r.clock.Set(at)
					r.beat(r.n)
				}
				subjects, text := r.told()
				waits := slices.DeleteFunc(subjects, func(s string) bool { return !strings.Contains(s, "waits: the list is locked") })
				if len(waits) != 1 || !strings.Contains(text, "broadsheet unlock") {
					t.Fatalf("the editors heard %q, want one that it waits", subjects)
				}
				if late {
					r.clock.Forward(25 * time.Hour)
					r.beat(r.n)
				}
				r.unlock()
				r.beat(r.n)
				r.run(r.n)
				want := digest.Sent
				if late {
					want = digest.Expired
				}
				if got := r.edition(fridays).State; got != want {
					t.Errorf("%s, want %s", got, want)
				}
				for _, who := range readers {
					if got := len(r.mailsTo(who)); got == 0 != late {
						t.Errorf("%d mails to a reader", got)
					}
				}
			})
		})
	}
}

// TestLockedMidway: the keys are forgotten in the middle of a send. It stops with
// nothing in doubt, and goes on.
func TestLockedMidway(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 60)
		r.ready()
		full, release := r.stopAfter(20)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		r.n.LockKeys()
		release()
		if got := r.wait(done); !errors.Is(got.err, subscribers.ErrLocked) || got.a.Accepted == 60 || got.a.InDoubt != 0 {
			t.Fatalf("stopped with %v: %+v", got.err, got.a)
		}
		key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		r.must(r.n.Unlock(t.Context(), string(key), 0))
		if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 60 || a.InDoubt != 0 {
			t.Errorf("%+v", a)
		}
		for who, n := range r.sink.counts() {
			if n != 1 {
				t.Errorf("reader %s has it %d times", who, n)
			}
		}
	})
}

// TestUnlockRefuses: another key changes nothing, and what is asked of a locked list
// says that it is locked.
func TestUnlockRefuses(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		who := r.readers(0, 1)[0]
		r.n.LockKeys()
		err := r.n.Unlock(t.Context(), subscribers.NewMaster().Encode(), 0)
		if err == nil || !strings.Contains(err.Error(), "is not the key this list is sealed with") || !r.n.Keys.Locked() {
			t.Errorf("another key: %v", err)
		}
		_, findErr := r.n.Find(t.Context(), who)
		_, addErr := r.n.Add(t.Context(), "weekly", "x@new.example", "", "", "word")
		for what, err := range map[string]error{
			"find": findErr, "add": addErr, "remove": r.n.Remove(t.Context(), who, newsroom.Removal{}),
			"export": r.n.Export(t.Context(), new(strings.Builder), newsroom.ExportOptions{Newsletter: "weekly"}),
		} {
			if !errors.Is(err, subscribers.ErrLocked) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// TestWebNodeTakesNoMaster: a node with the web key alone opens nothing, and refuses the
// master key, whoever hands it over. It still lets readers leave.
func TestWebNodeTakesNoMaster(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		who := r.readers(0, 1)[0]
		leave := r.token(subscribers.Unsubscribe, who)
		file := filepath.Join(t.TempDir(), "broadsheet.webkey")
		r.must(os.WriteFile(file, []byte(r.n.Keys.WebKey().Encode()), 0o600))
		o := r.options("web")
		o.Config = func(c *config.Config) error {
			c.Key = config.Key{Web: true, WebFile: file}
			return nil
		}
		web, err := newsroom.Open(ctx, o)
		r.must(err)
		defer web.Close()
		key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		if err := web.Unlock(ctx, string(key), 0); err == nil || !web.Keys.Locked() {
			t.Errorf("it takes the master key: %v", err)
		}
		if _, err := web.Find(ctx, who); !errors.Is(err, subscribers.ErrLocked) {
			t.Errorf("it opens an address: %v", err)
		}
		_, err = web.Unsubscribe(ctx, "weekly", leave)
		r.must(err)
		if got := r.tie(who); got != store.Unsubscribed {
			t.Errorf("who left there is %s", got)
		}
	})
}
