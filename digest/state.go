package digest

// State is where an edition stands; the package comment draws the moves.
type State string

// The states of an edition. The store's CHECK lists the same words.
const (
	Draft     State = "draft"
	Held      State = "held"
	Approved  State = "approved"
	Frozen    State = "frozen"
	Sending   State = "sending"
	Sent      State = "sent"
	Skipped   State = "skipped"
	Expired   State = "expired"
	Cancelled State = "cancelled"
)

// States lists every state, in the order of an edition's life.
var States = []State{Draft, Held, Approved, Frozen, Sending, Sent, Skipped, Expired, Cancelled}
