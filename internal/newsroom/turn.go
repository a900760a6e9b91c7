package newsroom

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// newKeyEnding is that of the file with a new master key, until the database is
// changed to it.
const newKeyEnding = ".new"

// Rotation says what a change of the master key came to.
type Rotation struct {
	Continued bool   `json:"continued"` // of one that was stopped: no new key was made
	KeyFile   string `json:"key_file"`  // where the new key is; empty: where keep put it
	Readers   int64  `json:"readers"`   // sealed anew since the command began, by it or by serve
	Served    bool   `json:"served"`    // a running serve seals anew, in the background

	Key string `json:"-"` // the new key's text, where no file holds it
}

// Rotate changes the master key: from here on the old one opens nothing. With a key
// file the new key replaces it; else keep is given the new key before anything is
// changed, to store it. A change that was stopped is gone on with instead.
func (n *Newsroom) Rotate(ctx context.Context, keep func(text string) error) (Rotation, error) {
	if n.Keys.Locked() {
		return Rotation{}, subscribers.ErrLocked
	}
	_, _, turning, err := n.Store.KeyFacts(ctx)
	if err != nil {
		return Rotation{}, err
	}
	r := Rotation{Continued: turning, KeyFile: n.keyFile()}
	if !turning {
		if r.Key, err = n.turn(ctx, keep); err != nil {
			return r, err
		}
	}
	return r, nil
}

// keyFile is the file that the new key replaces; none where the key was given by hand: so
// is the new one.
func (n *Newsroom) keyFile() string {
	if n.options.Master != nil {
		return ""
	}
	return n.Config.Key.File
}

// turn makes a new master key, and changes to it.
func (n *Newsroom) turn(ctx context.Context, keep func(string) error) (text string, err error) {
	master := subscribers.NewMaster()
	defer master.Wipe()
	next, err := subscribers.OpenKeyring(master)
	if err != nil {
		return "", err
	}
	t, err := n.planTurn(ctx, next)
	if err != nil {
		return "", err
	}
	text = master.Encode()
	file := n.keyFile()
	if file != "" {
		keep = func(text string) error { return replaceFile(file+newKeyEnding, text) }
	}
	if err := keep(text); err != nil {
		return "", fmt.Errorf("keep the new key: %w: nothing was changed", err)
	}
	if err := n.Store.Turn(ctx, t); err != nil {
		return "", err
	}
	if file != "" {
		if err := os.Rename(file+newKeyEnding, file); err != nil {
			return "", fmt.Errorf("the new key is in %s%s: put it in the place of %s: %w", file, newKeyEnding, file, err)
		}
	}
	ring, err := n.ringOf(ctx, master, "the new key")
	if err != nil {
		return "", err
	}
	n.Keys.Unlock(ring)
	return text, n.keepWebKey()
}

// planTurn is what the database is to be told of a new master.
func (n *Newsroom) planTurn(ctx context.Context, next *subscribers.Keyring) (store.Turn, error) {
	t := store.Turn{From: n.Keys.Fingerprint(), To: next.Fingerprint(), Reindex: next.Reindex}
	through, err := n.Store.LastMailing(ctx)
	if err != nil {
		return t, err
	}
	if err := next.Inherit(n.Keys, through); err != nil {
		return t, err
	}
	sealed, err := next.SealHeirloom()
	if err != nil {
		return t, err
	}
	t.Heirloom = base64.StdEncoding.EncodeToString(sealed)
	if t.Version, err = next.IndexVersion(); err != nil {
		return t, err
	}
	if t.Keys, err = n.Store.DataKeys(ctx); err != nil {
		return t, err
	}
	last := int64(0)
	for i, k := range t.Keys {
		if t.Keys[i].Wrapped, err = n.Keys.RewrapDataKey(uint32(k.ID), k.Wrapped, next); err != nil {
			return t, err
		}
		last = max(last, k.ID)
	}
	wrapped, err := next.NewDataKey(uint32(last + 1))
	t.Keys = append(t.Keys, store.DataKey{ID: last + 1, Wrapped: wrapped, CreatedAt: n.Clock()})
	return t, err
}

func openHeirloom(ring *subscribers.Keyring, text []byte) error {
	sealed, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("the inherited keys: %w", err)
	}
	return ring.OpenHeirloom(sealed)
}

// ringOfNewFile ends a change that was stopped between the database and the key's
// file: the new key lies beside the old one.
func (n *Newsroom) ringOfNewFile(ctx context.Context, was error) (*subscribers.Keyring, error) {
	file := n.Config.Key.File
	if file == "" || n.options.Master != nil {
		return nil, was
	}
	text, err := os.ReadFile(file + newKeyEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, was
	}
	master, err := subscribers.ParseMaster(string(text))
	if err != nil {
		return nil, was
	}
	ring, err := n.ringOf(ctx, master, "key file "+file+newKeyEnding)
	if err != nil {
		return nil, was
	}
	return ring, os.Rename(file+newKeyEnding, file)
}

// indexOf is an address's index. While the master key changes, it first moves the
// reader's row on who is still found by the index of before, so that nobody is there
// twice.
func (n *Newsroom) indexOf(ctx context.Context, a subscribers.Address) ([]byte, error) {
	index, err := n.Keys.Index(a)
	if err != nil {
		return nil, err
	}
	if !n.holder.turning.Load() {
		return index, nil
	}
	former, err := n.Keys.FormerIndex(a)
	if err != nil || former == nil {
		return index, err
	}
	version, err := n.Keys.IndexVersion()
	if err != nil {
		return nil, err
	}
	return index, n.Store.MoveIndex(ctx, former, index, version)
}

// FollowKeys takes up a change of the master key that another process has made, and
// goes on with one that is under way.
func (n *Newsroom) FollowKeys(ctx context.Context) error {
	fingerprint, _, turning, err := n.Store.KeyFacts(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !n.Keys.Locked() && fingerprint != n.Keys.Fingerprint() {
		return n.takeNewKey(ctx)
	}
	if turning {
		return n.Reseal(ctx, nil)
	}
	return nil
}

// stale tells whether something does not open because another process has changed the
// master key, and this one has not taken it up yet.
func (n *Newsroom) stale(ctx context.Context, err error) bool {
	if err == nil || n.Keys.Locked() {
		return false
	}
	fingerprint, _, _, err := n.Store.KeyFacts(ctx)
	return err == nil && fingerprint != n.Keys.Fingerprint()
}

// takeNewKey gets the new key from where keys come from; where it is not, the list is
// locked until somebody hands it over.
func (n *Newsroom) takeNewKey(ctx context.Context) error {
	if n.Config.Key.File != "" || len(n.Config.Key.Command) > 0 {
		err := leavingNothing(func() error { return n.unlockFromSource(ctx) })
		if err == nil {
			n.Log.Info("the master key was changed: took up the new one")
			return n.keepWebKey()
		}
		n.Log.Error("the master key was changed, and the new one is not where keys come from", "error", err)
	}
	n.lockKeys("the master key was changed")
	return nil
}
