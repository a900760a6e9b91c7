package store

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holders names the processes that hold a lock on the database, as Linux tells
// (proc_locks(5)); elsewhere it cannot know.
func holders(abs string) string {
	f, err := os.Open("/proc/locks")
	if err != nil {
		return "another process"
	}
	defer f.Close()
	inodes := map[string]bool{}
	for _, suffix := range []string{"", "-shm", "-wal"} {
		if info, err := os.Stat(abs + suffix); err == nil {
			inodes[inode(info)] = true
		}
	}
	var names []string
	for _, pid := range lockers(f, inodes) {
		if pid == strconv.Itoa(os.Getpid()) { // it is another one that this process waits for
			continue
		}
		name := "process " + pid
		if comm, err := os.ReadFile(filepath.Join("/proc", pid, "comm")); err == nil {
			name = fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(comm)), pid)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "another process"
	}
	return strings.Join(names, ", ")
}

// lockers reads lines such as
//
//	1: POSIX  ADVISORY  WRITE 4711 fe:01:9437285 120 120
//
// and returns the process ids of those on one of the inodes, each once.
func lockers(r io.Reader, inodes map[string]bool) []string {
	var pids []string
	seen := map[string]bool{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[1] == "->" { // "->" waits for the lock
			continue
		}
		id := f[5][strings.LastIndexByte(f[5], ':')+1:]
		if pid := f[4]; inodes[id] && !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}
