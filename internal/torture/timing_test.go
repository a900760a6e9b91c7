package torture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The readers of the trial, by what an address is to the newsroom.
const (
	confirmed  = "confirmed"
	left       = "left"
	suppressed = "suppressed"
	asked      = "asked" // signed up today, and not confirmed
	unknown    = "unknown"
)

// ofEach is how many addresses there are of each kind; those that are unknown are new
// with every request.
const ofEach = 400

// alpha is how likely the trial may find a difference where there is none, in all that it
// compares with one program.
const alpha = 0.01

// TestTimings: what a sign-up is answered, and how fast, tells nothing of the address.
// The answers are compared in every form of the test; how long they took, in the long
// one alone. A mutant that looks the address up has to be found out.
func TestTimings(t *testing.T) {
	rounds := form(20, 10_000)
	for _, trial := range []struct {
		name, binary string
		locked       bool
		states       []string
		ways         []way
	}{
		{"sign-ups: known and unknown addresses", plain(t), false, []string{unknown, confirmed, left, suppressed, asked}, []way{byForm, byJSON}},
		{"sign-ups on a locked node: known and unknown addresses", plain(t), true, []string{unknown, confirmed, left, suppressed, asked}, []way{byForm, byJSON}},
		{"sign-ups: the mutant that looks an address up", lookupBinary(t), false, []string{unknown, confirmed}, []way{byForm}},
	} {
		t.Run(trial.name, func(t *testing.T) {
			p := newProbe(t, trial.binary, trial.locked)
			var said []string
			least, compared := 1.0, float64(2*len(trial.ways)*(len(trial.states)-1))
			for _, w := range trial.ways {
				took := p.measure(w, trial.states, rounds)
				for _, state := range trial.states[1:] {
					u, k := mannWhitney(took[unknown], took[state]), kolmogorovSmirnov(took[unknown], took[state])
					least = min(least, u, k)
					said = append(said, fmt.Sprintf("%s, %s: median %d us against %d, p %.2g and %.2g", w.name, state, median(took[state]).Microseconds(), median(took[unknown]).Microseconds(), u, k))
				}
			}
			bound := alpha / compared
			mutant := trial.binary != plain(t)
			verdict := fmt.Sprintf("every answer the same, byte for byte; Mann-Whitney and Kolmogorov-Smirnov: the least p of %.0f is %.2g, and below %.2g it would be told apart; ", compared, least, bound)
			if *long && (least < bound) != mutant {
				t.Errorf("told apart: %v, least p %.3g against %.3g", least < bound, least, bound)
			}
			report(t, trial.name, rounds*len(trial.states)*len(trial.ways), verdict+strings.Join(said, "; "))
		})
	}
}

func median(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }

// way is how a sign-up is asked for.
type way struct {
	name, kind string
	body       func(address string) string
}

var byForm = way{"form", "application/x-www-form-urlencoded", func(address string) string {
	return url.Values{"email": {address}, "newsletter": {"weekly"}, "page": {"subscribe"}}.Encode()
}}

var byJSON = way{"JSON", "application/json", func(address string) string {
	text, _ := json.Marshal(map[string]any{"email": address, "newsletters": []string{"weekly"}})
	return string(text)
}}

// probe is a running serve, with addresses of every kind.
type probe struct {
	*room
	web    string
	client *http.Client
	of     map[string][]string
	fresh  int // the last reader's number that was used
	answer string
	relay  *echo
	master []byte
	kill   func() // ends serve, as if the power failed
}

func newProbe(t *testing.T, binary string, locked bool) *probe {
	t.Helper()
	p := &probe{room: newRoom(t, t.TempDir(), 1), client: &http.Client{Transport: &http.Transport{}}, of: map[string][]string{}}
	t.Cleanup(p.client.CloseIdleConnections)
	p.binary = binary
	p.people()
	p.relay = newEcho(t)
	p.set(p.relay.address, settings{"resend", 1, 1})
	text, err := os.ReadFile(p.config())
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(p.dir, "broadsheet.key")
	if p.master, err = os.ReadFile(key); err != nil {
		t.Fatal(err)
	}
	yaml, _, _ := strings.Cut(string(text), "listen: ")
	address := freeAddress(t)
	yaml += fmt.Sprintf("listen: {web: %q, ops: %q, proxies: [127.0.0.0/8]}\nsign_up: {work: 0, per_network: 1000000, in_all: 100000000}\n", address, freeAddress(t))
	if locked {
		yaml = "key: unlock\n" + yaml
		if err := os.Remove(key); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(p.config(), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	p.web = "http://" + address + "/subscribe"
	p.kill = p.serve()
	if locked {
		p.unlock()
		p.must("lock", "--now")
	}
	for i := range ofEach { // of these the node knows by itself, locked or not
		p.of[asked] = append(p.of[asked], p.stranger())
		p.ask(byForm, p.of[asked][i])
	}
	return p
}

func (p *probe) unlock() {
	p.t.Helper()
	c := p.command("unlock")
	c.Stdin = bytes.NewReader(p.master)
	if code, _, errs := p.finish(c); code != exitDone {
		p.t.Fatalf("unlock: %s", errs)
	}
}

// people imports readers of each kind that a list has.
func (p *probe) people() {
	p.t.Helper()
	var text strings.Builder
	text.WriteString("email,status\n")
	for _, k := range []struct{ state, status string }{{confirmed, "subscribed"}, {left, "unsubscribed"}, {suppressed, "blocklisted"}} {
		for range ofEach {
			who := p.stranger()
			p.of[k.state] = append(p.of[k.state], who)
			fmt.Fprintf(&text, "%s,%s\n", who, k.status)
		}
	}
	file := filepath.Join(p.home, "people.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.must("subscribers", "import", file, "--basis", "word", "--yes")
}

// stranger is an address that nobody has used. All are equally long.
func (p *probe) stranger() string {
	p.fresh++
	return addressOf(1_000_000 + p.fresh)
}

// serve runs until kill, or the end of the test.
func (p *probe) serve() (kill func()) {
	p.t.Helper()
	c := p.command("serve")
	c.Stderr = p.t.Output()
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = c.Process.Signal(syscall.SIGKILL)
		_ = c.Wait()
	})
	p.t.Cleanup(kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		p.t.Fatalf("serve begins with %q: %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return kill
}

// measure asks for addresses of each kind so many times, in turns of random order.
func (p *probe) measure(w way, states []string, rounds int) map[string][]time.Duration {
	p.t.Helper()
	took := map[string][]time.Duration{}
	order := slices.Clone(states)
	p.answer = ""
	for i := range rounds {
		rand.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		for _, state := range order {
			who := ""
			if state == unknown {
				who = p.stranger()
			} else {
				who = p.of[state][i%ofEach]
			}
			took[state] = append(took[state], p.ask(w, who))
		}
	}
	return took
}

// ask signs an address up, and holds the answer to those before.
func (p *probe) ask(w way, address string) time.Duration {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.web, strings.NewReader(w.body(address)))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.kind)
	begun := time.Now()
	answer, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	took := time.Since(begun)
	_ = answer.Body.Close()
	answer.Header.Del("Date")
	var text strings.Builder
	fmt.Fprintln(&text, answer.Status, answer.ContentLength)
	_ = answer.Header.Write(&text) // sorted
	text.Write(body)
	switch {
	case err != nil || answer.StatusCode != http.StatusOK:
		p.t.Fatalf("%s: %v", answer.Status, err)
	case p.answer == "":
		p.answer = text.String()
	case p.answer != text.String():
		p.t.Fatalf("two answers:\n%s\n%s", p.answer, text.String())
	}
	return took
}
