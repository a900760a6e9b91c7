package mailer

import "time"

// Class is what one try at a delivery came to.
type Class string

// The classes of an outcome.
const (
	OutcomeAccepted Class = "accepted" // 2xx after the final dot; a relay may still hold it
	OutcomeDeferred Class = "deferred" // 4xx, or the session broke before the final dot
	OutcomeRejected Class = "rejected" // 5xx about this recipient or this message
	OutcomeRefused  Class = "refused"  // the relay refuses us, not the recipient: 5xx at greeting, AUTH, MAIL; policy
	OutcomeInDoubt  Class = "in_doubt" // the final dot was written and no reply came (RFC 1047)
)

// Outcome is the result of one try. Text is the relay's reply with every address
// scrubbed out of it; it is safe to log and to store.
type Outcome struct {
	Class    Class
	Stage    string // where it was decided: dial, greeting, tls, auth, mail, rcpt, data, body, dot
	Code     int    // SMTP reply code (RFC 5321 4.2), 0 where there was none
	Enhanced string // enhanced status code (RFC 3463), "5.1.1"; empty where the relay gave none
	Text     string // the reply's text, or what went wrong, scrubbed
	RelayID  string // the relay's own queue id, from its 250 reply; empty where it gave none
	Relay    string // name of the relay in the configuration
}

// Delivery is one recipient in a slice, as the send loop sees it.
type Delivery struct {
	Number   int64 // the subscriber's number: the delivery's key within its slice
	ID       [16]byte
	Address  string // in clear, in memory only
	Name     string // in clear, in memory only; may be empty
	Variant  string
	Attempts int       // tries so far
	First    time.Time // first try; zero before it
}

// Lease is the right to send a slice. A ledger refuses a lease whose epoch has
// passed to another holder.
type Lease struct {
	Mailing int64
	Slice   int64
	Epoch   int64
}

// Result is what a try made of a delivery: its next state, when it is due again
// (deferred only), and the outcome that led there.
type Result struct {
	Number   int64
	State    DeliveryState
	Due      time.Time
	Attempts int
	At       time.Time
	Outcome  Outcome
}
