package torture

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPowerCut cuts the power at moments of recorded mailings: the claim of every
// message that the relay had is on the disk, and at most W claims have no result.
func TestPowerCut(t *testing.T) {
	recordings, cuts, resumes := form(1, 6), form(150, 500), form(2, 20)
	all, resumed := 0, 0
	for n := range recordings {
		p := recordMailing(t, n, "")
		p.rec.prove(t)
		for c, problem := range p.try(cuts) {
			all++
			if problem != "" {
				t.Errorf("%s: %s", c, problem)
			}
		}
		for _, c := range p.cuts(resumes) {
			resumed++
			p.resume(c)
		}
	}
	done := fmt.Sprintf("%d recordings, %d cuts: no claim of an accepted message missing, never more than W without a result; after %d of them a send went on and nobody was missed, at most W doubled", recordings, all, resumed)
	report(t, "power cut", all, done)
}

// TestPowerCutBites: the same trial fails for a ledger that does not keep its promise.
func TestPowerCutBites(t *testing.T) {
	for mutant, want := range map[string]string{
		"normal": "the claim is missing", // synchronous=NORMAL: a commit does not wait for the disk
		"late":   "the claim is missing", // a message is sent before its claim is durable
		"order":  "without a result",     // results wait behind claims that came later
	} {
		t.Run(mutant, func(t *testing.T) {
			p := recordMailing(t, 0, mutant)
			p.rec.prove(t)
			cuts, found, last := form(80, 1000), 0, ""
			for _, problem := range p.try(cuts) {
				if strings.Contains(problem, want) {
					found, last = found+1, problem
				}
			}
			if found == 0 {
				t.Error("no cut found what is wrong with it")
			}
			report(t, "power cut, mutant \""+mutant+"\": must fail", cuts, fmt.Sprintf("%d cuts found it, the last: %s", found, last))
		})
	}
}

// powerCut is a recorded mailing.
type powerCut struct {
	t     *testing.T
	s     settings
	room  *room // as it was before the mailing
	rec   recording
	taken []taken
	who   map[int]int64 // by queue id: the ledger's number of the reader
	dir   string
}

func (c cut) String() string {
	return fmt.Sprintf("cut at %s, %s, sectors of %d, seed %d", c.at.Format("15:04:05.000000000"),
		[]string{"nothing", "all", "any part"}[c.mode]+" of what was not synced", c.sector, c.seed)
}

// recordMailing records the mailing of a newsroom, which ends well.
func recordMailing(t *testing.T, n int, mutant string) *powerCut {
	t.Helper()
	s := settings{policy: "resend", connections: 6, window: 4}
	offer := []string{offerChunking, offerPipelining, offerSteps}[n%3]
	readers := form(1200, 2000)
	relay := newRelay(t, offer, readers, func(to *relay) { to.keepList = true })
	before := newRoom(t, t.TempDir(), readers)
	before.set(relay.address, s)
	before.ready()
	r := before.copy(t, t.TempDir())
	if mutant != "" {
		r.binary, r.env = coveredBinary(t), []string{envMutant + "=" + mutant}
	}
	p := &powerCut{t: t, s: s, room: before, who: map[int]int64{}, dir: t.TempDir()}
	var code int
	var errs string
	if p.rec, code, errs = r.record("send", "weekly", "--json", "--yes"); code != exitDone {
		t.Fatalf("the mailing: exit code %d\n%s", code, errs)
	}
	relay.mu.Lock()
	p.taken = relay.list
	relay.mu.Unlock()
	l := openLedger(t, r.database())
	defer l.db.Close()
	all, err := l.deliveries()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		p.who[d.queue] = d.subscriber
	}
	if len(p.who) != readers || len(p.taken) != readers {
		t.Fatalf("%d deliveries, %d messages, %d readers", len(p.who), len(p.taken), readers)
	}
	return p
}

// cuts draws n cuts, in order: at moments when a message had just come, when a sync
// had just ended or was about to, and at any.
func (p *powerCut) cuts(n int) []cut {
	first, last := p.rec.ops[0].begun, p.rec.ops[len(p.rec.ops)-1].end
	var syncs []time.Time
	for _, o := range p.rec.ops {
		if o.call == "fsync" || o.call == "fdatasync" {
			syncs = append(syncs, o.end)
		}
	}
	var all []cut
	for range n {
		c := cut{mode: rand.IntN(cutModes), sector: []int64{512, 4096}[rand.IntN(2)], seed: rand.Uint64()}
		switch rand.IntN(4) {
		case 0, 1:
			c.at = p.taken[rand.IntN(len(p.taken))].at
		case 2:
			c.at = syncs[rand.IntN(len(syncs))].Add(time.Duration(rand.IntN(3) - 1))
		default:
			c.at = first.Add(rand.N(last.Sub(first)))
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b cut) int { return a.at.Compare(b.at) })
	return all
}

// try cuts the power n times, and says of each what is wrong with the ledger then; ""
// is nothing.
func (p *powerCut) try(n int) iter.Seq2[cut, string] {
	return func(yield func(cut, string) bool) {
		d := newDisk(p.rec)
		for _, c := range p.cuts(n) {
			d.forward(c.at)
			if err := d.write(p.dir, c); err != nil {
				p.t.Fatal(err)
			}
			if !yield(c, p.look(c)) {
				return
			}
		}
	}
}

// look says what is wrong with the ledger that a cut left.
func (p *powerCut) look(c cut) (problem string) {
	p.t.Helper()
	l := openLedger(p.t, filepath.Join(p.dir, "broadsheet.db"))
	defer l.db.Close()
	if said, err := l.check(); err != nil || said != "ok" {
		return fmt.Sprintf("SQLite finds the database damaged: %s, %v", said, err)
	}
	all, err := l.deliveries()
	if err != nil {
		return err.Error()
	}
	claimed := 0
	known := map[int64]bool{}
	for _, d := range all {
		if d.state == "claimed" {
			claimed++
		}
		known[d.subscriber] = d.state != "queued" && d.state != "deferred"
	}
	missing, had := 0, 0
	for i, m := range p.taken {
		if m.at.After(c.at) {
			continue
		}
		had++
		if !known[p.who[i+1]] {
			missing++
		}
	}
	switch {
	case missing > 0:
		return fmt.Sprintf("the claim is missing of %d of %d messages that the relay had", missing, had)
	case claimed > p.s.w():
		return fmt.Sprintf("%d claims are without a result, W is %d", claimed, p.s.w())
	}
	return ""
}

// resume sends on from what a cut left: nobody is missed, and at most W have it twice.
func (p *powerCut) resume(c cut) {
	p.t.Helper()
	r := p.room.copy(p.t, p.t.TempDir())
	d := newDisk(p.rec)
	d.forward(c.at)
	if err := d.write(r.dir, c); err != nil {
		p.t.Fatal(err)
	}
	relay := newRelay(p.t, offerChunking, r.readers)
	for _, m := range p.taken {
		if !m.at.After(c.at) {
			relay.count[m.reader].Add(1)
		}
	}
	r.set(relay.address, p.s)
	end := r.settle()
	if _, doubled := r.hold(p.s, relay, end, 1); p.t.Failed() {
		p.t.Logf("%s: %d doubled", c, doubled)
	}
}
