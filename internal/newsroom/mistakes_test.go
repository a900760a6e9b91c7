package newsroom_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/templates"
)

func TestEditVoidsApproval(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.ready()
		done, err := r.n.Edit(t.Context(), fridays, []byte("subject: Other\n"))
		if err != nil || !done.Voided {
			t.Fatalf("%+v, %v", done, err)
		}
		if e := r.edition(fridays); e.State != digest.Draft || e.Stored.Approved.Is() {
			t.Errorf("%s, approved %v", e.State, e.Stored.Approved)
		}
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{}); err == nil || !strings.Contains(err.Error(), "approve") {
			t.Errorf("sending said: %v", err)
		}
		r.got(nil)
	})
}

// TestChangeAfterApproval changes what readers would see without an edit.
func TestChangeAfterApproval(t *testing.T) {
	for name, change := range map[string]settings{
		"configuration": {"address": "12 Quay Street"},
		"theme":         {},
	} {
		t.Run(name, func(t *testing.T) {
			onSQLite(t, nil, func(t *testing.T, r *room) {
				r.readers(0, 3)
				r.ready()
				if name == "theme" {
					r.theme()
				}
				r.configure(change)
				r.again()
				_, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
				if !errors.Is(err, newsroom.ErrChanged) {
					t.Fatalf("sending said: %v", err)
				}
				if e := r.edition(fridays); e.State != digest.Draft {
					t.Errorf("it is %s", e.State)
				}
				r.got(nil)
				r.approve(fridays)
				if a := r.send(fridays, newsroom.SendOptions{}); a.Accepted != 3 {
					t.Errorf("%+v", a)
				}
			})
		})
	}
}

// theme writes a theme of the newsroom's own, with another footer.
func (r *room) theme() {
	r.t.Helper()
	text, err := templates.Default().Partial("footer.html")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(r.dir, "templates"), 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.write("templates/footer.html", string(text)+"\n<p>Printed on recycled electrons.</p>\n")
}

// TestCorrection sends a mended revision to exactly those who have the wrong one.
func TestCorrection(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 50)
		missing := readers[13]
		r.sink.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if to == missing {
				return demo.Reply{Code: 550, Text: "5.1.1 No such user"}
			}
			return demo.Reply{}
		}})
		r.ready()
		a := r.send(fridays, newsroom.SendOptions{})
		if a.Accepted != 49 || a.Rejected != 1 {
			t.Fatalf("%+v", a)
		}
		r.sink.fail(demo.Faults{})
		r.sink.forget()
		r.readers(50, 5) // came later: they have nothing to be corrected
		r.reopen(fridays)
		r.edit(fridays, "subject: \"Correction: the crane stands still\"\n")
		r.approve(fridays)
		a = r.send(fridays, newsroom.SendOptions{To: mailer.ToDelivered})
		if a.Audience != 49 || a.Accepted != 49 {
			t.Errorf("%+v", a)
		}
		want := once(readers...)
		delete(want, missing)
		r.got(want)
	})
}

// advances lets the schedule move the editions, which leaves Friday's so.
func (r *room) advances(want digest.State) {
	r.t.Helper()
	if err := r.n.Advance(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	if e := r.edition(fridays); e.State != want {
		r.t.Fatalf("the schedule made it %s, not %s", e.State, want)
	}
}

// TestCorrectionNextDay: an edition that went out can be corrected when its slot has
// long expired.
func TestCorrectionNextDay(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 10)
		r.ready()
		r.clock.Set(friday)
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
		r.clock.Set(friday.Add(50 * time.Hour))
		r.reopen(fridays)
		r.advances(digest.Draft)
		r.approve(fridays)
		if err := r.n.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.got(nil)
		if a := r.send(fridays, newsroom.SendOptions{To: mailer.ToDelivered}); a.Accepted != 10 {
			t.Errorf("%+v", a)
		}
		r.got(once(readers...))
	})
}

