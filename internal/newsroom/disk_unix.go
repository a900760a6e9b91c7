//go:build unix

package newsroom

import (
	"os"
	"syscall"
)

// sameDisk tells whether two files lie in one file system.
func sameDisk(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil {
		return false
	}
	p, okP := x.Sys().(*syscall.Stat_t)
	q, okQ := y.Sys().(*syscall.Stat_t)
	return okP && okQ && p.Dev == q.Dev
}
