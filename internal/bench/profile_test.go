package bench

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// profiledSend is "broadsheet send" in a child of ours, which keeps a profile of its
// processor time.
func profiledSend(r role) (err error) {
	out, err := os.Create(r.Profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	n, err := newsroom.Open(context.Background(), newsroom.Options{
		Dir: r.Dir, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Who: "bench", Lookup: os.LookupEnv,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	a, err := n.Send(context.Background(), edition, newsroom.SendOptions{Watch: func(newsroom.Progress) {}})
	if err == nil && !a.Complete() {
		err = fmt.Errorf("not everybody has it: %+v", a)
	}
	return err
}

// place is one of the parts that a sender's time is told by: a sample belongs to the
// first whose words one of its calls holds.
type place struct {
	name  string
	words []string
}

var places = []place{
	{"waiting for the disk: fsync", []string{"Xfsync", "Xfdatasync", "_full_fsync", "_unixSync"}},
	{"moving the log into the database (checkpoint)", []string{"Checkpoint", "_walCheckpoint"}},
	{"writing the log at a commit", []string{"CommitPhaseOne", "WalFrames", "_pagerWalFrames"}},
	{"SQL of claims", []string{".(*ledgerTx).claim"}},
	{"SQL of results", []string{".(*ledgerTx).record"}},
	{"the rest of the ledger's transactions", []string{".commitBatch", "store.(*Committer)"}},
	{"laying deliveries", []string{"store.(*Store).Lay"}},
	{"reading recipients", []string{"store.(*Store).Recipients"}},
	{"unsealing addresses and names", []string{"subscribers.(*Keyring)"}},
	{"the accounting that the bar shows", []string{"newsroom.(*Newsroom).watch", "store.(*Store).Count", "newsroom.(*Newsroom).Status"}},
	{"the rest of the store", []string{"internal/store.", "modernc.org/sqlite", "database/sql"}},
	{"signing", []string{"crypto/rsa", "mailer/message.(*Signer)"}},
	{"splicing messages", []string{"mailer/message.", ".Compose"}},
	{"the kernel: writing to sockets", []string{"poll.(*FD).Write"}},
	{"the kernel: reading replies", []string{"poll.(*FD).Read"}},
	{"the wire: looking at each byte, replies", []string{"mailer/smtp."}},
	{"the send loop", []string{"broadsheet/mailer."}},
	{"collecting garbage", []string{"runtime.gcBgMarkWorker", "runtime.bgsweep", "runtime.bgscavenge", "runtime.gcAssist"}},
	{"the scheduler of Go", []string{"runtime.mcall", "runtime.schedule", "runtime.findRunnable", "runtime.mstart", "runtime.sysmon", "runtime.morestack"}},
}

const otherPart = "all else"

// spent is the processor time of a profile by part.
func spent(b *testing.B, file string) map[string]time.Duration {
	b.Helper()
	out, err := exec.Command("go", "tool", "pprof", "-traces", file).Output()
	if err != nil {
		b.Fatalf("go tool pprof: %v", err)
	}
	return readTraces(b, out)
}

// readTraces reads what pprof prints: for each stack a line of dashes, then its time
// and innermost call, then its other calls, outwards.
func readTraces(t testing.TB, text []byte) map[string]time.Duration {
	t.Helper()
	by := map[string]time.Duration{}
	var stack []string
	var value time.Duration
	settle := func() {
		if value > 0 {
			by[partOf(stack)] += value
		}
		stack, value = nil, 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "-----------+"):
			settle()
		case len(fields) >= 2 && stack == nil:
			d, err := time.ParseDuration(fields[0])
			if err != nil {
				continue // the head: "Type: cpu"
			}
			value, stack = d, fields[1:2]
		case len(fields) >= 1 && stack != nil:
			stack = append(stack, fields[0])
		}
	}
	settle()
	return by
}

func partOf(stack []string) string {
	for _, p := range places {
		for _, call := range stack {
			if slices.ContainsFunc(p.words, func(w string) bool { return strings.Contains(call, w) }) {
				return p.name
			}
		}
	}
	return otherPart
}

// share is one line of the table.
type share struct {
	part string
	each time.Duration // a message
	of   float64       // of all
}

func shares(by map[string]time.Duration, messages int) (all []share) {
	var total time.Duration
	for _, d := range by {
		total += d
	}
	for name, d := range by {
		all = append(all, share{name, d / time.Duration(messages), float64(d) / float64(total)})
	}
	slices.SortFunc(all, func(a, b share) int { return cmp.Or(cmp.Compare(b.of, a.of), cmp.Compare(a.part, b.part)) })
	return all
}

// profile sends once and keeps the profile.
func (r *room) profile(b *testing.B, relay string, connections, window int) map[string]time.Duration {
	b.Helper()
	r.relay, r.connections, r.window = relay, connections, window
	r.configure(b)
	ctx, stop := bounded(b)
	defer stop()
	file := filepath.Join(scratch, "cpu.pprof")
	cmd := childCommand(ctx, b, role{What: "send", Dir: r.dir, Profile: file})
	if err := cmd.Run(); err != nil {
		b.Fatalf("a profiled send: %v", err)
	}
	return spent(b, file)
}
