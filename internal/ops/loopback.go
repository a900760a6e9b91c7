package ops

import (
	"fmt"
	"net"
	"strconv"
)

// Ports tried after the one that was asked for, before any free one.
const portsTried = 20

// Loopback listens on this machine alone: on the port, or one of the next, or any; 0 is
// any.
func Loopback(port int) (net.Listener, error) {
	for p := port; port > 0 && p < port+portsTried && p <= 65535; p++ {
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p))); err == nil {
			return l, nil
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no port of this machine is free: %w", err)
	}
	return l, nil
}
