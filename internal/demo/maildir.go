package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
)

// maildir files messages as https://cr.yp.to/proto/maildir.html asks: each is
// written whole in tmp under a name of its own, and then moved to new. It is not
// forced to disk: what a demo is sent may be lost with the power.
type maildir struct {
	dir  string
	next atomic.Int64
}

func openMaildir(dir string) (*maildir, error) {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("the mailbox: %w", err)
		}
	}
	return &maildir{dir: dir}, nil
}

// file files one message. Names sort in the order of arrival, as long as one
// process files no more than a thousand million.
func (m *maildir) file(message []byte) error {
	now := time.Now()
	name := fmt.Sprintf("%d.M%06dP%dQ%09d.broadsheet,S=%d", now.Unix(), now.Nanosecond()/1000, os.Getpid(), m.next.Add(1), len(message))
	tmp := filepath.Join(m.dir, "tmp", name)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(message)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(tmp, filepath.Join(m.dir, "new", name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return nil
}

// Mailbox reads a Maildir that a sink has filled.
type Mailbox struct{ Dir string }

// Names lists the messages in the order in which they came.
func (b Mailbox) Names() ([]string, error) {
	d, err := os.Open(filepath.Join(b.Dir, "new"))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// Read reads a message, byte for byte as it came. It reads nothing outside the
// mailbox, whatever the name.
func (b Mailbox) Read(name string) ([]byte, error) {
	root, err := os.OpenRoot(filepath.Join(b.Dir, "new"))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(name)
}
