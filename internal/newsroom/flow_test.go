package newsroom_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// ahead is a newsletter whose draft is made a day before its slot.
var ahead = settings{"draft_lead": "1d", "freeze_lead": "15m", "editors": "[desk@observer.example]"}

// boxed is a room whose relay files what it takes in a mailbox.
func boxed(t *testing.T, change settings, test func(t *testing.T, r *room)) {
	onSQLite(t, change, func(t *testing.T, r *room) {
		r.box = demo.Mailbox{Dir: t.TempDir()}
		r.sink = openRelay(t, r.box.Dir, "")
		r.configure(nil)
		r.again()
		test(t, r)
	})
}

// told sends the letters that are due, and returns the subjects and the text of those
// that the editors have got since it was last asked.
func (r *room) told() (subjects []string, text string) {
	r.t.Helper()
	if err := r.n.SendLetters(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	names, err := r.box.Names()
	if err != nil {
		r.t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(r.heard, name) {
			continue
		}
		r.heard = append(r.heard, name)
		m, err := r.box.Mail(name)
		if err != nil {
			r.t.Fatal(err)
		}
		if strings.HasPrefix(m.To.Name+m.To.Address, "desk@") {
			subjects, text = append(subjects, m.Subject), text+m.Text
		}
	}
	return subjects, text
}

func (r *room) hears(want ...string) string {
	r.t.Helper()
	got, text := r.told()
	if len(got) != len(want) {
		r.t.Errorf("the editors heard %q, want %q", got, want)
		return text
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			r.t.Errorf("the editors heard %q, want %q", got[i], want[i])
		}
	}
	return text
}

// logged tells whether the edition's log has a line like that.
func (r *room) logged(edition, who, what, detail string) {
	r.t.Helper()
	entries, err := r.n.LogOf(r.t.Context(), r.edition(edition))
	if err != nil {
		r.t.Fatal(err)
	}
	if !slices.ContainsFunc(entries, func(l newsroom.LogEntry) bool {
		return l.Who == who && l.What == what && strings.Contains(l.Detail, detail)
	}) {
		r.t.Errorf("no %s %s %q in %+v", who, what, detail, entries)
	}
}

// TestAWeekOfTheNewsroom goes through the days of an edition that is drafted ahead, a
// look every half hour, with restarts and a second process: each notice comes once,
// when its time has come.
func TestAWeekOfTheNewsroom(t *testing.T) {
	for _, c := range []struct {
		name     string
		approved time.Time // zero: never
		want     map[string]string
		end      digest.State
	}{
		{"in time", thursday, map[string]string{
			"26T09:00": "is a draft", "27T09:00": "has been sent",
		}, digest.Sent},
		{"after the first reminder", friday.Add(-10 * time.Hour), map[string]string{
			"26T09:00": "is a draft", "26T21:00": "waits for your approval", "27T09:00": "has been sent",
		}, digest.Sent},
		{"late", friday.Add(3 * time.Hour), map[string]string{
			"26T09:00": "is a draft", "26T21:00": "waits for your approval", "27T08:00": "waits for your approval",
			"27T09:00": "is held: nobody has approved it by its slot", "27T12:00": "has been sent",
		}, digest.Sent},
		{"never", time.Time{}, map[string]string{
			"26T09:00": "is a draft", "26T21:00": "waits for your approval", "27T08:00": "waits for your approval",
			"27T09:00": "is held: nobody has approved it by its slot", "28T08:00": "expires Sat 28 Nov 09:00 UTC", "28T09:00": "has expired",
		}, digest.Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			boxed(t, ahead, func(t *testing.T, r *room) {
				every := 30 * time.Minute
				if testing.Short() {
					every = time.Hour
				}
				r.readers(0, 2)
				r.clock.Set(friday.Add(-30 * time.Hour))
				r.beat(r.n)
				heard := map[string]string{}
				for now := friday.Add(-26 * time.Hour); now.Before(friday.Add(26 * time.Hour)); now = now.Add(every) {
					r.clock.Set(now)
					if now.Hour()%5 == 0 {
						r.again()
					}
					if now.Equal(c.approved) {
						r.approve(fridays)
					}
					r.beat(r.n)
					r.beat(r.open("second"))
					r.run(r.n)
					subjects, _ := r.told()
					for _, s := range subjects {
						if at := now.Format("02T15:04"); strings.Contains(s, "weekly/") {
							if heard[at] != "" {
								t.Errorf("%s: heard twice: %q and %q", at, heard[at], s)
							}
							heard[at] = s
						}
					}
				}
				for at, words := range c.want {
					if !strings.Contains(heard[at], words) {
						t.Errorf("%s: heard %q, want %q", at, heard[at], words)
					}
				}
				if len(heard) != len(c.want) {
					t.Errorf("heard %q", heard)
				}
				if e := r.edition(fridays); e.State != c.end {
					t.Errorf("it is %s", e.State)
				}
				r.logged(fridays, "test", "told", "the editors: weekly/2026-11-27T09:00 is a draft")
			})
		})
	}
}

