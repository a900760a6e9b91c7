package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

func TestProgress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		s := open()
		ctx := t.Context()
		if got := must(s.ProgressOf(ctx, 1))(t); len(got) != 0 {
			t.Errorf("of a mailing that nobody sends: %+v", got)
		}
		one := store.Progress{Mailing: 1, Sender: "a:1", At: friday, Doc: `{"accepted":1}`}
		two := store.Progress{Mailing: 1, Sender: "b:1", At: friday, Doc: `{"accepted":2}`}
		other := store.Progress{Mailing: 2, Sender: "a:1", At: friday, Doc: `{}`}
		for _, p := range []store.Progress{two, one, other} {
			ok(t, s.PutProgress(ctx, p))
		}
		// Said again, it takes the place of what was said.
		one.At, one.Doc = friday.Add(time.Second), `{"accepted":3}`
		ok(t, s.PutProgress(ctx, one))
		if got := must(s.ProgressOf(ctx, 1))(t); !slices.Equal(got, []store.Progress{one, two}) {
			t.Errorf("%+v", got)
		}
		ok(t, s.ForgetProgress(ctx, 1))
		if got := must(s.ProgressOf(ctx, 1))(t); len(got) != 0 {
			t.Errorf("forgotten: %+v", got)
		}
		if got := must(s.ProgressOf(ctx, 2))(t); !slices.Equal(got, []store.Progress{other}) {
			t.Errorf("of the other mailing: %+v", got)
		}
	})
}
