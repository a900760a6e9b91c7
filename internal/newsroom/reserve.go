package newsroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	// reserveFile lies beside the database and holds room on its disk. When the
	// disk is full in the middle of a mailing it is given up, so that what relays
	// have already accepted can still be recorded: unrecorded, it would be sent
	// again.
	reserveFile = "broadsheet.reserve"
	reserveSize = 8 << 20 // bytes: more than the results of every open window take in the log

	settleTries = 6 // each waits as long as SQLite waits for a lock
)

// keepReserve makes the reserve where it is missing. A disk that has no room for
// it, and as much again to work with, has none for a mailing.
func (n *Newsroom) keepReserve() error {
	if n.Store.Engine() != "sqlite" {
		return nil
	}
	path := n.reservePath()
	if info, err := os.Stat(path); err == nil && info.Size() == reserveSize {
		return nil
	}
	err := os.WriteFile(path, bytes.Repeat([]byte("reserve\n"), 2*reserveSize/8), 0o600)
	if err == nil {
		err = os.Truncate(path, reserveSize)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the disk of the newsroom has no %d MB left, the disk is full: nothing was sent; make room, and send again", 2*reserveSize>>20), err, os.Remove(path))
	}
	return nil
}

func (n *Newsroom) reservePath() string {
	return filepath.Join(filepath.Dir(n.Config.Database), reserveFile)
}

// settle makes durable what a run came to, and gives its slices back, where its end
// failed for want of room or for a lock that another program held: the reserve gives
// the room, and a lock is waited for.
func (n *Newsroom) settle(ctx context.Context, ledger *store.Committer, work *work) error {
	var err error
	for range settleTries {
		if err = ledger.Flush(ctx); err == nil {
			err = work.giveBack(ctx)
		}
		if err == nil {
			return nil
		}
		switch {
		case errors.Is(err, store.ErrDiskFull):
			if os.Remove(n.reservePath()) != nil {
				return err
			}
			n.Log.Warn("the disk is full: gave the reserve up to record what was accepted")
		case !errors.Is(err, store.ErrLocked):
			return err
		}
	}
	return err
}
