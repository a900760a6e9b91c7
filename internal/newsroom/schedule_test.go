package newsroom_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// beat is one look at the schedule by one process, and the sending that it orders.
func (r *room) beat(n *newsroom.Newsroom) {
	r.t.Helper()
	if _, err := n.OpenDue(r.t.Context()); err != nil {
		r.t.Errorf("open due slots: %v", err)
	}
	if err := n.Advance(r.t.Context()); err != nil {
		r.t.Errorf("advance: %v", err)
	}
}

// run runs the mailings that are ordered, as a serve would.
func (r *room) run(n *newsroom.Newsroom) {
	r.t.Helper()
	unfinished, err := n.Unfinished(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range unfinished {
		if err := n.RunMailing(r.t.Context(), m, newsroom.SendOptions{}); err != nil {
			r.t.Errorf("run mailing %d: %v", m.ID, err)
		}
	}
}

// goes looks at the schedule once, sends what that orders, and wants the sink to have
// got so many for each reader.
func (r *room) goes(want map[string]int) {
	r.t.Helper()
	r.beat(r.n)
	r.run(r.n)
	r.got(want)
}

// states are the editions by slot.
func (r *room) states() map[string]digest.State {
	r.t.Helper()
	rows, err := r.n.Store.Editions(r.t.Context(), "", 0)
	if err != nil {
		r.t.Fatal(err)
	}
	all := map[string]digest.State{}
	for _, e := range rows {
		if all[string(e.Slot)] != "" {
			r.t.Errorf("slot %s has two editions", e.Slot)
		}
		all[string(e.Slot)] = e.State
	}
	return all
}

func (r *room) inStates(want map[string]digest.State) {
	r.t.Helper()
	if got := r.states(); !maps.Equal(got, want) {
		r.t.Errorf("editions: %v, want %v", got, want)
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// TestDaylightSaving serves through a change of the clocks, with a restart and a
// second process, and looks at every half hour.
func TestDaylightSaving(t *testing.T) {
	for _, test := range []struct {
		zone, from string
		want       []string // instants of the slots
	}{
		{"Europe/Berlin", "2026-03-27T12:00:00Z", []string{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		{"Europe/Berlin", "2026-10-23T12:00:00Z", []string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"America/New_York", "2026-03-06T12:00:00Z", []string{"2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}},
		{"America/New_York", "2026-10-30T12:00:00Z", []string{"2026-10-31T06:30:00Z", "2026-11-01T07:30:00Z", "2026-11-02T07:30:00Z"}},
	} {
		if testing.Short() && test.zone != "Europe/Berlin" {
			continue
		}
		t.Run(strings.ReplaceAll(test.zone, "/", " ")+test.from[5:7], func(t *testing.T) {
			onSQLite(t, settings{"schedule": `"30 2 * * *"`, "timezone": test.zone}, func(t *testing.T, r *room) {
				var opened []string
				for now := at(t, test.from); now.Before(at(t, test.want[2]).Add(10 * time.Hour)); now = now.Add(30 * time.Minute) {
					r.clock.Set(now)
					if now.Hour() == 12 && now.Minute() == 0 {
						r.again() // a restart
					}
					second := r.n
					if now.Hour()%3 == 0 {
						second = r.open("second")
					}
					for _, n := range []*newsroom.Newsroom{r.n, second} {
						editions, err := n.OpenDue(t.Context())
						if err != nil {
							t.Fatal(err)
						}
						for _, e := range editions {
							opened = append(opened, e.At.UTC().Format(time.RFC3339))
							if e.State != digest.Draft || now.Sub(e.At) > time.Minute {
								t.Errorf("%s is %s at %s", e.Name(), e.State, now)
							}
						}
					}
				}
				if !slices.Equal(opened, test.want) {
					t.Errorf("opened %v, want %v", opened, test.want)
				}
			})
		})
	}
}

// TestTwoProcesses has three processes look at once, again and again: one edition,
// one mailing, each reader once.
func TestTwoProcesses(t *testing.T) {
	each(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 40)
		processes := []*newsroom.Newsroom{r.n, r.open("second"), r.open("third")}
		r.beat(r.n)
		for _, ahead := range []time.Duration{0, time.Minute, 2 * time.Minute} {
			r.clock.Set(friday.Add(ahead))
			var all sync.WaitGroup
			for _, n := range processes {
				for range 2 {
					all.Go(func() { r.beat(n) })
				}
			}
			all.Wait()
		}
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Sending})
		mailings, err := r.n.Store.Mailings(t.Context(), r.edition(fridays).ID)
		if err != nil || len(mailings) != 1 {
			t.Fatalf("%d mailings, %v", len(mailings), err)
		}
		if r.n.Store.Engine() == "sqlite" {
			processes = processes[:1] // the lock lets one send
		}
		var all sync.WaitGroup
		for _, n := range processes {
			all.Go(func() { r.run(n) })
		}
		all.Wait()
		r.run(r.n)
		r.got(once(readers...))
		if a := r.status(fridays); a.Accepted != 40 || a.State != digest.Sent {
			t.Errorf("%+v", a)
		}
		for _, n := range processes {
			r.beat(n)
		}
		r.run(r.n)
		r.got(nil)
	})
}

// TestClockJumps runs the clock a year ahead and back: the slots of the true clock
// come all the same, once each.
func TestClockJumps(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.beat(r.n)
		r.clock.Set(friday.AddDate(1, 0, 0))
		r.beat(r.n)
		ahead := r.states()
		if len(ahead) < 5 {
			t.Fatalf("a year ahead: %v", ahead)
		}
		for i := range 3 {
			r.clock.Set(friday.AddDate(0, 0, 7*i).Add(time.Second))
			r.feed(storiesAt(r.clock.Now().Add(-time.Hour), 3)...)
			r.beat(r.n)
			r.beat(r.n)
			slot := friday.AddDate(0, 0, 7*i).Format("2006-01-02T15:04")
			if got := r.states()[slot]; got != digest.Held {
				t.Errorf("%s is %q", slot, got)
			}
		}
		// A slot that the clock had skipped while it ran ahead comes when it comes.
		late := friday.AddDate(0, 0, 7*50)
		if got := ahead[late.Format("2006-01-02T15:04")]; got != digest.Skipped {
			t.Fatalf("a year ahead, that of %s is %q", late, got)
		}
		r.clock.Set(late)
		r.feed(storiesAt(late.Add(-time.Hour), 3)...)
		r.beat(r.n)
		if got := r.states()[late.Format("2006-01-02T15:04")]; got != digest.Held {
			t.Errorf("when its time has come, that of %s is %q", late, got)
		}
	})
}

// TestServedFirstByWrongClock: the first look was by a clock that ran a year ahead.
func TestServedFirstByWrongClock(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.clock.Set(friday.AddDate(1, 0, -1))
		r.beat(r.n)
		r.clock.Set(thursday)
		r.beat(r.n)
		r.clock.Set(friday)
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
	})
}

