package smtp

import (
	"fmt"
	"net"
	"time"
)

// maxHeard is how many bytes a relay may send us in one step: the certificates of a
// TLS handshake, or the replies to one message, each many times over.
const maxHeard = 256 << 10

// wire is the TCP connection beneath a session. It lies under TLS, so its deadlines
// and its limit hold whatever go-mail stacks on top.
type wire struct {
	net.Conn
	left int // bytes the relay may still send before the next allow
}

// allow starts a step: the relay may send maxHeard bytes more.
func (w *wire) allow() { w.left = maxHeard }

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d bytes", errGarbage, maxHeard)
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}

// cut ends whatever is being read or written, now and from here on.
func (w *wire) cut() { _ = w.SetDeadline(time.Unix(1, 0)) }
