package trial

import (
	"bytes"
	"errors"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recorder is a test that is told what is wrong.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, _ ...any) { r.said = f }

func TestGolden(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sample.golden")
	if err := os.WriteFile(file, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		"one\ntwo\n":        "",
		"one\nthree\n":      "line %d",
		"one\ntwo\nthree\n": "line %d",
		"one\ntwo":          "%s has %d lines",
	} {
		r := &recorder{TB: t}
		if Golden(r, file, got); (r.said == "") != (want == "") || !strings.HasPrefix(r.said, want) {
			t.Errorf("of %q it says %q, want %q", got, r.said, want)
		}
	}
}

func TestClock(t *testing.T) {
	friday := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	c := ClockAt(friday)
	c.Forward(48 * time.Hour)
	if now := c.Now(); now.Format(time.DateOnly) != "2026-11-29" || now.Location() != time.UTC {
		t.Errorf("it is %v", now)
	}
}

func TestAwait(t *testing.T) {
	asked := 0
	Await(t, "it was asked three times", func() bool { asked++; return asked == 3 })
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

func TestPNG(t *testing.T) {
	if c, err := png.DecodeConfig(bytes.NewReader(PNG(t, 60, 30))); err != nil || c.Width != 60 || c.Height != 30 {
		t.Errorf("%d by %d pixels, %v", c.Width, c.Height, err)
	}
}

func TestAllocated(t *testing.T) {
	var kept []byte
	if got := Allocated(func() { kept = make([]byte, 8<<20) }); got < len(kept) || got > 2*len(kept) {
		t.Errorf("%d bytes", got)
	}
}

// TestServe: a server has ended when its test has, one that had not begun to serve, too.
func TestServe(t *testing.T) {
	served := make(chan struct{})
	t.Run("it", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		Serve(t, lateServer(served), l)
	})
	select {
	case <-served:
	default:
		t.Error("it has not ended")
	}
}

// lateServer closes before it serves.
type lateServer chan struct{}

func (lateServer) Close() error { return nil }

func (s lateServer) Serve(l net.Listener) error {
	defer close(s)
	_, err := l.Accept()
	return err
}

func TestNoNames(t *testing.T) {
	before := net.DefaultResolver
	defer func() { net.DefaultResolver = before }()
	NoNames()
	var said *net.DNSError
	if at, err := net.DefaultResolver.LookupHost(t.Context(), "news.observer.example"); !errors.As(err, &said) || !said.IsNotFound {
		t.Errorf("an unknown name: %v, %v", at, err)
	}
	if at, err := net.DefaultResolver.LookupHost(t.Context(), "localhost"); err != nil || len(at) == 0 {
		t.Errorf("this machine: %v, %v", at, err)
	}
}
