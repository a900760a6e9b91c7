package mailer

import (
	"context"
	"errors"
	"time"
)

// Ledger keeps claims and results. Claims and results of one process pass through
// it first in, first out.
//
// Claim asks that it be durable that these deliveries are about to be sent, over which
// relay, so that a resend after a crash can go to the same. It does not wait: answer is
// called once, when that is so, and must not wait either. It is given the numbers that
// are granted, in the order asked; the others were found unsubscribed, suppressed or
// already settled, and the ledger has marked them. Errors: ErrLeaseLost (another holder
// has the slice), ErrStopped (the mailing is paused or cancelled), anything else is the
// store's own: nothing was claimed, and the sender stops before the next dot.
//
// A connection asks for one claim at a time, a part of its window ahead, so a ledger may
// keep it for a while, to make it durable together with others.
//
// Park leaves deliveries as they are, none of them claimed, and makes them due again at
// a later time. It counts as no try. As with Record, the disk is not waited for, and an
// error comes back from the next Claim or Flush; with ErrLeaseLost it does nothing.
//
// Record hands results over without waiting for the disk. They are durable before
// any later claim is. An error of the store comes back from the next Claim or from
// Flush. A result whose State is Queued gives a claim back unused.
//
// Flush returns when everything recorded so far is durable, or with the store's
// error. A sender calls it before it asks a [Source] for more than it has, and
// before Run returns.
type Ledger interface {
	Claim(l Lease, relay string, numbers []int64, answer func(granted []int64, err error))
	Park(l Lease, due time.Time, numbers []int64)
	Record(l Lease, results ...Result)
	Flush(ctx context.Context) error
}

// The decisions of a ledger that a sender acts on.
var (
	ErrLeaseLost = errors.New("another process holds this slice now")
	ErrStopped   = errors.New("the mailing is paused or cancelled")
)
