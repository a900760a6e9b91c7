package mailer

import (
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// Outcome and Class are the wire's own words: see package smtp, which makes them.
type (
	Outcome = smtp.Outcome
	Class   = smtp.Class
)

// The classes of an outcome.
const (
	OutcomeAccepted = smtp.OutcomeAccepted
	OutcomeDeferred = smtp.OutcomeDeferred
	OutcomeRejected = smtp.OutcomeRejected
	OutcomeRefused  = smtp.OutcomeRefused
	OutcomeInDoubt  = smtp.OutcomeInDoubt
)

// Delivery is one recipient in a slice, as the send loop sees it.
type Delivery struct {
	Number     int64 // the subscriber's number: the delivery's key within its slice
	ID         [16]byte
	Generation uint32 // of the tokens in the reader's mail
	Address    string // in clear, in memory only
	Name       string // in clear, in memory only; may be empty
	Variant    string
	Attempts   int       // tries so far
	First      time.Time // first try; zero before it
	Relay      string    // the relay that may have it already, since its last try is in doubt; "" is any
	Confirmed  time.Time // when the reader said yes; zero where that is not known
}

// Lease is the right to send a slice. A ledger refuses a lease whose epoch has
// passed to another holder.
type Lease struct {
	Mailing int64
	Slice   int64
	Epoch   int64
}

// Result is what a try made of a delivery: its next state, when it is due again,
// and the outcome that led there. Due is set for a deferred delivery, and for a
// queued one that a relay refused after hearing the recipient; zero is at once.
type Result struct {
	Number   int64
	State    DeliveryState
	Due      time.Time
	Attempts int
	At       time.Time
	Outcome  Outcome
}
