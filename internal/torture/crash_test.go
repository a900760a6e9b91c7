package torture

import (
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// crashReaders is enough for every connection to be at work at the point.
const crashReaders = 200

var crashSettings = settings{connections: 4, window: 4}

// TestCrashOnTheWire kills the sender at an exact byte of what it says and hears.
func TestCrashOnTheWire(t *testing.T) {
	approved := newRoom(t, t.TempDir(), crashReaders)
	approved.ready()
	trials := 0
	offers := []struct{ name, offer string }{{"steps", offerSteps}, {"pipelining", offerPipelining}, {"chunking", offerChunking}}
	for p, policy := range []string{"resend", "hold"} {
		for i, m := range []moment{afterMail, afterRcpt, after354, inBody, halfADot, dotSent, halfAReply, replySent} {
			for o, offer := range offers {
				if !*long && (i+p)%len(offers) != o {
					continue
				}
				trials++
				t.Run(fmt.Sprintf("%s/%s/%s", policy, m, offer.name), func(t *testing.T) {
					s := crashSettings
					s.policy = policy
					crashOnWire(t, approved, s, m, offer.offer)
				})
			}
		}
	}
	report(t, "named points on the wire", trials, "after MAIL, RCPT, 354 (BDAT), in the body, half a dot (all but the chunk's last byte), dot sent, reply half read, reply sent; under both policies, with plain steps, PIPELINING and CHUNKING")
}

func crashOnWire(t *testing.T, approved *room, s settings, m moment, offer string) {
	var sender atomic.Pointer[exec.Cmd]
	var hit atomic.Int64 // the reader whose message it was, or -1
	relay := newRelay(t, offer, crashReaders, func(s *relay) {
		s.at = func(now moment, reader int) bool {
			if now != m || s.total.Load() < crashReaders/3 || sender.Load() == nil || reader == 0 && m != afterMail {
				return false
			}
			if reader == 0 {
				reader = -1
			}
			if !hit.CompareAndSwap(0, int64(reader)) {
				return false
			}
			_ = sender.Load().Process.Kill()
			return true
		}
	})
	r := approved.copy(t, t.TempDir())
	r.set(relay.address, s)
	c := r.command("send", "weekly", "--json", "--yes")
	var errs strings.Builder
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	sender.Store(c)
	_ = c.Wait()
	if hit.Load() == 0 || c.ProcessState.Exited() {
		t.Fatalf("the point was not reached: %v\n%s", c.ProcessState, errs.String())
	}
	end := r.settle()
	missed, doubled := r.hold(s, relay, end, 1)
	t.Logf("%d missed, %d doubled, %d in doubt of at most %d", missed, doubled, end.InDoubt, s.w())
	if who := hit.Load(); who > 0 {
		holdReader(t, s, m, int(relay.count[who].Load()))
	}
}

// holdReader checks the very message that the sender died over.
func holdReader(t *testing.T, s settings, m moment, messages int) {
	t.Helper()
	taken := m == dotSent || m == halfAReply
	want := 1
	switch {
	case m == replySent: // whether its result is stored is not known
		return
	case s.policy == "resend" && taken:
		want = 2
	case s.policy == "hold" && !taken:
		want = 0
	}
	if messages != want {
		t.Errorf("its reader has it %d times, want %d", messages, want)
	}
}

// crash is a point in the store or the newsroom at which the sender ends itself.
type crash struct {
	command string // that reaches it: draft or send
	point   string // see testdata/overlay
	ledger  bool   // what comes of it depends on the policy
}

var crashes = []crash{
	{"draft", "OpenEdition before commit", false},
	{"draft", "OpenEdition after commit", false},
	{"send", "Freeze before commit", false},
	{"send", "Freeze after commit", false},
	{"send", "StartMailing before commit", false},
	{"send", "StartMailing after commit", false},
	{"send", "Lay before commit", false},
	{"send", "Lay after commit", false},
	{"send", "TakeSlice after commit", false},
	{"send", "claim before begin:7", true},
	{"send", "claim before commit:7", true},
	{"send", "claim after commit:7", true},
	{"send", "result before begin:7", true},
	{"send", "result before commit:7", true},
	{"send", "result after commit:7", true},
	{"takeover", "takeover before commit", true},
	{"takeover", "takeover after commit", true},
	{"send", "FinishMailing before commit", false},
	{"send", "FinishMailing after commit", false},
}

// TestCrashInTheStore ends the sender before and after the commits of a mailing.
func TestCrashInTheStore(t *testing.T) {
	opened := newRoom(t, t.TempDir(), crashReaders)
	trials := 0
	for _, c := range crashes {
		for _, policy := range []string{"resend", "hold"} {
			if !*long && !c.ledger && policy == "hold" {
				continue
			}
			trials++
			t.Run(policy+"/"+c.point, func(t *testing.T) {
				s := crashSettings
				s.policy = policy
				crashInStore(t, opened, s, c)
			})
		}
	}
	report(t, "named points around commits", trials, "before and after the commit that opens the slot, freezes, starts the mailing, lays, takes a slice, claims, records, takes over, finishes; claims and results before their transaction, too")
}

func crashInStore(t *testing.T, opened *room, s settings, c crash) {
	relay := newRelay(t, offerChunking, crashReaders)
	r := opened.copy(t, t.TempDir())
	r.set(relay.address, s)
	if c.command == "draft" {
		r.crashAt(c.point, "draft")
		r.must("draft")
		r.must("approve", "weekly", "--yes")
	} else {
		r.ready()
		if c.command == "takeover" {
			r.crashAt("claim after commit:7", "send", "weekly", "--yes")
		}
		r.crashAt(c.point, "send", "weekly", "--yes")
	}
	if n := strings.Count(r.must("editions"), "weekly/"); n != 1 {
		t.Errorf("there are %d editions", n)
	}
	end := r.settle()
	kills := 0 // that may have cost something: a takeover that ends has claimed nothing
	if c.ledger {
		kills = 1
	}
	missed, doubled := r.hold(s, relay, end, kills)
	t.Logf("%d missed, %d doubled, %d in doubt of at most %d", missed, doubled, end.InDoubt, kills*s.w())
}

// crashAt runs a command of the covered binary, which has to end at the point.
func (r *room) crashAt(point string, args ...string) {
	r.t.Helper()
	plain := *r
	r.binary, r.env = coveredBinary(r.t), append(r.env, envCrash+"="+point)
	c := r.command(args...)
	r.binary, r.env = plain.binary, plain.env
	if _, out, errs := r.finish(c); c.ProcessState.Exited() {
		r.t.Fatalf("%q was not reached: %v\n%s%s", point, c.ProcessState, out, errs)
	}
}
