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
