package newsroom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestExpiry: nobody approves, and the edition is not sent stale; longer "expires"
// gives it back.
func TestExpiry(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.beat(r.n)
		r.clock.Set(friday)
		r.beat(r.n)
		r.clock.Set(friday.Add(24 * time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Expired})
		if _, err := r.n.Approve(t.Context(), fridays); err == nil || !strings.Contains(err.Error(), "is expired: \"broadsheet reopen "+fridays+"\" makes a new revision of it once its newsletter's \"expires\" is longer") {
			t.Errorf("approving said: %v", err)
		}
		// Reopened, it would expire again within the minute.
		if _, err := r.n.Reopen(t.Context(), fridays, ""); err == nil || !strings.Contains(err.Error(), "lengthen") {
			t.Errorf("reopening said: %v", err)
		}
		r.configure(settings{"expires": "72h"})
		r.again()
		r.reopen(fridays)
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
		r.approve(fridays)
		r.goes(once(readers...))
	})
}

// TestCancelledExpires: what was cancelled before anybody got it is not reopened stale.
func TestCancelledExpires(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		r.beat(r.n)
		r.clock.Set(friday)
		r.beat(r.n)
		if _, err := r.n.Cancel(t.Context(), fridays, "no"); err != nil {
			t.Fatal(err)
		}
		r.clock.Set(friday.Add(24 * time.Hour))
		if _, err := r.n.Reopen(t.Context(), fridays, ""); err == nil || !strings.Contains(err.Error(), "stale news is not sent") {
			t.Errorf("reopening said: %v", err)
		}
		r.clock.Set(friday.Add(time.Hour))
		r.reopen(fridays)
	})
}

// TestSkippedComesBack reopens an edition that was missed before it had a draft.
func TestSkippedComesBack(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.beat(r.n)
		r.clock.Set(friday.Add(30 * time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Skipped})
		r.configure(settings{"expires": "72h"})
		r.again()
		r.reopen(fridays)
		r.beat(r.n)
		if e := r.edition(fridays); e.State != digest.Held || len(e.Revision.Items()) == 0 {
			t.Errorf("it is %s with %d stories", e.State, len(e.Revision.Items()))
		}
	})
}

// TestSlotSends sends at the slot by itself: what is automatic, and what is approved,
// before the slot or after it.
func TestSlotSends(t *testing.T) {
	for _, test := range []struct {
		name, approval string
		before         bool          // approved before the slot
		after          time.Duration // or so long after it
	}{
		{name: "automatic", approval: "automatic"},
		{name: "approved before", approval: "required", before: true},
		{name: "approved after", approval: "required", after: 20 * time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			each(t, settings{"approval": test.approval}, func(t *testing.T, r *room) {
				readers := r.readers(0, 5)
				r.beat(r.n)
				if test.before {
					r.ready()
				}
				r.clock.Set(friday.Add(-time.Minute))
				r.goes(nil)
				r.clock.Set(friday)
				r.beat(r.n)
				if test.after > 0 {
					r.run(r.n)
					r.got(nil)
					r.clock.Set(friday.Add(test.after))
					if a := r.approve(fridays); !a.Late || a.Readers != 5 {
						t.Errorf("the announcement does not say that the slot has passed: %+v", a)
					}
					r.beat(r.n)
				}
				r.run(r.n)
				r.got(once(readers...))
				r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Sent})
			})
		})
	}
}

