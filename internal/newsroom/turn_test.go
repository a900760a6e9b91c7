package newsroom_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// rotate changes the master key, up to the sealing anew.
func (r *room) rotate() {
	r.t.Helper()
	if _, err := r.n.Rotate(r.t.Context(), nil); err != nil {
		r.t.Fatal(err)
	}
}

// TestRotate changes the key twice: everybody is there, once; links in old mails work;
// who is never to be mailed stays so; the old key opens nothing.
func TestRotate(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		ctx := t.Context()
		readers := r.readers(0, 30)
		old, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
		r.must(err)
		r.must(r.n.Remove(ctx, readers[0], newsroom.Removal{Erase: true, Suppress: true}))
		r.must(r.n.Remove(ctx, readers[1], newsroom.Removal{Suppress: true}))
		for i, who := range []string{"pending@new.example", "waiting@new.example"} {
			r.must(r.n.SignUp(ctx, newsroom.SignUp{Newsletters: []string{"weekly"}, Address: who}))
			if i == 0 { // a letter that waits; the other is not taken in yet
				r.must(r.n.TakeSignUps(ctx))
			}
		}
		leave, erase := r.token(subscribers.Unsubscribe, readers[2]), r.token(subscribers.Erase, readers[2])
		before, bounces := r.reader(readers[3]), r.reader(readers[6]).ID

		for range 2 {
			r.rotate()
			// Under way: an import, a sign-up and a suppression meet rows of before and after.
			for _, who := range []string{readers[0], readers[1], readers[4], "late@new.example"} {
				_, err := r.n.Add(ctx, "weekly", who, "", "", "word")
				if barred := who == readers[0] || who == readers[1]; err != nil && !barred {
					t.Error(err)
				}
			}
			r.must(r.n.Remove(ctx, readers[5], newsroom.Removal{Suppress: true}))
			s, err := r.n.Store.SubscriberByID(ctx, bounces) // its row is still as before
			r.must(err)
			r.must(r.n.Store.Suppress(ctx, s.Index, "complaint", r.clock.Now()))
			r.again() // killed, and started anew
			r.must(r.n.Reseal(ctx, nil))
		}

		counts, err := r.n.Count(ctx)
		r.must(err)
		total := int64(0)
		for _, c := range counts {
			total += c.Count
		}
		if total != 31 { // of 30, one is erased; pending and late came
			t.Errorf("%d readers, want 31: %+v", total, counts)
		}
		for _, i := range []int{0, 1, 5, 6} {
			if found, err := r.n.Find(ctx, readers[i]); err != nil || found.Suppressed == "" {
				t.Errorf("reader %d is to be mailed again: %v", i, err)
			}
		}
		after := r.reader(readers[3])
		if after.ID != before.ID || bytes.Equal(after.Address, before.Address) || bytes.Equal(after.Index, before.Index) {
			t.Error("the row is not sealed anew, or is another's")
		}
		if _, err := r.n.Unsubscribe(ctx, "weekly", leave); err != nil {
			t.Errorf("a link of an old mail: %v", err)
		}
		if r.n.Keys.CheckToken(subscribers.Erase, "weekly", erase, 0) == nil {
			t.Error("whoever has the old key can make links that erase")
		}
		if got := len(r.outbox()); got != 0 {
			t.Errorf("%d letters were given up", got)
		}
		for _, who := range []string{"pending@new.example", "waiting@new.example"} {
			if s := r.reader(who); s.Ties[0].State != store.Pending || r.sink.counts()[who] != 1 {
				t.Errorf("who signed up before the change got %d letters, and is %s", r.sink.counts()[who], s.Ties[0].State)
			}
		}
		r.useless(string(old))
	})
}

// outbox sends what waits, and returns what could not be opened.
func (r *room) outbox() (lost []string) {
	r.t.Helper()
	r.must(r.n.SendLetters(r.t.Context()))
	for line := range strings.Lines(r.log.String()) {
		if strings.Contains(line, "cannot be opened") {
			lost = append(lost, line)
		}
	}
	return lost
}

