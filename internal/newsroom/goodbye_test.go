package newsroom_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) unsubscribe(who string) {
	r.t.Helper()
	_, err := r.n.Unsubscribe(r.t.Context(), "weekly", r.token(subscribers.Unsubscribe, who))
	r.must(err)
}

// letters sends what is due, and returns what a reader has got.
func (r *room) letters(who string) []demo.Mail {
	r.t.Helper()
	r.must(r.n.SendLetters(r.t.Context()))
	return r.mailsTo(who)
}

// TestGoodbye: by whichever way somebody leaves, they are told so once, in the
// newsletter's language, with a way back.
func TestGoodbye(t *testing.T) {
	boxed(t, settings{"language": "de", "greeting": "true"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		for i, leave := range []func(who string){
			r.unsubscribe,
			func(who string) {
				r.must(r.n.Choose(t.Context(), "weekly", r.token(subscribers.Preferences, who), newsroom.Choices{Variant: templates.Digest}))
			},
			func(who string) { r.must(r.n.Remove(t.Context(), who, newsroom.Removal{})) },
		} {
			for range 3 {
				leave(readers[i])
			}
			got := r.letters(readers[i])
			r.clock.Forward(time.Hour)
			leave(readers[i])
			if again := r.letters(readers[i]); len(got) != 1 || len(again) != 1 {
				t.Fatalf("way %d: %d mails, then %d, want one", i, len(got), len(again))
			}
			back := "https://news.observer.example" + newsroom.PathReturn + "weekly/" + r.token(subscribers.Return, readers[i])
			for _, word := range []string{"Guten Tag, Reader No " + fmt.Sprint(i), "Sie haben", back, "30 Tage"} {
				if m := got[0]; m.Subject != "Abgemeldet: The Observer" || !strings.Contains(m.HTML, word) || !strings.Contains(m.Text, word) {
					t.Errorf("way %d: the goodbye %q lacks %q", i, m.Subject, word)
				}
			}
		}
	})
}

// TestNoGoodbye: not to those who never were readers, whom nobody is to mail, who are
// erased, or who left long ago.
func TestNoGoodbye(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 6)
		const pending = "pending@mail9.example"
		r.must(r.n.SignUp(t.Context(), newsroom.SignUp{Newsletters: []string{"weekly"}, Address: pending}))
		asked := len(r.letters(pending))
		r.must(r.n.Remove(t.Context(), pending, newsroom.Removal{}))
		r.must(r.n.Remove(t.Context(), readers[0], newsroom.Removal{Suppress: true}))
		r.must(r.n.Remove(t.Context(), readers[1], newsroom.Removal{Erase: true}))
		suppressed := r.reader(readers[2])
		r.must(r.n.Store.Suppress(t.Context(), suppressed.Index, "complaint", r.clock.Now()))
		r.unsubscribe(readers[2])
		erased := r.reader(readers[3])
		r.unsubscribe(readers[3])
		r.must(r.n.Remove(t.Context(), readers[3], newsroom.Removal{Erase: true}))
		old := r.reader(readers[4])
		_, err := r.n.Store.Unsubscribe(t.Context(), old.ID, "weekly", r.clock.Now().Add(-25*time.Hour))
		r.must(err)
		r.unsubscribe(readers[4])
		for i, who := range readers[:5] {
			if got := r.letters(who); len(got) != 0 {
				t.Errorf("reader %d has got %q", i, got[0].Subject)
			}
		}
		if got := r.letters(pending); len(got) != asked {
			t.Errorf("who never confirmed has got %q", got[asked].Subject)
		}
		r.unsubscribe(readers[5])
		if len(r.letters(readers[5])) != 1 {
			t.Error("a reader got no goodbye: this test sees nothing")
		}
		_, err = r.n.CheckReturn(t.Context(), "weekly", r.n.Keys.Token(subscribers.Return, "weekly", erased.ID, 0))
		if !errors.Is(err, newsroom.ErrNotYours) {
			t.Errorf("the way back of one who is erased: %v", err)
		}
		if _, err = r.n.Return(t.Context(), "weekly", r.token(subscribers.Return, readers[2])); !errors.Is(err, newsroom.ErrNotYours) {
			t.Errorf("the way back of one who is suppressed: %v", err)
		}
	})
}

// TestWayBack: it is open for 30 days, by either link, and then only a sign-up is.
func TestWayBack(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		state := func(who string, want store.SubscriptionState) {
			t.Helper()
			if got := r.reader(who).Ties[0].State; got != want {
				t.Errorf("the tie is %s, want %s", got, want)
			}
		}
		back := func(who string) error {
			_, err := r.n.Return(t.Context(), "weekly", r.token(subscribers.Return, who))
			return err
		}
		r.must(back(readers[0])) // has not left
		for _, who := range readers {
			r.unsubscribe(who)
			state(who, store.Unsubscribed)
		}
		r.clock.Forward(29 * 24 * time.Hour)
		r.must(back(readers[0]))
		state(readers[0], store.Confirmed)
		r.must(back(readers[0])) // twice is the same as once
		r.clock.Forward(2 * 24 * time.Hour)
		who := readers[1]
		for name, try := range map[string]func() error{
			"the goodbye's link": func() error { return back(who) },
			"its page": func() error {
				_, err := r.n.CheckReturn(t.Context(), "weekly", r.token(subscribers.Return, who))
				return err
			},
			"the page of the mail's link": func() error {
				_, err := r.n.Resubscribe(t.Context(), "weekly", r.token(subscribers.Unsubscribe, who))
				return err
			},
		} {
			if err := try(); !errors.Is(err, newsroom.ErrNotYours) {
				t.Errorf("%s, after 31 days: %v", name, err)
			}
		}
		r.must(r.n.Choose(t.Context(), "weekly", r.token(subscribers.Preferences, who), newsroom.Choices{Newsletters: map[string]bool{"weekly": true}, Variant: templates.Digest}))
		state(who, store.Unsubscribed)
	})
}

// TestASlipOfTheHand: who comes back before the goodbye is sent gets none; who leaves
// once more that day does.
func TestASlipOfTheHand(t *testing.T) {
	boxed(t, nil, func(t *testing.T, r *room) {
		who := r.readers(0, 1)[0]
		r.unsubscribe(who)
		_, err := r.n.Resubscribe(t.Context(), "weekly", r.token(subscribers.Unsubscribe, who))
		r.must(err)
		if got := r.letters(who); len(got) != 0 {
			t.Errorf("a reader who is subscribed was told %q", got[0].Subject)
		}
		r.unsubscribe(who)
		if got := r.letters(who); len(got) != 1 {
			t.Errorf("%d goodbyes, want one", len(got))
		}
	})
}
