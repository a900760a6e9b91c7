package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// TestClaimInboxMail: a locked process mails a sign-up once, if it still waits, and while
// no other process asks anybody.
func TestClaimInboxMail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		put := func(id byte) {
			t.Helper()
			ok(t, s.PutInbox(ctx, store.Inbound{ID: [16]byte{id}, Kind: store.InboxJoined, Newsletter: "weekly", Sealed: []byte("x"), CreatedAt: friday}))
		}
		claim := func(id byte, asker string, at time.Time, want error) {
			t.Helper()
			if err := s.ClaimInboxMail(ctx, [16]byte{id}, asker, at, aDay); !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		put(1)
		put(2)
		claim(9, "one", friday, store.ErrTaken)
		claim(1, "one", friday, nil)
		claim(1, "one", friday, store.ErrTaken)
		ok(t, s.ReleaseInboxMail(ctx, [16]byte{1}))
		read := must(s.InboxByID(ctx, [16]byte{1}))(t)
		claim(1, "one", friday, nil)
		if taken := must(s.TakeInbox(ctx, read, 0))(t); taken {
			t.Error("a row was taken over that was mailed since it was read")
		}
		claim(2, "two", friday.Add(aDay-time.Second), store.ErrOthersAsked)
		claim(2, "two", friday.Add(aDay), nil)
		if taken := must(s.TakeInbox(ctx, must(s.InboxByID(ctx, [16]byte{1}))(t), 0))(t); !taken {
			t.Error("a row that was mailed is not taken over")
		}
		claim(1, "two", friday.Add(aDay), store.ErrTaken)
		put(3)
		if taken := must(s.TakeInbox(ctx, must(s.InboxByID(ctx, [16]byte{3}))(t), 7))(t); !taken {
			t.Error("a row of somebody who is on the list is not taken over")
		}
		claim(3, "two", friday.Add(aDay), store.ErrTaken)
	})
}

// TestBeginAsk: a letter that asks is in doubt from the moment it may be on the wire; it
// does not go while the inbox tells of somebody mailed; and whoever was mailed by hand of
// a locked process gets it no more.
func TestBeginAsk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		ask := func(i int, dedupe string, at time.Time) {
			t.Helper()
			ok(t, s.AskOnce(ctx, store.NewLetter{Kind: "confirm", ToIndex: index(i), Message: []byte("sealed"), Dedupe: dedupe, Due: at, At: at}, "one", at, aDay))
		}
		claim := func(at time.Time, want int) []store.Letter {
			t.Helper()
			letters := must(s.ClaimLetters(ctx, "one", at, time.Minute, 10, false))(t)
			if len(letters) != want {
				t.Fatalf("%d letters, want %d", len(letters), want)
			}
			return letters
		}
		ask(0, "a", friday)
		l := claim(friday, 1)[0]
		ok(t, s.PutInbox(ctx, store.Inbound{ID: [16]byte{1}, Kind: store.InboxJoined, Newsletter: "weekly", Sealed: []byte("x"), CreatedAt: friday}))
		if err := s.ClaimInboxMail(ctx, [16]byte{1}, "two", friday, aDay); !errors.Is(err, store.ErrOthersAsked) {
			t.Errorf("a locked process, beside another's letter that waits: %v", err)
		}
		ok(t, s.ClaimInboxMail(ctx, [16]byte{1}, "one", friday, aDay))
		if err := s.BeginAsk(ctx, l, "one", friday, aDay); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("beside a mail that nobody has read of: %v", err)
		}
		ok(t, s.ReleaseInboxMail(ctx, [16]byte{1}))
		stale := l
		stale.Epoch--
		if err := s.BeginAsk(ctx, stale, "one", friday, aDay); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("by a claim of before: %v", err)
		}
		ok(t, s.BeginAsk(ctx, l, "one", friday.Add(time.Hour), aDay))
		ok(t, s.PutInbox(ctx, store.Inbound{ID: [16]byte{2}, Kind: store.InboxJoined, Newsletter: "weekly", Sealed: []byte("x"), CreatedAt: friday}))
		if err := s.ClaimInboxMail(ctx, [16]byte{2}, "two", friday.Add(aDay+time.Minute), aDay); !errors.Is(err, store.ErrOthersAsked) {
			t.Errorf("a locked process, less than a day after a letter that waited an hour: %v", err)
		}
		if err := s.BeginAsk(ctx, l, "one", friday, aDay); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("twice: %v", err)
		}
		if n := must(s.RecoverLetters(ctx, friday.Add(2*time.Hour), mailer.Resend))(t); n != 0 {
			t.Error("a letter that was on the wire is queued again")
		}
		ask(0, "b", friday.Add(aDay+time.Minute))
		claim(friday.Add(aDay+time.Minute), 0)
		ok(t, s.RecordLetter(ctx, store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Deferred, Attempts: 1, Due: friday.Add(2 * time.Hour), At: friday.Add(time.Hour)}))
		ask(0, "c", friday.Add(2*aDay)) // the first one still waits
		again := claim(friday.Add(2*aDay), 1)[0]
		if again.ID != l.ID {
			t.Error("another letter goes to an address for which one waits")
		}
		ok(t, s.RecordLetter(ctx, store.LetterResult{ID: l.ID, Epoch: again.Epoch, State: mailer.Deferred, Attempts: 1, Due: friday.Add(2 * aDay), At: friday.Add(2 * aDay)}))
		ok(t, s.NoteAsked(ctx, index(0), friday.Add(2*aDay)))
		claim(friday.Add(2*aDay), 0)
		ask(0, "d", friday.Add(3*aDay-time.Second))
		claim(friday.Add(3*aDay), 0)
		ask(0, "e", friday.Add(3*aDay))
		claim(friday.Add(3*aDay), 1)
	})
}

// TestAskForgotten: of a letter that asks and is in doubt nothing is kept sealed: not once
// it is known to be, nor for longer than a day where its process has died.
func TestAskForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		for i, word := range []string{"told", "died"} {
			ok(t, s.AskOnce(ctx, store.NewLetter{Kind: "confirm", ToIndex: index(i), Message: []byte("sealed"), Dedupe: word, Due: friday, At: friday}, "one", friday, aDay))
		}
		all := must(s.ClaimLetters(ctx, "one", friday, time.Minute, 10, false))(t)
		if len(all) != 2 {
			t.Fatalf("%d letters", len(all))
		}
		for _, l := range all {
			ok(t, s.BeginAsk(ctx, l, "one", friday, aDay))
		}
		ok(t, s.RecordLetter(ctx, store.LetterResult{ID: all[0].ID, Epoch: all[0].Epoch, State: mailer.InDoubt, Attempts: 1, At: friday}))
		kept := func(when string, i int, want bool) {
			t.Helper()
			if l := must(s.Letter(ctx, all[i].ID))(t); l.State != mailer.InDoubt || (len(l.Message) > 0) != want {
				t.Errorf("%s: letter %d is %s, with %d bytes", when, i, l.State, len(l.Message))
			}
		}
		kept("at once", 0, false)
		kept("at once", 1, true)
		ok(t, s.ForgetAsked(ctx, friday.Add(-time.Second)))
		kept("within the day", 1, true)
		ok(t, s.ForgetAsked(ctx, friday))
		kept("a day later", 1, false)
	})
}
