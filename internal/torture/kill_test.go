package torture

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestKill kills the sender of one mailing at random moments, some hundred times, and
// has the next one go on.
func TestKill(t *testing.T) {
	readers, kills := form(6000, 250_000), form(12, 300)
	for _, policy := range []string{"resend", "hold"} {
		t.Run(policy, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			random := rand.New(rand.NewPCG(seed, 0))
			relay := newRelay(t, offerChunking, readers)
			s := settings{policy: policy, connections: 10, window: 4}
			r := newRoom(t, t.TempDir(), readers)
			r.set(relay.address, s)
			r.ready()
			k := &killer{room: r, relay: relay, random: random, w: s.w()}
			for k.kills < kills && k.once(kills-k.kills) {
			}
			if k.kills < kills && (*long || k.kills < kills/2) { // a busy machine kills late
				t.Errorf("only %d kills: the mailing was over", k.kills)
			}
			end := r.settle()
			missed, doubled := r.hold(s, relay, end, k.kills)
			done := fmt.Sprintf("%d readers, %d kills (%d before the first message), W = %d: %d missed, %d doubled, %d in doubt at the end, at most %d claimed after a kill; seed %d",
				readers, k.kills, k.early, s.w(), missed, doubled, end.InDoubt, k.most, seed)
			report(t, "kill -9 at random moments, "+policy, k.kills, done)
		})
	}
}

// killer kills the sender of a mailing, again and again.
type killer struct {
	*room
	relay  *relay
	random *rand.Rand
	w      int
	kills  int
	early  int // before the relay had a message
	most   int // claims that a kill left
}

// once begins or continues the send, and kills it: after some messages, or after
// some time, while it still opens, freezes, lays or takes over. It is false when
// nothing is left to send.
func (k *killer) once(left int) bool {
	k.t.Helper()
	c := k.command("send", "weekly", "--json", "--yes")
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	have := k.relay.total.Load()
	var after <-chan time.Time
	var reached <-chan struct{}
	if k.random.IntN(4) == 0 || have == 0 && k.random.IntN(2) == 0 {
		after = time.After(time.Duration(k.random.IntN(150_000)) * time.Microsecond)
	} else {
		share := max(2, (int64(k.readers)-have)/int64(left+1))
		reached = k.relay.reached(have + 1 + k.random.Int64N(share))
	}
	select {
	case <-after:
	case <-reached:
	case <-ended:
		return k.account().Queued > 0
	}
	_ = c.Process.Kill()
	<-ended
	if c.ProcessState.Exited() {
		return k.account().Queued > 0
	}
	k.kills++
	if k.relay.total.Load() == 0 {
		k.early++
	}
	// Looking at the database ends its log, so that the next send has none to recover:
	// not each time.
	if k.random.IntN(2) == 0 {
		k.look()
	}
	return true
}

// look sees what a kill left behind.
func (k *killer) look() {
	k.t.Helper()
	counts := openLedger(k.t, k.database()).states()
	if counts["claimed"] > k.w {
		k.t.Errorf("a kill left %d claims, W is %d", counts["claimed"], k.w)
	}
	k.most = max(k.most, counts["claimed"])
	if k.random.IntN(4) == 0 && len(counts) > 0 {
		k.account()
	}
}
