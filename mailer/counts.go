package mailer

// Counts is a mailing's accounting: how many of its audience stand where. What is
// claimed at the moment counts as queued, and a delivery that bounced later stays
// counted as accepted, since the relay did take it.
type Counts struct {
	Audience int `json:"audience"`
	Queued   int `json:"queued"`
	Accepted int `json:"accepted"`
	Deferred int `json:"deferred"`
	Rejected int `json:"rejected"`
	InDoubt  int `json:"in_doubt"`
	Skipped  int `json:"skipped"`
}

// Sum is the number of deliveries that the states account for.
func (c Counts) Sum() int {
	return c.Queued + c.Accepted + c.Deferred + c.Rejected + c.InDoubt + c.Skipped
}

// Balanced tells whether everyone of the audience is accounted for.
func (c Counts) Balanced() bool { return c.Sum() == c.Audience }

// Add counts one delivery in the given state. It leaves Audience alone.
func (c *Counts) Add(state DeliveryState, n int) {
	switch state {
	case Queued, Claimed:
		c.Queued += n
	case Accepted, Bounced:
		c.Accepted += n
	case Deferred:
		c.Deferred += n
	case Rejected:
		c.Rejected += n
	case InDoubt:
		c.InDoubt += n
	case Skipped:
		c.Skipped += n
	}
}