// TestFirstWindowStays: drafted again days later, an edition before which none was
// sent begins where it began.
func TestFirstWindowStays(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		draft := func() time.Time {
			d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true)
			if err != nil {
				t.Fatal(err)
			}
			return d.Edition.Snapshot.From
		}
		first := draft()
		r.clock.Forward(20 * time.Hour)
		if again := draft(); !again.Equal(first) {
			t.Errorf("it began at %s, and now begins at %s", first, again)
		}
	})
}

// TestReopenedIsNotAutomatic: what an operator took back is not sent by the schedule
// before it is mended, and a correction is not sent to others.
func TestReopenedIsNotAutomatic(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		r.readers(0, 20)
		r.draft("2026-11-27")
		r.clock.Set(friday.Add(time.Second))
		r.send(fridays, newsroom.SendOptions{})
		r.sink.forget()
		r.readers(20, 5)
		r.reopen(fridays)
		r.advances(digest.Draft)
		r.approve(fridays)
		r.advances(digest.Approved) // whom it is for is the operator's to say
	})
}

// TestExtra sends an extra between two regular editions.
func TestExtra(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 5)
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
		monday := friday.AddDate(0, 0, 3)
		r.clock.Set(monday)
		r.feed(storiesAt(monday.Add(-time.Hour), 2)...)
		d, err := r.n.Extra(t.Context(), "weekly", "blackout")
		if err != nil {
			t.Fatal(err)
		}
		name := "weekly/extra-blackout"
		if d.Edition.Ref() != name || len(d.Edition.Revision.Items()) != 2 {
			t.Fatalf("%s has %d stories", d.Edition.Ref(), len(d.Edition.Revision.Items()))
		}
		r.approve(name)
		r.send(name, newsroom.SendOptions{})
		r.got(once(readers...))
		next := monday.AddDate(0, 0, 3)
		r.clock.Set(next)
		r.feed(append(storiesAt(monday.Add(-time.Hour), 2), storiesAt(next.Add(-time.Hour), 3)...)...)
		d, err = r.n.Draft(t.Context(), "weekly", "2026-12-04", true)
		if err != nil {
			t.Fatal(err)
		}
		if from := d.Edition.Snapshot.From; !from.Equal(r.edition(fridays).Snapshot.To.Truncate(time.Microsecond)) {
			t.Errorf("the window begins %s, not where the last regular edition ended", from)
		}
		if got := len(d.Edition.Revision.Items()); got != 3 {
			t.Errorf("%d stories, want the 3 that the extra has not carried", got)
		}
	})
}

// TestLogTells follows an edition's way in its log.
func TestLogTells(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		entries, err := r.n.LogOf(t.Context(), r.edition(fridays))
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range entries {
			said = append(said, e.What)
		}
		want := []string{"opened", "draft", "approved", "checked", "frozen", "mailing started", "mailing done", "sent"}
		if !slices.Equal(said, want) {
			t.Errorf("log: %q, want %q", said, want)
		}
	})
}

// TestNoStoryBetween drafts ahead of the slot: what comes between the draft and the
// slot is not lost to the next edition.
func TestNoStoryBetween(t *testing.T) {
	onSQLite(t, settings{"late_grace": "0h"}, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.clock.Set(friday.AddDate(0, 0, -4)) // Monday
		r.ready()
		r.clock.Set(friday)
		r.send(fridays, newsroom.SendOptions{})
		between := story{"The Tuesday fire", friday.AddDate(0, 0, -3)}
		r.feed(between)
		r.clock.Set(friday.AddDate(0, 0, 6))
		d, err := r.n.Draft(t.Context(), "weekly", "2026-12-04", true)
		if err != nil {
			t.Fatal(err)
		}
		if items := d.Edition.Revision.Items(); len(items) != 1 || items[0].Story.Title != between.name {
			t.Errorf("the next edition has %d stories, not the one from between", len(items))
		}
	})
}
