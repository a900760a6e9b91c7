package newsroom

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestScrub: whatever depth of stack a key was handed down to, as a value or in memory,
// nothing of it is left once its goroutine was over.
func TestScrub(t *testing.T) {
	for _, depth := range []int{0, 1, 5, 10, 20, 40, 100, 200, 400} {
		seed := byte(depth + 7)
		_ = leavingNothing(func() error {
			return handDown(depth, patternOf(seed))
		})
		if n := foundHere(t, seed); n > 0 {
			t.Errorf("at depth %d: %d", depth, n)
		}
	}
}

func patternOf(seed byte) (key [32]byte) {
	for i := range key {
		key[i] = patternByte(i, seed)
	}
	return key
}

//go:noinline
func handDown(depth int, key [32]byte) error {
	kept := bytes.Clone(key[:])
	if depth > 0 {
		if err := handDown(depth-1, key); err != nil {
			return err
		}
	}
	_, err := io.Discard.Write(kept)
	return err
}

// foundHere counts where this process's memory holds the first half of a pattern, which
// it never makes itself.
func foundHere(t *testing.T, seed byte) (n int) {
	t.Helper()
	trial.Memory(t, os.Getpid(), func(part []byte) { n += countPattern(part, seed) })
	return n
}

func countPattern(memory []byte, seed byte) (n int) {
	first := []byte{patternByte(0, seed)}
	for {
		i := bytes.IndexByte(memory, first[0])
		if i < 0 || len(memory)-i < 16 {
			return n
		}
		memory = memory[i:]
		same := 1
		for same < 16 && memory[same] == patternByte(same, seed) {
			same++
		}
		if same == 16 {
			n++
		}
		memory = memory[1:]
	}
}

func patternByte(i int, seed byte) byte { return byte(i)*37 ^ seed }
