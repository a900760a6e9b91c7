package newsroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// TestFilledByHandWaits: what a person puts into an edition that is held at its slot for want
// of a source waits for their approval, though its newsletter waits for none.
func TestFilledByHandWaits(t *testing.T) {
	onSQLite(t, settings{"approval": "automatic", "fetch_every": "1h"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.feed()
		r.clock.Set(friday.Add(-3 * time.Hour))
		r.beat(r.n)
		r.fetchDue()
		r.write("feed.xml", "no feed")
		r.clock.Set(friday)
		r.goes(nil)
		if e := r.edition(fridays); e.State != digest.Held || e.Pick.Verdict != digest.Unread {
			t.Fatalf("it is %s, %s", e.State, e.Pick.Verdict)
		}
		r.edit(fridays, "add:\n  - {link: \"https://other.example/1\", title: One}\n")
		for range 2 {
			r.clock.Forward(time.Minute)
			r.goes(nil)
		}
		if e := r.edition(fridays); e.State != digest.Held || len(e.Revision.Items()) != 1 {
			t.Errorf("it is %s with %d stories", e.State, len(e.Revision.Items()))
		}
		r.approve(fridays)
		r.goes(once(readers...))
	})
}

// approveOnLoopback approves an edition with links that only this machine has.
func (r *room) approveOnLoopback(edition string) {
	r.t.Helper()
	if _, err := r.n.ApproveFor(r.t.Context(), edition, "a test is on one machine"); err != nil {
		r.t.Fatal(err)
	}
}

// TestApprovedWhileItIsDraftedAgain: the schedule's own draft takes no approval back that was
// given while it read the sources.
func TestApprovedWhileItIsDraftedAgain(t *testing.T) {
	w, far := openWire(t, fails(http.StatusNotFound)), openWire(t, feeds("x"))
	set := settings{"fetch_every": "1h", "sources": fmt.Sprintf("[{name: w, url: %s, allow_private: true, pages: never}]", w.URL)}
	onSQLite(t, set, func(t *testing.T, r *room) {
		readers := r.readers(0, 3)
		r.clock.Set(friday.Add(-30 * time.Hour))
		r.beat(r.n)
		r.clock.Set(friday)
		r.beat(r.n)
		w.answers(feeds("bridge"))
		r.clock.Forward(2 * time.Hour)
		r.fetchDue()
		asked, hang := make(chan struct{}, 10), make(chan struct{})
		goOn := sync.OnceFunc(func() { close(hang) })
		defer goOn()
		w.answers(func(out http.ResponseWriter, req *http.Request) {
			asked <- struct{}{}
			<-hang
			feeds("bridge")(out, req)
		})
		r.clock.Forward(time.Minute)
		done := make(chan error, 1)
		go func() { done <- r.n.Advance(t.Context()) }()
		select {
		case <-asked:
		case err := <-done:
			t.Fatalf("nothing is read: %v", err)
		}
		r.edit(fridays, fmt.Sprintf("add:\n  - {link: \"%s/one\", title: One}\n", far.URL))
		r.approveOnLoopback(fridays)
		goOn()
		if err := <-done; err != nil {
			t.Errorf("the look at the schedule: %v", err)
		}
		if e := r.edition(fridays); e.State != digest.Approved || len(e.Revision.Items()) != 1 {
			t.Errorf("it is %s with %d stories", e.State, len(e.Revision.Items()))
		}
		r.goes(once(readers...))
	})
}

// TestReadSinceWithoutAFetch: drafted without a fetch, an edition of which no source could be
// read is one without news once a source was read.
func TestReadSinceWithoutAFetch(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.write("feed.xml", "no feed")
		drafts := func(fetch bool, want digest.Verdict) {
			t.Helper()
			d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", fetch)
			if err != nil || d.Edition.Pick.Verdict != want {
				t.Errorf("it is %s, want %s: %v", d.Edition.Pick.Verdict, want, err)
			}
		}
		drafts(true, digest.Unread)
		r.clock.Forward(time.Minute)
		drafts(false, digest.Unread)
		r.feed()
		if _, err := r.n.Fetch(t.Context(), "weekly"); err != nil {
			t.Fatal(err)
		}
		drafts(false, digest.Empty)
	})
}

// TestReadAheadOfItsSlot: a draft that was made ahead while no source could be read is made
// again once one can be, and its editors get it.
func TestReadAheadOfItsSlot(t *testing.T) {
	boxed(t, settings{"approval": "required", "editors": "[desk@observer.example]", "fetch_every": "1h", "draft_lead": "24h"}, func(t *testing.T, r *room) {
		r.write("feed.xml", "no feed")
		r.clock.Set(friday.Add(-24 * time.Hour))
		r.beat(r.n)
		r.hears("no source could be read")
		r.clock.Forward(time.Hour)
		r.fetchDue()
		r.beat(r.n)
		r.hears()
		r.feed(storiesAt(friday.Add(-30*time.Hour), 5)...)
		r.clock.Forward(time.Hour)
		r.fetchDue()
		r.beat(r.n)
		r.hears("is a draft")
		if e := r.edition(fridays); e.State != digest.Draft || len(e.Revision.Items()) != 5 {
			t.Errorf("it is %s with %d stories", e.State, len(e.Revision.Items()))
		}
		r.clock.Forward(time.Hour)
		r.beat(r.n)
		r.hears()
	})
}

// TestCorrectionIsNotLate: a sent edition that is mended after it would have expired can be
// approved, and its draft says so.
func TestCorrectionIsNotLate(t *testing.T) {
	onSQLite(t, settings{"approval": "required"}, func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		r.ready()
		r.clock.Set(friday)
		r.goes(once(readers...))
		r.clock.Set(friday.Add(72 * time.Hour))
		r.reopen(fridays)
		d, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", false)
		if err != nil || d.Late != "" || !strings.Contains(d.Advice, "broadsheet approve") {
			t.Errorf("late %q, advice %q, %v", d.Late, d.Advice, err)
		}
	})
}
