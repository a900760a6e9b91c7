package newsroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// metaKey is where the store remembers which master key sealed the list.
const metaKey = "key fingerprint"

// openKeys makes the newsroom's keyring: with the master key, from where the
// configuration or the caller says it is; locked, where it is to be handed over.
func (n *Newsroom) openKeys(ctx context.Context) error {
	if k := n.Config.Key; (k.Unlock || k.Web) && n.options.Master == nil {
		return n.startLocked(ctx)
	}
	return onItsOwnStack(func() error {
		master, from, err := n.master(ctx)
		if err != nil {
			return err
		}
		defer master.Wipe()
		ring, err := n.ringOf(ctx, master, from)
		if err != nil {
			if ring, err = n.ringOfNewFile(ctx, err); err != nil {
				return err
			}
		}
		n.Keys = ring
		return n.keepWebKey()
	})
}

// startLocked opens the web key alone. Where there is none yet, the pages take
// nobody until the newsroom was unlocked once.
func (n *Newsroom) startLocked(ctx context.Context) error {
	web, err := readWebKey(n.Config.Key.WebFile)
	if err != nil {
		return err
	}
	n.Keys = subscribers.LockedKeyring(web)
	sealedWith, err := n.Store.Meta(ctx, metaKey)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err == nil && n.HasWebKey() && sealedWith != web.Fingerprint():
		return fmt.Errorf("the web key %s belongs to another master key (it is %s, the list wants %s): put the right one there, or move it away and unlock once", n.Config.Key.WebFile, web.Fingerprint(), sealedWith)
	}
	return err
}

// HasWebKey tells whether links can be checked and sign-ups sealed.
func (n *Newsroom) HasWebKey() bool { return n.Keys.WebKey().Fingerprint() != "" }

func readWebKey(path string) (*subscribers.WebKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &subscribers.WebKey{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the web key: %w", err)
	}
	web, err := subscribers.ParseWebKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("the web key %s: %w: move it away, and unlock once: that makes it again", path, err)
	}
	return web, nil
}

// keepWebKey stores the web key where a node that starts locked finds it.
func (n *Newsroom) keepWebKey() error {
	if k := n.Config.Key; !k.Unlock && !k.Web {
		return nil
	}
	path, text := n.Config.Key.WebFile, n.Keys.WebKey().Encode()
	if was, err := os.ReadFile(path); err == nil && string(was) == text {
		return nil
	}
	if err := replaceFile(path, text); err != nil {
		return fmt.Errorf("keep the web key: %w", err)
	}
	return nil
}

// replaceFile writes a secret's file, mode 0600: all of it or nothing, whatever
// happens meanwhile.
func replaceFile(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ringOf opens the keyring of a master, from where errors say it came: it has to be
// the one this list is sealed with. A list that is new is sealed with it from now on.
func (n *Newsroom) ringOf(ctx context.Context, master subscribers.Master, from string) (*subscribers.Keyring, error) {
	ring, err := subscribers.OpenKeyring(master)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	sealedWith, heirloom, turning, err := n.Store.KeyFacts(ctx) // reading first: a database that is locked can still be looked at
	if errors.Is(err, store.ErrNotFound) {
		sealedWith, err = n.Store.PutMetaOnce(ctx, metaKey, ring.Fingerprint())
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("the newsroom's database (beside broadsheet.yaml, or where \"database\" says) cannot be written by this user: run this as its owner, or give the file and its folder to this user: %w", err)
	}
	if err != nil {
		return nil, err
	}
	if sealedWith != ring.Fingerprint() {
		return nil, fmt.Errorf("%s is not the key this list is sealed with (it is %s, the list wants %s): put the right file there; without it no address can be read", from, ring.Fingerprint(), sealedWith)
	}
	if heirloom != nil {
		if err := openHeirloom(ring, heirloom); err != nil {
			return nil, err
		}
	}
	if err := openDataKeys(ctx, n.Store, ring, n.Clock()); err != nil {
		return nil, err
	}
	version, err := ring.IndexVersion()
	if err != nil {
		return nil, err
	}
	n.holder.turning.Store(turning)
	n.Store.Keyed(ring.Fingerprint(), version)
	ring.EachSecret(keepFromSwap)
	return ring, nil
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

// KeyWarning says in plain words what a taken disk would reveal, where that is the
// list; empty where the key lies elsewhere.
func (n *Newsroom) KeyWarning() string {
	file := n.Config.Key.File
	if file == "" {
		return ""
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return ""
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Sprintf("the key file %s can be read by others on this machine (mode %04o): chmod 600 it", file, info.Mode().Perm())
	case within(n.Config.Dir, file) && within(n.Config.Dir, n.Config.Database):
		return "the key lies beside the list: whoever takes this disk, or a copy of this folder, can read every address. Keep the key on another disk (\"key: file:...\"), have a program print it (\"key: {command: [...]}\"), or hand it over by hand (\"key: unlock\")"
	case sameDisk(file, n.Config.Database):
		return "the key lies on the same disk as the list, in " + file + ": a copy of the database reveals nobody, but whoever takes the disk can read every address. Keep the key on another disk, have a program print it, or hand it over by hand (\"key: unlock\")"
	case serverHere(n.Config.Database):
		return "the database's server runs on this machine, and the key lies in " + file + ": a copy of the database reveals nobody, but whoever takes the disk that holds both can read every address. Keep the key on another disk than the server's data, have a program print it, or hand it over by hand (\"key: unlock\")"
	}
	return ""
}

// serverHere tells whether a database is PostgreSQL's, and its server on this machine:
// where the disks are that it writes to is not known.
func serverHere(database string) bool {
	c, err := url.Parse(database)
	if err != nil || !strings.HasPrefix(c.Scheme, "postgres") {
		return false
	}
	host := cmp.Or(c.Query().Get("host"), c.Hostname())
	ip, _ := netip.ParseAddr(host)
	return host == "" || host == "localhost" || strings.HasPrefix(host, "/") || ip.IsLoopback()
}
