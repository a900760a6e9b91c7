package newsroom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
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
		if _, err := r.n.Approve(t.Context(), fridays); err == nil || !strings.Contains(err.Error(), "is expired: \"broadsheet reopen") {
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
