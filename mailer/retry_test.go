package mailer

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestNext(t *testing.T) {
	hold := RetryPolicy{InDoubt: Hold}
	young := Delivery{Number: 7, Attempts: 1, First: noon.Add(-time.Hour)}
	old := Delivery{Number: 7, Attempts: 20, First: noon.Add(-48 * time.Hour)}
	for _, tt := range []struct {
		name     string
		d        Delivery
		class    Class
		stage    string
		p        RetryPolicy
		state    DeliveryState
		attempts int
		wait     time.Duration // without jitter; 0: not due
	}{
		{"accepted", young, OutcomeAccepted, "dot", RetryPolicy{}, Accepted, 2, 0},
		{"rejected", young, OutcomeRejected, "rcpt", RetryPolicy{}, Rejected, 2, 0},
		{"refused at MAIL", young, OutcomeRefused, "mail", RetryPolicy{}, Queued, 1, 0},
		{"refused at RCPT", young, OutcomeRefused, "rcpt", RetryPolicy{}, Queued, 1, 5 * time.Minute},
		{"refused when old", old, OutcomeRefused, "mail", RetryPolicy{}, Queued, 20, 0},
		{"deferred first", Delivery{Number: 7}, OutcomeDeferred, "rcpt", RetryPolicy{}, Deferred, 1, 5 * time.Minute},
		{"deferred again", young, OutcomeDeferred, "rcpt", RetryPolicy{}, Deferred, 2, 10 * time.Minute},
		{"out of time", old, OutcomeDeferred, "rcpt", RetryPolicy{}, Rejected, 21, 0},
		{"in doubt", young, OutcomeInDoubt, "dot", RetryPolicy{}, Deferred, 2, 10 * time.Minute},
		{"in doubt, held", young, OutcomeInDoubt, "dot", hold, InDoubt, 2, 0},
		{"in doubt, out of time", old, OutcomeInDoubt, "dot", RetryPolicy{}, InDoubt, 21, 0},
	} {
		o := Outcome{Class: tt.class, Stage: tt.stage, Text: "as it was"}
		r := Next(tt.d, o, noon, tt.p)
		if r.State != tt.state || r.Attempts != tt.attempts || r.Number != tt.d.Number || !r.At.Equal(noon) {
			t.Errorf("%s: got %+v", tt.name, r)
		}
		if tt.wait == 0 && !r.Due.IsZero() {
			t.Errorf("%s: due at %v", tt.name, r.Due)
		}
		if wait := r.Due.Sub(noon); tt.wait > 0 && (wait < tt.wait || wait >= tt.wait+tt.wait/5) {
			t.Errorf("%s: waits %v, want %v and less than a fifth more", tt.name, wait, tt.wait)
		}
	}
	r := Next(old, Outcome{Class: OutcomeDeferred, Code: 450, Text: "greylisted"}, noon, RetryPolicy{})
	if !strings.HasPrefix(r.Outcome.Text, "out of time after 48h") || !strings.Contains(r.Outcome.Text, "greylisted") ||
		r.Outcome.Class != OutcomeRejected || r.Outcome.Code != 450 {
		t.Errorf("out of time: %+v", r.Outcome)
	}
}

// TestDeferredEnds follows a delivery that is always deferred: its waits never
// shrink until the last one, never pass the cap, and it is given up on time.
func TestDeferredEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := RetryPolicy{
			First:  time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "first")),
			Most:   time.Duration(rapid.Int64Range(int64(time.Hour), int64(8*time.Hour)).Draw(t, "most")),
			GiveUp: time.Duration(rapid.Int64Range(int64(time.Hour), int64(96*time.Hour)).Draw(t, "give up")),
		}
		d := Delivery{Number: rapid.Int64().Draw(t, "number"), First: noon}
		now := noon
		for tries := 0; ; tries++ {
			if tries > 1000 {
				t.Fatal("never given up")
			}
			r := Next(d, Outcome{Class: OutcomeDeferred}, now, p)
			if again := Next(d, Outcome{Class: OutcomeDeferred}, now, p); again != r {
				t.Fatal("the same delivery got two waits")
			}
			if r.State == Rejected {
				break
			}
			wait := r.Due.Sub(now)
			if wait <= 0 || wait > p.Most+p.Most/5 {
				t.Fatalf("wait %v", wait)
			}
			now, d.Attempts = r.Due, r.Attempts
		}
		if now.Before(noon.Add(p.GiveUp)) || now.After(noon.Add(p.GiveUp)) {
			t.Fatalf("given up after %v, want %v", now.Sub(noon), p.GiveUp)
		}
	})
}

func TestCounts(t *testing.T) {
	var c Counts
	for _, state := range []DeliveryState{Queued, Claimed, Accepted, Bounced, Deferred, Rejected, InDoubt, Skipped} {
		c.Add(state, 1)
	}
	c.Audience = 8
	if !c.Balanced() || c.Sum() != 8 || c.Accepted != 2 || c.Queued != 2 {
		t.Errorf("%+v", c)
	}
	if c.Audience++; c.Balanced() {
		t.Error("one reader is missing, and the accounting does not say so")
	}
	text, err := json.Marshal(c)
	want := `{"audience":9,"queued":2,"accepted":2,"deferred":1,"rejected":1,"in_doubt":1,"skipped":1}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}
