package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// keySocket is the name of the socket in the newsroom's folder by which serve is
// handed the master key.
const keySocket = "broadsheet.sock"

const keyTalkTime = time.Minute // for one request and its answer

// KeyRequest is what a command asks of serve, keyAnswer what it hears: a line of
// JSON each.
type KeyRequest struct {
	Do  string        `json:"do"`
	Key string        `json:"key,omitempty"` // AskUnlock: its text
	TTL time.Duration `json:"ttl,omitempty"` // AskUnlock: 0 for no end
	Now bool          `json:"now,omitempty"` // AskLock: in the middle of a send too
}

// What serve can be asked.
const (
	AskState  = "state"
	AskUnlock = "unlock"
	AskLock   = "lock"
)

type keyAnswer struct {
	Error string   `json:"error,omitempty"`
	State KeyState `json:"state"`
}

// ErrNoServe says that no serve runs in this newsroom to be asked.
var ErrNoServe = errors.New("no \"broadsheet serve\" runs in this newsroom, and nobody else keeps a key: start it first; a command by itself takes the key with --key")

// KeyDoor is the socket in the newsroom's folder by which serve is handed the master
// key. Only this user and root may speak to it.
type KeyDoor struct {
	n    *Newsroom
	l    *net.UnixListener
	path string
}

// OpenKeyDoor makes the socket; one that a serve has left behind that was killed goes.
// The caller holds the newsroom's lock.
func (n *Newsroom) OpenKeyDoor() (*KeyDoor, error) {
	scrub() // what reading a key has left behind
	path := filepath.Join(n.Config.Dir, keySocket)
	_ = os.Remove(path)
	var l net.Listener
	err := shortPath(path, func(short string) (err error) {
		l, err = net.Listen("unix", short)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listen for \"broadsheet unlock\": %w", err)
	}
	d := &KeyDoor{n: n, l: l.(*net.UnixListener), path: path}
	d.l.SetUnlinkOnClose(false) // by its short name it would miss
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close takes the socket away.
func (d *KeyDoor) Close() error { return errors.Join(d.l.Close(), os.Remove(d.path)) }

// Serve takes the master key, and orders to forget it, until ctx ends; and forgets it
// when its time is over. Then it closes the door.
func (d *KeyDoor) Serve(ctx context.Context) error {
	var talks sync.WaitGroup
	talks.Go(func() { d.n.keepTime(ctx) })
	defer talks.Wait()
	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { closed <- d.Close() })
	for {
		c, err := d.l.AcceptUnix()
		switch {
		case err != nil && !stop():
			return <-closed
		case err != nil:
			return errors.Join(err, d.Close())
		}
		talks.Go(func() { d.n.talkKeys(ctx, c) })
	}
}

func (n *Newsroom) keepTime(ctx context.Context) {
	for range every(ctx, time.Second) {
		n.lockWhenOver()
	}
}

// talkKeys answers one request.
func (n *Newsroom) talkKeys(ctx context.Context, c *net.UnixConn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(keyTalkTime))
	var a keyAnswer
	err := mayHandOver(c)
	if err == nil {
		err = n.carryOut(ctx, c)
	}
	if err != nil {
		a.Error = err.Error()
	}
	a.State = n.KeyState()
	_ = json.NewEncoder(c).Encode(a)
}

func (n *Newsroom) carryOut(ctx context.Context, c io.Reader) error {
	var r KeyRequest
	secret := newSecretBuffer()
	defer secret.wipe()
	err := secret.fill(c, '\n')
	if err == nil {
		err = json.Unmarshal(secret.memory[:secret.used], &r)
	}
	if err != nil {
		return errors.New("this is no request") // it may hold a key: nothing of it is said
	}
	switch r.Do {
	case AskState:
	case AskUnlock:
		return n.Unlock(ctx, r.Key, r.TTL)
	case AskLock:
		if err := n.mayLock(ctx, r.Now); err != nil {
			return err
		}
		n.LockKeys()
	default:
		return errors.New("this serve is of another version: it does not know what is asked of it")
	}
	return nil
}

// mayLock keeps an edition from being stopped in the middle unasked.
func (n *Newsroom) mayLock(ctx context.Context, now bool) error {
	if now {
		return nil
	}
	mailings, err := n.Unfinished(ctx)
	for _, m := range mailings {
		if m.State != mailer.Paused {
			return fmt.Errorf("%s is being sent: wait, or lock --now to stop it until the list is unlocked", m.Newsletter)
		}
	}
	return err
}

// AskServe asks a running serve how its keys stand, hands it the master key, or has it
// forget it. Errors: ErrNoServe, or serve's in words.
func AskServe(o Options, r KeyRequest) (KeyState, error) {
	conf, err := LoadConfig(o)
	if err != nil {
		return KeyState{}, err
	}
	return askServe(conf.Dir, r)
}

// serveLocked tells whether a serve runs here, and is locked.
func (n *Newsroom) serveLocked() bool {
	state, err := askServe(n.Config.Dir, KeyRequest{Do: AskState})
	return err == nil && state.Locked
}

func askServe(dir string, r KeyRequest) (KeyState, error) {
	var c net.Conn
	err := shortPath(filepath.Join(dir, keySocket), func(short string) (err error) {
		c, err = net.Dial("unix", short)
		return err
	})
	switch {
	case errors.Is(err, os.ErrPermission):
		return KeyState{}, fmt.Errorf("this user may not speak to the serve of this newsroom: run this as its user: %w", err)
	case err != nil:
		return KeyState{}, ErrNoServe
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(keyTalkTime))
	var a keyAnswer
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return KeyState{}, fmt.Errorf("speak to serve: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(c, keyTextSize)).Decode(&a); err != nil {
		return KeyState{}, fmt.Errorf("serve did not answer: %w", err)
	}
	if a.Error != "" {
		return a.State, errors.New(a.Error)
	}
	return a.State, nil
}
