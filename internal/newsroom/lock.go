package newsroom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Role is what a process holds the newsroom's lock for.
type Role string

// The roles.
const (
	RoleSend  Role = "send"
	RoleServe Role = "serve"
)

// lockFile lies in the newsroom's folder. The operating system frees the lock of
// a process that dies: a killed sender can be continued at once.
const lockFile = "broadsheet.lock"

// Busy says that another process sends for this newsroom.
type Busy struct {
	Role Role `json:"role"`
	PID  int  `json:"pid"`
}

func (b *Busy) Error() string {
	return fmt.Sprintf("another \"broadsheet %s\" (process %d) is at work in this newsroom: wait for it, or stop it; \"broadsheet status\" shows how far it is", b.Role, b.PID)
}

// Lock makes this process the one that writes deliveries. On SQLite there is only
// one, held by a lock on a file; on PostgreSQL the leases in the database see to
// that, and the lock is free. Errors: *Busy.
func (n *Newsroom) Lock(role Role) (unlock func() error, err error) {
	if n.Store.Engine() != "sqlite" {
		return func() error { return nil }, nil
	}
	path := filepath.Join(n.Config.Dir, lockFile)
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
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the newsroom: %w", err), l.Close())
	}
	return l.Close, nil
}

func holder(path string) error {
	busy := Busy{Role: RoleSend}
	text, err := os.ReadFile(path)
	if err == nil {
		_ = json.Unmarshal(text, &busy) // a file caught half-written only costs the number
	}
	return &busy
}
