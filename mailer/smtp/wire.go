package smtp

import (
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// maxHeard is how many bytes a relay may send us in one step: the certificates of a
// TLS handshake, or the replies to one message, each many times over.
const maxHeard = 256 << 10

// wire is the TCP connection beneath a session. It lies under TLS, so its deadlines
// and its limit hold whatever go-mail stacks on top.
type wire struct {
	net.Conn
	left     int           // bytes the relay may still send before the next allow
	patience time.Duration // of the next read; its deadline is set when it comes to that
	waiting  bool          // patience is not yet a deadline
	stopped  atomic.Bool   // cut was called
}

// allow starts a step: the relay may send maxHeard bytes more.
func (w *wire) allow() { w.left = maxHeard }

// within bounds all that is read and written from now on.
func (w *wire) within(d time.Duration) error {
	w.waiting = false
	err := w.SetDeadline(time.Now().Add(d))
	w.heedCut()
	return err
}

// expect bounds what is read from now on, all of it together. A reply that has
// arrived already costs no deadline.
func (w *wire) expect(d time.Duration) { w.patience, w.waiting = d, true }

// writeWithin bounds what is written from now on.
func (w *wire) writeWithin(d time.Duration) error {
	err := w.SetWriteDeadline(time.Now().Add(d))
	w.heedCut()
	return err
}

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d bytes", errGarbage, maxHeard)
	}
	if w.waiting {
		w.waiting = false
		if err := w.SetReadDeadline(time.Now().Add(w.patience)); err != nil {
			return 0, err
		}
		w.heedCut()
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}

// cut ends whatever is being read or written, now and until revive. Any goroutine
// may call it.
func (w *wire) cut() {
	w.stopped.Store(true)
	w.heedCut()
}

// revive undoes a cut.
func (w *wire) revive() { w.stopped.Store(false) }

// heedCut comes after every deadline that is set: a cut of just before would be
// overwritten by it.
func (w *wire) heedCut() {
	if w.stopped.Load() {
		_ = w.SetDeadline(time.Unix(1, 0))
	}
}
