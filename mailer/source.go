package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Source gives a sender its work, a slice at a time.
//
// Next takes the lease of a slice that nobody holds, this sender included, and
// returns its deliveries that are due, unsealed. A lease has to be longer than a
// relay may take over one message (see Run): 15 minutes. Errors: *ErrNothingDue (no slice
// has anything due now), ErrStopped (the mailing is paused or cancelled), anything
// else is the store's own and ends the run.
//
// Release says that the sender claims no more under this lease. Everything it
// recorded is durable by then. What is still queued or deferred in the slice, Next
// may give again under a new epoch. Releasing a lease that another holder has taken
// is no error.
//
// A Source may also have Stopped(context.Context) error, which tells whether the mailing
// is paused or cancelled (ErrStopped): it is asked each second while nothing may go, so
// that a run ends at the order then, too.
type Source interface {
	Next(ctx context.Context) (Lease, []Delivery, error)
	Release(ctx context.Context, l Lease) error
}

// ErrNothingDue is a Source's answer when there is nothing to send now.
type ErrNothingDue struct {
	Next time.Time // when something is due; zero: every delivery is settled
}

func (e *ErrNothingDue) Error() string {
	if e.Next.IsZero() {
		return "every delivery is settled"
	}
	return "nothing is due before " + e.Next.Format(time.RFC3339)
}

// Composer makes one reader's message.
//
// Compose appends the message's bytes to dst (CRLF lines, headers first, without
// dot stuffing) and returns the extended slice, as append does; it is called by
// many goroutines at once. An error that wraps ErrUnfit is about this one reader's
// fields: the delivery is rejected. Any other is about the message itself and ends
// the run, with every claim that was not used handed back.
//
// Clean tells whether every message that it makes is ASCII without a line that begins
// with a dot, so that the wire need not look at each octet again.
type Composer interface {
	Compose(dst []byte, d Delivery) ([]byte, error)
	Clean() bool
}

// ErrUnfit says that no message can be made of one reader's fields.
var ErrUnfit = errors.New("this reader's fields do not fit the message")

// ErrRelaysDown ends a run when every relay has refused us, or could not be
// reached, for as long as the sender was told to try.
type ErrRelaysDown struct {
	Relay   string  // the relay that was tried last
	Outcome Outcome // what it said
	Waiting int     // deliveries that wait, where the caller has counted them; 0 leaves the number out
}

func (e *ErrRelaysDown) Error() string {
	wait := "Every delivery that is left waits"
	if e.Waiting > 0 {
		wait = figures.Of(e.Waiting) + " wait"
	}
	said := e.Outcome.Text
	if e.Outcome.Code != 0 {
		said = fmt.Sprintf("%d %s", e.Outcome.Code, said)
	}
	if e.Outcome.Class == OutcomeRefused {
		return fmt.Sprintf("relay %s (%s): %s. The relay refuses us, not your readers. Nobody was removed; %s.",
			e.Relay, e.Outcome.Stage, said, wait)
	}
	return fmt.Sprintf("relay %s (%s): %s. The relay cannot be used now. Nobody was removed; %s.",
		e.Relay, e.Outcome.Stage, said, wait)
}
