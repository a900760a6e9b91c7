package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

func TestMain(m *testing.M) {
	trial.NoNames()
	goleak.VerifyTestMain(m)
}

func openSink(t testing.TB, o SinkOptions) *Sink {
	t.Helper()
	s, err := OpenSink(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// connect opens a session as the mailer does.
func connect(s *Sink) (*smtp.Session, smtp.Outcome, error) {
	return smtp.Dial(context.Background(), smtp.Relay{
		Name: "sink", Address: s.Address(), TLS: smtp.Opportunistic, Hello: "client.example",
		Connections: 1, MessagesPerSession: 1 << 20,
	})
}

func hand(s *smtp.Session, to, message string) smtp.Outcome {
	return s.Send(context.Background(), smtp.Envelope{From: "news@observer.example", To: to}, []byte(message))
}

// TestSinkKeepsBytes hands over what is hard to carry and finds it again unchanged.
func TestSinkKeepsBytes(t *testing.T) {
	box := Mailbox{t.TempDir()}
	sink := openSink(t, SinkOptions{Mailbox: box.Dir})
	session, _, err := connect(sink)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	line := rapid.OneOf(
		rapid.SampledFrom([]string{"", ".", "..", ".\t.", "-- ", "From the quay", ">From", "é ü ж 漢", ".\r\n."}),
		rapid.StringMatching(`\.?[ -~]{0,60}`),
		rapid.Map(rapid.IntRange(990, 998), func(n int) string { return strings.Repeat(".long line", 100)[:n] }),
	)
	rapid.Check(t, func(t *rapid.T) {
		message := "Subject: test\r\n\r\n" + strings.Join(rapid.SliceOfN(line, 0, 12).Draw(t, "lines"), "\r\n") + "\r\n"
		if o := hand(session, "ada@example.org", message); o.Class != smtp.OutcomeAccepted {
			t.Fatalf("not accepted: %s", o.Text)
		}
		names, err := box.Names()
		if err != nil {
			t.Fatal(err)
		}
		got, err := box.Read(names[len(names)-1])
		if err != nil || string(got) != message {
			t.Fatalf("came as %q, was %q (%v)", got, message, err)
		}
	})
}

// TestSinkFilesEachOnce hands over from many sessions at the same time.
func TestSinkFilesEachOnce(t *testing.T) {
	const sessions, each = 8, 50
	box := Mailbox{t.TempDir()}
	sink := openSink(t, SinkOptions{Mailbox: box.Dir})
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			session, _, err := connect(sink)
			if err != nil {
				t.Error(err)
				return
			}
			defer session.Close()
			for j := range each {
				if o := hand(session, "ada@example.org", fmt.Sprintf("Subject: %d/%d\r\n\r\nText\r\n", i, j)); o.Class != smtp.OutcomeAccepted {
					t.Errorf("%d/%d: %s", i, j, o.Text)
				}
			}
		})
	}
	all.Wait()
	names, err := box.Names()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	total := int64(0)
	for _, name := range names {
		got, err := box.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(got, []byte("\r\n"))
		seen[string(head)] = true
		total += int64(len(got))
	}
	if len(names) != sessions*each || len(seen) != sessions*each {
		t.Errorf("%d files, %d different messages, want %d", len(names), len(seen), sessions*each)
	}
	if sink.Messages() != sessions*each || sink.Bytes() != total || sink.Sessions() != sessions {
		t.Errorf("counted %d messages, %d bytes, %d sessions", sink.Messages(), sink.Bytes(), sink.Sessions())
	}
	if left, err := os.ReadDir(box.Dir + "/tmp"); err != nil || len(left) > 0 {
		t.Errorf("left in tmp: %v (%v)", left, err)
	}
}

// TestSinkFaults holds each fault to what a client makes of it.
func TestSinkFaults(t *testing.T) {
	to := func(r Reply) func([]string) Reply { return func([]string) Reply { return r } }
	one := func(r Reply) func(string) Reply { return func(string) Reply { return r } }
	for _, test := range []struct {
		name   string
		faults Faults
		class  smtp.Class
		code   int
		filed  int64
	}{
		{"none", Faults{}, smtp.OutcomeAccepted, 250, 1},
		{"a slow one", Faults{Data: to(Reply{Delay: time.Millisecond})}, smtp.OutcomeAccepted, 250, 1},
		{"sender refused", Faults{Mail: one(Reply{Code: 550, Text: "5.7.1 Suspended"})}, smtp.OutcomeRefused, 550, 0},
		{"mailbox busy", Faults{Rcpt: one(Reply{Code: 450, Text: "4.2.1 Later"})}, smtp.OutcomeDeferred, 450, 0},
		{"no such reader", Faults{Rcpt: one(Reply{Code: 550, Text: "5.1.1 Unknown"})}, smtp.OutcomeRejected, 550, 0},
		{"message put off", Faults{Data: to(Reply{Code: 451, Text: "4.3.0 Later"})}, smtp.OutcomeDeferred, 451, 0},
		{"taken, and the reply lost", Faults{Filed: to(Reply{Drop: true})}, smtp.OutcomeInDoubt, 0, 1},
		{"broken at the recipient", Faults{Rcpt: one(Reply{Drop: true})}, smtp.OutcomeDeferred, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := openSink(t, SinkOptions{Faults: test.faults})
			session, _, err := connect(sink)
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			o := hand(session, "ada@example.org", "Subject: test\r\n\r\nText\r\n")
			if o.Class != test.class || o.Code != test.code || sink.Messages() != test.filed {
				t.Errorf("%s %d (%s), %d filed; want %s %d, %d filed", o.Class, o.Code, o.Text, sink.Messages(), test.class, test.code, test.filed)
			}
		})
	}
}

func TestSinkTurnsAway(t *testing.T) {
	for _, r := range []Reply{{Code: 421, Text: "4.3.2 Not now"}, {Drop: true}} {
		sink := openSink(t, SinkOptions{Faults: Faults{Connect: func() Reply { return r }}})
		c, err := net.Dial("tcp", sink.Address())
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(c)
		_ = c.Close()
		want := ""
		if r.Code != 0 {
			want = "421 4.3.2 Not now\r\n"
		}
		if string(got) != want || sink.Sessions() != 0 {
			t.Errorf("greeted with %q (%d sessions), want %q", got, sink.Sessions(), want)
		}
	}
}

func TestMailboxStaysInside(t *testing.T) {
	box := Mailbox{t.TempDir()}
	openSink(t, SinkOptions{Mailbox: box.Dir})
	if err := os.WriteFile(box.Dir+"/secret", []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../secret", "/etc/hostname", ""} {
		if got, err := box.Read(name); err == nil {
			t.Errorf("%q gave %q", name, got)
		}
	}
}

func BenchmarkSink(b *testing.B) {
	sink := openSink(b, SinkOptions{Mailbox: b.TempDir()})
	session, _, err := connect(sink)
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close()
	message := "Subject: test\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 512)
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		if o := hand(session, "ada@example.org", message); o.Class != smtp.OutcomeAccepted {
			b.Fatal(o.Text)
		}
	}
}
