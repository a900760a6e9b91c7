package mailer

// MailingState is where a mailing stands.
type MailingState string

// The states of a mailing. The store's CHECK lists the same words.
const (
	Laying    MailingState = "laying"  // deliveries are being written, slice by slice; sending may have begun
	Sending   MailingState = "sending" // every delivery is laid
	Paused    MailingState = "paused"
	Done      MailingState = "done" // nothing is queued, claimed or deferred
	Cancelled MailingState = "cancelled"
)

// DeliveryState is where one recipient's delivery stands; the package comment
// draws the moves.
type DeliveryState string

// The states of a delivery. The store's CHECK lists the same words.
const (
	Queued   DeliveryState = "queued"
	Claimed  DeliveryState = "claimed"
	Accepted DeliveryState = "accepted"
	Bounced  DeliveryState = "bounced"
	Deferred DeliveryState = "deferred"
	Rejected DeliveryState = "rejected"
	InDoubt  DeliveryState = "in_doubt"
	Skipped  DeliveryState = "skipped"
)

// Audience says who a mailing goes to.
type Audience string

// The audiences.
const (
	ToList      Audience = "list"      // every confirmed, unsuppressed subscriber
	ToRest      Audience = "rest"      // those of the list whom no mailing of this edition has reached
	ToDelivered Audience = "delivered" // those who got an earlier revision of this edition
)

// DoubtPolicy says what becomes of deliveries whose fate a crash hides.
type DoubtPolicy string

// The policies: see the package comment.
const (
	Resend DoubtPolicy = "resend"
	Hold   DoubtPolicy = "hold"
)
