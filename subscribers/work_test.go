package subscribers

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const workBits = 6

// solved is an answer to a challenge, and one that is none.
func solved(t *rapid.T, w *WebKey, challenge, address string, now time.Time) (right, wrong string) {
	for i := 0; right == "" || wrong == ""; i++ {
		if i > 1<<16 {
			t.Fatal("no answer is right, or every one")
		}
		if a := strconv.Itoa(i); w.CheckWork(challenge, address, a, workBits, now) {
			right = a
		} else {
			wrong = a
		}
	}
	return right, wrong
}

// TestWork: an answer is good for its challenge, address and hours alone.
func TestWork(t *testing.T) {
	k := openKeyring(t, fixedMaster())
	other := openKeyring(t, NewMaster())
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_600_000_000, 4_000_000_000).Draw(t, "now"), 0)
		address := rapid.StringMatching(`[a-z]{1,8}@[a-z]{1,8}\.example`).Draw(t, "address")
		challenge := k.WebKey().Challenge(now)
		right, wrong := solved(t, k.WebKey(), challenge, address, now)
		for name, c := range map[string]struct {
			w                          *WebKey
			challenge, address, answer string
			at                         time.Time
			want                       bool
		}{
			"at once":              {k.WebKey(), challenge, address, right, now, true},
			"hours later":          {k.WebKey(), challenge, address, right, now.Add(workHours * time.Hour), true},
			"too late":             {k.WebKey(), challenge, address, right, now.Add((workHours + 1) * time.Hour), false},
			"from the future":      {k.WebKey(), challenge, address, right, now.Add(-2 * time.Hour), false},
			"no answer":            {k.WebKey(), challenge, address, wrong, now, false},
			"another key":          {other.WebKey(), challenge, address, right, now, false},
			"a key that is empty":  {&WebKey{}, challenge, address, right, now, false},
			"no challenge of ours": {k.WebKey(), "_" + challenge[1:], address, right, now, false},
		} {
			if got := c.w.CheckWork(c.challenge, c.address, c.answer, workBits, c.at); got != c.want {
				t.Errorf("%s: %t, want %t", name, got, c.want)
			}
		}
		if k.WebKey().CheckWork(challenge, address, right, 250, now) {
			t.Error("250 bits are shown")
		}
	})
}

// TestNobodyForgesAChallenge: what we did not make is none, whatever the work.
func TestNobodyForgesAChallenge(t *testing.T) {
	k := openKeyring(t, fixedMaster()).WebKey()
	rapid.Check(t, func(t *rapid.T) {
		forged := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9_-]{30}`)).Draw(t, "forged")
		if k.CheckWork(forged, "a@b.example", rapid.String().Draw(t, "answer"), 0, time.Unix(1_800_000_000, 0)) {
			t.Fatal("taken")
		}
	})
}