// TestSkippedIsTakenUp reopens an edition that was skipped for want of news, after its first
// draft or before it: no look at the schedule skips it again or asks its sources each
// minute, and what is then put in waits for a person, though its newsletter waits for none.
func TestSkippedIsTakenUp(t *testing.T) {
	for _, drafted := range []bool{true, false} {
		each(t, settings{"approval": "automatic", "expires": "72h"}, func(t *testing.T, r *room) {
			readers := r.readers(0, 3)
			gone := friday
			if drafted {
				r.feed()
			} else { // missed: it has no draft
				gone = friday.Add(30 * time.Hour)
				r.configure(settings{"expires": "24h"})
				r.again()
			}
			r.beat(r.n)
			r.clock.Set(gone)
			r.beat(r.n)
			r.feed()
			r.configure(settings{"expires": "72h"})
			r.again()
			r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Skipped})
			r.reopen(fridays)
			for range 3 {
				r.clock.Forward(time.Minute)
				r.goes(nil)
				if e := r.edition(fridays); e.State != digest.Held || len(e.Revision.Items()) != 0 {
					t.Fatalf("it is %s with %d stories", e.State, len(e.Revision.Items()))
				}
			}
			made := r.edition(fridays).Snapshot.Drafted
			r.clock.Forward(time.Minute)
			r.goes(nil)
			if again := r.edition(fridays).Snapshot.Drafted; !again.Equal(made) {
				t.Errorf("drafted at %s, and again at %s", made, again)
			}
			r.feed(storiesAt(friday.Add(-2*time.Hour), 4)...)
			if d := r.draft("2026-11-27"); d.Edition.State != digest.Held || len(d.Edition.Pick.Chosen) != 4 {
				t.Errorf("drafted again it is %s with %d stories", d.Edition.State, len(d.Edition.Pick.Chosen))
			}
			r.goes(nil)
			r.approve(fridays)
			r.goes(once(readers...))
		})
	}
}

// TestNewsAtTheSlot: an automatic edition that was empty ahead of its slot goes out where
// there is news by then.
func TestNewsAtTheSlot(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic", "draft_lead": "24h"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.feed()
		r.clock.Set(friday.Add(-30 * time.Hour))
		r.beat(r.n)
		r.clock.Set(friday.Add(-24 * time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
		r.feed(storiesAt(friday.Add(-2*time.Hour), 5)...)
		r.clock.Set(friday)
		r.goes(nil)
		r.clock.Forward(time.Minute)
		r.goes(once(readers...))
	})
}

// TestNoSourceAtTheSlot: where no source can be read nobody knows whether there is news, so
// the edition is held, its editors are told once, and it is drafted once one can be.
func TestNoSourceAtTheSlot(t *testing.T) {
	for _, c := range []struct {
		name, approval string
		ahead          bool
		comes          int
		then           string // what the editors hear once the source can be read
		end            digest.State
	}{
		{"automatic", "automatic", false, 3, "", digest.Sending},
		{"automatic, drafted ahead", "automatic", true, 3, "", digest.Sending},
		{"required", "required", false, 3, "is held: nobody has approved it", digest.Held},
		{"required, and nothing new", "required", true, 0, "was skipped", digest.Skipped},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := settings{"approval": c.approval, "editors": "[desk@observer.example]", "fetch_every": "1h"}
			if c.ahead {
				set["draft_lead"] = "24h"
			}
			boxed(t, set, func(t *testing.T, r *room) {
				r.readers(0, 3)
				r.write("feed.xml", "no feed")
				r.clock.Set(friday.Add(-30 * time.Hour))
				r.beat(r.n)
				if c.ahead {
					r.clock.Set(friday.Add(-24 * time.Hour))
					r.beat(r.n)
					r.hears("is held: no source could be read")
				}
				r.clock.Set(friday)
				r.beat(r.n)
				text := strings.Join(strings.Fields(r.hears("is held: no source could be read")), " ")
				for _, want := range []string{"nobody knows whether there is news", "drafted again as soon as one can be read; it expires Sat 28 Nov 09:00 UTC", "broadsheet sources check weekly"} {
					if !strings.Contains(text, want) {
						t.Errorf("no %q in %s", want, text)
					}
				}
				made := r.edition(fridays).Snapshot.Drafted
				for range 2 {
					r.clock.Forward(time.Minute)
					r.beat(r.n)
					r.hears()
				}
				e := r.edition(fridays)
				if e.State != digest.Held || e.Pick.Verdict != digest.Unread || !e.Snapshot.Drafted.Equal(made) {
					t.Errorf("it is %s, %s, drafted %s and %s", e.State, e.Pick.Verdict, made, e.Snapshot.Drafted)
				}
				r.feed(storiesAt(friday.Add(-2*time.Hour), c.comes)...)
				r.clock.Forward(2 * time.Hour)
				if err := r.n.FetchDue(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.clock.Forward(time.Minute)
				r.beat(r.n)
				r.beat(r.n)
				if c.then != "" {
					r.hears(c.then)
				}
				r.inStates(map[string]digest.State{"2026-11-27T09:00": c.end})
			})
		})
	}
}

