package bench

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"
)

func TestSeries(t *testing.T) {
	for _, test := range []struct {
		s        series
		decimals int
		want     string
	}{
		{nil, 1, "-"},
		{series{12345.6}, 0, "12,346"},
		{series{3, 1, 2}, 1, "2.0 (1.0 to 3.0)"},
		{series{4, 1}, 2, "2.50 (1.00 to 4.00)"},
		{series{999.96}, 1, "1,000.0"},
		{series{-1234567}, 0, "-1,234,567"},
		{series{0.05, 0.04, 0.06}, 2, "0.05 (0.04 to 0.06)"},
	} {
		if got := test.s.text(test.decimals); got != test.want {
			t.Errorf("%v: %q, want %q", test.s, got, test.want)
		}
	}
}

func TestOver(t *testing.T) {
	if got := (series{10, 30}).over(series{5, 10, 7}).text(1); got != "2.5 (2.0 to 3.0)" {
		t.Error(got)
	}
}

// TestReadTraces reads a piece of what pprof prints.
func TestReadTraces(t *testing.T) {
	by := readTraces(t, []byte(`File: bench.test
Type: cpu
Time: 2026-11-25 21:00:00 UTC
Duration: 9.1s, Total samples = 8.80s (96.70%)
-----------+-------------------------------------------------------
     1.20s   internal/runtime/syscall.Syscall6
             internal/poll.(*FD).Write
             net.(*conn).Write
             github.com/broadsheet-news/broadsheet/mailer/smtp.(*Stream).Send
-----------+-------------------------------------------------------
      30ms   modernc.org/libc.Xfsync
             modernc.org/sqlite/lib._sqlite3PagerCommitPhaseOne
             github.com/broadsheet-news/broadsheet/internal/store.(*Store).commitBatch
-----------+-------------------------------------------------------
      10ms   runtime.memmove
             main.unknown
-----------+-------------------------------------------------------
`))
	want := map[string]time.Duration{
		"the kernel: writing to sockets": 1200 * time.Millisecond,
		"waiting for the disk: fsync":    30 * time.Millisecond,
		otherPart:                        10 * time.Millisecond,
	}
	for name, d := range want {
		if by[name] != d {
			t.Errorf("%s: %v, want %v", name, by[name], d)
		}
	}
	if len(by) != len(want) {
		t.Errorf("%v", by)
	}
}

// TestSinkEnds holds the sink to messages whose end comes in every piece.
func TestSinkEnds(t *testing.T) {
	const message = "Subject: x\r\n\r\n..dot\r\nlast\r\n.\r\n"
	next := "MAIL FROM:<a@b.example>\r\n"
	for cut := 1; cut < len(message+next); cut++ {
		r := pieces(message+next, cut)
		n, err := readToDot(r)
		if err != nil || n != len(message) {
			t.Fatalf("cut at %d: %d bytes, %v", cut, n, err)
		}
		if line, _ := r.ReadString('\n'); line != next {
			t.Fatalf("cut at %d: then %q", cut, line)
		}
	}
	if _, err := readToDot(pieces("no end\r\n.", 3)); err == nil {
		t.Error("a message without its end is taken")
	}
}

// pieces gives a text in two reads.
func pieces(text string, cut int) *bufio.Reader {
	cut = min(cut, len(text))
	return bufio.NewReader(io.MultiReader(strings.NewReader(text[:cut]), strings.NewReader(text[cut:])))
}

// TestPage puts figures between the marks of a page, and nowhere else.
func TestPage(t *testing.T) {
	got, err := between("above\n"+markBegin+"\nold\n"+markEnd+"\nbelow\n", "new\n")
	if want := "above\n" + markBegin + "\n\nnew\n\n" + markEnd + "\nbelow\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := between("a page of something else\n", "new\n"); err == nil {
		t.Error("a page without marks is overwritten")
	}
}