// TestCatchUp comes back after downtimes.
func TestCatchUp(t *testing.T) {
	const first, second, third = "2026-11-27T09:00", "2026-12-04T09:00", "2026-12-11T09:00"
	for _, test := range []struct {
		name string
		back time.Time // when serve is there again
		want map[string]digest.State
	}{
		{"in time", friday, map[string]digest.State{first: digest.Held}},
		{"younger than expires", friday.Add(23 * time.Hour), map[string]digest.State{first: digest.Held}},
		{"older than expires", friday.Add(25 * time.Hour), map[string]digest.State{first: digest.Skipped}},
		{"the last of three", friday.AddDate(0, 0, 14).Add(time.Hour), map[string]digest.State{first: digest.Skipped, second: digest.Skipped, third: digest.Held}},
		{"three too old", friday.AddDate(0, 0, 16), map[string]digest.State{first: digest.Skipped, second: digest.Skipped, third: digest.Skipped}},
	} {
		t.Run(test.name, func(t *testing.T) {
			each(t, settings{"editors": "[desk@observer.example]"}, func(t *testing.T, r *room) {
				r.beat(r.n)
				r.clock.Set(test.back)
				slot := friday // the last before serve is back: what comes later is of the next edition
				for !slot.AddDate(0, 0, 7).After(test.back) {
					slot = slot.AddDate(0, 0, 7)
				}
				r.feed(storiesAt(slot.Add(-time.Hour), 5)...)
				r.again()
				r.beat(r.n)
				r.inStates(test.want)
				r.beat(r.n)
				r.inStates(test.want)
				skipped := 0
				for slot, state := range test.want {
					if state != digest.Skipped {
						continue
					}
					skipped++
					e := r.edition("weekly/" + slot)
					entries, err := r.n.LogOf(t.Context(), e)
					if err != nil {
						t.Fatal(err)
					}
					if last := entries[len(entries)-1]; !strings.Contains(last.Detail, "missed") {
						t.Errorf("the log of %s says %q", slot, last.Detail)
					}
				}
				if said := strings.Count(r.log.String(), "slot skipped"); said != skipped {
					t.Errorf("said %d times that a slot was skipped, want %d", said, skipped)
				}
			})
		})
	}
}

// TestFreshCatchesNothingUp: slots from before the newsroom was first served were
// promised to nobody.
func TestFreshCatchesNothingUp(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.clock.Set(friday.Add(time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{})
		r.clock.Set(friday.AddDate(0, 0, 7))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-12-04T09:00": digest.Held})
	})
}