// TestReopenedWaits: a reopened edition is being mended, and goes out when somebody says so,
// though its newsletter is on automatic and its slot has come.
func TestReopenedWaits(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.beat(r.n)
		r.draft("2026-11-27")
		if _, err := r.n.Cancel(t.Context(), fridays, "not yet"); err != nil {
			t.Fatal(err)
		}
		r.clock.Set(friday)
		r.goes(nil)
		r.reopen(fridays)
		for range 2 {
			r.clock.Forward(time.Minute)
			r.goes(nil)
		}
		r.edit(fridays, "subject: Mended\n")
		r.goes(nil)
		r.approve(fridays)
		r.goes(once(readers...))
	})
}

// TestReopenedBeforeItsFirstDraft: an edition that was missed or cancelled before it had a
// draft waits for an approval, too, once it is reopened, however often it is edited.
func TestReopenedBeforeItsFirstDraft(t *testing.T) {
	for _, c := range []struct {
		name  string
		close func(r *room)
	}{
		{"missed", func(r *room) {
			r.clock.Set(friday.Add(30 * time.Hour))
			r.beat(r.n)
			r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Skipped})
			r.configure(settings{"expires": "72h"})
			r.again()
		}},
		{"cancelled", func(r *room) {
			r.clock.Set(friday)
			if _, err := r.n.OpenDue(r.t.Context()); err != nil {
				r.t.Fatal(err)
			}
			if _, err := r.n.Cancel(r.t.Context(), fridays, "not yet"); err != nil {
				r.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
				readers := r.readers(0, 3)
				r.beat(r.n)
				c.close(r)
				r.reopen(fridays)
				for range 2 {
					r.clock.Forward(time.Minute)
					r.goes(nil)
				}
				if e := r.edition(fridays); e.State != digest.Held || e.Edition.Revision != 1 || len(e.Revision.Items()) == 0 {
					t.Errorf("it is %s, revision %d, with %d stories", e.State, e.Edition.Revision, len(e.Revision.Items()))
				}
				r.approve(fridays)
				r.edit(fridays, "subject: Mended\n") // takes the approval back
				r.goes(nil)
				r.approve(fridays)
				r.goes(once(readers...))
			})
		})
	}
}

// TestSendWaitsForTheApproval: sending by hand is no approval of what was reopened.
func TestSendWaitsForTheApproval(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.beat(r.n)
		r.draft("2026-11-27")
		if _, err := r.n.Cancel(t.Context(), fridays, "not yet"); err != nil {
			t.Fatal(err)
		}
		r.reopen(fridays)
		if a := r.status(fridays); a.State != digest.Draft || !a.Approval.Waits {
			t.Errorf("it is %s, and waits: %v", a.State, a.Approval.Waits)
		}
		_, announced := r.n.AnnounceSend(t.Context(), fridays, newsroom.SendOptions{})
		_, sent := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
		for _, err := range []error{announced, sent} {
			if err == nil || !strings.Contains(err.Error(), "approve it with \"broadsheet approve "+fridays) {
				t.Errorf("sending said: %v", err)
			}
		}
		r.got(nil)
		r.approve(fridays)
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
	})
}
