package newsroom

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/broadsheet-news/broadsheet/subscribers"
)

// KeyState says whether the list can be read.
type KeyState struct {
	Locked bool      `json:"locked"`
	Until  time.Time `json:"until,omitzero"`           // it locks itself then; zero: not before it is told to, or stopped
	Never  bool      `json:"never_unlocked,omitempty"` // so that it has no web key yet: it takes nobody, and no link works
	From   string    `json:"from"`                     // "file", "command", "unlock" or "web": see config.Key
	Lies   string    `json:"lies"`                     // where the key lies, and what a taken disk would reveal, in words
}

// keyHolder is what a newsroom and its Reread copies know of their keys together.
type keyHolder struct {
	mu    sync.Mutex
	until time.Time
	mail  memoryMail
	asker string     // this process, to others who ask readers for their yes
	inbox sync.Mutex // held by whoever takes it over

	pruned  atomic.Int64 // unix seconds of when it was last looked for what is kept too long
	emptied atomic.Bool  // the database's log was emptied once since the process began
	turning atomic.Bool  // the master key was being changed when its keyring was opened
}

// KeyState tells whether this process holds the keys.
func (n *Newsroom) KeyState() KeyState {
	n.holder.mu.Lock()
	until := n.holder.until
	n.holder.mu.Unlock()
	s := KeyState{Locked: n.Keys.Locked(), Never: !n.HasWebKey(), From: "file", Lies: n.KeyLies()}
	switch k := n.Config.Key; {
	case k.Unlock:
		s.From = "unlock"
	case k.Web:
		s.From = "web"
	case len(k.Command) > 0:
		s.From = "command"
	}
	if !s.Locked && !until.IsZero() {
		s.Until = until.In(n.zone())
	}
	return s
}

// KeyLies says in plain words where the key lies, and what a taken disk reveals.
func (n *Newsroom) KeyLies() string {
	if warning := n.KeyWarning(); warning != "" {
		return warning
	}
	const reveals = "a taken disk reveals how many readers there are and since when, and nobody's address"
	switch k := n.Config.Key; {
	case k.Web:
		return "this node has the web key alone, and never the master key: " + reveals
	case k.Unlock:
		return "the key lies nowhere on this machine: " + reveals
	case len(k.Command) > 0:
		return fmt.Sprintf("the key comes from %q: %s, unless the same disk holds what that program reads", k.Command[0], reveals)
	}
	return "the key lies on another disk than the list, in " + n.Config.Key.File + ": without that disk, " + reveals
}

// Unlock takes the master key that was handed over, for ttl (0: until it is locked
// or stopped). It has to be the one this list is sealed with.
func (n *Newsroom) Unlock(ctx context.Context, text string, ttl time.Duration) error {
	if n.Config.Key.Web {
		return errors.New("this node serves readers' pages alone (key: web) and takes no master key")
	}
	if err := leavingNothing(func() error { return n.unlockWith(ctx, text, ttl) }); err != nil {
		return err
	}
	if ttl > 0 {
		n.Log.Info("unlocked", "for", ttl.Round(time.Second))
	} else {
		n.Log.Info("unlocked")
	}
	return n.keepWebKey()
}

func (n *Newsroom) unlockWith(ctx context.Context, text string, ttl time.Duration) error {
	const from = "what was given as the key"
	master, err := parseKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return n.unlockBy(ctx, &master, from, ttl)
}

// unlockFromSource gets the master key from where keys come from.
func (n *Newsroom) unlockFromSource(ctx context.Context) error {
	master, from, err := n.master(ctx)
	if err != nil {
		return err
	}
	return n.unlockBy(ctx, &master, from, 0)
}

// unlockBy wipes the master.
func (n *Newsroom) unlockBy(ctx context.Context, master *subscribers.Master, from string, ttl time.Duration) error {
	defer master.Wipe()
	ring, err := n.ringOf(ctx, *master, from)
	if err != nil {
		return err
	}
	n.holder.mu.Lock()
	defer n.holder.mu.Unlock()
	n.Keys.Unlock(ring)
	n.holder.until = time.Time{}
	if ttl > 0 {
		n.holder.until = n.Clock().Add(ttl)
	}
	return nil
}

// LockKeys forgets the keys at once. Sends stop before their next message; nothing of
// them is lost. With a key file or a command a node that starts again has them again.
func (n *Newsroom) LockKeys() { n.lockKeys("it was told to") }

func (n *Newsroom) lockKeys(why string) {
	n.holder.mu.Lock()
	had := n.Keys.Lock()
	n.holder.until = time.Time{}
	n.holder.mu.Unlock()
	if had {
		scrub()
		n.Log.Info("locked", "why", why)
	}
}

// lockWhenOver forgets the keys once their time is over.
func (n *Newsroom) lockWhenOver() {
	n.holder.mu.Lock()
	over := !n.holder.until.IsZero() && !n.Clock().Before(n.holder.until)
	n.holder.mu.Unlock()
	if over {
		n.lockKeys("its time is over")
	}
}
