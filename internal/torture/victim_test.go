package torture

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestVictim: 100,000 sign-ups for one address, from as many networks as there are in a
// tenth of that, written in many ways, by form and as JSON, to a node that is locked,
// unlocked, killed, locked again and unlocked, send it one mail.
func TestVictim(t *testing.T) {
	many := form(800, 100_000)
	p := newProbe(t, plain(t), true)
	begun := time.Now()
	p.flood(0, many/4)
	p.unlock()
	p.flood(many/4, many/2)
	p.kill()
	p.kill = p.serve() // locked, and without a memory
	p.flood(many/2, many*3/4)
	p.unlock()
	p.flood(many*3/4, many)
	span := time.Since(begun)
	p.drained()
	got := 0
	p.relay.mu.Lock()
	for _, to := range p.relay.to {
		if strings.HasPrefix(strings.ToLower(to), "the.victim@") {
			got++
		}
	}
	p.relay.mu.Unlock()
	if got != 1 {
		t.Errorf("%d mails", got)
	}
	report(t, "sign-ups for one victim", many, fmt.Sprintf("%d mail; locked, unlocked, killed (-9), locked and unlocked meanwhile; every one answered as any other, %.0f a second", got, float64(many)/span.Seconds()))
}

// victims are ways to write one address.
var victims = []string{
	"the.victim@bücher.example", "The.Victim@BÜCHER.example", "  the.victim@xn--bcher-kva.example ",
	"<THE.VICTIM@xn--bcher-kva.EXAMPLE>", "mailto:the.victim@b%C3%BCcher.example", "the.victim@bu\u0308cher.example",
}

// flood posts a part of the sign-ups over eight connections.
func (p *probe) flood(from, to int) {
	p.t.Helper()
	var all sync.WaitGroup
	var wrong atomic.Int32
	for part := range 8 {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := from + part; i < to; i += 8 {
				if !p.shout(client, i) {
					wrong.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := wrong.Load(); n > 0 {
		p.t.Errorf("%d of %d were not taken", n, to-from)
	}
}

// shout posts the i-th.
func (p *probe) shout(client *http.Client, i int) bool {
	w := []way{byForm, byJSON}[i%2]
	req, err := http.NewRequest(http.MethodPost, p.web, strings.NewReader(w.body(victims[i%len(victims)])))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", w.kind)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("100.%d.%d.9", i/10>>8&0xff, i/10&0xff))
	answer, err := client.Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return err == nil && answer.StatusCode == http.StatusOK
}

// drained returns once nothing waits to be taken in, or to be mailed.
func (p *probe) drained() {
	p.t.Helper()
	l := openLedger(p.t, p.database())
	defer l.db.Close()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for late := time.Now().Add(20 * time.Minute); ; <-look.C {
		var waits int
		err := l.db.QueryRow(`SELECT (SELECT COUNT(*) FROM sign_up) + (SELECT COUNT(*) FROM inbox WHERE sealed IS NOT NULL)
			+ (SELECT COUNT(*) FROM letter WHERE state IN ('queued', 'claimed', 'deferred'))`).Scan(&waits)
		if err != nil {
			p.t.Fatal(err)
		}
		if waits == 0 {
			return
		}
		if time.Now().After(late) {
			p.t.Fatalf("%d still wait", waits)
		}
	}
}
