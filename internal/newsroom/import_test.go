package newsroom_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// standingsList says every thing of some reader, and of some several.
const standingsList = `email,name,status
new@mail.example,New,
NEW@mail.example,New again,subscribed
left@mail.example,Left,unsubscribed
left@mail.example,Left,subscribed
later@mail.example,Later,subscribed
later@mail.example,Later,unsubscribed
came@mail.example,Back,bounced
bar@mail.example,Bar,blocklisted
maybe@mail.example,May,pending
bad.mail.example,Bad,
odd@mail.example,Odd,gold
`

func TestImportCountsEveryRow(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		o := newsroom.ImportOptions{Newsletter: "weekly", Basis: "moved"}
		var bad []subscribers.Bad
		o.Bad = func(b subscribers.Bad) error { bad = append(bad, b); return nil }
		dry := o
		dry.DryRun, dry.Basis = true, ""
		counts := func(o newsroom.ImportOptions, list string) string {
			t.Helper()
			i, err := r.n.Import(t.Context(), strings.NewReader(list), o)
			if err != nil {
				t.Fatal(err)
			}
			if sum := i.Added + i.Existing + i.Left + i.Suppressed + i.Duplicates + i.LeftThere + i.BarredThere + i.Unconfirmed + i.BadRows; sum != i.Rows {
				t.Errorf("%d rows, but the parts are %d", i.Rows, sum)
			}
			return fmt.Sprintf("added %d existing %d left %d suppressed %d twice %d; there %d %d %d; bad %d; noted %d %d",
				i.Added, i.Existing, i.Left, i.Suppressed, i.Duplicates, i.LeftThere, i.BarredThere, i.Unconfirmed, i.BadRows, i.Gone, i.Barred)
		}
		if got, want := counts(dry, standingsList), "added 2 existing 0 left 0 suppressed 0 twice 2; there 2 2 1; bad 2; noted 0 0"; got != want {
			t.Errorf("a dry run: %s", got)
		}
		if n, err := r.n.Count(t.Context()); err != nil || len(n) != 0 || len(bad) != 2 {
			t.Errorf("a dry run stored %+v, %v; %d bad rows", n, err, len(bad))
		}
		// Who has left is noted before the others join, so later@ is never added.
		if got, want := counts(o, standingsList), "added 1 existing 0 left 1 suppressed 0 twice 2; there 2 2 1; bad 2; noted 2 2"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		plain := "email\n" + strings.Join([]string{"new", "left", "later", "came", "bar", "maybe"}, "@mail.example\n") + "@mail.example\n"
		if got, want := counts(o, plain), "added 1 existing 1 left 2 suppressed 2 twice 0; there 0 0 0; bad 0; noted 0 0"; got != want {
			t.Errorf("a later import brings back: %s", got)
		}
		if found, err := r.n.Find(t.Context(), "left@mail.example"); err != nil || found.Name != "" || found.Ties[0].State != store.Unsubscribed {
			t.Errorf("of who has left is kept: %+v, %v", found, err)
		}
	})
}

func TestImportStops(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		o := newsroom.ImportOptions{Newsletter: "weekly", Basis: "moved"}
		full := errors.New("no space left")
		o.Bad = func(subscribers.Bad) error { return full }
		if _, err := r.n.Import(t.Context(), strings.NewReader("email\na@mail.example\nbad\n"), o); !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "write the bad rows down") {
			t.Errorf("bad rows that cannot be written: %v", err)
		}
		broken := errors.New("disk on fire")
		list := io.MultiReader(strings.NewReader("email\nb@mail.example\n"+strings.Repeat("b@mail.example\n", 10_000)), iotest.ErrReader(broken))
		i, err := r.n.Import(t.Context(), list, o)
		if !errors.Is(err, broken) || i.Added != 1 {
			t.Errorf("a broken disk: %+v, %v", i, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.n.Import(ctx, strings.NewReader("email\nc@mail.example\n"), o); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run the import again") {
			t.Errorf("stopped: %v", err)
		}
		if _, err := r.n.Import(t.Context(), strings.NewReader("email\n"), newsroom.ImportOptions{Newsletter: "weekly"}); err == nil || !strings.Contains(err.Error(), "basis") {
			t.Errorf("no basis: %v", err)
		}
	})
}
