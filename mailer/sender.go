package mailer

import (
	"log/slog"
	"time"
)

// Sender sends what a Source gives it through its relays, and records in its
// Ledger what became of each delivery. Set the fields, then call Run once.
type Sender struct {
	Relays   []Route
	Ledger   Ledger
	Source   Source
	Composer Composer
	Policy   RetryPolicy
	From     string           // envelope sender of every message; "" is the null sender, to which no bounce comes
	Clock    func() time.Time // required
	Log      *slog.Logger     // nil logs nothing. No record holds an address
	Observe  func(Event)      // nil: nobody watches. Called by many goroutines at once; it must be quick

	// Gate says which relays may carry a delivery now; nil: all may.
	Gate Gate
	// Use names the one relay to use, as an operator may order while the run goes on; ""
	// and nil leave it to the routes. It is asked often, and must be quick.
	Use func() string
	// Limits hold for all mailings of the Newsletter together, over all relays, and
	// DomainLimits for what of them goes to the recipients of a domain, in lower case.
	Newsletter   string
	Limits       Limits
	DomainLimits map[string]Limits

	// Traffic has limits, and what is known of domains, hold over several runs and
	// mailings side by side; nil: this run is alone.
	Traffic *Traffic

	// Window is how many deliveries a connection has claimed and not yet settled, at
	// most, where its relay does not say (smtp.Relay.Window); 0 is 4. All connections'
	// windows together are W, the most that a crash can put in doubt. With fewer than 3
	// a connection waits for the disk between messages.
	Window int
	// Wait is how long Run stays for deliveries that are due later; 0: it does not.
	Wait time.Duration
	// Drain is how long messages in flight may take once Run's context has ended,
	// before they are cut off; 0 is 30 seconds.
	Drain time.Duration
	// GiveUpDialing is how long every relay may be down before Run ends with
	// ErrRelaysDown; 0 is 5 minutes.
	GiveUpDialing time.Duration
}

// Event is something that a watcher of a run may want to show: a result that was
// recorded, or a relay whose circuit opened or closed.
type Event struct {
	At      time.Time
	Kind    EventKind
	Lease   Lease   // of a result
	Result  Result  // of a result
	Relay   string  // whose event it is; of a result: the relay that the delivery was claimed for
	Outcome Outcome // what opened a relay's circuit
	N       int     // of claims: deliveries; of sessions: 1 opened, -1 closed
}

// EventKind says what happened.
type EventKind string

// The kinds of an event.
const (
	EventResult    EventKind = "result"     // a delivery has its result. State Queued: it was handed back untried, or refused by the relay; Skipped: the ledger did not grant it
	EventClaims    EventKind = "claims"     // deliveries were claimed, or asked for in vain. Each has its result after this
	EventSessions  EventKind = "sessions"   // a relay's session opened or closed
	EventRelayDown EventKind = "relay_down" // a relay's circuit opened
	EventRelayUp   EventKind = "relay_up"   // it closed again

	EventStandbyOn  EventKind = "standby_on"  // no other relay takes mail: this one on standby takes over
	EventStandbyOff EventKind = "standby_off" // it rests again
)