// TestDraftMail: the mail of a draft holds what happens next, the commands, the
// reasons, and the edition itself; its links for leaving work for nobody.
func TestDraftMail(t *testing.T) {
	boxed(t, ahead, func(t *testing.T, r *room) {
		r.clock.Set(friday.Add(-30 * time.Hour))
		r.beat(r.n)
		r.clock.Set(friday.Add(-24 * time.Hour))
		r.feed(storiesAt(friday.Add(-30*time.Hour), 8)...)
		r.beat(r.n)
		text := r.hears("[DRAFT] weekly/2026-11-27T09:00 is a draft: ")
		for _, want := range []string{
			"Approved by Fri 27 Nov 08:45 UTC, it goes out Fri 27 Nov 09:00 UTC; unapproved, it is held.",
			"broadsheet edit weekly/2026-11-27T09:00", "broadsheet approve weekly/2026-11-27T09:00",
			"In it, and why:", " points: ", "What became of it: Harbour crane",
		} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	})
}

// TestEmptyWeekAhead: with nothing new a day ahead, it is drafted again at its slot.
func TestEmptyWeekAhead(t *testing.T) {
	for _, news := range []bool{false, true} {
		boxed(t, ahead, func(t *testing.T, r *room) {
			r.feed()
			r.clock.Set(friday.Add(-30 * time.Hour))
			r.beat(r.n)
			r.clock.Set(friday.Add(-24 * time.Hour))
			r.beat(r.n)
			text := r.hears("is held: nothing new")
			if strings.Contains(text, "broadsheet approve") || !strings.Contains(text, "broadsheet edit weekly/2026-11-27T09:00") {
				t.Errorf("the mail of an edition that cannot be approved:\n%s", text)
			}
			for _, before := range []time.Duration{12, 1} { // the reminders' times
				r.clock.Set(friday.Add(-before * time.Hour))
				r.beat(r.n)
				r.hears()
			}
			want, state := "was skipped", digest.Skipped
			if news {
				r.feed(storiesAt(friday.Add(-2*time.Hour), 5)...)
				want, state = "is held: nobody has approved it", digest.Held
			}
			r.clock.Set(friday)
			r.beat(r.n)
			r.hears(want)
			r.inStates(map[string]digest.State{"2026-11-27T09:00": state})
			if got := len(r.edition(fridays).Revision.Items()); news && got == 0 {
				t.Error("what came meanwhile is not in it")
			}
		})
	}
}

// TestLateStart: who starts serve after the first reminder's time hears of the draft,
// and is not reminded of it in the same breath.
func TestLateStart(t *testing.T) {
	boxed(t, ahead, func(t *testing.T, r *room) {
		r.clock.Set(friday.Add(-9 * time.Hour))
		r.beat(r.n)
		r.beat(r.n)
		r.hears("is a draft: ")
		r.clock.Set(friday.Add(-time.Hour))
		r.beat(r.n)
		r.hears("waits for your approval")
		r.again()
		r.beat(r.n)
		r.hears()
	})
}

// TestDraftedBeforeItsTime: a draft that somebody made before draft_lead is made again
// then, with what has come since; what they changed stays, and what they approved rests.
func TestDraftedBeforeItsTime(t *testing.T) {
	for _, approved := range []bool{false, true} {
		boxed(t, ahead, func(t *testing.T, r *room) {
			early := storiesAt(friday.Add(-60*time.Hour), 3)
			r.feed(early...)
			r.clock.Set(friday.Add(-48 * time.Hour))
			r.draft("2026-11-27")
			r.edit(fridays, "subject: Wednesday's subject\n")
			if approved {
				r.approve(fridays)
			}
			r.beat(r.n)
			r.hears()
			r.feed(append(early, story{"Late ferry", friday.Add(-30 * time.Hour)})...)
			r.clock.Set(friday.Add(-10 * time.Hour)) // after the first reminder's time
			r.beat(r.n)
			r.beat(r.n)
			e := r.edition(fridays)
			want := 4
			if approved {
				want = 3
				r.hears()
			} else {
				r.hears("is a draft: Wednesday's subject")
			}
			if got := len(e.Revision.Items()); got != want || e.Revision.Subject != "Wednesday's subject" {
				t.Errorf("approved %t: %d stories, %q", approved, got, e.Revision.Subject)
			}
			if approved { // edited since, it is the editors' own
				r.edit(fridays, "subject: Thursday's subject\n")
				r.again()
				r.beat(r.n)
				if got := len(r.edition(fridays).Revision.Items()); got != 3 {
					t.Errorf("drafted again after an edit: %d stories", got)
				}
			}
		})
	}
}

// TestExpiresUnsent: of what was approved, and missed its time, nobody says that it was
// not approved.
func TestExpiresUnsent(t *testing.T) {
	boxed(t, ahead, func(t *testing.T, r *room) {
		r.readers(0, 1)
		r.ready()
		r.clock.Set(friday.Add(25 * time.Hour))
		r.beat(r.n)
		if text := r.hears("has expired"); !strings.Contains(strings.Join(strings.Fields(text), " "), "not sent in time, though it was approved") {
			t.Error(text)
		}
	})
}
