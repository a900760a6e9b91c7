package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestCommitted holds the committed pictures to the program: after a change of it,
// go generate ./internal/demo draws them again.
func TestCommitted(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the committed pictures were drawn on amd64, where sums round otherwise")
	}
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join("..", "pictures", s.name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := picture(s.draw)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("drawn otherwise (%d bytes, committed %d): run go generate ./internal/demo (%v)", len(got), len(want), err)
			}
		})
	}
}
