package newsroom_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

const asking = `{support: {title: Keep the lamp lit, monthly: [{amount: 5 €, url: "https://observer.example/give"}], remind_weeks: 3}}`

// token is a reader's link for a purpose.
func (r *room) token(purpose subscribers.Purpose, who string) string {
	r.t.Helper()
	s := r.reader(who)
	return r.n.Keys.Token(purpose, "weekly", s.ID, uint32(s.Generation))
}

func (r *room) reader(who string) store.Subscriber {
	r.t.Helper()
	a, err := subscribers.ParseAddress(who)
	if err != nil {
		r.t.Fatal(err)
	}
	index, err := r.n.Keys.Index(a)
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := r.n.Store.SubscriberByIndex(r.t.Context(), index)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// mailTo is the one mail to a reader.
func (r *room) mailTo(who string) demo.Mail {
	r.t.Helper()
	all := r.mailsTo(who)
	if len(all) != 1 {
		r.t.Fatalf("%d mails to a reader, want one", len(all))
	}
	return all[0]
}

func (r *room) mailsTo(who string) []demo.Mail {
	r.t.Helper()
	names, err := r.box.Names()
	if err != nil {
		r.t.Fatal(err)
	}
	var all []demo.Mail
	for _, name := range names {
		m, err := r.box.Mail(name)
		if err != nil {
			r.t.Fatal(err)
		}
		if m.To.Address == who || m.To.Name == who { // a letter has no name
			all = append(all, m)
		}
	}
	return all
}

// frozen are the names of the variants that an edition was frozen in.
func (r *room) frozen(edition string) []string {
	r.t.Helper()
	e := r.edition(edition)
	variants, err := r.n.Store.Variants(r.t.Context(), e.ID, e.Revision.Number)
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, v := range variants {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	return names
}

// TestAppealIsHidden: who has hidden the appeal gets the mail without it, in the form
// that they chose; everyone else gets it, with a link to hide it, and so does who asked to
// be reminded later, once that time is over.
func TestAppealIsHidden(t *testing.T) {
	boxed(t, settings{"look": asking}, func(t *testing.T, r *room) {
		readers := r.readers(0, 7)
		hide := func(i int, h newsroom.Hiding) {
			t.Helper()
			if err := r.n.HideAppeal(t.Context(), "weekly", r.token(subscribers.Preferences, readers[i]), h); err != nil {
				t.Fatal(err)
			}
		}
		asText := newsroom.Choices{Newsletters: map[string]bool{"weekly": true}, Variant: templates.TextOnly, Hide: newsroom.NeverAgain}
		if err := r.n.Choose(t.Context(), "weekly", r.token(subscribers.Preferences, readers[4]), asText); err != nil {
			t.Fatal(err)
		}
		hide(1, newsroom.LaterAgain)
		hide(2, newsroom.NeverAgain)
		hide(3, newsroom.LaterAgain)
		hide(3, newsroom.ShowAppeal)
		const weeks = 3 * 7 * 24 * time.Hour
		r.clock.Forward(-weeks - time.Minute)
		hide(5, newsroom.LaterAgain) // over by the time of the send
		r.clock.Forward(2 * time.Hour)
		hide(6, newsroom.LaterAgain) // not yet over
		r.clock.Forward(weeks - 2*time.Hour + time.Minute)
		if until := r.reader(readers[1]).Ties[0].AppealUntil; until.Sub(r.clock.Now()).Round(60e9).Hours() != 3*7*24 {
			t.Errorf("remind me later hides until %v", until)
		}
		r.ready()
		r.send("weekly", newsroom.SendOptions{})
		for i, shown := range []bool{true, false, false, true, false, true, false} {
			m := r.mailTo(readers[i])
			if (m.HTML == "") != (i == 4) {
				t.Errorf("reader %d has not the form of their choice", i)
			}
			for part, body := range map[string]string{"HTML": m.HTML, "text": m.Text} {
				if part == "HTML" && i == 4 {
					continue
				}
				for _, word := range []string{"Keep the lamp lit", "5\u00a0€ a month", "https://observer.example/give", newsroom.PathAppeal + "weekly/" + r.token(subscribers.Preferences, readers[i])} {
					if strings.Contains(body, word) != shown {
						t.Errorf("reader %d: %q in the %s: %t, want %t", i, word, part, !shown, shown)
					}
				}
			}
		}
		page, err := r.n.WebPage(t.Context(), &r.edition(fridays).Printed)
		if err != nil || !strings.Contains(page, "Keep the lamp lit") || strings.Contains(page, newsroom.PathAppeal) {
			t.Errorf("the page on the web lacks the appeal, or leads to where one reader hides it (%v)", err)
		}
		if got, want := r.frozen(fridays), []string{"digest", "digest-quiet", "private", "text", "text-quiet"}; !slices.Equal(got, want) {
			t.Errorf("frozen as %v, want %v", got, want)
		}
	})
}

// TestNoQuietTwin: where there is no appeal nothing is frozen twice, and who has hidden
// one gets the mail as everyone does.
func TestNoQuietTwin(t *testing.T) {
	for name, change := range map[string]settings{"no appeal": nil, "off for this edition": {"look": asking}} {
		t.Run(name, func(t *testing.T) {
			boxed(t, change, func(t *testing.T, r *room) {
				readers := r.readers(0, 2)
				if err := r.n.HideAppeal(t.Context(), "weekly", r.token(subscribers.Preferences, readers[1]), newsroom.NeverAgain); err != nil {
					t.Fatal(err)
				}
				r.ready()
				r.edit("weekly", "appeal: off\n")
				if files := r.previewed("weekly"); slices.ContainsFunc(files, func(f string) bool { return strings.Contains(f, "quiet") }) {
					t.Errorf("previewed as %v", files)
				}
				r.approve("weekly")
				r.send("weekly", newsroom.SendOptions{})
				for _, who := range readers {
					if m := r.mailTo(who); m.HTML == "" || strings.Contains(m.HTML+m.Text, "lamp lit") {
						t.Error("no mail, or one with an appeal")
					}
				}
				if got := r.frozen(fridays); len(got) < 2 || strings.Contains(strings.Join(got, " "), store.Quiet) {
					t.Errorf("frozen as %v", got)
				}
			})
		})
	}
}

func (r *room) previewed(edition string) []string {
	r.t.Helper()
	files, err := r.n.Preview(r.t.Context(), edition)
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// TestPreviewShowsBoth: with the appeal, and without.
func TestPreviewShowsBoth(t *testing.T) {
	onSQLite(t, settings{"look": asking}, func(t *testing.T, r *room) {
		r.ready()
		files, err := r.n.Preview(t.Context(), "weekly")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range files {
			if strings.HasSuffix(f.Name, ".html") || strings.HasSuffix(f.Name, ".txt") {
				seen[f.Name] = strings.Contains(string(f.Bytes), "Keep the lamp lit")
			}
		}
		for name, shown := range map[string]bool{"digest.html": true, "digest.txt": true, "text.txt": true, "digest-quiet.html": false, "digest-quiet.txt": false, "text-quiet.txt": false} {
			if got, is := seen["weekly-2026-11-27T0900-"+name]; !is || got != shown {
				t.Errorf("%s: there %t, with the appeal %t", name, is, got)
			}
		}
	})
}
