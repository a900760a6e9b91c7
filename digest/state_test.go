package digest

import "testing"

func TestTransitions(t *testing.T) {
	allowed := map[[2]State]bool{}
	for _, move := range [][2]State{
		{Draft, Draft},
		{Draft, Held},
		{Draft, Approved},
		{Draft, Skipped},
		{Draft, Expired},
		{Draft, Cancelled},
		{Held, Draft},
		{Held, Approved},
		{Held, Skipped},
		{Held, Expired},
		{Held, Cancelled},
		{Approved, Draft},
		{Approved, Held},
		{Approved, Frozen},
		{Approved, Expired},
		{Approved, Cancelled},
		{Frozen, Draft},
		{Frozen, Held},
		{Frozen, Sending},
		{Frozen, Cancelled},
		{Sending, Draft},
		{Sending, Sent},
		{Sending, Cancelled},
		{Sent, Draft},
		{Sent, Sending},
		{Skipped, Draft},
		{Expired, Draft},
		{Cancelled, Draft},
	} {
		allowed[move] = true
	}
	for _, from := range States {
		for _, to := range append(States, "", "gone") {
			if got := from.To(to); got != allowed[[2]State{from, to}] {
				t.Errorf("%s to %s: %t", from, to, got)
			}
		}
	}
	if State("").To(Draft) {
		t.Error("no state moves to draft")
	}
}

// What readers have is never lost: only a mailing leads to sent, and a sent edition
// is only ever reopened, or sent to readers whom it has not reached.
func TestSentIsKept(t *testing.T) {
	for _, s := range States {
		if s.To(Sent) != (s == Sending) {
			t.Errorf("%s to sent: %t", s, s.To(Sent))
		}
		if s.To(Sending) != (s == Frozen || s == Sent) {
			t.Errorf("%s to sending: %t", s, s.To(Sending))
		}
	}
}

func TestRedraft(t *testing.T) {
	for _, c := range []struct {
		what string
		d    Redraft
		want State
	}{
		{"the first draft", Redraft{Verdict: Full, Was: Draft}, Draft},
		{"a thin one", Redraft{Verdict: Thin, Was: Draft}, Held},
		{"a thin one at its slot", Redraft{Verdict: Thin, Was: Draft, Due: true}, Held},
		{"an approved one", Redraft{Verdict: Full, Was: Approved, Before: Full}, Draft},
		{"no longer thin", Redraft{Verdict: Full, Was: Held, Before: Thin}, Draft},
		{"no longer empty, at its slot", Redraft{Verdict: Full, Was: Held, Before: Empty, Due: true}, Draft},
		{"held by a person or a source", Redraft{Verdict: Full, Was: Held, Before: Full}, Held},
		{"empty ahead of its slot", Redraft{Verdict: Empty, Was: Draft}, Held},
		{"empty at its slot", Redraft{Verdict: Empty, Was: Draft, Due: true}, Skipped},
		{"still empty at its slot", Redraft{Verdict: Empty, Was: Held, Before: Empty, Due: true}, Skipped},
		{"its sources cannot be read", Redraft{Verdict: Unread, Was: Draft, Due: true}, Held},
		{"its sources cannot be read ahead of its slot", Redraft{Verdict: Unread, Was: Draft}, Held},
		{"its sources can be read again", Redraft{Verdict: Full, Was: Held, Before: Unread, Due: true}, Draft},
		{"its sources can be read again, and have nothing", Redraft{Verdict: Empty, Was: Held, Before: Unread, Due: true}, Skipped},
		{"thin, and edited before its slot", Redraft{Verdict: Full, Was: Held, Before: Thin, ByHand: true}, Draft},
		{"thin, and edited after its slot", Redraft{Verdict: Full, Was: Held, Before: Thin, Due: true, ByHand: true}, Held},
		{"unread, and edited after its slot", Redraft{Verdict: Full, Was: Held, Before: Unread, Due: true, ByHand: true}, Held},
		{"reopened, and empty still", Redraft{Verdict: Empty, Was: Draft, Before: Empty, Due: true, Reopened: true}, Held},
		{"reopened, drafted again, empty still", Redraft{Verdict: Empty, Was: Held, Before: Empty, Due: true, Reopened: true}, Held},
		{"reopened and filled: it waits for a word", Redraft{Verdict: Full, Was: Held, Before: Empty, Due: true, Reopened: true}, Held},
		{"reopened with its stories", Redraft{Verdict: Full, Was: Draft, Before: Full, Due: true, Reopened: true}, Draft},
	} {
		if got := c.d.State(); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
