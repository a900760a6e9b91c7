package trial

import (
	"bytes"
	"image"
	"image/png"
	"net"
	"runtime"
	"testing"
)

// PNG is a picture of so many pixels, all black.
func PNG(t testing.TB, width, height int) []byte {
	t.Helper()
	return EncodePNG(t, image.NewGray(image.Rect(0, 0, width, height)))
}

// EncodePNG is a picture as a PNG's bytes.
func EncodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Allocated is how many bytes were allocated in all while f ran, by whomever.
func Allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// Server is one of go-smtp's, or another that serves until it is closed.
type Server interface {
	Serve(l net.Listener) error
	Close() error
}

// Serve has a server serve until the test ends.
func Serve(t testing.TB, server Server, l net.Listener) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // which a Serve that comes after it would wait at
		<-ended
	})
}
