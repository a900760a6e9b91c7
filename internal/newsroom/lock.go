package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Role is what a process holds the newsroom's lock for.
type Role string

// The roles.
const (
	RoleSend  Role = "send"
	RoleServe Role = "serve"
)

// lockFile is the ending of the lock's file, which lies beside the database. The
// operating system frees the lock of a process that dies: a killed sender can be
// continued at once.
const lockFile = ".lock"

// Busy says that another process sends for this newsroom.
type Busy struct {
	Role Role `json:"role"`
	PID  int  `json:"pid"`
}

func (b *Busy) Error() string {
	if b.PID == 0 {
		return "another \"broadsheet send\" is at work on this newsroom's database, maybe on another machine: wait for it, or stop it; \"broadsheet status\" shows how far it is"
	}
	return fmt.Sprintf("another \"broadsheet %s\" (process %d) is at work in this newsroom: wait for it, or stop it; \"broadsheet status\" shows how far it is", b.Role, b.PID)
}

// Lock makes this process the one that writes deliveries. On SQLite there is only
// one, held by a lock on a file. On PostgreSQL the leases let any number of serves
// share the work, and only a second send is refused. Errors: *Busy.
func (n *Newsroom) Lock(role Role) (unlock func() error, err error) {
	if n.Store.Engine() != "sqlite" {
		return n.holdSend(role)
	}
	path := n.Config.Database + lockFile
	l := flock.New(path)
	got, err := l.TryLock()
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("this user cannot write in the newsroom's folder: run this as its owner, or give the folder to this user: lock the newsroom: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the newsroom: %w", err)
	}
	if !got {
		return nil, holder(path)
	}
	text, _ := json.Marshal(Busy{Role: role, PID: os.Getpid()})
	err = os.WriteFile(path, append(text, '\n'), 0o600)
	if errors.Is(err, syscall.ENOSPC) {
		err = fmt.Errorf("the disk is full: nothing was done; make room: %w", err)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the newsroom: %w", err), l.Close())
	}
	return l.Close, nil
}

// The server frees the locks of a process that was killed as soon as it notices.
const (
	holdWait  = 3 * time.Second
	holdEvery = 100 * time.Millisecond
)

func (n *Newsroom) holdSend(role Role) (func() error, error) {
	if role != RoleSend {
		return func() error { return nil }, nil
	}
	ctx, stop := context.WithTimeout(context.Background(), holdWait)
	defer stop()
	for range every(ctx, holdEvery) {
		release, got, err := n.Store.TryHold(ctx, "send")
		if got || err != nil && ctx.Err() == nil {
			return release, err
		}
	}
	return nil, &Busy{Role: RoleSend}
}

func holder(path string) error {
	busy := Busy{Role: RoleSend}
	text, err := os.ReadFile(path)
	if err == nil {
		_ = json.Unmarshal(text, &busy) // a file caught half-written only costs the number
	}
	return &busy
}
