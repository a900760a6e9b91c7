//go:build !linux

package newsroom

import "net"

// KeepMemoryPrivate does nothing where the system has no such thing.
func KeepMemoryPrivate() error { return nil }

func keepFromSwap([]byte) {}

func mayBeSwapped([]byte) {}

// mayHandOver leaves it to the socket's mode, 0600 in a folder of mode 0700.
func mayHandOver(*net.UnixConn) error { return nil }

func shortPath(path string, do func(short string) error) error { return do(path) }

func uninterrupted(do func() error) error { return do() }