// useless holds that an old master opens nothing that is in the database.
func (r *room) useless(text string) {
	r.t.Helper()
	master, err := subscribers.ParseMaster(text)
	r.must(err)
	ring, err := subscribers.OpenKeyring(master)
	r.must(err)
	keys, err := r.n.Store.DataKeys(r.t.Context())
	r.must(err)
	if len(keys) != 1 {
		r.t.Errorf("%d data keys are left, want the new one", len(keys))
	}
	for _, k := range keys {
		if ring.AddDataKey(uint32(k.ID), k.Wrapped) == nil {
			r.t.Error("the old key unwraps a data key")
		}
	}
	_, heirloom, turning, err := r.n.Store.KeyFacts(r.t.Context())
	r.must(err)
	if ring.OpenHeirloom(heirloom) == nil || turning {
		r.t.Error("the old key opens what the new one has inherited, or the change is not over")
	}
	a, err := subscribers.ParseAddress(address(7))
	r.must(err)
	index, err := ring.Index(a)
	r.must(err)
	if _, err := r.n.Store.SubscriberByIndex(r.t.Context(), index); err == nil {
		r.t.Error("the old key finds a reader")
	}
	if err := r.n.Unlock(r.t.Context(), text, 0); err == nil {
		r.t.Error("the old key unlocks")
	}
}

// TestRotateWhileSending changes the key in the middle of a mailing: everybody gets it
// once, and a Message-ID is the same before and after.
func TestRotateWhileSending(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		readers := r.readers(0, 80)
		r.ready()
		id := r.reader(readers[0]).ID
		before, err := r.n.Keys.MessageID(1, id)
		r.must(err)
		full, release := r.stopAfter(20)
		done := r.sending(t.Context(), r.n, newsroom.SendOptions{})
		<-full
		r.rotate()
		r.must(r.n.Reseal(t.Context(), nil))
		release()
		if got := r.wait(done); got.err != nil || got.a.Accepted != 80 {
			t.Fatalf("%v: %+v", got.err, got.a)
		}
		for who, n := range r.sink.counts() {
			if n != 1 {
				t.Errorf("%s has it %d times", who, n)
			}
		}
		after, err := r.n.Keys.MessageID(1, id)
		r.must(err)
		next, err := r.n.Keys.MessageID(2, id)
		r.must(err)
		if before != after || before == next {
			t.Errorf("Message-IDs: %s, then %s; of the next mailing %s", before, after, next)
		}
	})
}

// TestRotateElsewhere: a process that still has the old key writes nothing with it, and
// takes up the new one.
func TestRotateElsewhere(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.readers(0, 3)
		other := r.open("serve")
		r.rotate()
		add := func() error {
			_, err := other.Add(t.Context(), "weekly", "x@new.example", "", "", "word")
			return err
		}
		if err := add(); err == nil || !strings.Contains(err.Error(), "the master key was changed") {
			t.Errorf("with the old key: %v", err)
		}
		r.must(other.FollowKeys(t.Context()))
		r.must(other.FollowKeys(t.Context())) // and seals anew
		r.must(add())
		if _, err := r.n.Find(t.Context(), address(1)); err != nil {
			t.Error(err)
		}
	})
}

// TestRotateStopped stops a change between the database and the key's file.
func TestRotateStopped(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		who := r.readers(0, 1)[0]
		file := filepath.Join(r.dir, newsroom.KeyFile)
		old, err := os.ReadFile(file)
		r.must(err)
		r.rotate()
		r.must(os.Rename(file, file+".new"))
		r.must(os.WriteFile(file, old, 0o600))
		r.again()
		if _, err := r.n.Find(t.Context(), who); err != nil {
			t.Error(err)
		}
		if now, err := os.ReadFile(file); err != nil || bytes.Equal(now, old) {
			t.Errorf("the new key did not take its place: %v", err)
		}
	})
}

// BenchmarkReseal seals a list anew: BROADSHEET_TRIALS says how many readers.
func BenchmarkReseal(b *testing.B) {
	count := 20_000
	if os.Getenv("BROADSHEET_TRIALS") != "" {
		count, _ = strconv.Atoi(os.Getenv("BROADSHEET_TRIALS"))
	}
	dir := filepath.Join(b.TempDir(), "room")
	yaml := "site: https://news.observer.example\nrelays: [{address: 127.0.0.1:9, tls: none}]\nnewsletters:\n  - {name: weekly, title: W, from: W <news@observer.example>, schedule: \"0 9 * * FRI\", timezone: UTC, sources: [{file: feed.xml}]}\n"
	if err := newsroom.Init(b.Context(), dir, []byte(yaml)); err != nil {
		b.Fatal(err)
	}
	n, err := newsroom.Open(b.Context(), newsroom.Options{
		Dir: dir, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Who: "bench", Lookup: func(string) (string, bool) { return "", false },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer n.Close()
	var csv strings.Builder
	csv.WriteString("email,name\n")
	for i := range count {
		fmt.Fprintf(&csv, "%s,Reader No %d\n", address(i), i)
	}
	if _, err := n.Import(b.Context(), strings.NewReader(csv.String()), newsroom.ImportOptions{Basis: "bench"}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := n.Rotate(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		if err := n.Reseal(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "readers/s")
}