// TestDates skips Christmas and moves New Year's Day.
func TestDates(t *testing.T) {
	dates := settings{"dates": `{"2026-12-25": skip, "2027-01-01": "2026-12-31T08:00"}`}
	each(t, dates, func(t *testing.T, r *room) {
		r.clock.Set(friday.AddDate(0, 0, 22)) // Saturday, 19 December
		r.beat(r.n)
		for now := r.clock.Now(); now.Before(friday.AddDate(0, 0, 43)); now = now.Add(4 * time.Hour) {
			r.clock.Set(now.Truncate(4 * time.Hour))
			if editions, err := r.n.OpenDue(t.Context()); err != nil {
				t.Fatal(err)
			} else if len(editions) > 0 && editions[0].Slot == "2027-01-01T09:00" && !editions[0].At.Equal(at(t, "2026-12-31T08:00:00Z")) {
				t.Errorf("moved to %s", editions[0].At)
			}
		}
		r.inStates(map[string]digest.State{"2026-12-25T09:00": digest.Skipped, "2027-01-01T09:00": digest.Draft, "2027-01-08T09:00": digest.Draft})
	})
}

// TestSkippedAfterTheDraft: "dates" leaves out a slot whose edition is drafted
// already, but not one that an operator takes up again.
func TestSkippedAfterTheDraft(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.beat(r.n)
		if _, err := r.n.Draft(t.Context(), "weekly", "", true); err != nil {
			t.Fatal(err)
		}
		r.configure(settings{"dates": `{"2026-11-27": skip}`})
		r.again()
		r.clock.Set(friday)
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Skipped})
		r.clock.Forward(time.Minute)
		r.reopen(fridays)
		r.approve(fridays)
		r.goes(once(readers...))
	})
}

// TestMovedAfterTheDraft: "dates" moves a slot whose edition is approved already: it
// goes out at its new time, and not before.
func TestMovedAfterTheDraft(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.beat(r.n)
		r.ready()
		r.configure(settings{"dates": `{"2026-11-27": "2026-11-28T09:00"}`})
		r.again()
		r.clock.Set(friday.Add(time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Approved})
		r.clock.Set(friday.AddDate(0, 0, 1))
		r.goes(once(readers...))
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Sent})
	})
}

// TestMovedWhileItIsOpen: an edition whose slot "dates" moves before its last draft takes its
// stories up to the slot as it is now.
func TestMovedWhileItIsOpen(t *testing.T) {
	for name, drafts := range map[string]func(*room){
		"by hand":     func(r *room) { r.draft("2026-11-27") },
		"by schedule": func(r *room) { r.beat(r.n) },
	} {
		t.Run(name, func(t *testing.T) {
			onSQLite(t, settings{"draft_lead": "1h"}, func(t *testing.T, r *room) {
				r.feed()
				r.draft("2026-11-27")
				r.configure(settings{"draft_lead": "1h", "dates": `{"2026-11-27": "2026-11-28T09:00"}`})
				r.again()
				r.feed(storiesAt(friday.Add(12*time.Hour), 3)...)
				moved := friday.Add(24 * time.Hour)
				r.clock.Set(moved)
				drafts(r)
				if e := r.edition(fridays); !e.Snapshot.At.Equal(moved) || len(e.Revision.Items()) != 3 {
					t.Errorf("drafted for %s with %d stories", e.Snapshot.At, len(e.Revision.Items()))
				}
			})
		})
	}
}

// TestCatchUpBeforeSkipped: a slot that "dates" leaves out is not the one to catch up.
func TestCatchUpBeforeSkipped(t *testing.T) {
	change := settings{"schedule": `"0 8,9 * * *"`, "dates": `{"2026-11-27T09:00": skip}`}
	onSQLite(t, change, func(t *testing.T, r *room) {
		r.beat(r.n)
		r.clock.Set(friday.Add(time.Hour))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T08:00": digest.Held, "2026-11-27T09:00": digest.Skipped})
	})
}

// TestNextSlots: who named no slot is told of those that come, in their order: not of one that
// "dates" moved to before now, nor of what it skips.
func TestNextSlots(t *testing.T) {
	dates := `{"2026-12-04": "2026-11-26T08:00", "2026-12-11": "2026-12-18T10:00", "2027-01-01": skip}`
	onSQLite(t, settings{"dates": dates}, func(t *testing.T, r *room) {
		const want = "the next are 2026-11-27T09:00, 2026-12-18T09:00, 2026-12-11T09:00"
		if _, err := r.n.Draft(t.Context(), "weekly", "friday", false); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	})
}

// TestDayOfTwoSlots: the day alone names no edition where the schedule has two on it, open or
// not.
func TestDayOfTwoSlots(t *testing.T) {
	onSQLite(t, settings{"schedule": "0 9,18 * * FRI"}, func(t *testing.T, r *room) {
		for range 2 {
			if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err == nil || !strings.Contains(err.Error(), "that day has 2 slots") {
				t.Errorf("the day alone: %v", err)
			}
			if _, err := r.n.Draft(t.Context(), "weekly", "weekly/2026-11-27T09:00", true); err != nil {
				t.Error(err)
			}
		}
	})
}
