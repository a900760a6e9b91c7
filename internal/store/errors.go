package store

import (
	"errors"
	"fmt"
	"time"
)

// The errors that a caller decides on.
var (
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrDiskFull: the disk that holds the database has no room. Nothing of the
	// refused transaction is written; the same call works once there is room.
	ErrDiskFull = errors.New("the disk is full")
	// ErrLocked: another process holds the database for longer than the store waits.
	ErrLocked = errors.New("the database is locked")
	// ErrNewerSchema: a newer Broadsheet has migrated the database.
	ErrNewerSchema = errors.New("the database is newer than this program")
	// ErrUnfinished: a mailing of the edition still runs or is paused.
	ErrUnfinished = errors.New("a mailing of this edition is not finished")
	// ErrForgotten: the deliveries of the edition were dropped by age.
	ErrForgotten = errors.New("who got this edition is not known any more")
	// ErrMeanwhile: somebody else has edited the edition since it was read.
	ErrMeanwhile = errors.New("somebody has edited it meanwhile")
	// ErrLeaseLost: another holder has the letter or the slice.
	ErrLeaseLost = errors.New("another process holds it now")
)

// ErrState says that a row is not in the state that a change expects.
type ErrState struct {
	What string // "edition weekly/2026-11-27T09:00"
	Have string
	Want []string
}

func (e *ErrState) Error() string {
	return fmt.Sprintf("%s is %s, not %s", e.What, e.Have, or(e.Want))
}

// ErrNone says that nothing is due in a mailing. Next is when something will be;
// zero where nothing is left. Leased says that the next work is in a slice that
// another holder has until Next.
type ErrNone struct {
	Next   time.Time
	Leased bool
}

func (e *ErrNone) Error() string {
	if e.Next.IsZero() {
		return "nothing is left to send"
	}
	return "nothing is due before " + e.Next.UTC().Format(time.RFC3339)
}
