package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestMoves holds what the store makes of a subscription to subscribers.Move: from every
// state, with every event, of an address that is suppressed and of one that is not.
func TestMoves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		moves, reader := movesOf(s), 0
		move := func(from subscribers.State, event subscribers.Event, suppressed bool) {
			t.Helper()
			reader++
			stand(t, s, reader, from)
			if suppressed {
				ok(t, s.Suppress(t.Context(), index(reader), "asked", friday))
			}
			var state *store.ErrState
			if err := moves[event](t, reader); err != nil && !errors.As(err, &state) && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			if got, want := standing(t, s, reader), subscribers.Move(from, event, suppressed); got != want {
				t.Errorf("%q, %s, suppressed %v: %q, want %q", from, event, suppressed, got, want)
			}
		}
		for _, from := range append([]subscribers.State{subscribers.None}, subscribers.States...) {
			for _, event := range subscribers.Events {
				move(from, event, false)
				move(from, event, true)
			}
		}
	})
}

// TestNoImportBringsBack: somebody has signed up the address of one who has left, and
// nobody has said yes; an import finds them gone, and an operator who adds them, by name,
// does not.
func TestNoImportBringsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		moves := movesOf(s)
		stand(t, s, 1, subscribers.Unsubscribed)
		ok(t, moves[subscribers.SignedUp](t, 1))
		counts := must(s.PutBatch(ctx, batchOf("weekly", 1)))(t)
		if got := standing(t, s, 1); got != subscribers.Pending || counts.Left != 1 || counts.Added != 0 {
			t.Errorf("after an import %q, %+v", got, counts)
		}
		ok(t, s.SetVariant(ctx, readerID(1), "weekly", "text"))
		ok(t, moves[subscribers.Added](t, 1))
		p := must(s.SubscriberByIndex(ctx, index(1)))(t)
		if tie := p.Ties[0]; tie.State != store.Confirmed || !tie.LeftAt.IsZero() || tie.Variant != "text" {
			t.Errorf("added: %+v", tie)
		}
	})
}

// movesOf is how each event comes to the store.
func movesOf(s *store.Store) map[subscribers.Event]func(t *testing.T, reader int) error {
	return map[subscribers.Event]func(t *testing.T, reader int) error{
		subscribers.SignedUp: func(t *testing.T, reader int) error {
			one := row("weekly", reader)
			one.Tie.State, one.Tie.ConfirmedAt, one.Again = store.Pending, time.Time{}, true
			id := readerID(reader)
			if err := s.PutSignUp(t.Context(), store.SignUp{ID: id, Sealed: []byte("x"), Due: friday}); err != nil {
				return err
			}
			letter := store.NewLetter{Kind: "confirm", ToIndex: index(reader), Message: []byte("x"), Dedupe: fmt.Sprint(reader), Due: friday, At: friday}
			_, err := s.TakeSignUps(t.Context(), []store.TakenSignUp{{ID: id, Rows: []store.NewSubscriber{one}, Letter: letter}}, "one", friday, 24*time.Hour)
			return err
		},
		subscribers.FollowedLink: func(t *testing.T, reader int) error {
			return s.Confirm(t.Context(), readerID(reader), "weekly", false, friday)
		},
		subscribers.Imported: func(t *testing.T, reader int) error {
			_, err := s.PutBatch(t.Context(), batchOf("weekly", reader))
			return err
		},
		subscribers.Added: func(t *testing.T, reader int) error {
			one := row("weekly", reader)
			one.Again = true
			_, err := s.PutSubscribers(t.Context(), []store.NewSubscriber{one})
			return err
		},
		subscribers.Left: func(t *testing.T, reader int) error {
			_, err := s.Unsubscribe(t.Context(), readerID(reader), "weekly", friday)
			return err
		},
	}
}

// stand brings a reader into a state.
func stand(t *testing.T, s *store.Store, reader int, state subscribers.State) {
	t.Helper()
	if state == subscribers.None {
		return
	}
	one := row("weekly", reader)
	if state == subscribers.Pending {
		one.Tie.State, one.Tie.ConfirmedAt = store.Pending, time.Time{}
	}
	must(s.PutSubscribers(t.Context(), []store.NewSubscriber{one}))(t)
	if state == subscribers.Unsubscribed {
		must(s.Unsubscribe(t.Context(), readerID(reader), "weekly", friday))(t)
	}
}

// standing is the state that a reader is in.
func standing(t *testing.T, s *store.Store, reader int) subscribers.State {
	t.Helper()
	p, err := s.SubscriberByIndex(t.Context(), index(reader))
	if errors.Is(err, store.ErrNotFound) {
		return subscribers.None
	}
	ok(t, err)
	if i := slices.IndexFunc(p.Ties, func(t store.Subscription) bool { return t.Newsletter == "weekly" }); i >= 0 {
		return p.Ties[i].State
	}
	return subscribers.None
}
