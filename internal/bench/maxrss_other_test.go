//go:build unix && !linux

package bench

// maxrssUnit is that of getrusage's ru_maxrss on BSD's kin.
const maxrssUnit = 1
