package mailer

import (
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// Route is a relay with how we use it.
type Route struct {
	smtp.Relay

	// Weight is the relay's share beside the other relays: one of 3 gets three times what
	// one of 1 does, while both take mail. 0 in every route: each takes what it can. 0
	// beside others with weights counts as 1.
	Weight int
	// Standby rests while any other relay takes mail.
	Standby bool
	// Limits hold for all that goes over the relay, DomainLimits for what of it goes to
	// the recipients of a domain, which is in lower case.
	Limits       Limits
	DomainLimits map[string]Limits
}

// Limits bound what goes one way. Zero fields do not.
type Limits struct {
	Connections int // that carry something that way, at once
	Rate        int // messages a second
	Hourly      int // messages in any 60 minutes
}

// Zero tells limits that do not bound anything.
func (l Limits) Zero() bool { return l == Limits{} }

func (l Limits) validate() error {
	if l.Connections < 0 || l.Rate < 0 || l.Hourly < 0 {
		return errors.New("connections, rate and hourly: use numbers above 0")
	}
	return nil
}

func (r Route) validate() error {
	if err := r.Relay.Validate(); err != nil {
		return fmt.Errorf("relay %s: %w", r.Name, err)
	}
	if r.Weight < 0 {
		return fmt.Errorf("relay %s: weight: use a number above 0", r.Name)
	}
	if err := r.Limits.validate(); err != nil {
		return fmt.Errorf("relay %s: %w", r.Name, err)
	}
	for domain, l := range r.DomainLimits {
		if err := l.validate(); err != nil {
			return fmt.Errorf("relay %s, domain %s: %w", r.Name, domain, err)
		}
	}
	return nil
}

// Routes are relays without limits of ours.
func Routes(relays ...smtp.Relay) []Route {
	routes := make([]Route, len(relays))
	for i, r := range relays {
		routes[i].Relay = r
	}
	return routes
}

// Gate says which relays may carry a delivery now (a ramp's daily share).
//
// Admit tells whether a relay may carry a delivery now; where not, when that may
// change (zero: not in this mailing). It is asked once for a delivery that the sender
// then means to give to that relay, right before the claim, and by one goroutine at a
// time; what it admits, it may count at once. What became of each that was admitted,
// Sender.Observe is told: an EventResult whose Relay is the one that was asked about.
// Its State is Queued where it was handed back untried, and Skipped where the ledger
// did not grant it: neither of these has gone to the relay. A delivery that no relay
// admits is parked until the earliest of the times.
type Gate interface {
	Admit(relay string, d Delivery, now time.Time) (ok bool, again time.Time)
}
