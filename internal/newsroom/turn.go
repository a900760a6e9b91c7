package newsroom

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

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

const resealAtOnce = 5000

// Resealing says how far a change of the master key is: of all readers, how many are
// sealed with the new one.
type Resealing struct{ Done, All int64 }

// Reseal goes on with what a change of the master key has left to do, if any: it seals
// anew what the old data keys have sealed, and drops them. It may be stopped, or die,
// at any moment. watch, which may be nil, is told how far it is.
func (n *Newsroom) Reseal(ctx context.Context, watch func(Resealing)) error {
	_, _, turning, err := n.Store.KeyFacts(ctx)
	if err != nil || !turning || n.Keys.Locked() {
		return err
	}
	version, err := n.Keys.IndexVersion()
	if err != nil {
		return err
	}
	for done := false; !done; {
		if done, err = n.Store.TurnLetters(ctx, resealAtOnce, version, n.resealLetter); err != nil {
			return err
		}
	}
	key := n.Keys.CurrentDataKey()
	if err := n.Store.TurnSignUps(ctx, key, n.resealSignUp); err != nil {
		return err
	}
	var far Resealing
	if watch != nil {
		if far, err = n.resealing(ctx); err != nil {
			return err
		}
		watch(far)
	}
	for all := int64(0); ; {
		last := int64(0)
		for {
			var count int
			if last, count, err = n.Store.TurnReaders(ctx, last, resealAtOnce, key, version, n.resealReaders); err != nil {
				return err
			}
			if count == 0 {
				break
			}
			all += int64(count)
			if watch != nil {
				watch(Resealing{Done: min(far.Done+all, far.All), All: far.All})
			}
		}
		done, err := n.Store.EndTurn(ctx, key, version, n.Keys.Reindex)
		if err != nil || done {
			if done {
				n.Log.Info("everything is sealed with the new key; the old one opens nothing", "readers", all)
			}
			return err
		}
	}
}

// resealing counts how far a change of the master key is.
func (n *Newsroom) resealing(ctx context.Context) (Resealing, error) {
	left, all, err := n.Store.TurnLeft(ctx, n.Keys.CurrentDataKey())
	return Resealing{Done: all - left, All: all}, err
}

// resealReaders seals rows anew, on two processors.
func (n *Newsroom) resealReaders(rows []store.Resealed) error {
	var both sync.WaitGroup
	errs := make([]error, 2)
	for part := range 2 {
		both.Go(func() {
			for i := part; i < len(rows) && errs[part] == nil; i += 2 {
				errs[part] = n.resealReader(&rows[i])
			}
		})
	}
	both.Wait()
	return errors.Join(errs...)
}

func (n *Newsroom) resealReader(r *store.Resealed) error {
	typed, err := n.Keys.Open(addressOf(r.ID), r.Address)
	if err != nil {
		return err
	}
	if r.Address, err = n.Keys.Seal(addressOf(r.ID), typed); err != nil {
		return err
	}
	if len(r.Name) > 0 {
		display, err := n.Keys.Open(nameOf(r.ID), r.Name)
		if err != nil {
			return err
		}
		if r.Name, err = n.Keys.Seal(nameOf(r.ID), display); err != nil {
			return err
		}
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return fmt.Errorf("a stored address is none any more: %w", err)
	}
	r.Index, err = n.Keys.Index(address) // from the address: its row may have been moved on before
	return err
}

// resealSignUp leaves one alone that never will open: it is given up when it is due.
func (n *Newsroom) resealSignUp(id [16]byte, sealed []byte) ([]byte, error) {
	plain, err := n.Keys.Open(signUpPlace(id), sealed)
	if err != nil {
		if errors.Is(err, subscribers.ErrLocked) {
			return nil, err
		}
		plain = ""
	}
	return n.Keys.Seal(signUpPlace(id), plain)
}

func (n *Newsroom) resealLetter(dedupe string, index, message []byte) ([]byte, []byte, error) {
	var err error
	if len(index) > 0 {
		if index, err = n.Keys.Reindex(index); err != nil {
			return nil, nil, err
		}
	}
	if len(message) == 0 {
		return index, message, nil
	}
	plain, err := n.Keys.Open(letterPlace(dedupe), message)
	if err != nil {
		if errors.Is(err, subscribers.ErrLocked) {
			return nil, nil, err
		}
		return index, message, nil // a desk's, or one that never will open
	}
	message, err = n.Keys.Seal(letterPlace(dedupe), plain)
	return index, message, err
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

// turnLooks is how often AwaitTurn asks whether it is over, for each time that it counts.
const turnLooks = 8

// AwaitTurn waits until serve has sealed everything anew. watch is told how far it is.
func (n *Newsroom) AwaitTurn(ctx context.Context, watch func(Resealing)) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for i := 0; ; i++ {
		_, _, turning, err := n.Store.KeyFacts(ctx)
		if err != nil {
			return err
		}
		if !turning || i%turnLooks == 0 {
			far, err := n.resealing(ctx)
			if err != nil {
				return err
			}
			watch(far)
		}
		if !turning {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
