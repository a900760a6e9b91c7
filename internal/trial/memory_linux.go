package trial

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	memoryAtOnce  = 1 << 20
	memoryOverlap = 64 // bytes: what stands where two parts meet is whole in one of them
)

// Memory shows what a process can write to, its heap and its stacks, in parts of 1 MB
// that overlap by 64 bytes. A part is overwritten once it was shown, so that a process
// which looks at its own finds nothing that is there for its looking. It gives how many
// bytes were shown. Only Linux has it.
func Memory(t testing.TB, pid int, show func(part []byte)) (shown int) {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	maps, memory := open("maps"), open("mem")
	defer maps.Close()
	defer memory.Close()
	part := make([]byte, memoryAtOnce+memoryOverlap)
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); err != nil || !strings.HasPrefix(rights, "rw") {
			continue
		}
		for ; from < to; from += memoryAtOnce {
			n, _ := memory.ReadAt(part[:min(int64(len(part)), to-from)], from) // a guard's pages cannot be read
			show(part[:n])
			shown += n
			clear(part)
		}
	}
	return shown
}
