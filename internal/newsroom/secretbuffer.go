package newsroom

import (
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// secretBuffer is where a key's text is read into: kept from the swap, and cleared once
// it was used.
type secretBuffer struct {
	memory []byte
	used   int
}

func newSecretBuffer() *secretBuffer {
	s := &secretBuffer{memory: make([]byte, keyTextSize)}
	keepFromSwap(s.memory)
	return s
}

// errTooMuch says that a text is longer than any key's.
var errTooMuch = fmt.Errorf("it is longer than %d kB, and a key is one line: is it another file?", keyTextSize>>10)

// Write takes a text in.
func (s *secretBuffer) Write(p []byte) (int, error) {
	if len(p) > len(s.memory)-s.used {
		return 0, errTooMuch
	}
	n := copy(s.memory[s.used:], p)
	s.used += n
	return n, nil
}

// fill reads a text to its end, or to a byte.
func (s *secretBuffer) fill(from io.Reader, end int) error {
	for {
		if s.used == len(s.memory) {
			return errTooMuch
		}
		n, err := from.Read(s.memory[s.used:])
		s.used += n
		if end >= 0 && n > 0 && s.memory[s.used-1] == byte(end) {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// text is the text itself, and not a copy: it is gone with wipe.
func (s *secretBuffer) text() string { return unsafe.String(unsafe.SliceData(s.memory), s.used) }

func (s *secretBuffer) wipe() {
	clear(s.memory)
	s.used = 0
	mayBeSwapped(s.memory)
}
