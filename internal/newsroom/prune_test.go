package newsroom_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestPrune: who does not confirm within a week is gone, who does is not, and who had
// left before is again one who has left.
func TestPrune(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		reads := r.readers(0, 2)
		r.must(r.n.Remove(ctx, reads[1], newsroom.Removal{}))
		const ada, bob = "ada@new.example", "bob@new.example"
		for _, who := range []string{ada, reads[1]} {
			r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
		}
		r.must(r.n.TakeSignUps(ctx))
		r.clock.Forward(6 * 24 * time.Hour)
		r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: bob}))
		r.must(r.n.TakeSignUps(ctx))
		r.must(r.n.Prune(ctx))
		if r.tie(ada) != store.Pending {
			t.Error("gone before its week is over")
		}
		r.clock.Forward(25 * time.Hour)
		r.must(r.n.Prune(ctx))
		if _, err := r.n.Find(ctx, ada); err == nil {
			t.Error("a sign-up is kept that nobody confirmed for a week")
		}
		if r.tie(bob) != store.Pending || r.tie(reads[0]) != store.Confirmed || r.tie(reads[1]) != store.Unsubscribed {
			t.Errorf("%s, %s, %s", r.tie(bob), r.tie(reads[0]), r.tie(reads[1]))
		}
	})
}

// TestPruneKeepsWhoLeft: who joined, left and asked again, all in one week and in one
// way, has still left: an import must not bring them back.
func TestPruneKeepsWhoLeft(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		const who = "ada@new.example"
		ask := func() {
			t.Helper()
			r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
			r.must(r.n.TakeSignUps(ctx))
		}
		ask()
		_, err := r.n.Confirm(ctx, "weekly", r.token(subscribers.Confirm, who), nil)
		r.must(err)
		_, err = r.n.Unsubscribe(ctx, "weekly", r.token(subscribers.Unsubscribe, who))
		r.must(err)
		ask()
		r.clock.Forward(8 * 24 * time.Hour)
		r.must(r.n.Prune(ctx))
		if r.tie(who) != store.Unsubscribed {
			t.Errorf("who left and asked again is %s", r.tie(who))
		}
	})
}

// TestEraseLeavesNothing: of who is erased no sealed byte stays, in SQLite's log neither.
func TestEraseLeavesNothing(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		s := r.reader(readers[1])
		left := func() (where []string) {
			for _, ending := range []string{"", "-wal"} {
				text, err := os.ReadFile(r.dsn + ending)
				if err == nil && (bytes.Contains(text, s.Address) || bytes.Contains(text, s.Index)) {
					where = append(where, "database"+ending)
				}
			}
			return where
		}
		if len(left()) == 0 {
			t.Fatal("the search finds nothing where there is something")
		}
		r.must(r.n.Remove(t.Context(), readers[1], newsroom.Removal{Erase: true}))
		if where := left(); len(where) > 0 {
			t.Errorf("an erased reader stands in %q", where)
		}
	})
}
