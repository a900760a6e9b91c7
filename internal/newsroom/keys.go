package newsroom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// metaKey is where the store remembers which master key sealed the list.
const metaKey = "key fingerprint"

// openKeys reads the master key, checks that it is the one this list is sealed
// with, and opens the list's data keys. A new list gets its first one.
func openKeys(ctx context.Context, s *store.Store, path string, now time.Time) (*subscribers.Keyring, error) {
	master, err := readMaster(path)
	if err != nil {
		return nil, err
	}
	ring, err := subscribers.OpenKeyring(master)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	sealedWith, err := s.Meta(ctx, metaKey) // reading first: a database that is locked can still be looked at
	if errors.Is(err, store.ErrNotFound) {
		sealedWith, err = s.PutMetaOnce(ctx, metaKey, ring.Fingerprint())
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("the newsroom's database (beside broadsheet.yaml, or where \"database\" says) cannot be written by this user: run this as its owner, or give the file and its folder to this user: %w", err)
	}
	if err != nil {
		return nil, err
	}
	if sealedWith != ring.Fingerprint() {
		return nil, fmt.Errorf("key file %s is not the key this list is sealed with (it is %s, the list wants %s): put the right file there; without it no address can be read", path, ring.Fingerprint(), sealedWith)
	}
	return ring, openDataKeys(ctx, s, ring, now)
}

func readMaster(path string) (subscribers.Master, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return subscribers.Master{}, fmt.Errorf("the key file %s is missing: put it back from where it is kept; without it no address can be read and nothing can be sent", path)
	}
	if err != nil {
		return subscribers.Master{}, fmt.Errorf("key file: %w", err)
	}
	master, err := subscribers.ParseMaster(string(text))
	if err != nil {
		return subscribers.Master{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return master, nil
}

func openDataKeys(ctx context.Context, s *store.Store, ring *subscribers.Keyring, now time.Time) error {
	keys, err := s.DataKeys(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		wrapped, err := ring.NewDataKey(1)
		if err != nil {
			return err
		}
		if _, err := s.PutDataKey(ctx, store.DataKey{ID: 1, Wrapped: wrapped, CreatedAt: now}); err != nil {
			return err
		}
		if keys, err = s.DataKeys(ctx); err != nil { // another process may have been first
			return err
		}
	}
	for _, k := range keys {
		if err := ring.AddDataKey(uint32(k.ID), k.Wrapped); err != nil {
			return fmt.Errorf("data key %d: %w", k.ID, err)
		}
	}
	return nil
}

// KeyWarning says in plain words what a taken disk would reveal; empty where the
// key lies elsewhere.
func (n *Newsroom) KeyWarning() string {
	info, err := os.Stat(n.Config.Key)
	switch {
	case err != nil:
		return ""
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Sprintf("the key file %s can be read by others on this machine (mode %04o): chmod 600 it", n.Config.Key, info.Mode().Perm())
	case within(n.Config.Dir, n.Config.Key) && within(n.Config.Dir, n.Config.Database):
		return "the key lies beside the list: whoever takes this disk can read every address. Keep the key on another disk and name it in \"key: file:...\""
	}
	return ""
}
