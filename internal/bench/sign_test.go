package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSign sends with an RSA-2048 key, next to what the cores can sign when they
// do nothing else.
func BenchmarkSign(b *testing.B) {
	n := sized(20_000, 3_000)
	const connections, window, look = 10, 64, 40 * time.Millisecond
	sec := newSection(5, "Signing (DKIM, RSA-2048)", fmt.Sprintf(`%s messages to our own sink, over %d connections with a window of %d, next to what all cores
sign of such messages when they send none (our own signer), and next to the bare RSA of Go's crypto/rsa. The machine is not
equally fast at all times, so they take turns: the sender runs for %d s and is stopped (SIGSTOP) while the cores sign, and each
of its turns is compared with the two beside it. The sink shares the cores: one that is woken for each message costs twice as
much as one that looks every %d ms, which CHUNKING alone allows without waiting.`,
		figure(float64(n), 0), connections, window, int(turn.Seconds()), look.Milliseconds()),
		"relay", "messages/s", "the cores sign, a second", "ratio, of the turns", "bare RSA, a second", "ratio, of the turns",
		"sender's processor time, us a message", "sink's", "runs", "turns")
	y := newYard(b)
	for b.Loop() {
		turns := sec.signs(b, y, "PIPELINING", startChild(b, role{What: "sink"}), n, connections, window)
		report(b, turns, "x-signatures-pipelining")
		turns = sec.signs(b, y, fmt.Sprintf("CHUNKING, looks every %d ms", look.Milliseconds()),
			startChild(b, role{What: "sink", Chunking: true, Look: look}), n, connections, window)
		sec.goal("signing with RSA-2048", "85% of what the cores can sign", figure(100*turns.median(), 0)+"%", turns.median() >= 0.85)
		report(b, turns, "x-signatures")
	}
	if rate, err := opensslSigns(); err == nil {
		sec.note("For the record, `openssl speed -multi %d rsa2048`: %s a second.", runtime.NumCPU(), figure(rate, 0))
	}
	sec.note("go-msgauth, which verifies ours in the tests, signs %s of these messages a second on all cores.", figure(y.msgauth(b, turn), 0))
}

// signs measures one sink, and returns the ratios of all turns.
func (sec *section) signs(b *testing.B, y *yard, relay string, s *child, n, connections, window int) (turns series) {
	b.Helper()
	var rate, can, bare, bareTurns, cpu, sinkCPU series
	rounds(b, 120*time.Second, func() {
		r := newRoom(b, n, true)
		defer r.remove(b)
		t := r.sendInTurns(b, y, s, connections, window)
		turns = append(turns, t.rate.over(t.can)...)
		bareTurns = append(bareTurns, t.rate.over(t.bare)...)
		rate.add(t.rate.median())
		can.add(t.can.median())
		bare.add(t.bare.median())
		cpu.add(t.sent.cpuEach())
		sinkCPU.add(float64(t.seen.CPU.Microseconds()) / float64(n))
	})
	sec.row(relay, rate.text(0), can.text(0), turns.text(2), bare.text(0), bareTurns.text(2), cpu.text(1), sinkCPU.text(1),
		fmt.Sprint(len(rate)), fmt.Sprint(len(turns)))
	return turns
}

// turn is how long the sender runs, and how long the cores sign beside it.
const turn = time.Second

// inTurns is a send that was stopped every other turn.
type inTurns struct {
	sent sent
	seen counts // by the sink
	rate series // messages a second, by turn
	can  series // what the cores sign of such messages, by the same turn: before it and behind it
	bare series // and of nothing
}

// sendInTurns sends to a sink, and lets the cores sign while the sender is stopped.
func (r *room) sendInTurns(b *testing.B, y *yard, s *child, connections, window int) (t inTurns) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	cmd, done := r.startSend(ctx, b, s.address, connections, window)
	t.sent = sent{begun: time.Now(), n: r.readers}
	signal := func(sig os.Signal) {
		if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			b.Fatal(err)
		}
	}
	take := func() int64 {
		c := s.counts(b)
		t.seen.Messages, t.seen.Bytes, t.seen.CPU = t.seen.Messages+c.Messages, t.seen.Bytes+c.Bytes, t.seen.CPU+c.CPU
		return c.Messages
	}
	var can, bare float64
	for {
		begun := time.Now()
		select {
		case err := <-done:
			take()
			if err != nil || t.seen.Messages != int64(r.readers) {
				b.Fatalf("send: %v: the sink has %d of %d", err, t.seen.Messages, r.readers)
			}
			ofSize(b, float64(t.seen.Bytes)/float64(t.seen.Messages))
			t.sent.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			return t
		case <-time.After(turn):
		}
		signal(syscall.SIGSTOP)
		ran := time.Since(begun)
		canNow, bareNow := y.signs(b, turn/2), y.bare(b, turn/2)
		n := take() // a sink that rests has taken the last of the turn by now
		signal(syscall.SIGCONT)
		// In its first turn the sender lays deliveries, in the last it may have ended.
		if can > 0 && t.seen.Messages < int64(r.readers) {
			t.rate.add(float64(n) / ran.Seconds())
			t.can.add((can + canNow) / 2)
			t.bare.add((bare + bareNow) / 2)
		}
		can, bare = canNow, bareNow
	}
}

// startSend starts "broadsheet send" to a relay. Done gets what it ends with.
func (r *room) startSend(ctx context.Context, b *testing.B, relay string, connections, window int) (cmd *exec.Cmd, done chan error) {
	b.Helper()
	r.relay, r.connections, r.window = relay, connections, window
	r.configure(b)
	cmd = r.command(ctx, b, "send", edition, "--json")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	done = make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return cmd, done
}

// opensslSigns is what "openssl speed" says.
func opensslSigns() (float64, error) {
	out, err := exec.Command("openssl", "speed", "-seconds", "2", "-multi", strconv.Itoa(runtime.NumCPU()), "rsa2048").Output()
	if err != nil {
		return 0, err
	}
	// "rsa 2048 bits 0.000343s 0.000020s 2915.5 49650.3": times, then signatures a second.
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] != "rsa" {
			continue
		}
		for _, f := range fields[3:] {
			if !strings.HasSuffix(f, "s") {
				return strconv.ParseFloat(f, 64)
			}
		}
	}
	return 0, fmt.Errorf("openssl speed says nothing of RSA: %s", out)
}
